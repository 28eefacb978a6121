/* SPDX-License-Identifier: MIT */
/* Softmax, log-sum-exp, top-k and the parts of attention: each against the scalar kernels bit by
 * bit, and against its equation in float64.
 *
 * The bounds: u = 2^-24 is the largest relative error of one rounding. exp and log are within one
 * unit in the last place, 2 u; tanh within 5.22 units, 11 u. EXTRA covers products of such
 * errors. A sum of n floats in 16 partial sums has n / 16 + 4 roundings. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "src/base/memory.h"
#include "support.h"

TestSuite(softmax, .init = test_start);
TestSuite(log_sum_exp, .init = test_start);
TestSuite(top_k, .init = test_start);
TestSuite(additive, .init = test_start);
TestSuite(normalise, .init = test_start);
TestSuite(length, .init = test_start);

static const double u = 0x1p-24, EXTRA = 1.001;

static double roundings(size_t n)
{
	return (double)((n + TJ_LANES - 1) / TJ_LANES + 4);
}

static float *copy_of(const float *x, size_t n)
{
	return memcpy(test_vector(n), x, n * sizeof *x);
}

/* For TEST_PLAIN numbers up to `range`; otherwise special values. */
static float *make_vector(size_t n, enum test_data data, float range)
{
	float *x = test_vector(n);
	test_fill(x, n, data);
	for (size_t i = 0; i < n && data == TEST_PLAIN; i++)
		x[i] *= range;
	return x;
}

static void check_same(const struct tj_kernels *kernels, const float *got, const float *want,
                       size_t n, const char *what, size_t size)
{
	size_t at = test_difference(got, want, n);
	CHECK(at == n, "%s %s, size %zu: float %zu is %a, not %a", kernels->name, what, size, at,
	      (double)got[at], (double)want[at]);
}

/* --- softmax --------------------------------------------------------------- */

static void compare_softmax(const struct tj_kernels *kernels, size_t n, enum test_data data)
{
	size_t padded = tj_round_up(n, TJ_LANES);
	float *x = make_vector(padded, data, 20), *y = copy_of(x, padded);
	float scale = data == TEST_PLAIN ? 1 : 0.125f * (float)test_between(0, 32);
	kernels->softmax(x, n, scale);
	test_reference()->softmax(y, n, scale);
	check_same(kernels, x, y, padded, "softmax", n);
	for (size_t i = n; i < padded; i++)
		CHECK(test_bits(x[i]) == 0, "%s: padding %zu of n %zu is %a", kernels->name, i, n,
		      (double)x[i]);
	test_release();
}

EVERY_ISA_TEST(softmax, sizes)
{
	for (size_t n = 1; n <= 100; n++)
		compare_softmax(kernels, n, TEST_PLAIN);
	compare_softmax(kernels, 4099, TEST_PLAIN);
}

EVERY_ISA_TEST(softmax, special_values)
{
	for (size_t i = 0; i < 1000; i++)
		compare_softmax(kernels, test_between(1, 40), TEST_SPECIAL);
}

/* The padding's previous content does not matter. */
EVERY_ISA_TEST(softmax, padding_counts_nothing)
{
	for (size_t n = 1; n <= 64; n++) {
		size_t padded = tj_round_up(n, TJ_LANES);
		float *x = make_vector(padded, TEST_PLAIN, 5), *y = copy_of(x, padded);
		for (size_t i = n; i < padded; i++) {
			x[i] = test_specials[test_between(0, test_n_specials - 1)];
			y[i] = -INFINITY;
		}
		kernels->softmax(x, n, 1);
		kernels->softmax(y, n, 1);
		check_same(kernels, x, y, padded, "softmax", n);
		test_release();
	}
}

/* The exponent d of exp has an error of u |scale x| and u |scale max| from two rounded products,
 * and u |d| from the difference; exp adds a relative error of 2 u. The sum has the mean of these
 * errors, weighted by the exponentials, and its own roundings. The division adds one rounding.
 * Exponentials below the normal floats are 0. */
Test(softmax, float64)
{
	for (size_t n = 1; n <= 300; n++) {
		size_t padded = tj_round_up(n, TJ_LANES);
		float *x = make_vector(padded, TEST_PLAIN, 12), *p = copy_of(x, padded);
		float scale = 0.1f * (float)test_between(1, 40);
		test_reference()->softmax(p, n, scale);
		double max = -INFINITY, sum = 0, sum_error = 0;
		for (size_t i = 0; i < n; i++)
			max = fmax(max, (double)scale * (double)x[i]);
		double e[300], error[300];
		for (size_t i = 0; i < n; i++) {
			double y = (double)scale * (double)x[i];
			e[i] = exp(y - max);
			error[i] = u * (fabs(y) + fabs(max) + fabs(y - max) + 2);
			sum += e[i];
			sum_error += e[i] * error[i];
		}
		sum_error = sum_error / sum + roundings(n) * u;
		for (size_t i = 0; i < n; i++) {
			double bound = e[i] / sum * (error[i] + sum_error + u) * EXTRA +
			               0x1.001p-126;
			CHECK(fabs((double)p[i] - e[i] / sum) <= bound,
			      "n %zu: share %zu is %.9g, not %.9g +- %.2g", n, i, (double)p[i],
			      e[i] / sum, bound);
		}
		test_release();
	}
}

