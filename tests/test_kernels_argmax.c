/* SPDX-License-Identifier: MIT */
/* The epilogue that keeps only the largest sum must give what top_k finds among the sums of a
 * plain product. */
#include <math.h>
#include <string.h>

#include "gemm_case.h"
#include "src/base/memory.h"

TestSuite(argmax, .init = test_start);

static void compare_rows(const struct tj_kernels *kernels, const struct gemm_case *c,
                         const struct gemm_result *plain, int32_t banned)
{
	const struct gemm_shape *s = &c->shape;
	struct tj_gemm g = c->gemm;
	g.epilogue = TJ_EPILOGUE_ARGMAX;
	g.best = test_memory(s->n_rows * sizeof *g.best, sizeof(float));
	g.banned = banned;
	if (s->int8) {
		g.weights = gemm_case_weights(c, kernels);
		g.scratch = test_memory(tj_gemm_scratch(g.weights), 64);
	}
	kernels->gemm(&g);
	for (size_t m = 0; m < s->n_rows; m++) {
		int32_t index = -1;
		float value = -INFINITY;
		kernels->top_k(plain->out[m], c->padded, banned, 1, &index, &value);
		CHECK(g.best[m].index == index && test_bits(g.best[m].value) == test_bits(value),
		      "%s: row %zu: %d with %a, not %d with %a, banned %d, %s", kernels->name, m,
		      (int)g.best[m].index, (double)g.best[m].value, (int)index, (double)value,
		      (int)banned, gemm_shape_text(s));
	}
}

/* Compares with nothing banned, with the winner of the first row banned, and with 0 banned. */
static void compare(const struct tj_kernels *kernels, const struct gemm_shape *shape)
{
	struct gemm_case c;
	struct gemm_result plain;
	int32_t index = -1;
	float value;
	gemm_case_make(&c, shape);
	gemm_case_run(&c, kernels, 0, &plain);
	compare_rows(kernels, &c, &plain, -1);
	kernels->top_k(plain.out[0], c.padded, -1, 1, &index, &value);
	compare_rows(kernels, &c, &plain, index);
	compare_rows(kernels, &c, &plain, 0);
	gemm_case_free(&c);
}

static void compare_shapes(const struct tj_kernels *kernels, int int8, enum test_data data,
                           size_t n_shapes)
{
	for (size_t i = 0; i < n_shapes; i++) {
		struct gemm_shape s = { TJ_EPILOGUE_NONE,
			                test_between(1, 130),
			                test_between(1, 300),
			                test_between(1, 3),
			                { 0 },
			                data,
			                (int)(i % 2),
			                int8 };
		for (size_t j = 0; j < s.n_segments; j++)
			s.k[j] = test_between(1, 40);
		compare(kernels, &s);
	}
}

EVERY_ISA_TEST(argmax, float32)
{
	compare_shapes(kernels, 0, TEST_PLAIN, 150);
}

EVERY_ISA_TEST(argmax, int8)
{
	compare_shapes(kernels, 1, TEST_PLAIN, 150);
}

/* Among equal sums the first one wins. */
EVERY_ISA_TEST(argmax, ties)
{
	compare_shapes(kernels, 0, TEST_INTEGERS, 150);
}

/* NaN and -inf never win. A row of nothing else has no best index. */
EVERY_ISA_TEST(argmax, special_values)
{
	compare_shapes(kernels, 0, TEST_SPECIAL, 150);
}
