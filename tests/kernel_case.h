/* SPDX-License-Identifier: MIT */
/* A test of a kernel of training: random rows of floats, what the kernel makes of them, and
 * what its equations say. */
#ifndef TJ_TESTS_KERNEL_CASE_H
#define TJ_TESTS_KERNEL_CASE_H

#include "rounding.h"
#include "support.h"

enum { KERNEL_ARRAYS = 6, KERNEL_OUTPUTS = 7, KERNEL_INPUTS = 5, KERNEL_MOST = 608 };

struct kernel_call {
	size_t n;
	float *x[KERNEL_ARRAYS];
	float factor; /* a, decay or d_score */
	enum tj_score_activation g;
	struct tj_adam adam;
	size_t n_words; /* cross_entropy: n - 15 to n */
	int32_t target;
	struct tj_cross_entropy loss;
	double result[2]; /* what the kernel returns, or its two losses */
};

struct kernel_case {
	const char *name;
	size_t rows[KERNEL_ARRAYS]; /* array i has rows[i] of n floats */
	unsigned written;           /* bit i: the kernel writes array i */
	int is_sum;                 /* its result is the sum of unit's `out` over all units */
	void (*run)(const struct tj_kernels *k, struct kernel_call *c);
	/* Bring random numbers to where the equations hold. */
	void (*prepare)(const struct kernel_case *s, struct kernel_call *c);
	/* The equations, for unit j: what becomes of each row of what is written, in order. */
	void (*unit)(const struct kernel_call *c, size_t j, struct num *out);
	/* For gradients: `out` is the gradient of `objective` at the n_inputs of `point`. */
	size_t n_inputs;
	void (*point)(const struct kernel_call *c, size_t j, double *at);
	double (*objective)(const struct kernel_call *c, size_t j, const double *at);
};

/* Random arguments; their memory lasts until test_release. */
struct kernel_call kernel_case_make(const struct kernel_case *s, size_t n, enum test_data data);
struct kernel_call kernel_case_copy(const struct kernel_case *s, const struct kernel_call *from);

/* With every size to KERNEL_MOST, plain, wide and special numbers: the scalar kernels' bits,
 * nothing else written. */
void kernel_case_compare(const struct tj_kernels *kernels, const struct kernel_case *s);

/* The scalar kernel against the equations, and those against central differences. */
void kernel_case_check(const struct kernel_case *s);

/* Fails the test where it is not; `what`, size and place go into the message. */
void check_near(double got, struct num want, const char *what, size_t n, size_t at);

#endif
