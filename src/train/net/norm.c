/* SPDX-License-Identifier: MIT */
/* Layer normalisation of a recurrent layer in training. */
#include "src/train/net/norm.h"

#include <string.h>

static void add_padded(const struct tj_norm *n, size_t sum, const float *b)
{
	for (size_t i = 0; i < n->units; i++)
		n->shift[sum * n->pad + i] += b[i];
}

static void fill_vectors(struct tj_norm *n, enum tj_cell cell, const float *values, size_t b_ih,
                         size_t b_hh)
{
	size_t bytes = TJ_NORM_SUMS * n->pad * sizeof(float), joint = cell == TJ_LSTM ? 4 : 2;
	memset(n->gain, 0, bytes);
	memset(n->shift, 0, bytes);
	for (size_t i = 0; i < TJ_NORM_SUMS; i++)
		memcpy(n->gain + i * n->pad, values + n->offset + i * n->units,
		       n->units * sizeof *n->gain);
	for (size_t i = 0; i < joint; i++) {
		add_padded(n, i, values + b_ih + i * n->units);
		add_padded(n, i, values + b_hh + i * n->units);
	}
	if (cell == TJ_GRU) { /* n_x and n_h */
		add_padded(n, 2, values + b_ih + 2 * n->units);
		add_padded(n, 3, values + b_hh + 2 * n->units);
	}
}

void tj_norm_begin(struct tj_norm *n, const struct tj_crew *crew, size_t n_rows, enum tj_cell cell,
                   const float *values, size_t b_ih, size_t b_hh, int backward)
{
	struct tj_arena *a = crew->arena;
	size_t width = TJ_NORM_SUMS * n->pad;
	n->kernels = crew->kernels;
	n->gain = tj_arena_floats(a, width);
	n->shift = tj_arena_floats(a, width);
	n->normed = tj_arena_floats(a, n_rows * width);
	n->by = tj_arena_floats(a, n_rows * TJ_NORM_SUMS);
	n->d_shift = backward ? tj_arena_floats(a, n_rows * width) : NULL;
	if (!a->failed)
		fill_vectors(n, cell, values, b_ih, b_hh);
}

void tj_norm_forward(const struct tj_norm *n, size_t row, float *const sums[TJ_NORM_SUMS])
{
	for (size_t i = 0; i < TJ_NORM_SUMS; i++) {
		size_t at = row * TJ_NORM_SUMS + i;
		n->by[at] = n->kernels->norm_forward(n->pad, n->units, sums[i],
		                                     n->gain + i * n->pad, n->shift + i * n->pad,
		                                     n->normed + at * n->pad);
	}
}

void tj_norm_backward(const struct tj_norm *n, size_t row, float *const d_sums[TJ_NORM_SUMS])
{
	for (size_t i = 0; i < TJ_NORM_SUMS; i++) {
		size_t at = row * TJ_NORM_SUMS + i;
		memcpy(n->d_shift + at * n->pad, d_sums[i], n->pad * sizeof *d_sums[i]);
		n->kernels->norm_backward(n->pad, n->units, d_sums[i], n->gain + i * n->pad,
		                          n->normed + at * n->pad, n->by[at]);
	}
}

void tj_norm_gradients(const struct tj_norm *n, const struct tj_crew *crew, size_t n_rows,
                       enum tj_cell cell, float *gradients, size_t b_ih, size_t b_hh)
{
	size_t ld = TJ_NORM_SUMS * n->pad, gates = cell == TJ_LSTM ? 4 : 3;
	tj_bias_gradient(crew, n_rows, n->normed, ld, TJ_NORM_SUMS, n->units,
	                 gradients + n->offset);
	tj_bias_gradient(crew, n_rows, n->d_shift, ld, gates, n->units, gradients + b_ih);
	if (cell == TJ_LSTM) {
		memcpy(gradients + b_hh, gradients + b_ih, 4 * n->units * sizeof *gradients);
		return;
	}
	tj_bias_gradient(crew, n_rows, n->d_shift, ld, 2, n->units, gradients + b_hh);
	tj_bias_gradient(crew, n_rows, n->d_shift + 3 * n->pad, ld, 1, n->units,
	                 gradients + b_hh + 2 * n->units);
}
