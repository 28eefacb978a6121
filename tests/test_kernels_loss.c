/* SPDX-License-Identifier: MIT */
/* The loss and its gradient: the same bits on every instruction set, the equations in float64,
 * and central differences of the loss. */
#include <math.h>
#include <string.h>

#include "kernel_case.h"

TestSuite(cross_entropy, .init = test_start);

static void run_cross_entropy(const struct tj_kernels *k, struct kernel_call *c)
{
	k->cross_entropy(c->x[0], c->n_words, c->target, &c->loss);
	c->result[0] = c->loss.loss;
	c->result[1] = c->loss.nll;
	for (size_t i = c->n_words; i < c->n; i++)
		CHECK(test_bits(c->x[0][i]) == 0, "%s: padding %zu of %zu is %a", k->name, i,
		      c->n_words, (double)c->x[0][i]);
}

static const struct kernel_case subject = {
	"cross_entropy",
	{ 1 },
	.written = 1,
	.run = run_cross_entropy,
};

EVERY_ISA_TEST(cross_entropy, bits)
{
	kernel_case_compare(kernels, &subject);
}

EVERY_ISA_TEST(cross_entropy, padding)
{
	for (size_t i = 0; i < 600; i++) {
		struct kernel_call c = kernel_case_make(&subject, 32, TEST_PLAIN);
		struct kernel_call other = kernel_case_copy(&subject, &c);
		for (size_t j = c.n_words; j < c.n; j++)
			other.x[0][j] = test_specials[test_between(0, test_n_specials - 1)];
		run_cross_entropy(kernels, &c);
		run_cross_entropy(kernels, &other);
		CHECK(test_difference(c.x[0], other.x[0], c.n) == c.n &&
		          memcmp(c.result, other.result, sizeof c.result) == 0,
		      "%s: %zu words", kernels->name, c.n_words);
		test_release();
	}
}

static double exact_loss(const double *x, const struct kernel_call *c, double max)
{
	double sum = 0, mean = 0, s = (double)c->loss.smoothing;
	for (size_t i = 0; i < c->n_words; i++) {
		sum += exp(x[i] - max);
		mean += x[i] / (double)c->n_words;
	}
	return log(sum) + max - (1 - s) * x[c->target] - s * mean;
}

/* The gradients' exact sum is 0. What remains is the rounding of the total, of the probabilities
 * and of the target: errors of exp are the same in the probabilities and the total. */
static void check_gradients(const struct kernel_call *got, const struct num *want)
{
	double sum = 0, units = (double)(got->n / TJ_LANES + 4) + 8;
	for (size_t i = 0; i < got->n_words; i++) {
		check_near((double)got->x[0][i], want[i], "gradient", got->n_words, i);
		sum += (double)got->x[0][i];
	}
	CHECK(fabs(sum) <= units * 0x1p-24 * (double)got->loss.scale, "%zu words: sum %g",
	      got->n_words, sum);
}

/* Words far below the largest logit have probability 0. No logit is so large that exp overflows. */
static void check_cross_entropy(size_t n, float range)
{
	struct kernel_call c = kernel_case_make(&subject, n, TEST_PLAIN);
	struct num e[KERNEL_MOST], plain[KERNEL_MOST];
	double x[KERNEL_MOST], max = -INFINITY;
	for (size_t i = 0; i < c.n_words; i++) {
		plain[i] = exactly(c.x[0][i] *= range);
		x[i] = plain[i].value;
		max = fmax(max, x[i]);
	}
	for (size_t i = 0; i < c.n_words; i++)
		e[i] = exp_of(sub(plain[i], (struct num){ max, 0 }));
	struct num total = sum_of(e, c.n_words), mean = sum_of(plain, c.n_words);
	struct num scale = exactly(c.loss.scale), smoothing = exactly(c.loss.smoothing);
	struct num factor = quotient(scale, total);
	struct num even = quotient(mul(scale, smoothing), exactly((float)c.n_words));
	for (size_t i = 0; i < c.n_words; i++)
		e[i] = sub(mul(e[i], factor), even);
	e[c.target] = sub(e[c.target], mul(scale, sub(exactly(1), smoothing)));

	struct num nll = rounded(log(total.value), total.error / (total.value - total.error), 2);
	nll.value += max - x[c.target];
	nll.error += 0x1p-50 * (double)range;
	run_cross_entropy(test_reference(), &c);
	check_gradients(&c, e);
	check_near(c.result[1], nll, "nll", c.n_words, 0);
	nll.value = exact_loss(x, &c, max);
	nll.error += smoothing.value * mean.error / (double)c.n_words;
	check_near(c.result[0], nll, "loss", c.n_words, 0);
	for (size_t i = 0; i < c.n_words && range < 100; i++) {
		double at = x[i], step = 1e-5;
		x[i] = at + step;
		double above = exact_loss(x, &c, max);
		x[i] = at - step;
		double slope = scale.value * (above - exact_loss(x, &c, max)) / (2 * step);
		x[i] = at;
		CHECK(fabs(slope - e[i].value) <= 1e-8, "%zu words: slope %zu", c.n_words, i);
	}
	test_release();
}

Test(cross_entropy, float64)
{
	static const float ranges[] = { 0, 1, 20, 1e4f, 1e30f };
	for (size_t n = TJ_LANES; n <= KERNEL_MOST; n += TJ_LANES)
		for (size_t i = 0; i < 5 * (n < 160) + 5; i++)
			check_cross_entropy(n, ranges[i % 5]);
}
