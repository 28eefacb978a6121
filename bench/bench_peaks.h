/* SPDX-License-Identifier: MIT */
/* Times calls, and measures the peaks of one core that kernels are compared with. */
#ifndef TJ_BENCH_PEAKS_H
#define TJ_BENCH_PEAKS_H

#include "bench/bench_case.h"

/* The median seconds of one call, over batches of calls repeated for `seconds`, in this thread's
 * CPU time. */
double bench_time(void (*call)(struct bench_work *), struct bench_work *w, double seconds);

/* The block for measuring memory, far larger than the last-level cache. */
void bench_memory_open(struct bench_work *w);
void bench_memory_close(struct bench_work *w);

/* A peak in operations, or bytes, per nanosecond: of w->kernels, or of the block of memory. Of a
 * cache it is the bytes that the vectors of w->kernels read in it; 0: the system does not tell its
 * size, or it is hardly larger than the one before it. */
double bench_peak(struct bench_work *w, enum bench_bound bound, double seconds);

#endif
