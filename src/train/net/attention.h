/* SPDX-License-Identifier: MIT */
/* Attention of decoder states over the encoder's outputs, forward and backward.
 *
 * Scores are products of queries and keys. Both are prepared once: general attention
 * multiplies the keys (m_i W) instead of the queries, cosine divides both by their
 * lengths, additive projects both. So what remains for a query is the same for all of
 * them but additive, and it is one sentence's own affair. */
#ifndef TJ_TRAIN_NET_ATTENTION_H
#define TJ_TRAIN_NET_ATTENTION_H

#include "src/train/net/linear.h"

struct tj_attending {
	enum tj_attention kind;
	enum tj_score_activation activation; /* additive */
	size_t size, pad;                    /* H, and padded */
	size_t key_size, key_pad;            /* H, or A for additive */
	struct tj_linear general, query, key;
	size_t bias, v, scale; /* offsets; scale SIZE_MAX: none */

	/* Of one update; sentences by their place in the batch. */
	const struct tj_kernels *kernels;
	const float *values;
	size_t n;
	size_t *first;            /* [n + 1]: a sentence's first position, a multiple of 16 */
	const size_t *length;     /* [n] */
	size_t n_positions;       /* first[n] */
	float factor;             /* the scale's value, or 1 */
	float *memory;            /* [positions][pad]: encoder outputs, the caller's to fill */
	float *keys;              /* [positions][key_pad]; memory itself for dot */
	float *key_columns;       /* [n]: panels of 16 positions [key_size][16]; not additive */
	float *memory_columns;    /* the same of memory, for the way back */
	float *lengths;           /* cosine: [positions] of memory */
	float *v_pad;             /* additive: v, padded */
	float *d_memory, *d_keys; /* gradients; one and the same for dot */
	float *d_scale;           /* [n] */
	float *d_v;               /* [n][key_pad] */
};

trujaman_status tj_attending_open(struct tj_attending *a, const struct tj_config *c,
                                  const struct tj_parameters *layout, struct tj_error *err);
void tj_attending_free(struct tj_attending *a);

/* Begin an update: lay out the positions of n sentences, take memory (arena->failed). */
void tj_attending_begin(struct tj_attending *a, const struct tj_crew *crew, const float *values,
                        size_t n, const size_t *length, int backward);

/* Once `memory` is filled (padding positions zeros): keys and columns. */
void tj_attending_prepare(struct tj_attending *a, const struct tj_crew *crew, int backward);

/* Queries from decoder states: n rows of [pad] to [key_pad]; lengths [n] for cosine. */
void tj_attending_query(const struct tj_attending *a, size_t n, const float *const *states,
                        float *queries, float *lengths);
/* d_states[m] += what d_queries are worth. */
void tj_attending_query_backward(const struct tj_attending *a, size_t n, const float *queries,
                                 const float *lengths, const float *d_queries, float *d_states);

/* n queries of one sentence, rows of [key_pad]: shares [n][ld_shares] (padded positions 0)
 * and contexts [n][pad]. ld_shares is at least the sentence's positions, a multiple of 16. */
void tj_attend(const struct tj_attending *a, size_t sentence, size_t n, const float *queries,
               float *shares, size_t ld_shares, float *contexts);
/* Adds to d_memory, d_keys, d_scale, d_v of the sentence; writes d_queries [n][key_pad].
 * scratch has tj_attend_scratch(a, n, positions) floats. */
void tj_attend_backward(const struct tj_attending *a, size_t sentence, size_t n,
                        const float *queries, const float *shares, size_t ld_shares,
                        const float *d_contexts, float *d_queries, float *scratch);
size_t tj_attend_scratch(const struct tj_attending *a, size_t n, size_t n_positions);

/* After all sentences: what the keys are worth goes into d_memory, and the gradients of
 * attention's own parameters (the query's matrix but for: see decoder) into gradients. */
void tj_attending_finish(struct tj_attending *a, const struct tj_crew *crew, float *gradients);

static inline size_t tj_attending_positions(const struct tj_attending *a, size_t sentence)
{
	return a->first[sentence + 1] - a->first[sentence];
}

#endif
