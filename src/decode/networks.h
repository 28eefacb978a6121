/* SPDX-License-Identifier: MIT */
/* The network, or several networks of equal vocabularies that answer as one: an ensemble. Its
 * distribution is the average of theirs, of the probabilities or of their logarithms. */
#ifndef TJ_DECODE_NETWORKS_H
#define TJ_DECODE_NETWORKS_H

#include "src/model/decoder.h"
#include "src/model/encoder.h"

enum { TJ_MOST_NETWORKS = 16 };

struct tj_network_options {
	size_t n_models, max_rows;
	size_t max_sentences, max_group; /* of the encoder: sentences, and source ids together */
	size_t max_source;               /* the most source ids of a sentence, with `</s>` */
	int average_logs;                /* 1: logarithms of probabilities are averaged */
	int32_t source_eos, bos, eos;    /* ids; bos may be -1 if no model starts with it */
};

struct tj_networks {
	/* Results of the last step, as those of a tj_decoder. */
	const float *logits; /* [row][ld_logits] */
	const float *shares; /* [row][ld_shares]; of several networks the means */
	const struct tj_best *best;
	size_t ld_shares;
	/* private */
	struct tj_network_options options;
	struct tj_network {
		const struct tj_model *model;
		struct tj_encoder *encoder;
		struct tj_decoder *decoder;
	} members[TJ_MOST_NETWORKS];
	float *mean, *mean_shares, *one; /* of several: [row][ld_logits], [row][ld_shares], [ld] */
	struct tj_row *rows;             /* [max_rows] */
	struct tj_sentence *group;       /* [max_sentences] */
};

/* A sentence to encode: n_ids pieces and room for one more, whose results go to encoded[i] for each
 * model i. */
struct tj_network_sentence {
	int32_t *ids;
	size_t n_ids;
	struct tj_encoded *encoded;
};

/* The models have equal vocabularies. NULL on failure. */
struct tj_networks *tj_networks_new(const struct tj_model *const *models,
                                    const struct tj_network_options *o, struct tj_error *err);
void tj_networks_free(struct tj_networks *x);

/* Encodes n sentences, longest first. */
trujaman_status tj_networks_encode(struct tj_networks *x, size_t n,
                                   const struct tj_network_sentence *sentences,
                                   struct tj_error *err);

/* One step of n rows, as tj_decoder_step. rows[i].encoded is the first element of its sentence's
 * `encoded`. */
void tj_networks_step(struct tj_networks *x, size_t n, const struct tj_row *rows);

#endif
