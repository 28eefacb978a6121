/* SPDX-License-Identifier: MIT */
/* Checks a training kernel against the scalar kernel, its equations and central differences. */
#include "kernel_case.h"

#include <string.h>

void check_near(double got, struct num want, const char *what, size_t n, size_t at)
{
	CHECK(fabs(got - want.value) <= want.error,
	      "%s, n %zu: number %zu is %.9g, not %.9g +- %.2g", what, n, at, got, want.value,
	      want.error);
}

struct kernel_call kernel_case_make(const struct kernel_case *s, size_t n, enum test_data data)
{
	static const enum tj_score_activation activations[] = { TJ_SCORE_TANH, TJ_SCORE_SIGMOID,
		                                                TJ_SCORE_RELU };
	struct kernel_call c = { .n = n, .n_words = n - test_between(0, TJ_LANES - 1) };
	for (size_t i = 0; i < KERNEL_ARRAYS; i++) {
		c.x[i] = s->rows[i] > 0 ? test_vector(s->rows[i] * n) : NULL;
		test_fill(c.x[i], s->rows[i] * n, data);
	}
	test_fill(&c.factor, 1, data);
	c.g = activations[test_between(0, 2)];
	c.adam = (struct tj_adam){ 0.01f, 0.9f, 0.98f, 1e-6f, 0.19f, 0.04f, 0.75f };
	size_t targets[] = { 0, c.n_words - 1, test_between(0, c.n_words - 1) };
	c.target = (int32_t)targets[test_between(0, 2)];
	c.loss.smoothing = test_between(0, 1) ? 0.1f : 0;
	c.loss.scale = 0.25f;
	return c;
}

struct kernel_call kernel_case_copy(const struct kernel_case *s, const struct kernel_call *from)
{
	struct kernel_call c = *from;
	for (size_t i = 0; i < KERNEL_ARRAYS; i++)
		if (s->rows[i] > 0)
			c.x[i] = memcpy(test_vector(s->rows[i] * c.n), c.x[i],
			                s->rows[i] * c.n * sizeof *c.x[i]);
	return c;
}

static void compare_call(const struct tj_kernels *kernels, const struct kernel_case *s,
                         const struct kernel_call *c)
{
	struct kernel_call got = kernel_case_copy(s, c), want = kernel_case_copy(s, c);
	s->run(kernels, &got);
	s->run(test_reference(), &want);
	for (size_t i = 0; i < KERNEL_ARRAYS && s->rows[i] > 0; i++) {
		size_t n = s->rows[i] * c->n;
		const float *x = s->written >> i & 1 ? want.x[i] : c->x[i];
		size_t at = test_difference(got.x[i], x, n);
		CHECK(at == n, "%s %s, n %zu: array %zu: float %zu is %a, not %a", kernels->name,
		      s->name, c->n, i, at, (double)got.x[i][at], (double)x[at]);
	}
	for (size_t i = 0; i < 2; i++)
		CHECK(memcmp(&got.result[i], &want.result[i], sizeof *want.result) == 0 ||
		          (isnan(got.result[i]) && isnan(want.result[i])),
		      "%s %s, n %zu: result %zu is %a, not %a", kernels->name, s->name, c->n, i,
		      got.result[i], want.result[i]);
}

void kernel_case_compare(const struct tj_kernels *kernels, const struct kernel_case *s)
{
	static const enum test_data data[] = { TEST_PLAIN, TEST_WIDE, TEST_SPECIAL, TEST_SPECIAL };
	for (size_t n = TJ_LANES; n <= KERNEL_MOST; n += TJ_LANES)
		for (int i = 0; i < 4; i++) {
			/* Special numbers at small sizes only: many of them give NaN. */
			size_t size = i < 2 ? n : TJ_LANES * test_between(1, 3);
			struct kernel_call c = kernel_case_make(s, size, data[i]);
			compare_call(kernels, s, &c);
			test_release();
		}
}

/* Makes plain numbers, except for half a vector of padding (zeros) at the end of each row. */
static struct kernel_call make_padded(const struct kernel_case *s, size_t n)
{
	struct kernel_call c = kernel_case_make(s, n, TEST_PLAIN);
	for (size_t i = 0; i < KERNEL_ARRAYS; i++)
		for (size_t row = 0; row < s->rows[i]; row++)
			for (size_t j = n - TJ_LANES / 2; j < n; j++)
				c.x[i][row * n + j] = 0;
	if (s->prepare != NULL)
		s->prepare(s, &c);
	return c;
}

static void check_differences(const struct kernel_case *s, const struct kernel_call *c, size_t j,
                              const struct num *gradient)
{
	static const double step = 1e-5; /* the error of the quotient is of order step^2 */
	double at[KERNEL_INPUTS];
	s->point(c, j, at);
	for (size_t i = 0; i < s->n_inputs; i++) {
		double x = at[i], want = gradient[i].value;
		at[i] = x + step;
		double above = s->objective(c, j, at);
		at[i] = x - step;
		double slope = (above - s->objective(c, j, at)) / (2 * step);
		at[i] = x;
		CHECK(fabs(slope - want) <= 1e-8 * (1 + fabs(want)),
		      "%s: unit %zu: slope %zu is %.12g, not %.12g", s->name, j, i, slope, want);
	}
}

void kernel_case_check(const struct kernel_case *s)
{
	for (size_t n = TJ_LANES; n <= KERNEL_MOST; n += TJ_LANES) {
		struct kernel_call before = make_padded(s, n), c = kernel_case_copy(s, &before);
		struct num out[KERNEL_OUTPUTS], terms[KERNEL_MOST];
		s->run(test_reference(), &c);
		for (size_t j = 0; j < n; j++) {
			s->unit(&before, j, out);
			terms[j] = out[0];
			if (s->n_inputs > 0)
				check_differences(s, &before, j, out);
			for (size_t i = 0, k = 0; i < KERNEL_ARRAYS; i++)
				for (size_t row = 0; s->written >> i & 1 && row < s->rows[i]; row++)
					check_near((double)c.x[i][row * n + j], out[k++], s->name,
					           n, row * n + j);
		}
		if (s->is_sum)
			check_near(c.result[0], sum_of(terms, n), s->name, n, 0);
		test_release();
	}
}
