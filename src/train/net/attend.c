/* SPDX-License-Identifier: MIT */
/* Attention weights, context vectors, and their gradients. */
#include "src/train/net/attend.h"

#include <stdint.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/train/net/guide.h"

enum { AT_ONCE = 24 };

/* out [n] (+)= rows [n][k], ld apart, times the matrix that p.b and its strides describe. */
static void multiply(const struct tj_attending *a, size_t n, const float *rows, size_t ld,
                     struct tj_product p)
{
	const float *pointers[AT_ONCE];
	for (size_t m = 0; m < n; m += AT_ONCE, p.out += AT_ONCE * p.ld_out) {
		p.n_rows = n - m < AT_ONCE ? n - m : AT_ONCE;
		for (size_t r = 0; r < p.n_rows; r++)
			pointers[r] = rows + (m + r) * ld;
		p.rows = pointers;
		a->kernels->product(&p);
	}
}

/* A head's slice of rows that are ld floats apart. */
struct slice {
	size_t ld, first, n;
};

/* The slice of queries and keys, and that of encoder states and contexts. */
static struct slice key_slice(const struct tj_attending *a, size_t head)
{
	return (struct slice){ a->key_pad, head * a->key_stride, a->key_slice };
}

static struct slice state_slice(const struct tj_attending *a, size_t head)
{
	size_t n = a->size / a->heads;
	return (struct slice){ a->pad, head * n, n };
}

/* out [n][positions], ld_out apart, = the slices of rows [n] times panels of positions. */
static void times_columns(const struct tj_attending *a, const struct slice *s, size_t n,
                          const float *rows, const float *columns, size_t n_panels, float *out,
                          size_t ld_out)
{
	multiply(a, n, rows + s->first, s->ld,
	         (struct tj_product){ .k = s->n,
	                              .n_panels = n_panels,
	                              .b = columns + s->first * TJ_LANES,
	                              .k_stride = TJ_LANES,
	                              .panel_stride = s->ld * TJ_LANES,
	                              .out = out,
	                              .ld_out = ld_out });
}

/* The columns of one panel that belong to the slice. */
static void combine_panel(const struct tj_attending *a, const struct slice *s, size_t n,
                          const float *coefficients, size_t ld, size_t k, const float *rows,
                          size_t panel, float *out, int accumulate)
{
	_Alignas(64) float sums[AT_ONCE * TJ_LANES];
	for (size_t m = 0; m < n; m += AT_ONCE) {
		size_t some = n - m < AT_ONCE ? n - m : AT_ONCE;
		multiply(a, some, coefficients + m * ld, ld,
		         (struct tj_product){ .k = k,
		                              .n_panels = 1,
		                              .b = rows + panel,
		                              .k_stride = s->ld,
		                              .panel_stride = TJ_LANES,
		                              .out = sums,
		                              .ld_out = TJ_LANES });
		for (size_t r = 0; r < some; r++)
			for (size_t i = 0; i < TJ_LANES; i++) {
				float *to = out + (m + r) * s->ld + panel + i;
				if (panel + i < s->first || panel + i >= s->first + s->n)
					continue;
				*to = sums[r * TJ_LANES + i] + (accumulate ? *to : 0.0f);
			}
	}
}

/* The slices of out [n] (+)= coefficients [n][k] times the slices of rows [k]. */
static void combine(const struct tj_attending *a, const struct slice *s, size_t n,
                    const float *coefficients, size_t ld, size_t k, const float *rows, float *out,
                    int accumulate)
{
	size_t width = a->heads == 1 ? s->ld : s->n, end = s->first + s->n;
	if (s->first % TJ_LANES == 0 && width % TJ_LANES == 0) {
		multiply(a, n, coefficients, ld,
		         (struct tj_product){ .k = k,
		                              .n_panels = width / TJ_LANES,
		                              .b = rows + s->first,
		                              .k_stride = s->ld,
		                              .panel_stride = TJ_LANES,
		                              .out = out + s->first,
		                              .ld_out = s->ld,
		                              .accumulate = accumulate });
		return;
	}
	for (size_t panel = s->first / TJ_LANES * TJ_LANES; panel < end; panel += TJ_LANES)
		combine_panel(a, s, n, coefficients, ld, k, rows, panel, out, accumulate);
}

