/* SPDX-License-Identifier: MIT */
/* exp, tanh and the logistic function of 16 floats, built from fused multiply-adds so that every
 * instruction set gives the same bits. Included after the vector operations (v16_….h). SLEEF's
 * versions took an eighth of the time of an int8 step, because they spend double-float arithmetic
 * on the last half unit in the last place.
 *
 * The coefficients are our own minimax fits (of the relative error). The error bounds below were
 * found by trying every float (tests/test_kernels_elementary.c). */
#ifndef TJ_SIMD_ELEMENTARY_BODY_H
#define TJ_SIMD_ELEMENTARY_BODY_H

#include <math.h>

#define INLINE static inline __attribute__((always_inline))

/* e^x = 2^n e^r with |r| <= ln 2 / 2; e^r is a polynomial of degree 6 with an error of 3.1e-9.
 * The result is within one unit in the last place. It is infinity above 88.72, and 0 where it
 * would be denormal. */
INLINE v16 v_exp(v16 x)
{
	/* The low bits of x + 1.5 * 2^23 are those of x rounded to an integer. */
	const v16 magic = v_set1(0x1.8p23f);
	v16 shifted = v_fma(x, v_set1(0x1.715476p0f), magic);
	v16 n = v_sub(shifted, magic);
	v16 r = v_fma(n, v_set1(-0x1.62e43p-1f), x);
	r = v_fma(n, v_set1(0x1.05c61p-29f), r);
	v16 p = v_fma(v_set1(0x1.6a2432p-10f), r, v_set1(0x1.1239e2p-7f));
	p = v_fma(p, r, v_set1(0x1.5558f2p-5f));
	p = v_fma(p, r, v_set1(0x1.555492p-3f));
	p = v_fma(p, r, v_set1(0x1.fffffcp-2f));
	p = v_fma(p, r, v_set1(1.0f));
	p = v_fma(p, r, v_set1(1.0f));
	/* Adding 0 * x restores a NaN whose bits v_add_exponent may have turned into a number. */
	p = v_fma(v_set1(0.0f), x, v_add_exponent(p, shifted));
	p = v_gt_select(x, v_set1(0x1.62e42ep6f), v_set1(INFINITY), p);
	return v_gt_select(v_set1(-0x1.5d589ep6f), x, v_set1(0.0f), p);
}

/* tanh x = x P(x^2) / Q(x^2) with an error of 2.9e-8 up to 9.02; beyond that the nearest float is
 * 1. The result is within 5.22 units in the last place, exact at -1, 1 and zeros, and never
 * beyond 1. */
INLINE v16 v_tanh(v16 x)
{
	const v16 one = v_set1(1.0f);
	x = v_clamp(x, v_set1(9.02f));
	v16 t = v_mul(x, x);
	v16 p = v_fma(v_set1(0x1.cbe4c4p-27f), t, v_set1(0x1.5a3782p-16f));
	v16 q = v_fma(v_set1(0x1.a23ea2p-21f), t, v_set1(0x1.58d454p-12f));
	p = v_fma(p, t, v_set1(0x1.ca6be2p-9f));
	q = v_fma(q, t, v_set1(0x1.a81734p-6f));
	p = v_fma(p, t, v_set1(0x1.1213eap-3f));
	q = v_fma(q, t, v_set1(0x1.de5f42p-2f));
	p = v_mul(x, v_fma(p, t, one));
	return v_clamp(v_div(p, v_fma(q, t, one)), one);
}

INLINE v16 v_sigmoid(v16 x)
{
	const v16 one = v_set1(1.0f);
	return v_div(one, v_add(one, v_exp(v_sub(v_set1(0.0f), x))));
}

#endif
