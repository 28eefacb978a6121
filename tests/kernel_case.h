/* SPDX-License-Identifier: MIT */
/* Tests of the training kernels: random rows of floats, what a kernel computes from them, and
 * what its equations give. */
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
	size_t rows[KERNEL_ARRAYS]; /* array i has rows[i] rows of n floats */
	unsigned written;           /* bit i: the kernel writes array i */
	int is_sum;                 /* its result is the sum over all units of out[0] from `unit` */
	void (*run)(const struct tj_kernels *k, struct kernel_call *c);
	/* Changes random numbers so that the equations hold for them. May be NULL. */
	void (*prepare)(const struct kernel_case *s, struct kernel_call *c);
	/* The equations for unit j: `out` gets the value that each written row must have, in the
	 * order of the rows. */
	void (*unit)(const struct kernel_call *c, size_t j, struct num *out);
	/* For gradients: `out` is the gradient of `objective` with respect to the n_inputs
	 * numbers that `point` gives. */
	size_t n_inputs;
	void (*point)(const struct kernel_call *c, size_t j, double *at);
	double (*objective)(const struct kernel_call *c, size_t j, const double *at);
};

/* Makes random arguments. Their memory is valid until test_release. */
struct kernel_call kernel_case_make(const struct kernel_case *s, size_t n, enum test_data data);
struct kernel_call kernel_case_copy(const struct kernel_case *s, const struct kernel_call *from);

/* Checks with every size up to KERNEL_MOST, and with plain, wide and special numbers, that the
 * kernel gives the bits of the scalar kernel and writes nothing else. */
void kernel_case_compare(const struct tj_kernels *kernels, const struct kernel_case *s);

/* Checks the scalar kernel against the equations, and gradients in the equations against central
 * differences. */
void kernel_case_check(const struct kernel_case *s);

/* Fails the test unless `got` is within want.error of want.value. `what`, the size n and the
 * index `at` go into the message. */
void check_near(double got, struct num want, const char *what, size_t n, size_t at);

#endif
