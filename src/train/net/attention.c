/* SPDX-License-Identifier: MIT */
/* Attention in training: keys, queries, attention weights, context vectors, and their
 * gradients. */
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
	a->key_pad = tj_round_up(a->key_size, TJ_LANES);
	a->scale = offset_of(layout, "attention.scale");
	if (a->kind == TJ_GENERAL)
		return tj_linear_open(&a->general, layout, "attention.weight", 1, 0, a->size, err);
	if (a->kind != TJ_ADDITIVE)
		return TRUJAMAN_OK;
	a->bias = offset_of(layout, "attention.bias");
	a->v = offset_of(layout, "attention.v");
	if (tj_linear_open(&a->query, layout, "attention.query.weight", 1, 0, a->size, err) !=
	    TRUJAMAN_OK)
		return err->status;
	return tj_linear_open(&a->key, layout, "attention.key.weight", 1, 0, a->size, err);
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

void tj_attending_begin(struct tj_attending *a, const struct tj_crew *crew, const float *values,
                        size_t n, const size_t *length, int backward)
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
	a->factor = a->scale != SIZE_MAX ? values[a->scale] : 1.0f;
	a->encoder_states = zeros(arena, wide);
	a->keys = has_keys ? tj_arena_floats(arena, narrow) : a->encoder_states;
	a->key_columns = a->kind != TJ_ADDITIVE ? tj_arena_floats(arena, narrow) : NULL;
	a->lengths = a->kind == TJ_COSINE ? tj_arena_floats(arena, a->n_positions) : NULL;
	a->v_pad = zeros(arena, a->key_pad);
	if (a->kind == TJ_ADDITIVE && a->v_pad != NULL)
		memcpy(a->v_pad, values + a->v, a->key_size * sizeof *a->v_pad);
	if (!backward)
		return;
	a->encoder_state_columns = has_keys ? tj_arena_floats(arena, wide) : a->key_columns;
	a->d_encoder_states = zeros(arena, wide);
	a->d_keys = has_keys ? zeros(arena, narrow) : a->d_encoder_states;
	a->d_scale = zeros(arena, n);
	a->d_v = a->kind == TJ_ADDITIVE ? zeros(arena, n * a->key_pad) : NULL;
}

/* --- Keys -------------------------------------------------------------------- */

/* out = x / |x|. Returns |x|, but 1 for a zero vector, which stays zero. */
static float normalise(const struct tj_attending *a, const float *x, float *out)
{
	float len = a->kernels->length(x, a->pad), by = len > 0.0f ? len : 1.0f;
	for (size_t i = 0; i < a->pad; i++)
		out[i] = x[i] / by;
	return by;
}

/* d_x += (d - u (u . d)) / |x| for u = x / |x|. */
static void normalise_backward(const struct tj_attending *a, const float *u, float len,
                               const float *d, float *d_x)
{
	float along = a->kernels->dot(u, d, a->pad);
	for (size_t i = 0; i < a->pad; i++)
		d_x[i] += (d[i] - u[i] * along) / len;
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
			a->lengths[i] = normalise(a, a->encoder_states + i * a->pad,
			                          a->keys + i * a->pad);
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
		for (size_t m = 0; m < n; m++) {
			memset(queries + m * a->key_pad, 0, a->key_pad * sizeof *queries);
			memcpy(queries + m * a->key_pad, a->values + a->bias,
			       a->key_size * sizeof *queries);
		}
		tj_linear_forward(&a->query, a->kernels, n, states, queries, a->key_pad, 1);
		return;
	}
	for (size_t m = 0; m < n; m++) {
		if (a->kind == TJ_COSINE)
			lengths[m] = normalise(a, states[m], queries + m * a->pad);
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
			normalise_backward(a, queries + m * a->pad, lengths[m], d, to);
		else
			for (size_t i = 0; i < a->pad; i++)
				to[i] += d[i];
	}
}

/* --- Attending --------------------------------------------------------------- */

/* out [n] (+)= rows [n][k], ld apart, times the matrix that p.b and its strides describe. */
static void multiply(const struct tj_attending *a, size_t n, const float *rows, size_t ld,
                     struct tj_product p)
{
	enum { AT_ONCE = 24 };
	const float *pointers[AT_ONCE];
	for (size_t m = 0; m < n; m += AT_ONCE, p.out += AT_ONCE * p.ld_out) {
		p.n_rows = n - m < AT_ONCE ? n - m : AT_ONCE;
		for (size_t r = 0; r < p.n_rows; r++)
			pointers[r] = rows + (m + r) * ld;
		p.rows = pointers;
		a->kernels->product(&p);
	}
}

/* out [n][16 panels] = rows [n][k] times panels of positions. */
static void times_columns(const struct tj_attending *a, size_t n, const float *rows, size_t ld,
                          size_t k, const float *columns, size_t n_panels, float *out,
                          size_t ld_out)
{
	multiply(a, n, rows, ld,
	         (struct tj_product){ .k = k,
	                              .n_panels = n_panels,
	                              .b = columns,
	                              .k_stride = TJ_LANES,
	                              .panel_stride = ld * TJ_LANES,
	                              .out = out,
	                              .ld_out = ld_out });
}

/* out [n][width] (+)= coefficients [n][k] times rows [k][width]. */
static void combine(const struct tj_attending *a, size_t n, const float *coefficients, size_t ld,
                    size_t k, const float *rows, size_t width, float *out, int accumulate)
{
	multiply(a, n, coefficients, ld,
	         (struct tj_product){ .k = k,
	                              .n_panels = width / TJ_LANES,
	                              .b = rows,
	                              .k_stride = width,
	                              .panel_stride = TJ_LANES,
	                              .out = out,
	                              .ld_out = width,
	                              .accumulate = accumulate });
}

