/* SPDX-License-Identifier: MIT */
/* One case of bench-kernels: a kernel in one shape, and what a call of it works on. */
#ifndef TJ_BENCH_CASE_H
#define TJ_BENCH_CASE_H

#include "simd/kernels.h"
#include "simd/pack.h"

/* The peak that a case is compared with. */
enum bench_bound {
	BENCH_UNBOUND, /* none of them: it is neither arithmetic nor memory alone */
	BENCH_FMA,
	BENCH_INT8,
	BENCH_READ,   /* memory, read */
	BENCH_UPDATE, /* memory, read and written back */
	BENCH_COPY,   /* memory, read and written elsewhere */
	BENCH_N_BOUNDS
};

enum { BENCH_ARRAYS = 10 };

/* What one case works on. */
struct bench_work {
	const struct tj_kernels *kernels;
	const struct bench_case *c;
	float sink;
	double done;           /* by the call of a peak: operations or bytes */
	unsigned char *memory; /* bench_peaks.h */
	size_t memory_bytes;
	float *v[BENCH_ARRAYS]; /* of the case's elements each, one after the other */

	/* Products only. */
	struct tj_weights weights;
	struct tj_gemm gemm;
	struct tj_product product;
	float *in, *out, *cell;
	const float **in_rows[2];
	float **out_rows, **cell_rows;
	struct tj_best *best;
};

struct bench_case {
	const char *kernel, *precision;
	size_t rows, k, n; /* 0: it has none */
	enum bench_bound bound;
	/* Of one call. Each input and output counts once in bytes, however often the kernel
	 * passes over it. 0: the figure would mean nothing. */
	double operations, bytes, elements;

	void (*open)(struct bench_work *w); /* w->kernels and w->c are set, the rest is 0 */
	void (*call)(struct bench_work *w);
	void (*close)(struct bench_work *w);
	unsigned n_arrays; /* of v */
	float from, to;    /* what they are filled with */
};

enum { BENCH_MAX_CASES = 256, BENCH_NAME = 96 };

/* "64x512x8000" */
void bench_shape(const struct bench_case *c, char text[BENCH_NAME]);

/* "gemm/float32/avx2/64x512x8000" */
void bench_name(const struct bench_case *c, const char *isa, char text[BENCH_NAME]);

/* n floats evenly from [from, to), always the same. */
void bench_fill(float *x, size_t n, float from, float to);

#endif