/* The shares that contexts are made from: with dropout, others than the softmax gives. */
static const float *shares_used(const struct tj_attending *a, const struct tj_asking *q,
                                float *masked)
{
	size_t width = a->heads * tj_attending_positions(a, q->sentence);
	if (a->dropout.limit == 0)
		return q->shares;
	for (size_t m = 0; m < q->n; m++)
		tj_dropout_row(&a->dropout, q->first + m, width, q->shares + m * width,
		               masked + m * width);
	return masked;
}

static float additive_score(const struct tj_attending *a, size_t head, const float *query,
                            const float *key)
{
	size_t at = head * a->key_stride;
	return a->kernels->additive_score(query + at, key + at, a->v_pad + at, a->key_stride,
	                                  a->activation);
}

void tj_attend(const struct tj_attending *a, const struct tj_asking *q, float *contexts)
{
	size_t first = a->first[q->sentence], length = a->length[q->sentence];
	size_t positions = tj_attending_positions(a, q->sentence), width = a->heads * positions;
	const float *keys = a->keys + first * a->key_pad;
	for (size_t head = 0; head < a->heads; head++) {
		const struct slice s = key_slice(a, head);
		float *shares = q->shares + head * positions;
		if (a->kind != TJ_ADDITIVE)
			times_columns(a, &s, q->n, q->queries, a->key_columns + first * a->key_pad,
			              positions / TJ_LANES, shares, width);
		for (size_t m = 0; m < q->n; m++, shares += width) {
			for (size_t i = 0; a->kind == TJ_ADDITIVE && i < length; i++)
				shares[i] = additive_score(a, head, q->queries + m * a->key_pad,
				                           keys + i * a->key_pad);
			a->kernels->softmax(shares, length, a->factor);
		}
	}
	const float *used = shares_used(a, q, q->scratch);
	if (a->heads > 1)
		memset(contexts, 0, q->n * a->pad * sizeof *contexts);
	for (size_t head = 0; head < a->heads; head++) {
		const struct slice s = state_slice(a, head);
		combine(a, &s, q->n, used + head * positions, width, length,
		        a->encoder_states + first * a->pad, contexts, 0);
	}
}

size_t tj_attend_scratch(const struct tj_attending *a, size_t n, size_t n_positions)
{
	return 2 * n * a->heads * n_positions + n_positions * tj_round_up(n, TJ_LANES);
}

/* The score of one query for one position, before scale and softmax. */
static float score(const struct tj_attending *a, size_t head, const float *query, const float *key)
{
	return a->kind == TJ_ADDITIVE ? additive_score(a, head, query, key)
	                              : tj_attending_dot(a, head, query, key);
}

/* Turns d [n][heads][positions] from the gradient of the attention weights into that of the
 * scores. */
static void scores_backward(const struct tj_attending *a, const struct tj_asking *q, float *d)
{
	size_t first = a->first[q->sentence], length = a->length[q->sentence];
	size_t positions = tj_attending_positions(a, q->sentence);
	for (size_t m = 0; m < q->n; m++)
		for (size_t head = 0; head < a->heads; head++) {
			const float *share = q->shares + (m * a->heads + head) * positions;
			float *row = d + (m * a->heads + head) * positions;
			memset(row + length, 0, (positions - length) * sizeof *row);
			float sum = a->kernels->dot(share, row, positions), d_scale = 0.0f;
			for (size_t i = 0; i < length; i++) {
				float g = share[i] * (row[i] - sum);
				if (a->scale != SIZE_MAX)
					d_scale += g * score(a, head, q->queries + m * a->key_pad,
					                     a->keys + (first + i) * a->key_pad);
				row[i] = g * a->factor;
			}
			a->d_scale[q->sentence] += d_scale;
		}
}

