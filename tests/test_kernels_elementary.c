/* SPDX-License-Identifier: MIT */
/* exp, tanh and sigmoid over the bit patterns of all floats: every 4093rd, or
 * every one with TRUJAMAN_TEST_STRIDE=1 (minutes). */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(elementary, .init = test_start);

enum { BLOCK = 4096 };

typedef void elementary(const float *x, size_t n, float *out);

static uint64_t stride(void)
{
	const char *text = getenv("TRUJAMAN_TEST_STRIDE");
	uint64_t n = text != NULL ? strtoull(text, NULL, 10) : 4093;
	return n > 0 ? n : 4093;
}

/* The next BLOCK bit patterns from *at on; 0 when 2^32 is passed. */
static int next_block(uint64_t *at, float *x)
{
	if (*at >> 32)
		return 0;
	uint64_t step = stride();
	for (size_t i = 0; i < BLOCK; i++, *at += step)
		x[i] = test_of_bits((uint32_t)*at);
	return 1;
}

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

/* Every small size, in place and not, with special values in every lane. */
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
}

/* --- Against float64 ------------------------------------------------------- */

/* One unit in the last place of y, the distance of the floats around it (of the
 * smallest normal ones below those): SLEEF's promise for its u10 functions. Over
 * all floats we found up to 0.99 for exp, and 1 + 2e-8 for tanh, which is one
 * float away from x, whereas tanh x is a little less than x. */
static double one_unit(double y)
{
	double unit = fabs(y) < 0x1p-126 ? 0x1p-149 : ldexp(1, ilogb(y) - 23);
	return unit * (1 + 0x1p-24);
}

/* sigmoid = 1 / (1 + e), e = exp(-x) within 2 u of itself, u = 2^-24. That
 * changes 1 + e by 2 u e / (1 + e) <= 2 u, the addition by u, the division by u:
 * 4 u, and 2^-20 of that for products of the errors. Where e overflows, the
 * result is 0 in place of less than 2^-128; denormal quotients lose 2^-150. */
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
	check_accuracy(test_reference()->exp, exp, one_unit);
}

Test(elementary, tanh_float64)
{
	check_accuracy(test_reference()->tanh, tanh, one_unit);
}

Test(elementary, sigmoid_float64)
{
	check_accuracy(test_reference()->sigmoid, plain_sigmoid, sigmoid_bound);
}

/* One unit in the last place from SLEEF and, since libm's pow rounds too, 0.6 of
 * one from there; a unit is at most 2^-52 of the value. */
Test(elementary, pow_float64)
{
	test_reference();
	for (int length = 1; length <= 1000; length++)
		for (int i = 0; i < 50; i++) {
			double y = (double)(int64_t)test_random() * 0x1p-62; /* -2 … 2 */
			double want = pow(length, y), got = tj_pow(length, y);
			CHECK(fabs(got - want) <= 1.6 * 0x1p-52 * want, "%d to the %a is %a, not %a",
			      length, y, got, want);
		}
	for (int i = 0; i < 50; i++) {
		CHECK(tj_pow(i, 1) == i && tj_pow(i, 0) == 1 && tj_pow(1, i) == 1, "%d", i);
		CHECK(tj_pow(2, i - 25) == ldexp(1, i - 25), "2 to the %d", i - 25);
	}
}
