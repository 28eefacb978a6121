/* SPDX-License-Identifier: MIT */
/* Attention in training: keys, queries, and their gradients. */
#include "src/train/net/attention.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"

static size_t offset_of(const struct tj_parameters *layout, const char *name)
{
	const struct tj_parameter *p = tj_parameters_find(layout, name);
	return p != NULL ? p->offset : SIZE_MAX;
}

trujaman_status tj_attending_open(struct tj_attending *a, const struct tj_config *c,
                                  const struct tj_parameters *layout, struct tj_error *err)
{
	static const enum tj_score_activation activations[] = { [TJ_TANH] = TJ_SCORE_TANH,
		                                                [TJ_SIGMOID] = TJ_SCORE_SIGMOID,
		                                                [TJ_RELU] = TJ_SCORE_RELU };
	memset(a, 0, sizeof *a);
	a->kind = c->attention;
	a->activation = activations[c->attention_activation];
	a->size = c->hidden_size;
	a->key_size = a->kind == TJ_ADDITIVE ? c->attention_size : a->size;
	a->pad = tj_round_up(a->size, TJ_LANES);
	a->heads = tj_config_heads(c);
	a->key_slice = a->key_stride = a->key_size / a->heads;
	if (a->kind == TJ_ADDITIVE)
		a->key_stride = tj_round_up(a->key_slice, TJ_LANES);
	a->key_pad = tj_round_up(a->heads * a->key_stride, TJ_LANES);
	a->scale = offset_of(layout, "attention.scale");
	if (a->kind == TJ_GENERAL)
		return tj_linear_open(&a->general, layout, "attention.weight", 1, 0, a->size, err);
	if (a->kind != TJ_ADDITIVE)
		return TRUJAMAN_OK;
	a->bias = offset_of(layout, "attention.bias");
	a->v = offset_of(layout, "attention.v");
	if (tj_linear_open(&a->query, layout, "attention.query.weight", a->heads, 0, a->size,
	                   err) != TRUJAMAN_OK)
		return err->status;
	return tj_linear_open(&a->key, layout, "attention.key.weight", a->heads, 0, a->size, err);
}

void tj_attending_free(struct tj_attending *a)
{
	tj_linear_free(&a->general);
	tj_linear_free(&a->query);
	tj_linear_free(&a->key);
	free(a->first);
	a->first = NULL;
}

static int lay_out(struct tj_attending *a, size_t n, const size_t *length)
{
	size_t *first = realloc(a->first, (n + 1) * sizeof *first);
	if (first == NULL)
		return 0;
	a->first = first;
	a->n = n;
	a->length = length;
	first[0] = 0;
	for (size_t i = 0; i < n; i++)
		first[i + 1] = first[i] + tj_round_up(length[i], TJ_LANES);
	a->n_positions = first[n];
	return 1;
}

static float *zeros(struct tj_arena *arena, size_t n)
{
	float *p = tj_arena_floats(arena, n);
	if (p != NULL)
		memset(p, 0, n * sizeof *p);
	return p;
}

/* Copies [A] numbers to slices that are padded with zeros. */
static void pad_slices(const struct tj_attending *a, const float *from, float *to)
{
	memset(to, 0, a->key_pad * sizeof *to);
	for (size_t head = 0; head < a->heads; head++)
		memcpy(to + head * a->key_stride, from + head * a->key_slice,
		       a->key_slice * sizeof *to);
}

void tj_attending_begin(struct tj_attending *a, const struct tj_crew *crew, const float *values,
                        const struct tj_dropout *dropout, size_t n, const size_t *length,
                        int backward)
{
	struct tj_arena *arena = crew->arena;
	if (!lay_out(a, n, length)) {
		arena->failed = 1;
		return;
	}
	size_t wide = a->n_positions * a->pad, narrow = a->n_positions * a->key_pad;
	int has_keys = a->kind != TJ_DOT;
	a->kernels = crew->kernels;
	a->values = values;
	a->dropout = *dropout;
	a->factor = a->scale != SIZE_MAX ? values[a->scale] : 1.0f;
	a->encoder_states = zeros(arena, wide);
	a->keys = has_keys ? tj_arena_floats(arena, narrow) : a->encoder_states;
	a->key_columns = a->kind != TJ_ADDITIVE ? tj_arena_floats(arena, narrow) : NULL;
	a->lengths = a->kind == TJ_COSINE ? tj_arena_floats(arena, a->n_positions * a->heads)
	                                  : NULL;
	a->v_pad = zeros(arena, a->key_pad);
	if (a->kind == TJ_ADDITIVE && a->v_pad != NULL)
		pad_slices(a, values + a->v, a->v_pad);
	if (!backward)
		return;
	a->encoder_state_columns = has_keys ? tj_arena_floats(arena, wide) : a->key_columns;
	a->d_encoder_states = zeros(arena, wide);
	a->d_keys = has_keys ? zeros(arena, narrow) : a->d_encoder_states;
	a->d_scale = zeros(arena, n);
	a->d_v = a->kind == TJ_ADDITIVE ? zeros(arena, n * a->key_pad) : NULL;
}

