/* SPDX-License-Identifier: MIT */
/* The encoder: a group of sentences at once, without padding. */
#ifndef TJ_MODEL_ENCODER_H
#define TJ_MODEL_ENCODER_H

#include "src/model/model.h"

/* What the decoder needs of one sentence: the memory m_1 … m_S, the same as
 * keys in the form that the attention wants, and the decoder's first states. */
struct tj_encoded {
	size_t n_positions; /* S */
	size_t n_panels;    /* of 16 positions */
	float *values;      /* [S][ld_hidden] */
	float *keys;        /* [n_panels][key_size][16], position across lanes */
	float *hidden;      /* [decoder layer][ld_hidden] */
	float *cell;        /* likewise (LSTM) */
	float *block;       /* where all of these lie */
};

struct tj_sentence {
	const int32_t *ids;        /* as the model wants them: with </s> where it has source_eos */
	size_t n;                  /* at least 1 */
	struct tj_encoded *memory; /* filled; what it held is released */
};

struct tj_encoder;

/* Scratch for groups of up to max_sentences with max_positions ids together; one
 * per thread. NULL when there is no memory. */
struct tj_encoder *tj_encoder_new(const struct tj_model *m, size_t max_sentences,
                                  size_t max_positions, struct tj_error *err);
void tj_encoder_free(struct tj_encoder *e);

/* Encode a group, sorted by length, longest first. The result for a sentence
 * does not depend on the others. Fails only for lack of memory. */
trujaman_status tj_encode(struct tj_encoder *e, size_t n, const struct tj_sentence *group,
                          struct tj_error *err);

void tj_encoded_release(struct tj_encoded *memory);

#endif
