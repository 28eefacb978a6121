/* SPDX-License-Identifier: MIT */
/* Weight matrices as model files store them. Any thread may use them. */
#ifndef TJ_SIMD_MATRIX_H
#define TJ_SIMD_MATRIX_H

#include <stddef.h>
#include <stdint.h>

/* A row-major matrix in a model file: F32, or I8 with one F32 scale per row (weight = scale *
 * integer). The data need no alignment and are not owned. */
struct tj_matrix {
	const void *data;
	const void *scales; /* [rows] F32; NULL if data is F32 */
	size_t n_rows, n_columns;
};

/* Copy columns first … first + k - 1 of row `row` to out[0..k), as floats. */
void tj_matrix_read(const struct tj_matrix *m, size_t row, size_t first, size_t k, float *out);

/* Quantise one row of n finite floats to int8. *scale is the largest magnitude / 127; q is
 * rounded to nearest even and lies in [-127, 127]. Where the scale would be denormal, it is 1 and
 * q is all zeros. */
void tj_quantize_row(const float *x, size_t n, int8_t *q, float *scale);

#endif