void tj_attend(const struct tj_attending *a, size_t sentence, size_t n, const float *queries,
               float *shares, size_t ld_shares, float *contexts)
{
	size_t first = a->first[sentence], length = a->length[sentence];
	size_t panels = tj_attending_positions(a, sentence) / TJ_LANES;
	if (a->kind != TJ_ADDITIVE)
		times_columns(a, n, queries, a->key_pad, a->key_size,
		              a->key_columns + first * a->key_pad, panels, shares, ld_shares);
	for (size_t m = 0; m < n; m++) {
		float *row = shares + m * ld_shares;
		for (size_t i = 0; a->kind == TJ_ADDITIVE && i < length; i++)
			row[i] = a->kernels->additive_score(queries + m * a->key_pad,
			                                    a->keys + (first + i) * a->key_pad,
			                                    a->v_pad, a->key_pad, a->activation);
		a->kernels->softmax(row, length, a->factor);
	}
	combine(a, n, shares, ld_shares, length, a->encoder_states + first * a->pad, a->pad,
	        contexts, 0);
}

size_t tj_attend_scratch(const struct tj_attending *a, size_t n, size_t n_positions)
{
	(void)a;
	return n * n_positions + n_positions * tj_round_up(n, TJ_LANES);
}

/* The score of one query for one position, before scale and softmax. */
static float score(const struct tj_attending *a, const float *query, const float *key)
{
	return a->kind == TJ_ADDITIVE
	           ? a->kernels->additive_score(query, key, a->v_pad, a->key_pad, a->activation)
	           : a->kernels->dot(query, key, a->key_pad);
}

/* Turns d [n][ld] from the gradient of the attention weights into that of the scores. */
static void scores_backward(const struct tj_attending *a, size_t sentence, size_t n,
                            const float *queries, const float *shares, size_t ld_shares, float *d,
                            size_t ld)
{
	size_t first = a->first[sentence], length = a->length[sentence];
	for (size_t m = 0; m < n; m++) {
		const float *share = shares + m * ld_shares;
		float *row = d + m * ld;
		float sum = a->kernels->dot(share, row, ld), d_scale = 0.0f;
		for (size_t i = 0; i < length; i++) {
			float g = share[i] * (row[i] - sum);
			if (a->scale != SIZE_MAX)
				d_scale += g * score(a, queries + m * a->key_pad,
				                     a->keys + (first + i) * a->key_pad);
			row[i] = g * a->factor;
		}
		a->d_scale[sentence] += d_scale;
	}
}

static void additive_backward(const struct tj_attending *a, size_t sentence, size_t n,
                              const float *queries, const float *d, size_t ld, float *d_queries)
{
	size_t first = a->first[sentence];
	memset(d_queries, 0, n * a->key_pad * sizeof *d_queries);
	for (size_t m = 0; m < n; m++)
		for (size_t i = 0; i < a->length[sentence]; i++)
			a->kernels->additive_backward(queries + m * a->key_pad,
			                              a->keys + (first + i) * a->key_pad, a->v_pad,
			                              a->key_pad, a->activation, d[m * ld + i],
			                              d_queries + m * a->key_pad,
			                              a->d_keys + (first + i) * a->key_pad,
			                              a->d_v + sentence * a->key_pad);
}

/* out [positions][ld_out] = the transpose of in [n][ld]. */
static void exchange(size_t n, size_t length, const float *in, size_t ld, float *out, size_t ld_out)
{
	for (size_t i = 0; i < length; i++)
		for (size_t m = 0; m < n; m++)
			out[i * ld_out + m] = in[m * ld + i];
}

void tj_attend_backward(const struct tj_attending *a, size_t sentence, size_t n,
                        const float *queries, const float *shares, size_t ld_shares,
                        const float *d_contexts, float *d_queries, float *scratch)
{
	size_t first = a->first[sentence], length = a->length[sentence];
	size_t ld = tj_attending_positions(a, sentence), ld_n = tj_round_up(n, TJ_LANES);
	float *d = scratch, *turned = scratch + n * ld;

	times_columns(a, n, d_contexts, a->pad, a->size, a->encoder_state_columns + first * a->pad,
	              ld / TJ_LANES, d, ld);
	exchange(n, length, shares, ld_shares, turned, ld_n);
	combine(a, length, turned, ld_n, n, d_contexts, a->pad,
	        a->d_encoder_states + first * a->pad, 1);
	for (size_t m = 0; m < n; m++)
		memset(d + m * ld + length, 0, (ld - length) * sizeof *d);
	scores_backward(a, sentence, n, queries, shares, ld_shares, d, ld);
	if (a->kind == TJ_ADDITIVE) {
		additive_backward(a, sentence, n, queries, d, ld, d_queries);
		return;
	}
	combine(a, n, d, ld, length, a->keys + first * a->key_pad, a->key_pad, d_queries, 0);
	exchange(n, length, d, ld, turned, ld_n);
	combine(a, length, turned, ld_n, n, queries, a->key_pad, a->d_keys + first * a->key_pad, 1);
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
			gradients[a->v + k] += a->d_v[i * a->key_pad + k];
}

void tj_attending_finish(struct tj_attending *a, const struct tj_crew *crew, float *gradients)
{
	for (size_t i = 0; a->scale != SIZE_MAX && i < a->n; i++)
		gradients[a->scale] += a->d_scale[i];
	if (a->kind == TJ_ADDITIVE)
		finish_additive(a, crew, gradients);
	if (a->kind == TJ_COSINE)
		for (size_t i = 0; i < a->n_positions; i++)
			normalise_backward(a, a->keys + i * a->pad, a->lengths[i],
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
