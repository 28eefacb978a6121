/* SPDX-License-Identifier: MIT */
/* Names, shapes and fill values of the cases of bench-kernels. */
#include "bench/bench_case.h"

#include <assert.h>
#include <stdio.h>

void bench_fill(float *x, size_t n, float from, float to)
{
	uint64_t state = 7;
	for (size_t i = 0; i < n; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		x[i] = from + (to - from) * ((float)(state >> 40) * 0x1p-24f);
	}
}

void bench_shape(const struct bench_case *c, char text[BENCH_NAME])
{
	const size_t sizes[] = { c->rows, c->k, c->n };
	int used = 0;
	for (size_t i = 0; i < 3; i++)
		if (sizes[i] > 0)
			used += snprintf(text + used, (size_t)(BENCH_NAME - used), "%s%zu",
			                 used > 0 ? "x" : "", sizes[i]);
}

void bench_name(const struct bench_case *c, const char *isa, char text[BENCH_NAME])
{
	char shape[BENCH_NAME];
	bench_shape(c, shape);
	int used = snprintf(text, BENCH_NAME, "%s/%s/%s/%s", c->kernel, c->precision, isa, shape);
	assert(used > 0 && used < BENCH_NAME);
	(void)used;
}
