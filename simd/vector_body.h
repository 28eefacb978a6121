/* SPDX-License-Identifier: MIT */
/* Softmax, log-sum-exp, top-k and the parts of attention that are not products, shared by all
 * instruction sets; included after product_body.h. */
#ifndef TJ_SIMD_VECTOR_BODY_H
#define TJ_SIMD_VECTOR_BODY_H

#include <math.h>

#include "simd/kernels.h"

/* Four maxima at once, because each comparison waits for the one before it. All begin with the
 * first vector: a NaN in it stays, others are passed over. */
static float largest(const float *x, size_t n)
{
	v16 m = v_load(x), others[3] = { m, m, m };
	size_t i = TJ_LANES;
	for (; i + 4 * TJ_LANES <= n; i += 4 * TJ_LANES) {
		v16 y = v_load(x + i);
		m = v_gt_select(m, y, m, y);
		UNROLL
		for (size_t j = 0; j < 3; j++) {
			y = v_load(x + i + (j + 1) * TJ_LANES);
			others[j] = v_gt_select(others[j], y, others[j], y);
		}
	}
	for (; i < n; i += TJ_LANES) {
		v16 y = v_load(x + i);
		m = v_gt_select(m, y, m, y);
	}
	UNROLL
	for (size_t j = 0; j < 3; j++)
		m = v_gt_select(m, others[j], m, others[j]);
	return v_largest(m);
}

static void softmax(float *x, size_t n, float scale)
{
	size_t padded = (n + TJ_LANES - 1) / TJ_LANES * TJ_LANES;
	for (size_t i = 0; i < padded; i += TJ_LANES)
		v_store(x + i, v_mul(v_load(x + i), v_set1(scale)));
	for (size_t i = n; i < padded; i++)
		x[i] = -INFINITY;
	v16 max = v_set1(largest(x, padded)), sum = v_set1(0.0f);
	for (size_t i = 0; i < padded; i += TJ_LANES) {
		v16 e = v_exp(v_sub(v_load(x + i), max));
		v_store(x + i, e);
		sum = v_add(sum, e);
	}
	v16 total = v_set1(v_sum(sum));
	for (size_t i = 0; i < padded; i += TJ_LANES)
		v_store(x + i, v_div(v_load(x + i), total));
	for (size_t i = n; i < padded; i++)
		x[i] = 0.0f; /* even if a NaN has spread to it */
}

static struct tj_log_sum log_sum_below(const float *x, size_t n, float max)
{
	v16 m = v_set1(max), sum = v_set1(0.0f);
	for (size_t i = 0; i < n; i += TJ_LANES)
		sum = v_add(sum, v_exp(v_sub(v_load(x + i), m)));
	return (struct tj_log_sum){ max, tj_log(v_sum(sum)) };
}

static struct tj_log_sum log_sum_exp(const float *x, size_t n)
{
	return log_sum_below(x, n, largest(x, n));
}

/* Insert x into a list of at most k values, largest first, behind equal ones; returns the new
 * length. */
static size_t insert(float x, int32_t i, size_t found, size_t k, int32_t *index, float *value)
{
	size_t at = found < k ? found : k - 1;
	for (; at > 0 && x > value[at - 1]; at--) {
		value[at] = value[at - 1];
		index[at] = index[at - 1];
	}
	value[at] = x;
	index[at] = i;
	return found < k ? found + 1 : k;
}

static size_t top_k(const float *x, size_t n, int32_t banned, size_t k, int32_t *index,
                    float *value)
{
	enum { AT_ONCE = 4 * TJ_LANES }; /* floats that are compared before anything is decided */
	size_t found = 0;
	float least = -INFINITY; /* a new value must exceed this */
	for (size_t i = 0; i < n; i += AT_ONCE) {
		uint64_t mask = 0;
		for (size_t j = 0; j < AT_ONCE && i + j < n; j += TJ_LANES)
			mask |= (uint64_t)v_gt_mask(v_load(x + i + j), v_set1(least)) << j;
		for (; mask; mask &= mask - 1) {
			size_t j = i + (size_t)__builtin_ctzll(mask);
			if (!(x[j] > least) || (int32_t)j == banned)
				continue;
			found = insert(x[j], (int32_t)j, found, k, index, value);
			if (found == k)
				least = value[k - 1];
		}
	}
	return found;
}

INLINE v16 score_activation(v16 x, enum tj_score_activation g)
{
	if (g == TJ_SCORE_TANH)
		return v_tanh(x);
	if (g == TJ_SCORE_SIGMOID)
		return v_sigmoid(x);
	return v_gt_select(x, v_set1(0.0f), x, v_set1(0.0f));
}

static void additive(const float *query, const float *keys, const float *v, size_t n_a,
                     size_t n_panels, enum tj_score_activation g, float *out)
{
	for (size_t p = 0; p < n_panels; p++) {
		v16 sum = v_set1(0.0f);
		for (size_t a = 0; a < n_a; a++, keys += TJ_LANES) {
			v16 x = v_add(v_set1(query[a]), v_load(keys));
			sum = v_fma(v_set1(v[a]), score_activation(x, g), sum);
		}
		v_store(out + p * TJ_LANES, sum);
	}
}

static void normalise(float *panels, size_t k, size_t n_panels)
{
	const v16 zero = v_set1(0.0f), one = v_set1(1.0f);
	for (size_t p = 0; p < n_panels; p++, panels += k * TJ_LANES) {
		v16 sum = zero;
		for (size_t i = 0; i < k; i++) {
			v16 x = v_load(panels + i * TJ_LANES);
			sum = v_fma(x, x, sum);
		}
		v16 len = v_sqrt(sum);
		len = v_gt_select(len, zero, len, one);
		for (size_t i = 0; i < k; i++)
			v_store(panels + i * TJ_LANES, v_div(v_load(panels + i * TJ_LANES), len));
	}
}

static float length(const float *x, size_t n)
{
	v16 sum = v_set1(0.0f);
	for (size_t i = 0; i < n; i += TJ_LANES)
		sum = v_fma(v_load(x + i), v_load(x + i), sum);
	return sqrtf(v_sum(sum));
}

static double read_peak(const float *x, size_t n, size_t rounds)
{
	enum { TOGETHER = 8 };
	for (size_t round = 0; round < rounds; round++)
		for (size_t i = 0; i < n; i += TOGETHER * NV_FLOATS) {
			UNROLL
			for (size_t j = 0; j < TOGETHER; j++)
				nv_use(nv_load(x + i + j * NV_FLOATS));
		}
	return (double)(n * sizeof *x) * (double)rounds;
}

#endif
