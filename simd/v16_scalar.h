/* SPDX-License-Identifier: MIT */
/* Sixteen floats, the reference: every operation is one C operation a lane. */
#ifndef TJ_SIMD_V16_SCALAR_H
#define TJ_SIMD_V16_SCALAR_H

#include <math.h>

/* sleef.h has the purecfma functions only where fma is said to be fast, which
 * clang does not say of -mfma. */
#ifndef FP_FAST_FMA
#define FP_FAST_FMA 1
#endif
#include <sleef.h>

typedef struct {
	float v[16];
} v16;

#define EACH(expression)              \
	v16 r;                        \
	for (int j = 0; j < 16; j++)  \
		r.v[j] = (expression); \
	return r

static inline v16 v_load(const float *p) { EACH(p[j]); }
static inline v16 v_set1(float x) { EACH(x); }
static inline v16 v_add(v16 a, v16 b) { EACH(a.v[j] + b.v[j]); }
static inline v16 v_sub(v16 a, v16 b) { EACH(a.v[j] - b.v[j]); }
static inline v16 v_mul(v16 a, v16 b) { EACH(a.v[j] * b.v[j]); }
static inline v16 v_div(v16 a, v16 b) { EACH(a.v[j] / b.v[j]); }
static inline v16 v_sqrt(v16 a) { EACH(sqrtf(a.v[j])); }

/* a b + c, rounded once. */
static inline v16 v_fma(v16 a, v16 b, v16 c) { EACH(fmaf(a.v[j], b.v[j], c.v[j])); }

/* a > b ? x : y, a lane at a time; NaN compares false. */
static inline v16 v_gt_select(v16 a, v16 b, v16 x, v16 y)
{
	EACH(a.v[j] > b.v[j] ? x.v[j] : y.v[j]);
}

static inline v16 v_exp(v16 a) { EACH(Sleef_finz_expf1_u10purecfma(a.v[j])); }
static inline v16 v_tanh(v16 a) { EACH(Sleef_finz_tanhf1_u10purecfma(a.v[j])); }

static inline void v_store(float *p, v16 a)
{
	for (int j = 0; j < 16; j++)
		p[j] = a.v[j];
}

/* Bit j: lane j of a is greater than that of b. */
static inline unsigned v_gt_mask(v16 a, v16 b)
{
	unsigned mask = 0;
	for (int j = 0; j < 16; j++)
		mask |= (unsigned)(a.v[j] > b.v[j]) << j;
	return mask;
}

/* The fixed fold: 16 lanes to 8, 4, 2, 1. */
static inline float v_sum(v16 a)
{
	for (int half = 8; half >= 1; half /= 2)
		for (int j = 0; j < half; j++)
			a.v[j] += a.v[j + half];
	return a.v[0];
}

static inline float v_largest(v16 a)
{
	for (int half = 8; half >= 1; half /= 2)
		for (int j = 0; j < half; j++)
			a.v[j] = a.v[j] > a.v[j + half] ? a.v[j] : a.v[j + half];
	return a.v[0];
}

#undef EACH

/* The product's own vectors. */
typedef v16 nv;
enum { NV_FLOATS = 16 };
static inline nv nv_load(const float *p) { return v_load(p); }
static inline nv nv_set1(const float *p) { return v_set1(*p); }
static inline nv nv_fma(nv a, nv b, nv c) { return v_fma(a, b, c); }
static inline void nv_store(float *p, nv a) { v_store(p, a); }

#endif
