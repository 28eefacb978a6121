/* SPDX-License-Identifier: MIT */
/* Vectors of 16 floats, the reference: every operation is one C operation per lane. */
#ifndef TJ_SIMD_V16_SCALAR_H
#define TJ_SIMD_V16_SCALAR_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "simd/kernels.h"

typedef struct {
	float v[16];
} v16;

#define EACH(expression) \
	v16 r; \
	for (int j = 0; j < 16; j++) \
		r.v[j] = (expression); \
	return r

static inline v16 v_load(const float *p) { EACH(p[j]); }
static inline v16 v_loadu(const float *p) { EACH(p[j]); } /* any alignment */
static inline v16 v_set1(float x) { EACH(x); }
static inline v16 v_abs(v16 a) { EACH(fabsf(a.v[j])); }
static inline v16 v_add(v16 a, v16 b) { EACH(a.v[j] + b.v[j]); }
static inline v16 v_sub(v16 a, v16 b) { EACH(a.v[j] - b.v[j]); }
static inline v16 v_mul(v16 a, v16 b) { EACH(a.v[j] * b.v[j]); }
static inline v16 v_div(v16 a, v16 b) { EACH(a.v[j] / b.v[j]); }
static inline v16 v_sqrt(v16 a) { EACH(sqrtf(a.v[j])); }

/* a b + c, rounded once. */
static inline v16 v_fma(v16 a, v16 b, v16 c) { EACH(fmaf(a.v[j], b.v[j], c.v[j])); }

/* a > b ? x : y per lane; a comparison with NaN is false. */
static inline v16 v_gt_select(v16 a, v16 b, v16 x, v16 y)
{
	EACH(a.v[j] > b.v[j] ? x.v[j] : y.v[j]);
}

/* Limit a to [-most, most], for most > 0; NaN stays NaN. */
static inline v16 v_clamp(v16 a, v16 most)
{
	EACH(a.v[j] > most.v[j] ? most.v[j] : -most.v[j] > a.v[j] ? -most.v[j] : a.v[j]);
}

static inline float add_exponent_(float a, float n)
{
	uint32_t bits, more;
	memcpy(&bits, &a, sizeof bits);
	memcpy(&more, &n, sizeof more);
	bits += more << 23;
	memcpy(&a, &bits, sizeof a);
	return a;
}

/* The natural logarithm, of SLEEF. */
static inline v16 v_log(v16 a) { EACH(tj_log(a.v[j])); }

/* Shift the bits of n to the exponent and add them to the bits of a as integers. The result is
 * a 2^i, where i is the integer in the low bits of n, unless the exponent overflows. */
static inline v16 v_add_exponent(v16 a, v16 n) { EACH(add_exponent_(a.v[j], n.v[j])); }

static inline void v_store(float *p, v16 a)
{
	for (int j = 0; j < 16; j++)
		p[j] = a.v[j];
}

/* Bit j is set if lane j of a is greater than lane j of b. */
static inline unsigned v_gt_mask(v16 a, v16 b)
{
	unsigned mask = 0;
	for (int j = 0; j < 16; j++)
		mask |= (unsigned)(a.v[j] > b.v[j]) << j;
	return mask;
}

/* The fixed order of a sum: fold 16 lanes to 8, 4, 2, 1. */
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

/* The 16 integers at p minus `less`, as floats. */
static inline v16 v_of_ints(const int32_t *p, int32_t less) { EACH((float)(p[j] - less)); }

#undef EACH

/* The type of a quantised input, and the rounding of 16 floats to it, to nearest even. |a| is at
 * most 127. */
typedef int8_t i8_input;
static inline void v_round(v16 a, i8_input *p)
{
	for (int j = 0; j < 16; j++)
		p[j] = (int8_t)lrintf(a.v[j]);
}

/* Integer products (int8_body.h). */
typedef struct {
	int32_t v[16];
} iv;
typedef const int8_t *iw, *ia;
enum { IV_PARTS = 1 };

static inline iv iv_zero(void) { return (iv){ { 0 } }; }

static inline iw iw_load(const uint8_t *p) { return (const int8_t *)p; }
static inline ia ia_load(const i8_input *p) { return p; }

static inline void iv_apart(iv *sum, ia *a) { __asm__("" : "+m"(*sum), "+r"(*a)); }

static inline iv iv_dot(iv sum, iw w, ia a)
{
	for (int j = 0; j < 16; j++)
		for (int i = 0; i < 4; i++)
			sum.v[j] += (int32_t)w[4 * j + i] * a[i];
	return sum;
}

static inline void iv_store(int32_t *p, iv x)
{
	for (int j = 0; j < 16; j++)
		p[j] = x.v[j];
}

/* The vectors of the float product tiles (product_body.h). */
typedef v16 nv;
enum { NV_FLOATS = 16 };
static inline nv nv_load(const float *p) { return v_load(p); }
static inline nv nv_set1(const float *p) { return v_set1(*p); }
static inline nv nv_fma(nv a, nv b, nv c) { return v_fma(a, b, c); }
static inline void nv_store(float *p, nv a) { v_store(p, a); }

/* Does nothing, but the compiler must have loaded a (read_peak). */
static inline void nv_use(nv a)
{
	for (int j = 0; j < 16; j++) {
		uint32_t bits;
		memcpy(&bits, &a.v[j], sizeof bits);
		__asm__ volatile("" : : "r"(bits));
	}
}

#endif
