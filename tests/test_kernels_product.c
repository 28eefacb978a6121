/* SPDX-License-Identifier: MIT */
/* The products: every instruction set gives the same bits as the scalar kernels for every small
 * size. The other rows of the batch and the way in which k is split do not matter. */
#include <string.h>

#include "gemm_case.h"

TestSuite(gemm, .init = test_start);
TestSuite(product, .init = test_start);

/* Fewer and more rows than a tile has, and counts around the chunks of 48 rows. */
static const size_t row_counts[] = { 1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,
	                             13, 14, 15, 16, 17, 18, 19, 20, 47, 48, 49, 97 };
enum { N_ROW_COUNTS = sizeof row_counts / sizeof row_counts[0], MAX_SMALL = 130 };

static const enum tj_epilogue epilogues[] = { TJ_EPILOGUE_NONE, TJ_EPILOGUE_TANH, TJ_EPILOGUE_LSTM,
	                                      TJ_EPILOGUE_GRU };
enum { N_EPILOGUES = sizeof epilogues / sizeof epilogues[0] };

/* A GRU has at least two segments, x and h. */
static struct gemm_shape make_shape(enum tj_epilogue e, size_t n_rows, size_t n, size_t k)
{
	struct gemm_shape s = { e, n_rows, n, 1, { k }, TEST_PLAIN, 0, 0 };
	if (e == TJ_EPILOGUE_GRU)
		s.n_segments = 2;
	return s;
}

static void check_equal(const struct gemm_shape *s, const struct tj_kernels *kernels,
                        const struct gemm_result *got, const struct gemm_result *want)
{
	size_t at = test_difference(got->floats, want->floats, want->n_floats);
	CHECK(at == want->n_floats, "%s: float %zu of %zu is %a, not %a, of %s", kernels->name, at,
	      want->n_floats, (double)got->floats[at], (double)want->floats[at],
	      gemm_shape_text(s));
}

static void compare(const struct tj_kernels *kernels, const struct gemm_shape *shape)
{
	struct gemm_case c;
	struct gemm_result got, want;
	if (test_left_out())
		return;
	gemm_case_make(&c, shape);
	gemm_case_run(&c, test_reference(), 0, &want);
	gemm_case_run(&c, kernels, (int)(test_random() % 2), &got);
	check_equal(&c.shape, kernels, &got, &want);
	gemm_case_free(&c);
}

/* Every k with a tenth of the n, and every n with a tenth of the k; row counts take turns. */
static void compare_sizes(const struct tj_kernels *kernels, enum tj_epilogue e)
{
	size_t round = 0;
	for (size_t k = 1; k <= MAX_SMALL; k++)
		for (size_t n = 1 + k % 10; n <= MAX_SMALL; n += 10) {
			size_t n_rows = row_counts[round++ % N_ROW_COUNTS];
			struct gemm_shape s = make_shape(e, n_rows, n, k);
			compare(kernels, &s);
		}
}

ISA_TEST(gemm, sizes_plain)
{
	compare_sizes(kernels, TJ_EPILOGUE_NONE);
}

ISA_TEST(gemm, sizes_tanh)
{
	compare_sizes(kernels, TJ_EPILOGUE_TANH);
}

ISA_TEST(gemm, sizes_lstm)
{
	compare_sizes(kernels, TJ_EPILOGUE_LSTM);
}

ISA_TEST(gemm, sizes_gru)
{
	compare_sizes(kernels, TJ_EPILOGUE_GRU);
}

/* Every tile shape: all numbers of rows with all numbers of panels. */
ISA_TEST(gemm, tiles)
{
	for (size_t e = 0; e < N_EPILOGUES; e++)
		for (size_t r = 0; r < N_ROW_COUNTS; r++)
			for (size_t n_panels = 1; n_panels <= 9; n_panels++) {
				size_t n = n_panels * TJ_LANES - test_between(0, TJ_LANES - 1);
				struct gemm_shape s = make_shape(epilogues[e], row_counts[r], n,
				                                 test_between(1, 40));
				compare(kernels, &s);
			}
}

