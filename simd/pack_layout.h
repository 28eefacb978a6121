/* SPDX-License-Identifier: MIT */
/* What packing floats and packing integers have in common. Private to simd/. */
#ifndef TJ_SIMD_PACK_LAYOUT_H
#define TJ_SIMD_PACK_LAYOUT_H

#include "simd/kernels.h"
#include "simd/matrix.h"

enum tj_pack_kind { TJ_PACK_PLAIN, TJ_PACK_LSTM, TJ_PACK_GRU };

/* Columns first … first + k - 1 of a matrix: what one segment is multiplied with. */
struct tj_pack_source {
	const struct tj_matrix *matrix;
	size_t first, k;
};

/* Sizes and segments; no memory. */
void tj_pack_lay_out(struct tj_weights *w, enum tj_pack_kind kind, size_t n, size_t n_segments,
                     const struct tj_pack_source *sources);

/* The matrix rows that a panel's columns show: *first …, those from *end on are zeros. */
void tj_panel_rows(const struct tj_weights *w, enum tj_pack_kind kind, size_t segment, size_t group,
                   size_t panel, size_t *first, size_t *end);

/* to [n_groups][64]. */
void tj_pack_biases(float *to, enum tj_pack_kind kind, size_t n, size_t n_groups, const void *bias,
                    const void *second_bias, float padding);

#endif
