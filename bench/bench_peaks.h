/* SPDX-License-Identifier: MIT */
/* Timing of calls, and the peaks of one core that kernels are compared with. */
#ifndef TJ_BENCH_PEAKS_H
#define TJ_BENCH_PEAKS_H

#include "bench/bench_case.h"

/* Median seconds of one call, of batches of calls that go on for `seconds`. It is this
 * thread's own time. */
double bench_time(void (*call)(struct bench_work *), struct bench_work *w, double seconds);

/* The block that memory is measured with: far larger than the last cache. */
void bench_memory_open(struct bench_work *w);
void bench_memory_close(struct bench_work *w);

/* Operations, or bytes, a nanosecond: those of w->kernels, or of the block of memory. */
double bench_peak(struct bench_work *w, enum bench_bound bound, double seconds);

#endif