/* The kernels process k in blocks of 512. */
ISA_TEST(gemm, blocks_of_k)
{
	static const size_t ks[] = { 511, 512, 513, 1025 }, ns[] = { 5, 64, 70 },
			    rows[] = { 1, 7, 49 };
	for (size_t e = 0; e < N_EPILOGUES; e++)
		for (size_t i = 0; i < 4; i++)
			for (size_t j = 0; j < 9; j++) {
				struct gemm_shape s = make_shape(epilogues[e], rows[j / 3],
				                                 ns[j % 3], ks[i]);
				if (j % 2) {
					s.n_segments++;
					s.k[1] = ks[(i + 1) % 4];
				}
				compare(kernels, &s);
			}
}

static struct gemm_shape random_shape(enum tj_epilogue e, size_t max_rows, size_t max_n,
                                      size_t max_k)
{
	struct gemm_shape s = make_shape(e, test_between(1, max_rows), test_between(1, max_n), 1);
	s.n_segments = test_between(s.n_segments, TJ_MAX_SEGMENTS);
	for (size_t i = 0; i < s.n_segments; i++)
		s.k[i] = test_between(1, max_k);
	return s;
}

ISA_TEST(gemm, segments)
{
	for (size_t i = 0; i < 1000; i++) {
		struct gemm_shape s = random_shape(epilogues[i % 4], 20, 80, 40);
		s.is_i8 = i % 3 == 0;
		s.data = i % 5 == 0 ? TEST_WIDE : TEST_PLAIN;
		compare(kernels, &s);
	}
}

ISA_TEST(gemm, special_values)
{
	for (size_t i = 0; i < 1000; i++) {
		struct gemm_shape s = random_shape(epilogues[i % 4], 20, 80, 6);
		s.data = TEST_SPECIAL;
		compare(kernels, &s);
	}
}

EVERY_ISA_TEST(gemm, batch_does_not_matter)
{
	for (size_t i = 0; i < 16; i++) {
		struct gemm_shape s = random_shape(epilogues[i % 4], 1, 150, 60);
		s.n_rows = 97;
		struct gemm_case c;
		struct gemm_result all, alone;
		gemm_case_make(&c, &s);
		gemm_case_run(&c, kernels, 0, &all);
		for (size_t m = 0; m < s.n_rows; m += test_between(1, 3)) {
			/* Alone, or together with some of the rows before it. */
			size_t first = m - test_between(0, i % 2 ? m : 0);
			gemm_case_run_rows(&c, kernels, first, m - first + 1, 0, &alone);
			const float *a = alone.out[m - first];
			CHECK(memcmp(a, all.out[m], c.padded * sizeof *a) == 0,
			      "%s: row %zu differs among rows from %zu on, %s", kernels->name, m,
			      first, gemm_shape_text(&c.shape));
			if (all.cell == NULL)
				continue;
			a = alone.cell[m - first];
			CHECK(memcmp(a, all.cell[m], c.padded * sizeof *a) == 0,
			      "%s: cell %zu differs among rows from %zu on, %s", kernels->name, m,
			      first, gemm_shape_text(&c.shape));
		}
		gemm_case_free(&c);
	}
}

/* Splits the first segment of c in two. c has fewer than four segments; the first has k >= 2. */
static void split_first_segment(struct gemm_case *c, size_t at)
{
	struct tj_gemm *g = &c->gemm;
	size_t n = c->shape.n_segments++;
	memmove(c->sources + 1, c->sources, n * sizeof *c->sources);
	memmove(g->rows + 1, g->rows, n * sizeof *g->rows);
	c->sources[0].k = at;
	c->sources[1].k -= at;
	c->sources[1].first += at;
	const float **rest = test_memory(c->shape.n_rows * sizeof *rest, sizeof *rest);
	for (size_t m = 0; m < c->shape.n_rows; m++)
		rest[m] = g->rows[0][m] + at;
	g->rows[1] = rest;

	struct tj_error err = { 0 };
	tj_weights_free(&c->weights);
	trujaman_status status = tj_weights_pack(&c->weights, gemm_pack_kind(c->shape.epilogue),
	                                         c->shape.n, c->shape.n_segments, c->sources,
	                                         c->bias, c->second_bias, 0, &err);
	CHECK(status == TRUJAMAN_OK, "%s", err.text);
}