/* --- log_sum_exp ----------------------------------------------------------- */

static void compare_log_sum(const struct tj_kernels *kernels, size_t n, enum test_data data)
{
	float *x = make_vector(n, data, 20);
	for (size_t i = n - test_between(0, TJ_LANES - 1); i < n; i++)
		x[i] = -INFINITY;
	struct tj_log_sum got = kernels->log_sum_exp(x, n),
			  want = test_reference()->log_sum_exp(x, n);
	check_same(kernels, &got.max, &want.max, 1, "max", n);
	check_same(kernels, &got.log_sum, &want.log_sum, 1, "log_sum", n);
	got = kernels->log_sum_below(x, n, want.max);
	check_same(kernels, &got.max, &want.max, 1, "max, given", n);
	check_same(kernels, &got.log_sum, &want.log_sum, 1, "log_sum below it", n);
	test_release();
}

ISA_TEST(log_sum_exp, sizes)
{
	for (size_t n = TJ_LANES; n <= 1600; n += TJ_LANES)
		compare_log_sum(kernels, n, TEST_PLAIN);
}

ISA_TEST(log_sum_exp, special_values)
{
	for (size_t i = 0; i < 1000; i++)
		compare_log_sum(kernels, TJ_LANES * test_between(1, 3), TEST_SPECIAL);
}

/* As for softmax, but the inputs and their maximum are exact. The logarithm turns the sum's
 * relative error into an absolute one and adds 2 u. */
Test(log_sum_exp, float64)
{
	for (size_t n = TJ_LANES; n <= 4096; n += 5 * TJ_LANES) {
		size_t n_padding = test_between(0, TJ_LANES - 1);
		float *x = make_vector(n, TEST_PLAIN, 12);
		double max = -INFINITY, sum = 0, error = 0;
		for (size_t i = n - n_padding; i < n; i++)
			x[i] = -INFINITY;
		for (size_t i = 0; i < n - n_padding; i++)
			max = fmax(max, (double)x[i]);
		for (size_t i = 0; i < n - n_padding; i++) {
			double e = exp((double)x[i] - max);
			sum += e;
			error += e * u * (max - (double)x[i] + 2);
		}
		struct tj_log_sum got = test_reference()->log_sum_exp(x, n);
		double want = log(sum),
		       bound = (error / sum + roundings(n) * u + 2 * u * want) * EXTRA;
		CHECK((double)got.max == max, "n %zu: max %a, not %a", n, (double)got.max, max);
		CHECK(fabs((double)got.log_sum - want) <= bound, "n %zu: %.9g, not %.9g +- %.2g", n,
		      (double)got.log_sum, want, bound);
		test_release();
	}
}

/* --- top_k ----------------------------------------------------------------- */

/* Follows the definition: k times the largest of the remaining values. */
static size_t plain_top_k(const float *x, size_t n, int32_t banned, size_t k, int32_t *index)
{
	unsigned char *taken = test_memory(n, 1);
	memset(taken, 0, n);
	for (size_t found = 0; found < k; found++) {
		size_t best = n;
		for (size_t i = 0; i < n; i++)
			if (!taken[i] && (int32_t)i != banned && x[i] > -INFINITY &&
			    (best == n || x[i] > x[best]))
				best = i;
		if (best == n)
			return found;
		taken[best] = 1;
		index[found] = (int32_t)best;
	}
	return k;
}

static void check_top_k(const struct tj_kernels *kernels, const float *x, size_t n, int32_t banned,
                        size_t k)
{
	int32_t *want = test_memory(k * sizeof *want, sizeof *want);
	int32_t *index = test_memory(k * sizeof *index, sizeof *index);
	float *value = test_floats(k);
	size_t n_want = plain_top_k(x, n, banned, k, want);
	size_t found = kernels->top_k(x, n, banned, k, index, value);
	CHECK(found == n_want, "%s: %zu of %zu of %zu, not %zu", kernels->name, found, k, n,
	      n_want);
	for (size_t i = 0; i < found; i++) {
		CHECK(index[i] == want[i], "%s: place %zu of %zu of %zu without %d: %d, not %d",
		      kernels->name, i, k, n, (int)banned, (int)index[i], (int)want[i]);
		CHECK(test_bits(value[i]) == test_bits(x[index[i]]), "%s: place %zu: %a, not %a",
		      kernels->name, i, (double)value[i], (double)x[index[i]]);
	}
}

