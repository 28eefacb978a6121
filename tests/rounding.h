/* SPDX-License-Identifier: MIT */
/* Numbers with an error bound, for writing the equations of a float kernel. Each rounding adds a
 * relative error of at most u = 2^-24 to the errors of the operands; exp and log add 2 u, tanh
 * 11 u, sigmoid 4 u (test_kernels_elementary.c). */
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

/* The result of an operation. 0x1p-150 is the rounding error of a denormal result. EXTRA covers
 * the rounding errors of float64 in this computation itself. */
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

/* The kernels return 0 where the result would be denormal. */
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

/* The derivatives of sigmoid and tanh, where y is the value of the function. */
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

/* The sum of n numbers, added up in 16 partial sums that are then folded: n / 16 + 4 roundings,
 * each of a partial sum. */
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