EVERY_ISA_TEST(gemm, split_of_k_does_not_matter)
{
	for (size_t i = 0; i < 400; i++) {
		enum tj_epilogue e = epilogues[i % 4];
		struct gemm_shape s = make_shape(e, test_between(1, 20), test_between(1, 100),
		                                 test_between(4, i < 8 ? 1300 : 130));
		struct gemm_case c;
		struct gemm_result whole, split;
		gemm_case_make(&c, &s);
		gemm_case_run(&c, kernels, 0, &whole);
		while (c.shape.n_segments < TJ_MAX_SEGMENTS && c.sources[0].k > 1) {
			split_first_segment(&c, test_between(1, c.sources[0].k - 1));
			gemm_case_run(&c, kernels, 0, &split);
			CHECK(memcmp(split.floats, whole.floats, whole.n_floats * sizeof(float)) ==
			          0,
			      "%s: cut into %zu segments, the first of %zu: %s", kernels->name,
			      c.shape.n_segments, c.sources[0].k, gemm_shape_text(&s));
		}
		gemm_case_free(&c);
	}
}

EVERY_ISA_TEST(gemm, no_rows_write_nothing)
{
	for (size_t e = 0; e < N_EPILOGUES; e++) {
		struct gemm_shape s = make_shape(epilogues[e], 3, 40, 9);
		struct gemm_case c;
		gemm_case_make(&c, &s);
		float *out = test_vector(c.padded), *cell = test_vector(c.padded);
		struct tj_gemm g = c.gemm;
		g.n_rows = 0;
		g.out = &out;
		g.cell_out = &cell;
		kernels->gemm(&g);
		CHECK(test_is_canary(out, c.padded) && test_is_canary(cell, c.padded), "%s",
		      gemm_shape_text(&s));
		gemm_case_free(&c);
	}
}

/* In the padding, weights and biases are 0. Where the old state is 0 too, every epilogue gives 0.
 */
EVERY_ISA_TEST(gemm, padding_is_zero)
{
	for (size_t i = 0; i < 400; i++) {
		struct gemm_shape s = random_shape(epilogues[i % 4], 9, 80, 20);
		struct gemm_case c;
		struct gemm_result r;
		gemm_case_make(&c, &s);
		gemm_case_run(&c, kernels, 0, &r);
		for (size_t m = 0; m < s.n_rows; m++)
			for (size_t j = s.n; j < c.padded; j++)
				CHECK(test_bits(r.out[m][j]) == 0 &&
				          (r.cell == NULL || test_bits(r.cell[m][j]) == 0),
				      "%s: row %zu, column %zu, %s", kernels->name, m, j,
				      gemm_shape_text(&c.shape));
		gemm_case_free(&c);
	}
}

/* --- product --------------------------------------------------------------- */

static float *run_product(const struct tj_kernels *kernels, struct tj_product p)
{
	size_t n = (p.n_rows - 1) * p.ld_out + p.n_panels * TJ_LANES;
	p.out = test_vector(n);
	kernels->product(&p);
	for (size_t m = 0; m + 1 < p.n_rows; m++)
		CHECK(test_is_canary(p.out + m * p.ld_out + p.n_panels * TJ_LANES,
		                     p.ld_out - p.n_panels * TJ_LANES),
		      "%s: written behind row %zu", kernels->name, m);
	return p.out;
}

/* n_rows rows times a row-major matrix whose rows may be longer than the part in use. */
static struct tj_product make_product(size_t n_rows, size_t k, size_t n_panels, enum test_data data)
{
	size_t n = n_panels * TJ_LANES, stride = n + TJ_LANES * test_between(0, 1);
	float *b = test_vector((k - 1) * stride + n);
	test_fill(b, (k - 1) * stride + n, data);
	const float **rows = test_memory(n_rows * sizeof *rows, sizeof *rows);
	float *x = test_floats(n_rows * (k | 1));
	test_fill(x, n_rows * (k | 1), data);
	for (size_t m = 0; m < n_rows; m++)
		rows[m] = x + (n_rows - m) * (k | 1) - k;
	rows[n_rows - 1] = rows[test_between(0, n_rows - 1)];
	return (struct tj_product){ .n_rows = n_rows,
		                    .k = k,
		                    .n_panels = n_panels,
		                    .rows = rows,
		                    .b = b,
		                    .k_stride = stride,
		                    .panel_stride = TJ_LANES,
		                    .ld_out = n + TJ_LANES * test_between(0, 2) };
}

