/* SPDX-License-Identifier: MIT */
/* Numbers that know how wrong a float may be, to write a kernel's equation with: whatever
 * comes out of a rounding is wrong by u = 2^-24 of itself at most, beside what its operands
 * were; exp and log by 2 u, tanh by 11 u, sigmoid by 4 u (test_kernels_elementary.c). */
#ifndef TJ_TESTS_ROUNDING_H
#define TJ_TESTS_ROUNDING_H

#include <math.h>
#include <stddef.h>

struct num {
	double value, error;
};

static inline struct num exactly(float x)
{
	return (struct num){ (double)x, 0 };
}

/* An operation's result; its rounding is a denormal's where the result is one. EXTRA is for
 * what float64 loses here. */
static inline struct num rounded(double value, double error, double units)
{
	static const double u = 0x1p-24, EXTRA = 1.000001;
	error += units * u * (fabs(value) + error);
	return (struct num){ value, error * EXTRA + 0x1p-150 };
}

static inline struct num add(struct num a, struct num b)
{
	return rounded(a.value + b.value, a.error + b.error, 1);
}

static inline struct num sub(struct num a, struct num b)
{
	return rounded(a.value - b.value, a.error + b.error, 1);
}

static inline struct num mul(struct num a, struct num b)
{
	double error = fabs(a.value) * b.error + fabs(b.value) * a.error + a.error * b.error;
	return rounded(a.value * b.value, error, 1);
}

static inline struct num quotient(struct num a, struct num b)
{
	double q = a.value / b.value;
	return rounded(q, (a.error + fabs(q) * b.error) / (fabs(b.value) - b.error), 1);
}

static inline struct num root(struct num a)
{
	double r = sqrt(a.value);
	return rounded(r, sqrt(a.value + a.error) - sqrt(fmax(a.value - a.error, 0)), 1);
}

/* Where the result would be denormal the kernels have 0. */
static inline struct num exp_of(struct num a)
{
	double e = exp(a.value);
	return rounded(e, exp(a.value + a.error) - e + 0x1p-126, 2);
}

static inline double logistic(double x)
{
	return 1 / (1 + exp(-x));
}

static inline struct num sigmoid_of(struct num a)
{
	return rounded(logistic(a.value), a.error / 4 + 0x1p-126, 4);
}

static inline struct num tanh_of(struct num a)
{
	return rounded(tanh(a.value), a.error, 11);
}

/* The slopes of sigmoid and tanh, where they are y. */
static inline struct num sigmoid_slope(struct num y)
{
	return mul(y, sub(exactly(1), y));
}

static inline struct num tanh_slope(struct num y)
{
	return sub(exactly(1), mul(y, y));
}

static inline double logit(double y)
{
	return log(y / (1 - y));
}

/* Of n numbers in 16 partial sums, folded: n / 16 + 4 roundings, each of a partial sum. */
static inline struct num sum_of(const struct num *x, size_t n)
{
	double sum = 0, error = 0, magnitude = 0;
	for (size_t i = 0; i < n; i++) {
		sum += x[i].value;
		error += x[i].error;
		magnitude += fabs(x[i].value);
	}
	double units = (double)((n + 15) / 16 + 4);
	return (struct num){ sum, error + rounded(magnitude, error, units).error };
}

#endif
