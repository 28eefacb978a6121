/* SPDX-License-Identifier: MIT */
/* SLEEF's functions of one float, for the scalar kernels. */

/* sleef.h declares the purecfma functions only if FP_FAST_FMA is defined, and clang does not
 * define it for -mfma. */
#ifndef FP_FAST_FMA
#define FP_FAST_FMA 1
#endif
#include <sleef.h>

typedef float nv;
enum { NV_FLOATS = 1 };
static inline nv nv_load(const float *p)
{
	return *p;
}
static inline void nv_store(float *p, nv x)
{
	*p = x;
}

#define SLEEF_NAME(prefix, name, accuracy) Sleef_##prefix##name##f1_##accuracy##purecfma
#define SLEEF_TABLE sleef_scalar

#include "bench/sleef_body.h"