/* The same matrix as panels [k][16]. */
static struct tj_product as_panels(struct tj_product p)
{
	float *b = test_vector(p.n_panels * p.k * TJ_LANES);
	for (size_t panel = 0; panel < p.n_panels; panel++)
		for (size_t i = 0; i < p.k; i++)
			memcpy(b + (panel * p.k + i) * TJ_LANES,
			       p.b + i * p.k_stride + panel * TJ_LANES, TJ_LANES * sizeof *b);
	p.b = b;
	p.k_stride = TJ_LANES;
	p.panel_stride = p.k * TJ_LANES;
	return p;
}

static void compare_product(const struct tj_kernels *kernels, size_t n_rows, size_t k,
                            size_t n_panels, enum test_data data)
{
	struct tj_product p = make_product(n_rows, k, n_panels, data);
	size_t n = (n_rows - 1) * p.ld_out + n_panels * TJ_LANES;
	const float *want = run_product(test_reference(), p);
	for (int panels = 0; panels < 2; panels++) {
		const float *got = run_product(kernels, panels ? as_panels(p) : p);
		size_t at = test_difference(got, want, n);
		CHECK(at == n, "%s, %s: %zu rows, k %zu, %zu panels: float %zu is %a, not %a",
		      kernels->name, panels ? "panels" : "row-major", n_rows, k, n_panels, at,
		      (double)got[at], (double)want[at]);
	}
	test_release();
}

EVERY_ISA_TEST(product, sizes)
{
	for (size_t k = 1; k <= MAX_SMALL; k++)
		for (size_t n_panels = 1; n_panels <= 9; n_panels++)
			compare_product(kernels, row_counts[(k * 9 + n_panels) % N_ROW_COUNTS], k,
			                n_panels, k % 4 == 0 ? TEST_WIDE : TEST_PLAIN);
}

EVERY_ISA_TEST(product, tiles)
{
	for (size_t r = 0; r < N_ROW_COUNTS; r++)
		for (size_t n_panels = 1; n_panels <= 9; n_panels++)
			compare_product(kernels, row_counts[r], test_between(1, 600), n_panels,
			                TEST_PLAIN);
}

EVERY_ISA_TEST(product, special_values)
{
	for (size_t i = 0; i < 600; i++)
		compare_product(kernels, test_between(1, 14), test_between(1, 8),
		                test_between(1, 6), TEST_SPECIAL);
}

EVERY_ISA_TEST(product, batch_does_not_matter)
{
	for (size_t i = 0; i < 12; i++) {
		struct tj_product p = make_product(97, test_between(1, 600), test_between(1, 7),
		                                   TEST_PLAIN);
		if (i % 2)
			p = as_panels(p);
		const float *all = run_product(kernels, p);
		struct tj_product one = p;
		one.n_rows = 1;
		for (size_t m = 0; m < p.n_rows; m += test_between(1, 5)) {
			one.rows = p.rows + m;
			const float *alone = run_product(kernels, one);
			CHECK(memcmp(alone, all + m * p.ld_out,
			             p.n_panels * TJ_LANES * sizeof *alone) == 0,
			      "%s: row %zu, k %zu, %zu panels", kernels->name, m, p.k, p.n_panels);
		}
		test_release();
	}
}

/* The equation itself, on integers, where float32 is exact. */
EVERY_ISA_TEST(product, exact_on_integers)
{
	for (size_t i = 0; i < 100; i++) {
		struct tj_product p = make_product(test_between(1, 20), test_between(1, 300),
		                                   test_between(1, 6), TEST_INTEGERS);
		const float *out = run_product(kernels, p);
		for (size_t m = 0; m < p.n_rows; m++)
			for (size_t j = 0; j < p.n_panels * TJ_LANES; j++) {
				int sum = 0;
				for (size_t a = 0; a < p.k; a++)
					sum += (int)p.rows[m][a] * (int)p.b[a * p.k_stride + j];
				CHECK(out[m * p.ld_out + j] == (float)sum,
				      "%s: row %zu, column %zu is %g, not %d", kernels->name, m, j,
				      (double)out[m * p.ld_out + j], sum);
			}
		test_release();
	}
}
