/* SPDX-License-Identifier: MIT */
/* Times calls, and measures the peaks of arithmetic and memory. */
#include "bench/bench_peaks.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "bench/bench_clock.h"
#include "bench/bench_fail.h"
#include "src/base/memory.h"

enum { MAX_SAMPLES = 4096, MIN_SAMPLES = 3, ROUNDS = 10000 };

double bench_time(void (*call)(struct bench_work *), struct bench_work *w, double seconds)
{
	static double samples[MAX_SAMPLES];
	double batch = seconds / 10 < 5e-3 ? seconds / 10 : 5e-3;
	size_t n_calls = 1, n = 0;
	for (;; n_calls *= 2) {
		double start = bench_thread_now();
		for (size_t i = 0; i < n_calls; i++)
			call(w);
		if (bench_thread_now() - start > batch)
			break;
	}
	for (double end = bench_now() + seconds;
	     n < MIN_SAMPLES || (bench_now() < end && n < MAX_SAMPLES); n++) {
		double start = bench_thread_now();
		for (size_t i = 0; i < n_calls; i++)
			call(w);
		samples[n] = (bench_thread_now() - start) / (double)n_calls;
	}
	return bench_median(samples, n);
}

void bench_memory_open(struct bench_work *w)
{
	const size_t least = (size_t)256 << 20, most = (size_t)2 << 30;
	long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
	size_t wanted = cache > 0 ? 4 * (size_t)cache : 0;
	w->memory_bytes = wanted < least ? least : wanted > most ? most : wanted;
	w->memory = bench_need(tj_alloc_table(w->memory_bytes, 1));
	memset(w->memory, 1, w->memory_bytes); /* else all its pages may be one page of zeros */
}

void bench_memory_close(struct bench_work *w)
{
	tj_free(w->memory);
}

static void call_fma(struct bench_work *w)
{
	float sink = 0;
	w->done = w->kernels->fma_peak(ROUNDS, &sink);
	w->sink += sink;
}

static void call_int8(struct bench_work *w)
{
	float sink = 0;
	w->done = w->kernels->int8_peak(ROUNDS, &sink);
	w->sink += sink;
}

typedef uint64_t pair __attribute__((vector_size(16)));

static void call_read(struct bench_work *w)
{
	const pair *p = (const pair *)w->memory;
	pair a = { 0 }, b = { 0 }, c = { 0 }, d = { 0 };
	for (size_t i = 0; i < w->memory_bytes / sizeof *p; i += 4) {
		a ^= p[i];
		b ^= p[i + 1];
		c ^= p[i + 2];
		d ^= p[i + 3];
	}
	a ^= b ^ c ^ d;
	w->sink += (float)(a[0] ^ a[1]);
	w->done = (double)w->memory_bytes;
}

/* Reading and writing both count, here and in the cases. */
static void call_update(struct bench_work *w)
{
	const pair one = { 1, 1 };
	pair *p = (pair *)w->memory;
	for (size_t i = 0; i < w->memory_bytes / sizeof *p; i += 4) {
		p[i] += one;
		p[i + 1] += one;
		p[i + 2] += one;
		p[i + 3] += one;
	}
	w->done = 2 * (double)w->memory_bytes;
}

/* Lines that a cache fetches only for them to be overwritten do not count. */
static void call_copy(struct bench_work *w)
{
	size_t half = w->memory_bytes / 2;
	memcpy(w->memory + half, w->memory, half);
	w->done = 2 * (double)half;
}

/* How much of a cache is read: so much that the one before it holds little of that, and so little
 * that others who use the cache do not drive it out. */
static size_t cache_bytes(enum bench_bound level)
{
	long first = sysconf(_SC_LEVEL1_DCACHE_SIZE), second = sysconf(_SC_LEVEL2_CACHE_SIZE);
	long third = sysconf(_SC_LEVEL3_CACHE_SIZE);
	long bytes = level == BENCH_L1                          ? first / 2
	             : level == BENCH_L2 && second >= 4 * first ? second / 2
	             : level == BENCH_L3 && third >= 8 * second ? 4 * second
	                                                        : 0;
	return bytes > 0 ? (size_t)bytes / 1024 * 1024 : 0;
}

static void call_cache(struct bench_work *w)
{
	size_t rounds = ((size_t)16 << 20) / w->cache_bytes + 1;
	w->done = w->kernels->read_peak((const float *)w->memory, w->cache_bytes / sizeof(float),
	                                rounds);
}

double bench_peak(struct bench_work *w, enum bench_bound bound, double seconds)
{
	static void (*const calls[BENCH_N_BOUNDS])(struct bench_work *) = {
		[BENCH_FMA] = call_fma,       [BENCH_INT8] = call_int8, [BENCH_READ] = call_read,
		[BENCH_UPDATE] = call_update, [BENCH_COPY] = call_copy, [BENCH_L1] = call_cache,
		[BENCH_L2] = call_cache,      [BENCH_L3] = call_cache,
	};
	assert(calls[bound] != NULL);
	w->cache_bytes = cache_bytes(bound);
	if (calls[bound] == call_cache && w->cache_bytes == 0)
		return 0;
	double t = bench_time(calls[bound], w, seconds);
	return w->done / t * 1e-9;
}
