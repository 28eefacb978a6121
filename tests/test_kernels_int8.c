/* SPDX-License-Identifier: MIT */
/* Integer products: every instruction set gives the same bits as the scalar kernels. These round
 * as simd/kernels.h specifies, which is recomputed here in another way. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "gemm_case.h"
#include "simd/pack_int8.h"
#include "src/base/memory.h"

TestSuite(int8, .init = test_start);

/* Counts around the tiles' edges and around the chunks of 64 rows. */
static const size_t row_counts[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 17, 63, 64, 65, 130 };
enum { LARGEST = 127 };
enum { N_ROW_COUNTS = sizeof row_counts / sizeof row_counts[0], MAX_SMALL = 130 };

static struct gemm_shape make_shape(enum tj_epilogue e, size_t n_rows, size_t n, size_t k)
{
	struct gemm_shape s = { e, n_rows, n, 1, { k }, TEST_PLAIN, (int)(test_random() % 2), 1 };
	if (e == TJ_EPILOGUE_GRU)
		s.n_segments = 2;
	return s;
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
	size_t at = test_difference(got.floats, want.floats, want.n_floats);
	CHECK(at == want.n_floats, "%s: float %zu of %zu is %a, not %a, of %s", kernels->name, at,
	      want.n_floats, (double)got.floats[at], (double)want.floats[at],
	      gemm_shape_text(&c.shape));
	gemm_case_free(&c);
}

static void compare_sizes(const struct tj_kernels *kernels, enum tj_epilogue e)
{
	size_t round = 0;
	for (size_t k = 1; k <= MAX_SMALL; k++)
		for (size_t n = 1 + k % 10; n <= MAX_SMALL; n += 10) {
			struct gemm_shape s = make_shape(e, row_counts[round++ % N_ROW_COUNTS], n,
			                                 k);
			compare(kernels, &s);
		}
}

ISA_TEST(int8, sizes_plain)
{
	compare_sizes(kernels, TJ_EPILOGUE_NONE);
}

ISA_TEST(int8, sizes_tanh)
{
	compare_sizes(kernels, TJ_EPILOGUE_TANH);
}

ISA_TEST(int8, sizes_lstm)
{
	compare_sizes(kernels, TJ_EPILOGUE_LSTM);
}

ISA_TEST(int8, sizes_gru)
{
	compare_sizes(kernels, TJ_EPILOGUE_GRU);
}

ISA_TEST(int8, random_shapes)
{
	for (int i = 0; i < 100; i++) {
		struct gemm_shape s = make_shape((enum tj_epilogue)(i % 4), test_between(1, 150),
		                                 test_between(1, 150), 1);
		s.n_segments = test_between(s.n_segments, TJ_MAX_SEGMENTS);
		s.data = i % 3 ? TEST_PLAIN : TEST_WIDE;
		for (size_t j = 0; j < s.n_segments; j++)
			s.k[j] = test_between(1, 700);
		compare(kernels, &s);
	}
}

/* A row's result does not depend on the other rows. */
EVERY_ISA_TEST(int8, rows_alone)
{
	for (int e = 0; e < 4; e++) {
		struct gemm_shape s = make_shape((enum tj_epilogue)e, 67, 40, 75);
		struct gemm_case c;
		struct gemm_result all, one;
		gemm_case_make(&c, &s);
		gemm_case_run(&c, kernels, 0, &all);
		for (size_t m = 0; m < s.n_rows; m++) {
			gemm_case_run_rows(&c, kernels, m, 1, 0, &one);
			CHECK(memcmp(one.out[0], all.out[m], c.padded * sizeof(float)) == 0,
			      "%s: row %zu of %s", kernels->name, m, gemm_shape_text(&s));
		}
		gemm_case_free(&c);
	}
}

/* One product of k inputs with n columns of int8 weights with scale 1, without a bias. */
static void run_plain(const struct tj_kernels *kernels, size_t n, size_t k, const int8_t *weights,
                      const float *inputs, float *out)
{
	float *scales = test_floats(n);
	for (size_t i = 0; i < n; i++)
		scales[i] = 1;
	struct tj_matrix m = { weights, scales, n, k };
	struct tj_pack_source source = { &m, 0, k };
	struct tj_weights w;
	struct tj_error err = { 0 };
	CHECK(tj_weights_pack_int8(&w, TJ_PACK_PLAIN, n, 1, &source, NULL, NULL, 0,
	                           kernels->int8_layout, &err) == TRUJAMAN_OK,
	      "%s", err.text);
	const float *const row = inputs;
	kernels->gemm(&(struct tj_gemm){ .n_rows = 1,
	                                 .weights = &w,
	                                 .rows = { &row },
	                                 .out = &out,
	                                 .scratch = test_memory(tj_gemm_scratch(&w), 64) });
	tj_weights_free(&w);
}

/* The largest possible sums of two, four and k products: no intermediate result saturates. */
EVERY_ISA_TEST(int8, extremes)
{
	enum { N = 48, K = 3001 };
	int8_t *weights = test_memory(N * K, 1);
	float *inputs = test_floats(K), *out = test_vector(N);
	for (int pattern = 0; pattern < 16; pattern++) {
		for (size_t i = 0; i < K; i++)
			inputs[i] = pattern >> i % 2 & 1 ? -1.0f : 1.0f;
		for (size_t n = 0; n < N; n++)
			for (size_t i = 0; i < K; i++)
				weights[n * K + i] = pattern >> (2 + (i + n) % 2) & 1 ? -127 : 127;
		run_plain(kernels, N, K, weights, inputs, out);
		for (size_t n = 0; n < N; n++) {
			int64_t sum = 0;
			for (size_t i = 0; i < K; i++)
				sum += (int64_t)weights[n * K + i] * (inputs[i] > 0 ? 127 : -127);
			float want = fmaf((float)sum, 1.0f / 127.0f, 0.0f);
			CHECK(out[n] == want, "%s: pattern %d, column %zu: %a, not %a",
			      kernels->name, pattern, n, (double)out[n], (double)want);
		}
	}
	test_release();
}

