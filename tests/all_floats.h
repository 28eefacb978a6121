/* SPDX-License-Identifier: MIT */
/* Walks through the bit patterns of all floats: every 4093rd one; with TRUJAMAN_LONG_TESTS, or
 * TRUJAMAN_TEST_STRIDE=1, every one, which takes minutes. */
#ifndef TJ_TESTS_ALL_FLOATS_H
#define TJ_TESTS_ALL_FLOATS_H

#include <math.h>
#include <stdlib.h>

#include "support.h"

enum { BLOCK = 4096 };

static inline uint64_t all_floats_stride(void)
{
	const char *text = getenv("TRUJAMAN_TEST_STRIDE");
	uint64_t n = text != NULL ? strtoull(text, NULL, 10) : 0;
	return n > 0 ? n : getenv("TRUJAMAN_LONG_TESTS") != NULL ? 1 : 4093;
}

/* Stores the next BLOCK bit patterns from *at on. Returns 0 once *at has passed 2^32. */
static inline int next_block(uint64_t *at, float *x)
{
	if (*at >> 32)
		return 0;
	uint64_t step = all_floats_stride();
	for (size_t i = 0; i < BLOCK; i++, *at += step)
		x[i] = test_of_bits((uint32_t)*at);
	return 1;
}

/* One unit in the last place of y: the distance between neighbouring floats there. Below the
 * normal floats it is the distance between the smallest normal ones. What is no number, or
 * infinite, has none that is finite. */
static inline double unit(double y)
{
	if (!isfinite(y))
		return (double)INFINITY;
	return fabs(y) < 0x1p-126 ? 0x1p-149 : ldexp(1, ilogb(y) - 23);
}

#endif