EVERY_ISA_TEST(top_k, random)
{
	for (size_t i = 0; i < 1000; i++) {
		size_t n = TJ_LANES * test_between(1, 20), k = test_between(1, i % 3 ? 8 : n + 9);
		const float *x = make_vector(n, i % 2 ? TEST_PLAIN : TEST_SPECIAL, 1);
		int32_t banned = (int32_t)test_between(0, n) - 1;
		check_top_k(kernels, x, n, banned, k);
		check_top_k(kernels, x, n, -1, k);
		test_release();
	}
}

/* Few distinct values, among them both zeros, which compare equal. */
EVERY_ISA_TEST(top_k, ties)
{
	static const float values[] = { 0.0f, -0.0f, 1.0f, -INFINITY, NAN, FLT_MAX, INFINITY };
	for (size_t i = 0; i < 1000; i++) {
		size_t n = TJ_LANES * test_between(1, 5), k = test_between(1, n + 3);
		size_t n_values = test_between(1, 7);
		float *x = test_vector(n);
		for (size_t j = 0; j < n; j++)
			x[j] = values[test_between(0, n_values - 1)];
		check_top_k(kernels, x, n, (int32_t)test_between(0, n) - 1, k);
		test_release();
	}
}

EVERY_ISA_TEST(top_k, nothing_to_take)
{
	float *x = test_vector(2 * TJ_LANES);
	for (size_t i = 0; i < 2 * TJ_LANES; i++)
		x[i] = i % 3 ? -INFINITY : NAN;
	check_top_k(kernels, x, 2 * TJ_LANES, -1, 4);
	x[17] = -FLT_MAX;
	check_top_k(kernels, x, 2 * TJ_LANES, -1, 4);
	check_top_k(kernels, x, 2 * TJ_LANES, 17, 4);
	test_release();
}

/* The banned entry is the largest, at every index; the other values rise or fall. */
EVERY_ISA_TEST(top_k, banned)
{
	enum { N = 3 * TJ_LANES };
	for (int32_t banned = 0; banned < N; banned++) {
		float *x = test_vector(N);
		for (int i = 0; i < N; i++)
			x[i] = (float)(banned % 2 ? i : -i);
		x[banned] = 100;
		for (size_t k = 1; k <= N + 1; k += 7)
			check_top_k(kernels, x, N, banned, k);
		test_release();
	}
}

/* --- additive -------------------------------------------------------------- */

static const enum tj_score_activation activations[] = { TJ_SCORE_TANH, TJ_SCORE_SIGMOID,
	                                                TJ_SCORE_RELU };

struct additive {
	const float *query, *keys, *v;
	size_t n_a, n_panels;
	enum tj_score_activation g;
};

static struct additive make_additive(size_t n_a, size_t n_panels, size_t g, enum test_data data)
{
	float *query = test_floats(n_a), *v = test_floats(n_a);
	test_fill(query, n_a, data);
	test_fill(v, n_a, data);
	return (struct additive){ query,    make_vector(n_panels * n_a * TJ_LANES, data, 3),
		                  v,        n_a,
		                  n_panels, activations[g] };
}

static float *run_additive(const struct tj_kernels *kernels, const struct additive *a)
{
	float *out = test_vector(a->n_panels * TJ_LANES);
	kernels->additive(a->query, a->keys, a->v, a->n_a, a->n_panels, a->g, out);
	return out;
}

ISA_TEST(additive, sizes)
{
	for (size_t i = 0; i < 3 * 130; i++) {
		struct additive a = make_additive(i / 3 + 1, i % 5 + 1, i % 3, TEST_PLAIN);
		check_same(kernels, run_additive(kernels, &a), run_additive(test_reference(), &a),
		           a.n_panels * TJ_LANES, "additive", a.n_a);
		test_release();
	}
}

ISA_TEST(additive, special_values)
{
	for (size_t i = 0; i < 900; i++) {
		struct additive a = make_additive(test_between(1, 5), 3, i % 3, TEST_SPECIAL);
		check_same(kernels, run_additive(kernels, &a), run_additive(test_reference(), &a),
		           a.n_panels * TJ_LANES, "additive", a.n_a);
		test_release();
	}
}

/* x = query + key has an error of u |x|. The activation does not enlarge it (sigmoid passes on a
 * quarter) and adds 11 u (sigmoid 4 u, see test_kernels_elementary.c). v g enters the sum with
 * n_a roundings. */
