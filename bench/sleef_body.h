/* SPDX-License-Identifier: MIT */
/* The loops over SLEEF's functions. The including file provides the vector type nv, NV_FLOATS,
 * nv_load(p) and nv_store(p, x), and SLEEF_NAME(prefix, name, accuracy), the name of a function
 * on such a vector; SLEEF_TABLE is the table that it defines. */
#ifndef TJ_BENCH_SLEEF_BODY_H
#define TJ_BENCH_SLEEF_BODY_H

#include "bench/sleef_tables.h"

#define ONE(id, prefix, name, accuracy) \
	static void run_##id(const float *x, const float *y, size_t n, float *out) \
	{ \
		(void)y; \
		for (size_t i = 0; i < n; i += NV_FLOATS) \
			nv_store(out + i, SLEEF_NAME(prefix, name, accuracy)(nv_load(x + i))); \
	}
#define TWO(id, prefix, name, accuracy) \
	static void run_##id(const float *x, const float *y, size_t n, float *out) \
	{ \
		for (size_t i = 0; i < n; i += NV_FLOATS) \
			nv_store(out + i, SLEEF_NAME(prefix, name, accuracy)(nv_load(x + i), \
			                                                     nv_load(y + i))); \
	}
SLEEF_FUNCTIONS(ONE, TWO)
#undef ONE
#undef TWO

#define ENTRY(id, prefix, name, accuracy) [SLEEF_##id] = run_##id,
const struct sleef_table SLEEF_TABLE = { .run = { SLEEF_FUNCTIONS(ENTRY, ENTRY) } };
#undef ENTRY

#endif