/* --- Keys -------------------------------------------------------------------- */

float tj_attending_dot(const struct tj_attending *a, size_t head, const float *x, const float *y)
{
	size_t n = a->heads == 1 ? a->key_pad : a->key_slice;
	float sums[TJ_LANES] = { 0 };
	x += head * a->key_stride;
	y += head * a->key_stride;
	if (n % TJ_LANES == 0)
		return a->kernels->dot(x, y, n);
	/* The same sums for a slice that is no whole vectors. */
	for (size_t i = 0; i < n; i++)
		sums[i % TJ_LANES] = fmaf(x[i], y[i], sums[i % TJ_LANES]);
	for (size_t half = TJ_LANES / 2; half > 0; half /= 2)
		for (size_t i = 0; i < half; i++)
			sums[i] += sums[i + half];
	return sums[0];
}

/* Each head's slice of out = that of x / its length. lengths [heads] get the lengths, but 1 for a
 * slice of zeros, which stays zero. */
static void normalise(const struct tj_attending *a, const float *x, float *out, float *lengths)
{
	memset(out + a->size, 0, (a->pad - a->size) * sizeof *out);
	for (size_t head = 0; head < a->heads; head++) {
		float len = sqrtf(tj_attending_dot(a, head, x, x)), by = len > 0.0f ? len : 1.0f;
		for (size_t i = head * a->key_slice; i < (head + 1) * a->key_slice; i++)
			out[i] = x[i] / by;
		lengths[head] = by;
	}
}

/* d_x += (d - u (u . d)) / |x| for u = x / |x|, slice by slice. */
static void normalise_backward(const struct tj_attending *a, const float *u, const float *lengths,
                               const float *d, float *d_x)
{
	for (size_t head = 0; head < a->heads; head++) {
		float along = tj_attending_dot(a, head, u, d);
		for (size_t i = head * a->key_slice; i < (head + 1) * a->key_slice; i++)
			d_x[i] += (d[i] - u[i] * along) / lengths[head];
	}
}

/* Transposes rows of `pad` floats into panels of 16 positions, [width][16] each. */
static void to_columns(const struct tj_attending *a, size_t sentence, const float *rows,
                       size_t width, size_t pad, float *columns)
{
	_Alignas(64) float square[TJ_LANES * TJ_LANES];
	for (size_t i = a->first[sentence]; i < a->first[sentence + 1]; i += TJ_LANES)
		for (size_t k = 0; k < width; k += TJ_LANES) {
			float *to = columns + i * pad + k * TJ_LANES;
			a->kernels->transpose(rows + i * pad + k, pad, square, TJ_LANES);
			memcpy(to, square, sizeof square);
		}
}

struct prepare {
	const struct tj_attending *a;
	int backward;
};

static void prepare_item(void *context, size_t sentence, size_t thread)
{
	const struct prepare *p = context;
	const struct tj_attending *a = p->a;
	(void)thread;
	if (a->kind == TJ_COSINE)
		for (size_t i = a->first[sentence]; i < a->first[sentence + 1]; i++)
			normalise(a, a->encoder_states + i * a->pad, a->keys + i * a->pad,
			          a->lengths + i * a->heads);
	if (a->key_columns != NULL)
		to_columns(a, sentence, a->keys, a->key_size, a->key_pad, a->key_columns);
	if (p->backward && a->encoder_state_columns != a->key_columns)
		to_columns(a, sentence, a->encoder_states, a->size, a->pad,
		           a->encoder_state_columns);
}