Test(additive, float64)
{
	for (size_t i = 0; i < 300; i++) {
		struct additive a = make_additive(test_between(1, 100), 2, i % 3, TEST_PLAIN);
		const float *out = run_additive(test_reference(), &a);
		for (size_t j = 0; j < 2 * TJ_LANES; j++) {
			double sum = 0, magnitude = 0, error = 0;
			for (size_t k = 0; k < a.n_a; k++) {
				size_t at = (j / TJ_LANES * a.n_a + k) * TJ_LANES + j % TJ_LANES;
				double x = (double)a.query[k] + (double)a.keys[at],
				       v = (double)a.v[k];
				double g = a.g == TJ_SCORE_TANH      ? tanh(x)
				           : a.g == TJ_SCORE_SIGMOID ? 1 / (1 + exp(-x))
				                                     : fmax(x, 0);
				sum += v * g;
				magnitude += fabs(v * g);
				error += fabs(v) * u * (fabs(x) + 11 * fabs(g));
			}
			double bound = (error + (double)(a.n_a + 1) * u * magnitude) * EXTRA;
			CHECK(fabs((double)out[j] - sum) <= bound,
			      "activation %d, n_a %zu: %.9g, not %.9g +- %.2g", (int)a.g, a.n_a,
			      (double)out[j], sum, bound);
		}
		test_release();
	}
}

/* --- normalise, length ----------------------------------------------------- */

static void compare_normalise(const struct tj_kernels *kernels, size_t k, size_t n_panels,
                              enum test_data data)
{
	size_t n = k * n_panels * TJ_LANES;
	float *x = make_vector(n, data, 3);
	for (size_t i = 0; i < k; i++) /* a position of length 0, like padding */
		x[i * TJ_LANES + 3] = i % 2 ? 0.0f : -0.0f;
	float *y = copy_of(x, n);
	kernels->normalise(x, k, n_panels);
	test_reference()->normalise(y, k, n_panels);
	check_same(kernels, x, y, n, "normalise", k);
	for (size_t i = 0; i < k; i++)
		CHECK(x[i * TJ_LANES + 3] == 0.0f, "%s: %a from length 0", kernels->name,
		      (double)x[i * TJ_LANES + 3]);
	test_release();
}

EVERY_ISA_TEST(normalise, sizes)
{
	for (size_t k = 1; k <= 130; k++)
		compare_normalise(kernels, k, k % 4 + 1, k % 3 ? TEST_PLAIN : TEST_WIDE);
}

EVERY_ISA_TEST(normalise, special_values)
{
	for (size_t i = 0; i < 600; i++)
		compare_normalise(kernels, test_between(1, 5), 3, TEST_SPECIAL);
}

/* The sum of k squares has k roundings. The root halves their error and adds a rounding; the
 * quotient adds another. */
Test(normalise, float64)
{
	for (size_t k = 1; k <= 130; k++) {
		float *x = make_vector(k * TJ_LANES, TEST_PLAIN, 3), *y = copy_of(x, k * TJ_LANES);
		test_reference()->normalise(y, k, 1);
		for (size_t j = 0; j < TJ_LANES; j++) {
			double sum = 0;
			for (size_t i = 0; i < k; i++)
				sum += (double)x[i * TJ_LANES + j] * (double)x[i * TJ_LANES + j];
			for (size_t i = 0; i < k; i++) {
				double want = (double)x[i * TJ_LANES + j] / sqrt(sum);
				double got = (double)y[i * TJ_LANES + j];
				double bound = fabs(want) * ((double)k / 2 + 2) * u * EXTRA;
				CHECK(fabs(got - want) <= bound, "k %zu: %.9g, not %.9g +- %.2g", k,
				      got, want, bound);
			}
		}
		test_release();
	}
}

static void compare_length(const struct tj_kernels *kernels, size_t n, enum test_data data)
{
	const float *x = make_vector(n, data, 3);
	float got = kernels->length(x, n), want = test_reference()->length(x, n);
	check_same(kernels, &got, &want, 1, "length", n);
	test_release();
}

ISA_TEST(length, sizes)
{
	for (size_t n = TJ_LANES; n <= 1600; n += TJ_LANES)
		compare_length(kernels, n, n % 3 ? TEST_PLAIN : TEST_WIDE);
}

ISA_TEST(length, special_values)
{
	for (size_t i = 0; i < 900; i++)
		compare_length(kernels, TJ_LANES * test_between(1, 3), TEST_SPECIAL);
}

/* As in normalise, but with the roundings of 16 partial sums and without a quotient. */
Test(length, float64)
{
	for (size_t n = TJ_LANES; n <= 2048; n += TJ_LANES) {
		const float *x = make_vector(n, TEST_PLAIN, 3);
		double sum = 0;
		for (size_t i = 0; i < n; i++)
			sum += (double)x[i] * (double)x[i];
		double got = (double)test_reference()->length(x, n), want = sqrt(sum);
		double bound = want * (roundings(n) / 2 + 1) * u * EXTRA;
		CHECK(fabs(got - want) <= bound, "n %zu: %.9g, not %.9g +- %.2g", n, got, want,
		      bound);
		test_release();
	}
}
