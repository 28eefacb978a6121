/* SPDX-License-Identifier: MIT */
/* What bench-kernels measures: each kernel in the shapes that the translator and the trainer
 * give it. A case is named kernel/precision/isa/shape; the shape is rows x k x n, without
 * what a kernel has none of.
 *
 * How the shapes map to the layers, for embeddings, hidden states and read-out of 512 and a
 * vocabulary of 8,000; rows are the hypotheses that a decoder has, or the sentences (with
 * their positions, where those are done at once) that an encoder has:
 *   gemm Rx512x512      the read-out, queries of attention, keys of attention
 *   gemm Rx512x8000     the output layer, logits wanted (beam search)
 *   argmax Rx512x8000   the output layer, the best word wanted (greedy search)
 *   lstm, gru Rx1024x512  one step of a recurrent layer: input 512 and hidden state 512 as
 *                       two segments, 512 units, gates and new state included
 *   product Rx512x32    scores of attention: R hypotheses against 32 source positions
 *   product Rx32x512    context vectors out of the shares of 32 positions
 *   product 48x512x512  the trainer's linear layers, a tile of rows
 *   softmax 32          shares of attention;  additive, normalise 512x32: its other forms
 *   8000                one row of logits;  512: one row of hidden units
 *   16777216            parameters as the optimiser passes over them: more than any cache
 */
#ifndef TJ_BENCH_CASES_H
#define TJ_BENCH_CASES_H

#include "simd/kernels.h"
#include "simd/pack.h"

/* The peak that a case is compared with. */
enum bench_bound {
	BENCH_UNBOUND,           /* none of them: it is neither arithmetic nor memory alone */
	BENCH_FMA,
	BENCH_INT8,
	BENCH_READ,              /* memory, read */
	BENCH_UPDATE,            /* memory, read and written back */
	BENCH_COPY,              /* memory, read and written elsewhere */
	BENCH_N_BOUNDS
};

enum { BENCH_ARRAYS = 10 };

/* What one case works on. */
struct bench_work {
	const struct tj_kernels *kernels;
	const struct bench_case *c;
	float sink;
	double done;             /* by the call of a peak: operations or bytes */
	unsigned char *memory;   /* bench_peaks.h */
	size_t memory_bytes;
	float *v[BENCH_ARRAYS];  /* of the case's elements each, one after the other */

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
	size_t rows, k, n;       /* 0: it has none */
	enum bench_bound bound;
	/* Of one call. Each input and output counts once in bytes, however often the kernel
	 * passes over it. 0: the figure would mean nothing. */
	double operations, bytes, elements;

	void (*open)(struct bench_work *w); /* w->kernels and w->c are set, the rest is 0 */
	void (*call)(struct bench_work *w);
	void (*close)(struct bench_work *w);
	unsigned n_arrays;       /* of v */
	float from, to;          /* what they are filled with */
};

enum { BENCH_MAX_CASES = 256, BENCH_NAME = 96 };

/* Fills `cases`, returns how many there are. */
size_t bench_cases(struct bench_case cases[BENCH_MAX_CASES]);

/* Those of weights, and those of two activations; for bench_cases. */
size_t bench_products(struct bench_case *cases, size_t max);

/* "64x512x8000" */
void bench_shape(const struct bench_case *c, char text[BENCH_NAME]);

/* "gemm/float32/avx2/64x512x8000" */
void bench_name(const struct bench_case *c, const char *isa, char text[BENCH_NAME]);

/* n floats evenly from [from, to), always the same. */
void bench_fill(float *x, size_t n, float from, float to);

#endif