void tj_attending_prepare(struct tj_attending *a, const struct tj_crew *crew, int backward)
{
	if (a->kind == TJ_GENERAL) /* e_i W is a product with the transpose of W */
		tj_linear_backward_all(&a->general, crew, a->n_positions, a->encoder_states, a->pad,
		                       a->keys, a->key_pad, 0);
	if (a->kind == TJ_ADDITIVE)
		tj_linear_forward_all(&a->key, crew, a->n_positions, a->encoder_states, a->pad,
		                      a->keys, a->key_pad, 0);
	struct prepare p = { a, backward };
	tj_share(crew->n_threads, a->n, prepare_item, &p);
}

/* --- Queries ----------------------------------------------------------------- */

void tj_attending_query(const struct tj_attending *a, size_t n, const float *const *states,
                        float *queries, float *lengths)
{
	if (a->kind == TJ_ADDITIVE) {
		for (size_t m = 0; m < n; m++)
			pad_slices(a, a->values + a->bias, queries + m * a->key_pad);
		tj_linear_forward(&a->query, a->kernels, n, states, queries, a->key_pad, 1);
		return;
	}
	for (size_t m = 0; m < n; m++) {
		if (a->kind == TJ_COSINE)
			normalise(a, states[m], queries + m * a->pad, lengths + m * a->heads);
		else
			memcpy(queries + m * a->pad, states[m], a->pad * sizeof *queries);
	}
}

void tj_attending_query_backward(const struct tj_attending *a, size_t n, const float *queries,
                                 const float *lengths, const float *d_queries, float *d_states)
{
	for (size_t m = 0; m < n; m++) {
		const float *d = d_queries + m * a->key_pad;
		float *to = d_states + m * a->pad;
		if (a->kind == TJ_ADDITIVE)
			tj_linear_backward(&a->query, a->kernels, 1, &d, to, a->pad, 1);
		else if (a->kind == TJ_COSINE)
			normalise_backward(a, queries + m * a->pad, lengths + m * a->heads, d, to);
		else
			for (size_t i = 0; i < a->pad; i++)
				to[i] += d[i];
	}
}

/* --- Finishing ----------------------------------------------------------------- */

static const float **row_pointers(struct tj_arena *arena, size_t n, const float *rows, size_t ld)
{
	const float **p = tj_arena_pointers(arena, n);
	for (size_t i = 0; p != NULL && i < n; i++)
		p[i] = rows + i * ld;
	return p;
}

static void finish_additive(struct tj_attending *a, const struct tj_crew *crew, float *gradients)
{
	const float **encoder_states = row_pointers(crew->arena, a->n_positions, a->encoder_states,
	                                            a->pad);
	if (encoder_states == NULL)
		return;
	tj_linear_gradient(&a->key, crew, a->n_positions, a->d_keys, a->key_pad, encoder_states,
	                   gradients);
	tj_linear_backward_all(&a->key, crew, a->n_positions, a->d_keys, a->key_pad,
	                       a->d_encoder_states, a->pad, 1);
	for (size_t i = 0; i < a->n; i++)
		for (size_t k = 0; k < a->key_size; k++)
			gradients[a->v + k] +=
			    a->d_v[i * a->key_pad + k / a->key_slice * a->key_stride +
			           k % a->key_slice];
}

void tj_attending_finish(struct tj_attending *a, const struct tj_crew *crew, float *gradients)
{
	for (size_t i = 0; a->scale != SIZE_MAX && i < a->n; i++)
		gradients[a->scale] += a->d_scale[i];
	if (a->kind == TJ_ADDITIVE)
		finish_additive(a, crew, gradients);
	if (a->kind == TJ_COSINE)
		for (size_t i = 0; i < a->n_positions; i++)
			normalise_backward(a, a->keys + i * a->pad, a->lengths + i * a->heads,
			                   a->d_keys + i * a->pad,
			                   a->d_encoder_states + i * a->pad);
	if (a->kind == TJ_GENERAL) {
		const float **d_keys = row_pointers(crew->arena, a->n_positions, a->d_keys, a->pad);
		if (d_keys == NULL)
			return;
		tj_linear_gradient(&a->general, crew, a->n_positions, a->encoder_states, a->pad,
		                   d_keys, gradients);
		tj_linear_forward_all(&a->general, crew, a->n_positions, a->d_keys, a->pad,
		                      a->d_encoder_states, a->pad, 1);
	}
}
