/* SPDX-License-Identifier: MIT */
/* Queries and keys of attention over the encoder states e_i; attend.h has what a query does.
 *
 * Scores are products of queries and keys, and both are prepared once. General attention
 * multiplies the keys (e_i W) instead of the queries, cosine divides both by their lengths,
 * additive projects both. The remaining work for a query is the same for every kind except
 * additive, and it involves only one sentence. */
#ifndef TJ_TRAIN_NET_ATTENTION_H
#define TJ_TRAIN_NET_ATTENTION_H

#include "src/train/net/batch.h"
#include "src/train/net/dropout.h"
#include "src/train/net/linear.h"

/* What attention should look at (guide.h). */
struct tj_guidance {
	const struct tj_piece_link *const *links; /* [n]; NULL: whatever it likes */
	const size_t *n_links;                    /* [n] */
	float scale; /* of the gradient: weight / (heads * n_pieces); 0: there is none */
};

struct tj_attending {
	enum tj_attention kind;
	enum tj_score_activation activation; /* additive */
	size_t size, pad;                    /* H, and H padded */
	size_t heads;                        /* each has its slice of all vectors */
	size_t key_size, key_pad;            /* H, or A for additive; slices of A are padded */
	size_t key_slice, key_stride;        /* units of a head's slice, and between two slices */
	struct tj_linear general, query, key;
	size_t bias, v, scale; /* offsets in the parameter block; scale SIZE_MAX: none */

	/* Valid during one update. Sentences are in batch order. */
	const struct tj_kernels *kernels;
	const float *values;
	size_t n;
	size_t *first;             /* [n + 1]: a sentence's first position, a multiple of 16 */
	const size_t *length;      /* [n] */
	size_t n_positions;        /* first[n] */
	float factor;              /* value of the scale, or 1 */
	struct tj_dropout dropout; /* of attention weights; limit 0: none */
	float *encoder_states;     /* [positions][pad]: encoder states, filled by the caller */
	float *keys;        /* [positions][key_pad]; the same array as `encoder_states` for dot */
	float *key_columns; /* keys in panels of 16 positions [key_size][16]; not additive */
	float *encoder_state_columns;     /* encoder states in such panels, for the backward pass */
	float *lengths;                   /* cosine: [positions][heads], of the encoder states */
	float *v_pad;                     /* additive: v, padded */
	float *d_encoder_states, *d_keys; /* gradients; the same array for dot */
	struct tj_guidance guidance;
	float *d_scale; /* [n] */
	float *d_v;     /* [n][key_pad]: gradient of v, one row per sentence */
};

trujaman_status tj_attending_open(struct tj_attending *a, const struct tj_config *c,
                                  const struct tj_parameters *layout, struct tj_error *err);
void tj_attending_free(struct tj_attending *a);

/* Begins an update: lays out the positions of n sentences and allocates from the arena
 * (crew->arena->failed reports a failure). `backward`: gradients will be needed. */
void tj_attending_begin(struct tj_attending *a, const struct tj_crew *crew, const float *values,
                        const struct tj_dropout *dropout, size_t n, const size_t *length,
                        int backward);

/* Computes keys and columns once `encoder_states` is filled (zeros at padding
 * positions). */
void tj_attending_prepare(struct tj_attending *a, const struct tj_crew *crew, int backward);

/* Computes queries [key_pad] from n decoder states [pad]; for cosine also their lengths
 * [n][heads]. */
void tj_attending_query(const struct tj_attending *a, size_t n, const float *const *states,
                        float *queries, float *lengths);
/* Adds the gradient that d_queries give the states to d_states[m]. */
void tj_attending_query_backward(const struct tj_attending *a, size_t n, const float *queries,
                                 const float *lengths, const float *d_queries, float *d_states);

/* x . y over a head's slice of queries or keys, in 16 partial sums. Not additive. */
float tj_attending_dot(const struct tj_attending *a, size_t head, const float *x, const float *y);

/* Call this after all sentences. It adds the gradient through the keys to d_encoder_states, and the
 * gradients of attention's own parameters to `gradients`. Exception: decoder.c computes the
 * gradients of the additive query matrix and bias. */
void tj_attending_finish(struct tj_attending *a, const struct tj_crew *crew, float *gradients);

static inline size_t tj_attending_positions(const struct tj_attending *a, size_t sentence)
{
	return a->first[sentence + 1] - a->first[sentence];
}

#endif
