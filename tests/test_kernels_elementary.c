/* SPDX-License-Identifier: MIT */
/* exp, tanh, sigmoid and log over the bit patterns of all floats (all_floats.h). */
#include <string.h>

#include "all_floats.h"

TestSuite(elementary, .init = test_start);

typedef void elementary(const float *x, size_t n, float *out);

static void check_block(const char *isa, const float *x, const float *got, const float *want)
{
	size_t at = test_difference(got, want, BLOCK);
	CHECK(at == BLOCK, "%s: f(%a) is %a, not %a", isa, (double)x[at], (double)got[at],
	      (double)want[at]);
}

static void sweep(const char *isa, elementary *f, elementary *reference)
{
	float *x = test_vector(BLOCK), *got = test_vector(BLOCK), *want = test_vector(BLOCK);
	for (uint64_t at = 0; next_block(&at, x);) {
		f(x, BLOCK, got);
		reference(x, BLOCK, want);
		check_block(isa, x, got, want);
	}
	test_release();
}

ISA_TEST(elementary, exp)
{
	sweep(kernels->name, kernels->exp, test_reference()->exp);
}

ISA_TEST(elementary, tanh)
{
	sweep(kernels->name, kernels->tanh, test_reference()->tanh);
}

ISA_TEST(elementary, sigmoid)
{
	sweep(kernels->name, kernels->sigmoid, test_reference()->sigmoid);
}

ISA_TEST(elementary, log)
{
	sweep(kernels->name, kernels->log, test_reference()->log);
}

/* Every small size, in place and into another array, with special values in every lane. */
static void check_sizes(const char *isa, elementary *f, elementary *reference)
{
	for (size_t n = TJ_LANES; n <= 8 * TJ_LANES; n += TJ_LANES)
		for (size_t round = 0; round < TJ_LANES; round++) {
			float *x = test_vector(n), *got = test_vector(n), *want = test_vector(n);
			for (size_t i = 0; i < n; i++)
				x[i] = test_specials[(i + round) % test_n_specials];
			reference(x, n, want);
			f(x, n, got);
			CHECK(test_difference(got, want, n) == n, "%s: n %zu", isa, n);
			f(x, n, x);
			CHECK(test_difference(x, want, n) == n, "%s: n %zu in place", isa, n);
			test_release();
		}
}

EVERY_ISA_TEST(elementary, sizes)
{
	const struct tj_kernels *reference = test_reference();
	check_sizes(kernels->name, kernels->exp, reference->exp);
	check_sizes(kernels->name, kernels->tanh, reference->tanh);
	check_sizes(kernels->name, kernels->sigmoid, reference->sigmoid);
	check_sizes(kernels->name, kernels->log, reference->log);
}

/* --- Against float64 ------------------------------------------------------- */

/* The largest errors found over all floats are 0.90 units for exp, and 5.218 for tanh near 9. exp
 * returns 0 where the result would be denormal. */
static double exp_bound(double y)
{
	return y < 0x1.00005p-126 ? 0x1.00005p-126 : 0.9 * unit(y);
}

static double tanh_bound(double y)
{
	return 5.22 * unit(y);
}

/* sigmoid = 1 / (1 + e), where e = exp(-x) has a relative error of at most 2 u, u = 2^-24. That
 * changes 1 + e relatively by 2 u e / (1 + e) <= 2 u. The addition adds u and the division u, 4 u
 * in total; the factor 1 + 2^-20 covers products of these errors. If e overflows, the result is 0
 * where the exact value is below 2^-128. Denormal quotients lose up to 2^-150. */
static double sigmoid_bound(double y)
{
	return y * 4 * 0x1p-24 * (1 + 0x1p-20) + 0x1p-128;
}

static double plain_sigmoid(double x)
{
	return 1 / (1 + exp(-x));
}

static void check_accuracy(elementary *f, double (*want)(double), double (*bound)(double))
{
	float *x = test_vector(BLOCK), *got = test_vector(BLOCK);
	for (uint64_t at = 0; next_block(&at, x);) {
		f(x, BLOCK, got);
		for (size_t i = 0; i < BLOCK; i++) {
			double y = want((double)x[i]);
			if (isnan(y) || y > 0x1.fffffefffffffp127)
				CHECK(isnan(y) ? isnan(got[i]) : isinf(got[i]), "f(%a) is %a",
				      (double)x[i], (double)got[i]);
			else
				CHECK(fabs((double)got[i] - y) <= bound(y),
				      "f(%a) is %a, not %a +- %a", (double)x[i], (double)got[i], y,
				      bound(y));
		}
	}
	test_release();
}

