/* SPDX-License-Identifier: MIT */
/* Layer normalisation of a recurrent layer in training: the four sums of a unit (LSTM: i, f, g, o;
 * GRU: r, z, n_x, n_h), each normalised over the units of its row. */
#ifndef TJ_TRAIN_NET_NORM_H
#define TJ_TRAIN_NET_NORM_H

#include "src/train/net/linear.h"

enum { TJ_NORM_SUMS = 4 };

struct tj_norm {
	size_t units, pad;
	size_t offset; /* of the gains in the parameter block */

	/* Valid during one update, in its arena. */
	const struct tj_kernels *kernels;
	float *gain, *shift; /* [4][pad]; shift: the biases */
	float *normed;       /* [rows][4][pad]: normalised sums, then the gradient of the gains */
	float *by;           /* [rows][4]: what they were multiplied by */
	float *d_shift;      /* [rows][4][pad]: gradient of what the gates get */
};

/* Begins an update for n_rows rows: allocates from the arena, whose `failed` says whether there was
 * enough RAM. b_ih and b_hh are the biases of the layer in `values`. */
void tj_norm_begin(struct tj_norm *n, const struct tj_crew *crew, size_t n_rows, enum tj_cell cell,
                   const float *values, size_t b_ih, size_t b_hh, int backward);

/* Normalises the sums of a row in place; sums[i] is sum i, padded. */
void tj_norm_forward(const struct tj_norm *n, size_t row, float *const sums[TJ_NORM_SUMS]);
/* Turns the gradient of what the gates got, in place, into that of the sums. */
void tj_norm_backward(const struct tj_norm *n, size_t row, float *const d_sums[TJ_NORM_SUMS]);

/* Adds the gradients of gains and biases, over n_rows rows. */
void tj_norm_gradients(const struct tj_norm *n, const struct tj_crew *crew, size_t n_rows,
                       enum tj_cell cell, float *gradients, size_t b_ih, size_t b_hh);

#endif
