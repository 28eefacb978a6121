/* SPDX-License-Identifier: MIT */
/* What one call of the network takes and returns: a batch of sentence pairs, the noise of
 * training, and the loss. */
#ifndef TJ_TRAIN_NET_BATCH_H
#define TJ_TRAIN_NET_BATCH_H

#include <stddef.h>
#include <stdint.h>

/* A target piece and a source piece that belong together, numbered in their sentences from 0. */
struct tj_piece_link {
	uint16_t target, source;
};

/* Sentence pairs as piece ids, in any order. A side has at least one id. Source ids end with
 * </s> if the model says so; target ids always do. All ids are below the vocabulary sizes.
 * The caller owns the batch; the network only reads it.
 *
 * The links of a pair are sorted by target, then by source, none is there twice, and all pieces are
 * there. They say what attention should look at (guide.h). */
struct tj_batch {
	size_t n;
	const int32_t *const *source, *const *target; /* [n] */
	const size_t *n_source, *n_target;            /* [n] */
	const struct tj_piece_link *const *links;     /* [n]; NULL: there are none */
	const size_t *n_links;                        /* [n] */
};

/* How training differs from evaluation. All zeros means evaluation. */
struct tj_noise {
	float dropout; /* of embeddings, between layers, of the readout (or of z) */
	float
	    recurrent_dropout; /* of the recurrent inputs h: one mask for all steps of a sentence */
	float attention_dropout; /* of attention weights */
	float label_smoothing;   /* probability mass spread evenly over the target vocabulary */
	float guidance;          /* weight of the links' loss */
	uint64_t seed;           /* of this update's masks */
};

struct tj_loss {     /* sums over the target pieces, </s> included */
	double loss; /* with label smoothing; natural log */
	double nll;  /* without label smoothing */
	size_t n_pieces;
	double
	    alignment; /* of the target pieces that have links, without its weight; not in `loss` */
	size_t n_aligned; /* these pieces */
};

#endif
