/* SPDX-License-Identifier: MIT */
/* The layout that float and int8 packing share. Private to simd/. */
#ifndef TJ_SIMD_PACK_LAYOUT_H
#define TJ_SIMD_PACK_LAYOUT_H

#include "simd/kernels.h"
#include "simd/matrix.h"

enum tj_pack_kind { TJ_PACK_PLAIN, TJ_PACK_LSTM, TJ_PACK_GRU };

/* Columns first … first + k - 1 of a matrix, which one segment of the input is multiplied by. */
struct tj_pack_source {
	const struct tj_matrix *matrix;
	size_t first, k;
};

/* Fill in the sizes and segments of w; allocates nothing. Returns 0 if they are so large that sizes
 * in bytes would overflow. */
int tj_pack_lay_out(struct tj_weights *w, enum tj_pack_kind kind, size_t n, size_t n_segments,
                    const struct tj_pack_source *sources);

/* The matrix rows in a panel's columns: they start at *first, and those from *end on are zeros. */
void tj_panel_rows(const struct tj_weights *w, enum tj_pack_kind kind, size_t segment, size_t group,
                   size_t panel, size_t *first, size_t *end);

/* Write the biases to `to`, [n_groups][64]; `padding` is the bias of padding columns. */
void tj_pack_biases(float *to, enum tj_pack_kind kind, size_t n, size_t n_groups, const void *bias,
                    const void *second_bias, float padding);

/* Write the gains of layer normalisation, [4 n] floats of any alignment in the order of the gates
 * (LSTM: i, f, g, o; GRU: r, z, n_x, n_h), in the order of the biases; zeros in the padding. */
void tj_pack_gains(float *to, enum tj_pack_kind kind, size_t n, size_t n_groups, const void *gains);

#endif
