/* SPDX-License-Identifier: MIT */
/* Weight matrices as files store them. Any thread. */
#ifndef TJ_SIMD_MATRIX_H
#define TJ_SIMD_MATRIX_H

#include <stddef.h>
#include <stdint.h>

/* A row-major matrix as it lies in a model file: F32, or I8 with one F32 scale
 * per row (weight = scale * integer). Nothing need be aligned. */
struct tj_matrix {
	const void *data;
	const void *scales; /* [rows] F32, or NULL: data is F32 */
	size_t n_rows, n_columns;
};

/* out[0..k) = row `row`, columns first … first + k - 1, as floats. */
void tj_matrix_read(const struct tj_matrix *m, size_t row, size_t first, size_t k, float *out);

/* One row of n finite floats to int8: *scale = largest magnitude / 127 (1, and all zeros,
 * where that would be denormal), q rounded to nearest even, in [-127, 127]. */
void tj_quantize_row(const float *x, size_t n, int8_t *q, float *scale);

#endif
