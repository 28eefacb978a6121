/* SPDX-License-Identifier: MIT */
/* Layer normalisation of the sums of recurrent layers, shared by all instruction sets; included
 * after vector_body.h. Both sums over units keep sixteen partial sums, unit u in partial sum
 * u mod 16. */
#ifndef TJ_SIMD_NORM_BODY_H
#define TJ_SIMD_NORM_BODY_H

#include <math.h>

#include "simd/kernels.h"

#define NORM_EPSILON 1e-5f

/* Ones for the units of the last vector, zeros for its padding. */
INLINE v16 last_units(size_t n_units)
{
	_Alignas(64) float mask[TJ_LANES];
	for (size_t j = 0; j < TJ_LANES; j++)
		mask[j] = j < n_units - (n_units - 1) / TJ_LANES * TJ_LANES ? 1.0f : 0.0f;
	return v_load(mask);
}

INLINE v16 inverse_deviation(v16 squares, size_t n_units)
{
	return v_set1(1.0f / sqrtf(v_sum(squares) / (float)n_units + NORM_EPSILON));
}

/* The means of the four sums of a row over its units, and what their deviations are multiplied
 * by. */
INLINE void measure_sums(const float *sums, size_t n_groups, size_t n_units, v16 last, v16 mean[4],
                         v16 by[4])
{
	v16 total[4];
	for (size_t p = 0; p < 4; p++)
		total[p] = by[p] = v_set1(0.0f);
	for (size_t g = 0; g < n_groups; g++)
		for (size_t p = 0; p < 4; p++)
			total[p] = v_add(total[p], v_load(sums + g * TJ_GROUP + p * TJ_LANES));
	for (size_t p = 0; p < 4; p++)
		mean[p] = v_set1(v_sum(total[p]) / (float)n_units);
	for (size_t g = 0; g < n_groups; g++)
		for (size_t p = 0; p < 4; p++) {
			v16 d = v_sub(v_load(sums + g * TJ_GROUP + p * TJ_LANES), mean[p]);
			if (g + 1 == n_groups)
				d = v_mul(d, last);
			by[p] = v_fma(d, d, by[p]);
		}
	for (size_t p = 0; p < 4; p++)
		by[p] = inverse_deviation(by[p], n_units);
}

static void norm_step(const struct tj_norm_step *s)
{
	_Alignas(64) float a[TJ_GROUP];
	size_t n_groups = (s->n_units + TJ_LANES - 1) / TJ_LANES;
	v16 last = last_units(s->n_units), mean[4], by[4];
	for (size_t m = 0; m < s->n_rows; m++) {
		const float *sums = s->sums[m];
		measure_sums(sums, n_groups, s->n_units, last, mean, by);
		for (size_t g = 0; g < n_groups; g++) {
			size_t unit = g * TJ_LANES, at = g * TJ_GROUP;
			for (size_t p = 0; p < 4; p++, at += TJ_LANES) {
				v16 x = v_mul(v_sub(v_load(sums + at), mean[p]), by[p]);
				v_store(a + p * TJ_LANES,
				        v_fma(v_load(s->gain + at), x, v_load(s->shift + at)));
			}
			if (s->hidden_in == NULL)
				lstm_units(a, s->cell_in[m] + unit, s->cell_out[m] + unit,
				           s->out[m] + unit);
			else
				gru_units(a, s->hidden_in[m] + unit, s->out[m] + unit);
		}
	}
}

static float norm_forward(size_t n, size_t n_units, float *x, const float *gain, const float *shift,
                          float *normed)
{
	v16 last = last_units(n_units), sum = v_set1(0.0f), squares = sum;
	for (size_t i = 0; i < n; i += TJ_LANES)
		sum = v_add(sum, v_load(x + i));
	v16 mean = v_set1(v_sum(sum) / (float)n_units);
	for (size_t i = 0; i < n; i += TJ_LANES) {
		v16 d = v_sub(v_load(x + i), mean);
		if (i + TJ_LANES == n)
			d = v_mul(d, last);
		squares = v_fma(d, d, squares);
		v_store(normed + i, d);
	}
	v16 by = inverse_deviation(squares, n_units);
	for (size_t i = 0; i < n; i += TJ_LANES) {
		v16 y = v_mul(v_load(normed + i), by);
		v_store(normed + i, y);
		v_store(x + i, v_fma(v_load(gain + i), y, v_load(shift + i)));
	}
	return 1.0f / sqrtf(v_sum(squares) / (float)n_units + NORM_EPSILON);
}

/* With e = gain d and y = normed: by (e - mean e - y mean (e y)). */
static void norm_backward(size_t n, size_t n_units, float *d, const float *gain, float *normed,
                          float by)
{
	v16 last = last_units(n_units), sum = v_set1(0.0f), along = sum;
	for (size_t i = 0; i < n; i += TJ_LANES) {
		v16 e = v_mul(v_load(gain + i), v_load(d + i));
		sum = v_add(sum, e);
		along = v_fma(e, v_load(normed + i), along);
	}
	v16 mean = v_set1(v_sum(sum) / (float)n_units);
	v16 slope = v_set1(v_sum(along) / (float)n_units);
	for (size_t i = 0; i < n; i += TJ_LANES) {
		v16 y = v_load(normed + i), dy = v_load(d + i);
		v16 e = v_sub(v_mul(v_load(gain + i), dy), mean);
		e = v_mul(v_set1(by), v_sub(e, v_mul(y, slope)));
		if (i + TJ_LANES == n)
			e = v_mul(e, last);
		v_store(normed + i, v_mul(dy, y));
		v_store(d + i, e);
	}
}

#endif
