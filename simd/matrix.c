/* SPDX-License-Identifier: MIT */
/* Reads rows of stored weight matrices, and rounds float rows to int8. */
#include "simd/matrix.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "simd/kernels.h"

void tj_matrix_read(const struct tj_matrix *m, size_t row, size_t first, size_t k, float *out)
{
	assert(row < m->n_rows && first + k <= m->n_columns);
	size_t at = row * m->n_columns + first;
	if (m->scales == NULL) {
		memcpy(out, (const char *)m->data + at * sizeof(float), k * sizeof(float));
		return;
	}
	float scale;
	memcpy(&scale, (const char *)m->scales + row * sizeof scale, sizeof scale);
	const int8_t *q = (const int8_t *)m->data + at;
	size_t i = 0;
	/* Convert through a local block: the compiler then knows that writing floats cannot
	 * change the integers, and converts several at a time. Loading a model converts
	 * millions. */
	for (; i + TJ_LANES <= k; i += TJ_LANES) {
		float block[TJ_LANES];
		for (size_t j = 0; j < TJ_LANES; j++)
			block[j] = scale * (float)q[i + j];
		memcpy(out + i, block, sizeof block);
	}
	for (; i < k; i++)
		out[i] = scale * (float)q[i];
}

/* The smallest integer is -127, so negation loses nothing. */
enum { LARGEST = 127 };

void tj_quantize_row(const float *x, size_t n, int8_t *q, float *scale)
{
	float largest = 0;
	for (size_t i = 0; i < n; i++)
		largest = fabsf(x[i]) > largest ? fabsf(x[i]) : largest;
	*scale = largest / LARGEST;
	/* A denormal scale would be too coarse to divide by. A row with so small values, or of
	 * zeros, becomes zeros. */
	if (*scale < FLT_MIN) {
		*scale = 1;
		memset(q, 0, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		q[i] = (int8_t)rintf(x[i] / *scale);
}
