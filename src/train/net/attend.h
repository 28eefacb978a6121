/* SPDX-License-Identifier: MIT */
/* Attention of the queries of one sentence over its encoder states, head by head, forward and
 * backward. */
#ifndef TJ_TRAIN_NET_ATTEND_H
#define TJ_TRAIN_NET_ATTEND_H

#include "src/train/net/attention.h"

/* n queries of one sentence. */
struct tj_asking {
	size_t sentence, n;
	size_t step;          /* of the first of them in its sentence */
	size_t first;         /* its number in the batch, for dropout */
	const float *queries; /* [n][key_pad] */
	float *shares;        /* [n][heads][positions]: attention weights, 0 at padding positions */
	float *scratch;       /* [tj_attend_scratch(a, n, positions)] */
};

/* Writes the attention weights and the context vectors [n][pad]. */
void tj_attend(const struct tj_attending *a, const struct tj_asking *q, float *contexts);
/* Adds to d_encoder_states, d_keys, d_scale and d_v of the sentence; writes d_queries
 * [n][key_pad]. */
void tj_attend_backward(const struct tj_attending *a, const struct tj_asking *q,
                        const float *d_contexts, float *d_queries);
size_t tj_attend_scratch(const struct tj_attending *a, size_t n, size_t n_positions);

#endif
