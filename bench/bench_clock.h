/* SPDX-License-Identifier: MIT */
/* The clocks of the benchmarks, and medians. */
#ifndef TJ_BENCH_CLOCK_H
#define TJ_BENCH_CLOCK_H

#include <stdlib.h>
#include <time.h>

static inline double bench_clock(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds since an arbitrary moment, from a clock that never goes back. */
static inline double bench_now(void)
{
	return bench_clock(CLOCK_MONOTONIC);
}

/* CPU time of this thread in seconds; time that other programs take of its CPU does not count. */
static inline double bench_thread_now(void)
{
	return bench_clock(CLOCK_THREAD_CPUTIME_ID);
}

static inline int bench_compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The median of n >= 1 numbers; sorts x. */
static inline double bench_median(double *x, size_t n)
{
	qsort(x, n, sizeof *x, bench_compare);
	return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

#endif