/* Recomputes the documented rounding value by value. */
EVERY_ISA_TEST(int8, rounding)
{
	enum { K = 200 };
	for (int round = 0; round < 200; round++, test_release()) {
		int8_t *weights = test_memory(16 * K, 1);
		float *inputs = test_floats(K), *out = test_vector(16), largest = 0;
		test_fill(inputs, K, round % 2 ? TEST_WIDE : TEST_PLAIN);
		if (round == 0)
			memset(inputs, 0, K * sizeof *inputs);
		for (size_t i = 0; i < 16 * K; i++)
			weights[i] = (int8_t)((int)test_between(0, 254) - 127);
		for (size_t i = 0; i < K; i++)
			largest = fabsf(inputs[i]) > largest ? fabsf(inputs[i]) : largest;
		run_plain(kernels, 16, K, weights, inputs, out);
		for (size_t n = 0; n < 16; n++) {
			int64_t sum = 0;
			for (size_t i = 0; i < K; i++) {
				float by = largest > 0 ? 127.0f / largest : 0.0f;
				sum += weights[n * K + i] * (int64_t)nearbyintf(inputs[i] * by);
			}
			float want = fmaf((float)sum, largest / 127.0f, 0.0f);
			CHECK(out[n] == want, "%s: round %d, column %zu: %a, not %a", kernels->name,
			      round, n, (double)out[n], (double)want);
		}
	}
}

/* Rows of tiny and denormal numbers, with zeros among them. 127 / a is infinite for a below about
 * 3.7e-37, and infinity times zero is NaN, which instruction sets round differently. */
EVERY_ISA_TEST(int8, tiny_rows)
{
	enum { N = 32, K = 83, LEAST = -149, MOST = -110 };
	int8_t *weights = test_memory(N * K, 1);
	float *inputs = test_floats(K), *out = test_vector(N), *want = test_vector(N);
	for (size_t i = 0; i < N * K; i++)
		weights[i] = (int8_t)((int)test_between(0, 254) - 127);
	for (int exponent = LEAST; exponent <= MOST; exponent++)
		for (size_t zeros = 0; zeros <= K; zeros += K / 3) {
			float a = 1.75f * ldexpf(1.0f, exponent);
			test_fill(inputs, K, TEST_PLAIN);
			for (size_t i = 0; i < K; i++)
				inputs[i] = i < zeros ? 0.0f : inputs[i] * a;
			inputs[K - 1] = -a;
			run_plain(kernels, N, K, weights, inputs, out);
			run_plain(test_reference(), N, K, weights, inputs, want);
			for (size_t n = 0; n < N; n++) {
				CHECK(test_bits(out[n]) == test_bits(want[n]),
				      "%s: 2^%d, %zu zeros, column %zu: %a, not %a", kernels->name,
				      exponent, zeros, n, (double)out[n], (double)want[n]);
				CHECK(a / 127 >= FLT_MIN || test_bits(out[n]) == 0,
				      "%s: 2^%d: %a, not 0", kernels->name, exponent,
				      (double)out[n]);
			}
		}
	test_release();
}

/* A product of something infinite is NaN or infinite, but the same on every instruction set. */
EVERY_ISA_TEST(int8, infinite_rows)
{
	enum { N = 16, K = 70 };
	int8_t *weights = test_memory(N * K, 1);
	float *inputs = test_floats(K), *out = test_vector(N), *want = test_vector(N);
	for (size_t at = 0; at < K; at++) {
		for (size_t i = 0; i < N * K; i++)
			weights[i] = (int8_t)((int)test_between(0, 254) - 127);
		test_fill(inputs, K, TEST_PLAIN);
		inputs[at] = at % 2 ? -INFINITY : INFINITY;
		run_plain(kernels, N, K, weights, inputs, out);
		run_plain(test_reference(), N, K, weights, inputs, want);
		CHECK(test_difference(out, want, N) == N, "%s: infinity at %zu", kernels->name, at);
	}
	test_release();
}

Test(int8, quantised_rows)
{
	for (int round = 0; round < 500; round++, test_release()) {
		size_t n = test_between(1, 100);
		float *x = test_floats(n), scale, largest = 0;
		int8_t *q = test_memory(n, 1);
		test_fill(x, n, round % 2 ? TEST_WIDE : TEST_PLAIN);
		if (round == 0)
			memset(x, 0, n * sizeof *x);
		tj_quantize_row(x, n, q, &scale);
		for (size_t i = 0; i < n; i++) {
			largest = fabsf(x[i]) > largest ? fabsf(x[i]) : largest;
			CHECK(q[i] >= -127, "%d", q[i]);
			CHECK(fabs((double)q[i] * scale - x[i]) <= 0.5000001 * scale,
			      "%g as %d of %g", (double)x[i], q[i], (double)scale);
		}
		CHECK(scale == (largest > 0 ? largest / LARGEST : 1.0f), "%a", (double)scale);
	}
}
