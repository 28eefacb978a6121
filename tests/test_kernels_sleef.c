/* SPDX-License-Identifier: MIT */
/* SLEEF's second opinion on exp and tanh over all floats (all_floats.h), and its promise that the
 * finz functions have one answer on every instruction set, on which log and pow rely. */
#include "all_floats.h"
#include "bench/sleef.h"

TestSuite(sleef, .init = test_start);

typedef void elementary(const float *x, size_t n, float *out);

static const struct sleef_table *sleef_for(const struct tj_kernels *kernels)
{
	const struct sleef_table *table = sleef_of(kernels->name);
	CHECK(table != NULL, "%s: SLEEF's functions are not in this program", kernels->name);
	return table;
}

/* Ours may be `units` away from the exact value, and theirs one. Below `least`, ours may be 0. */
static void check_one(const char *isa, float x, float ours, float theirs, double units,
                      double least)
{
	double y = (double)theirs, bound = (units + 1) * unit(y);
	if (isnan(theirs) || isinf(theirs) || isnan(ours) || isinf(ours)) {
		/* Where both are at the end of the range, one may overflow before the other. */
		CHECK((isnan(ours) && isnan(theirs)) || ours == theirs ||
		          (ours > 0x1.fffff8p127f && theirs > 0x1.fffff8p127f),
		      "%s: f(%a) is %a, SLEEF's %a", isa, (double)x, (double)ours, y);
		return;
	}
	bound = fabs(y) < least ? least : bound;
	CHECK(fabs((double)ours - y) <= bound, "%s: f(%a) is %a, SLEEF's %a +- %a", isa, (double)x,
	      (double)ours, y, bound);
}

static void check_opinion(const char *isa, elementary *ours, sleef_run *theirs, double units,
                          double least)
{
	float *x = test_vector(BLOCK), *got = test_vector(BLOCK), *want = test_vector(BLOCK);
	for (uint64_t at = 0; next_block(&at, x);) {
		ours(x, BLOCK, got);
		theirs(x, NULL, BLOCK, want);
		for (size_t i = 0; i < BLOCK; i++)
			check_one(isa, x[i], got[i], want[i], units, least);
	}
	test_release();
}

/* The errors of ours are those of test_kernels_elementary.c. */
EVERY_ISA_TEST(sleef, exp)
{
	const struct sleef_table *sleef = sleef_for(kernels);
	const double least = 0x1.00005p-126;
	check_opinion(kernels->name, kernels->exp, sleef->run[SLEEF_exp_u10], 0.9, least);
	check_opinion(kernels->name, kernels->exp, sleef->run[SLEEF_exp_finz_u10], 0.9, least);
}

EVERY_ISA_TEST(sleef, tanh)
{
	const struct sleef_table *sleef = sleef_for(kernels);
	check_opinion(kernels->name, kernels->tanh, sleef->run[SLEEF_tanh_u10], 5.22, 0);
	check_opinion(kernels->name, kernels->tanh, sleef->run[SLEEF_tanh_finz_u10], 5.22, 0);
}

/* y takes the exponents of pow through all magnitudes. */
static void check_equal(const char *isa, size_t index, sleef_run *f, sleef_run *reference)
{
	float *x = test_vector(BLOCK), *y = test_vector(BLOCK);
	float *got = test_vector(BLOCK), *want = test_vector(BLOCK);
	test_fill(y, BLOCK, TEST_WIDE);
	for (uint64_t at = 0; next_block(&at, x);) {
		f(x, y, BLOCK, got);
		reference(x, y, BLOCK, want);
		size_t i = test_difference(got, want, BLOCK);
		CHECK(i == BLOCK, "%s: SLEEF's %s(%a, %a) is %a, not %a", isa, sleef_names[index],
		      (double)x[i], (double)y[i], (double)got[i], (double)want[i]);
	}
	test_release();
}

ISA_TEST(sleef, one_answer)
{
	static const size_t finz[] = {
		SLEEF_exp_finz_u10, SLEEF_tanh_finz_u10, SLEEF_tanh_finz_u35,
		SLEEF_log_finz_u10, SLEEF_log_finz_u35,  SLEEF_pow_finz_u10
	};
	const struct sleef_table *f = sleef_for(kernels), *reference = sleef_for(test_reference());
	for (size_t i = 0; i < sizeof finz / sizeof *finz; i++)
		check_equal(kernels->name, finz[i], f->run[finz[i]], reference->run[finz[i]]);
}
