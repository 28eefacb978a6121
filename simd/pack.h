/* SPDX-License-Identifier: MIT */
/* From weight matrices as files store them to the panels that products read. */
#ifndef TJ_SIMD_PACK_H
#define TJ_SIMD_PACK_H

#include "simd/kernels.h"

/* A row-major matrix as it lies in a model file: F32, or I8 with one F32 scale
 * per row (weight = scale * integer). Nothing need be aligned. */
struct tj_matrix {
	const void *data;
	const void *scales;      /* [rows] F32, or NULL: data is F32 */
	size_t n_rows, n_columns;
};

/* out[0..k) = row `row`, columns first … first + k - 1, as floats. */
void tj_matrix_read(const struct tj_matrix *m, size_t row, size_t first, size_t k, float *out);

enum tj_pack_kind { TJ_PACK_PLAIN, TJ_PACK_LSTM, TJ_PACK_GRU };

/* Columns first … first + k - 1 of a matrix: what one segment is multiplied with. */
struct tj_pack_source {
	const struct tj_matrix *matrix;
	size_t first, k;
};

/* Pack `n` outputs (PLAIN: matrix rows) or units (LSTM: rows in gate order i, f,
 * g, o; GRU: r, z, n). Of bias and second_bias (each [n], [4n], [3n] floats,
 * any alignment, may be NULL: zeros) LSTM and plain take the sum; GRU takes
 * them as b_ih and b_hh, and its last segment as h. Padding columns get zero
 * weights and the bias `padding_bias`.
 * Release w with tj_weights_free, also after a failure (out of memory). */
trujaman_status tj_weights_pack(struct tj_weights *w, enum tj_pack_kind kind, size_t n,
                                size_t n_segments, const struct tj_pack_source *sources,
                                const void *bias, const void *second_bias, float padding_bias,
                                struct tj_error *err);

/* The same as int8: an I8 matrix as it is, an F32 one rounded by tj_quantize_row. `flip` is
 * the kernels'. */
trujaman_status tj_weights_pack_int8(struct tj_weights *w, enum tj_pack_kind kind, size_t n,
                                     size_t n_segments, const struct tj_pack_source *sources,
                                     const void *bias, const void *second_bias,
                                     float padding_bias, uint8_t flip, struct tj_error *err);

void tj_weights_free(struct tj_weights *w);

/* The same weights in the storage_bytes at `to`, 64-byte aligned. The copy is not freed, and
 * ends with them. */
void tj_weights_copy(const struct tj_weights *w, void *to, struct tj_weights *copy);

/* Two views of LSTM or GRU weights: their first segment, with the bias, and the others. The
 * product of the first, without epilogue, is what the others' product must start from. The
 * views are not freed, and end with w. */
void tj_weights_split(const struct tj_weights *w, struct tj_weights *first,
                      struct tj_weights *rest);

/* One row of n finite floats to int8: *scale = largest magnitude / 127 (1, and all zeros,
 * where that would be denormal), q rounded to nearest even, in [-127, 127]. */
void tj_quantize_row(const float *x, size_t n, int8_t *q, float *scale);

#endif
