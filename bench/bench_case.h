/* SPDX-License-Identifier: MIT */
/* One case of bench-kernels: a kernel in one shape, and the data that a call works on. */
#ifndef TJ_BENCH_CASE_H
#define TJ_BENCH_CASE_H

#include "bench/sleef.h"
#include "simd/kernels.h"
#include "simd/pack.h"

/* The peak that a case is compared with. */
enum bench_bound {
	BENCH_UNBOUND, /* none: limited neither by arithmetic nor by memory alone */
	BENCH_FMA,
	BENCH_INT8,
	BENCH_READ,   /* memory that is read */
	BENCH_UPDATE, /* memory that is read and written back */
	BENCH_COPY,   /* memory that is read and written to another place */
	BENCH_L1,     /* caches that are read: a roof of the roofline, no peak of a case */
	BENCH_L2,
	BENCH_L3,
	BENCH_N_BOUNDS
};

enum { BENCH_ARRAYS = 10 };

/* The data that one case works on. */
struct bench_work {
	const struct tj_kernels *kernels;
	const struct bench_case *c;
	float sink;
	double done;           /* operations or bytes of one call of a peak function */
	unsigned char *memory; /* see bench_peaks.h */
	size_t memory_bytes;
	size_t cache_bytes;     /* of the memory, as a cache can hold them */
	float *v[BENCH_ARRAYS]; /* n_arrays arrays of the case's elements, contiguous */
	sleef_run *sleef;       /* only for cases of SLEEF */

	/* Only for products: */
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
	size_t rows, k, n; /* 0: the kernel has no such size */
	enum bench_bound bound;
	/* Per call. `bytes` counts each input and output once, however often the kernel passes
	 * over it. 0: the figure would be meaningless. */
	double operations, bytes, elements;

	void (*open)(struct bench_work *w); /* w->kernels and w->c are set, the rest is 0 */
	void (*call)(struct bench_work *w);
	void (*close)(struct bench_work *w);
	unsigned n_arrays; /* number of arrays in v */
	float from, to;    /* range of the values in them */
};

enum { BENCH_MAX_CASES = 256, BENCH_NAME = 96 };

/* For example "64x512x8000". */
void bench_shape(const struct bench_case *c, char text[BENCH_NAME]);

/* For example "gemm/float32/avx2/64x512x8000". */
void bench_name(const struct bench_case *c, const char *isa, char text[BENCH_NAME]);

/* Fill x with n floats spread evenly over [from, to), the same in every run. */
void bench_fill(float *x, size_t n, float from, float to);

#endif