static void additive_backward(const struct tj_attending *a, const struct tj_asking *q,
                              const float *d, float *d_queries)
{
	size_t first = a->first[q->sentence];
	size_t positions = tj_attending_positions(a, q->sentence);
	memset(d_queries, 0, q->n * a->key_pad * sizeof *d_queries);
	for (size_t row = 0; row < q->n * a->heads; row++, d += positions) {
		size_t m = row / a->heads, at = row % a->heads * a->key_stride;
		for (size_t i = 0; i < a->length[q->sentence]; i++) {
			size_t key = (first + i) * a->key_pad + at;
			a->kernels->additive_backward(q->queries + m * a->key_pad + at,
			                              a->keys + key, a->v_pad + at, a->key_stride,
			                              a->activation, d[i],
			                              d_queries + m * a->key_pad + at,
			                              a->d_keys + key,
			                              a->d_v + q->sentence * a->key_pad + at);
		}
	}
}

/* out [positions][ld_out] = the transpose of in [n][ld]. */
static void exchange(size_t n, size_t length, const float *in, size_t ld, float *out, size_t ld_out)
{
	for (size_t i = 0; i < length; i++)
		for (size_t m = 0; m < n; m++)
			out[i * ld_out + m] = in[m * ld + i];
}

/* Writes the gradient of the attention weights to d, and adds that of the encoder states as
 * values. `turned` has room for [positions][ld_n]. */
static void contexts_backward(const struct tj_attending *a, const struct tj_asking *q,
                              const float *used, const float *d_contexts, float *d, float *turned)
{
	size_t first = a->first[q->sentence], length = a->length[q->sentence];
	size_t positions = tj_attending_positions(a, q->sentence), width = a->heads * positions;
	size_t ld_n = tj_round_up(q->n, TJ_LANES);
	for (size_t head = 0; head < a->heads; head++) {
		const struct slice s = state_slice(a, head);
		times_columns(a, &s, q->n, d_contexts, a->encoder_state_columns + first * a->pad,
		              positions / TJ_LANES, d + head * positions, width);
		exchange(q->n, length, used + head * positions, width, turned, ld_n);
		combine(a, &s, length, turned, ld_n, q->n, d_contexts,
		        a->d_encoder_states + first * a->pad, 1);
	}
	for (size_t m = 0; a->dropout.limit > 0 && m < q->n; m++)
		tj_dropout_row(&a->dropout, q->first + m, width, d + m * width, d + m * width);
}

void tj_attend_backward(const struct tj_attending *a, const struct tj_asking *q,
                        const float *d_contexts, float *d_queries)
{
	size_t first = a->first[q->sentence], length = a->length[q->sentence];
	size_t positions = tj_attending_positions(a, q->sentence), width = a->heads * positions;
	size_t ld_n = tj_round_up(q->n, TJ_LANES);
	float *d = q->scratch, *masked = d + q->n * width, *turned = masked + q->n * width;

	contexts_backward(a, q, shares_used(a, q, masked), d_contexts, d, turned);
	tj_guide_backward(a, q->sentence, q->step, q->n, q->shares, d);
	scores_backward(a, q, d);
	if (a->kind == TJ_ADDITIVE) {
		additive_backward(a, q, d, d_queries);
		return;
	}
	if (a->heads > 1)
		memset(d_queries, 0, q->n * a->key_pad * sizeof *d_queries);
	for (size_t head = 0; head < a->heads; head++) {
		const struct slice s = key_slice(a, head);
		const float *of_head = d + head * positions;
		combine(a, &s, q->n, of_head, width, length, a->keys + first * a->key_pad,
		        d_queries, 0);
		exchange(q->n, length, of_head, width, turned, ld_n);
		combine(a, &s, length, turned, ld_n, q->n, q->queries,
		        a->d_keys + first * a->key_pad, 1);
	}
}
