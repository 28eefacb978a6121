/* SPDX-License-Identifier: MIT */
/* The encoder: encodes a group of sentences at once, without padding. */
#ifndef TJ_MODEL_ENCODER_H
#define TJ_MODEL_ENCODER_H

#include "src/model/model.h"

/* What the decoder needs of one sentence: the encoder states e_1 … e_S (docs/MODEL.md) as
 * attention values, the same as keys in the layout of the attention, and the decoder's initial
 * states. */
struct tj_encoded {
	size_t n_positions; /* S */
	size_t n_panels;    /* of 16 positions */
	float *values;      /* encoder states, [S][ld_hidden] */
	float *slices;      /* the same, each head's slice padded to 16: [S][heads][slice];
	                       `values` itself where that makes no difference */
	float *keys;        /* [n_panels][key_size][16], one position per lane */
	float *hidden;      /* [decoder layer][ld_hidden] */
	float *cell;        /* the same shape (LSTM only) */
	float *block;       /* owned; all of these lie in it */
};

struct tj_sentence {
	const int32_t *ids;         /* with </s> at the end if the model has source_eos */
	size_t n;                   /* at least 1 */
	struct tj_encoded *encoded; /* output; its previous content is released */
};

struct tj_encoder;

/* Scratch for groups of up to max_sentences sentences with up to max_positions ids in total. One
 * encoder per thread. NULL if out of encoded. */
struct tj_encoder *tj_encoder_new(const struct tj_model *m, size_t max_sentences,
                                  size_t max_positions, struct tj_error *err);
void tj_encoder_free(struct tj_encoder *e);

/* Encode a group of n sentences, sorted by length, longest first. The result for a sentence does
 * not depend on the others. Fails only if memory runs out. */
trujaman_status tj_encode(struct tj_encoder *e, size_t n, const struct tj_sentence *group,
                          struct tj_error *err);

void tj_encoded_release(struct tj_encoded *encoded);

#endif