Test(elementary, exp_float64)
{
	check_accuracy(test_reference()->exp, exp, exp_bound);
}

Test(elementary, tanh_float64)
{
	check_accuracy(test_reference()->tanh, tanh, tanh_bound);
}

Test(elementary, sigmoid_float64)
{
	check_accuracy(test_reference()->sigmoid, plain_sigmoid, sigmoid_bound);
}

/* SLEEF promises one unit. The logarithm of 0 is minus infinity: infinite for check_accuracy. */
static double plain_log(double x)
{
	return x == 0 ? INFINITY : log(x);
}

Test(elementary, log_float64)
{
	check_accuracy(test_reference()->log, plain_log, unit);
}

/* Inputs around the thresholds of exp (overflow, underflow) and where tanh reaches 1. */
EVERY_ISA_TEST(elementary, edges)
{
	float *x = test_vector(TJ_LANES), *y = test_vector(TJ_LANES);
	const float at[TJ_LANES] = { 0x1.62e42ep6f, 0x1.62e43p6f, -0x1.5d589ep6f, -0x1.5d58ap6f,
		                     INFINITY,      -INFINITY,    0.0f,           -0.0f,
		                     9.02f,         -9.02f,       20.0f,          -20.0f,
		                     0x1p-140f,     -0x1p-140f,   0x1p-20f,       NAN };
	memcpy(x, at, sizeof at);
	kernels->exp(x, TJ_LANES, y);
	CHECK(isfinite(y[0]) && y[0] > 0x1.ffffp127f, "%a", (double)y[0]);
	CHECK(isinf(y[1]) && y[2] > 0x1p-126f && y[3] == 0.0f, "%a %a %a", (double)y[1],
	      (double)y[2], (double)y[3]);
	CHECK(isinf(y[4]) && y[5] == 0.0f && y[6] == 1.0f && y[7] == 1.0f, "%a %a %a %a",
	      (double)y[4], (double)y[5], (double)y[6], (double)y[7]);
	CHECK(y[12] == 1.0f && y[13] == 1.0f && isnan(y[15]), "%a %a %a", (double)y[12],
	      (double)y[13], (double)y[15]);
	kernels->tanh(x, TJ_LANES, y);
	for (size_t i = 0; i < TJ_LANES - 1; i++)
		CHECK(fabsf(at[i]) >= 9 ? y[i] == copysignf(1.0f, at[i])
		      : i < 14          ? test_bits(y[i]) == test_bits(at[i])
		                        : y[i] <= at[i] && y[i] > 0.999999f * at[i],
		      "tanh %a is %a", (double)at[i], (double)y[i]);
	CHECK(isnan(y[15]), "%a", (double)y[15]);
	kernels->sigmoid(x, TJ_LANES, y);
	CHECK(y[4] == 1.0f && y[5] == 0.0f && y[6] == 0.5f && y[7] == 0.5f && isnan(y[15]),
	      "%a %a %a %a %a", (double)y[4], (double)y[5], (double)y[6], (double)y[7],
	      (double)y[15]);
	test_release();
}

/* SLEEF's error is at most one unit in the last place. libm's pow rounds too, which allows
 * another 0.6 units. A unit is at most 2^-52 of the value. */
Test(elementary, pow_float64)
{
	test_reference();
	for (int length = 1; length <= 1000; length++)
		for (int i = 0; i < 50; i++) {
			double y = (double)(int64_t)test_random() * 0x1p-62; /* -2 … 2 */
			double want = pow(length, y), got = tj_pow(length, y);
			CHECK(fabs(got - want) <= 1.6 * 0x1p-52 * want,
			      "%d to the %a is %a, not %a", length, y, got, want);
		}
	for (int i = 0; i < 50; i++) {
		CHECK(tj_pow(i, 1) == i && tj_pow(i, 0) == 1 && tj_pow(1, i) == 1, "%d", i);
		CHECK(tj_pow(2, i - 25) == ldexp(1, i - 25), "2 to the %d", i - 25);
	}
}
