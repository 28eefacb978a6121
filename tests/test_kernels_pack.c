/* SPDX-License-Identifier: MIT */
/* Packed weights: the scalar product of what tj_weights_pack made, against the equations in
 * float64 evaluated on the unpacked matrices. This tests the packing and the scalar kernels'
 * products together. test_kernels_product.c checks that the other instruction sets give the same
 * bits. */
#include <math.h>
#include <string.h>

#include "gemm_case.h"
#include "simd/pack_int8.h"
#include "src/base/memory.h"

TestSuite(matrix, .init = test_start);
TestSuite(pack, .init = test_start);
TestSuite(equations, .init = test_start);

/* --- tj_matrix_read -------------------------------------------------------- */

/* Row-major data at every address modulo 4; any range of any row. */
Test(matrix, f32_bits_unaligned)
{
	enum { ROWS = 7, COLUMNS = 13 };
	float want[ROWS * COLUMNS];
	for (size_t shift = 0; shift < 4; shift++) {
		char *data = test_memory(sizeof want + shift, 1);
		for (size_t i = 0; i < ROWS * COLUMNS; i++)
			want[i] = test_of_bits((uint32_t)test_random());
		memcpy(data + shift, want, sizeof want);
		struct tj_matrix m = { data + shift, NULL, ROWS, COLUMNS };
		for (size_t row = 0; row < ROWS; row++)
			for (size_t first = 0; first < COLUMNS; first++) {
				size_t k = COLUMNS - first - row % 2 * (COLUMNS - first) / 2;
				float *out = test_floats(k);
				tj_matrix_read(&m, row, first, k, out);
				CHECK(memcmp(out, want + row * COLUMNS + first, k * sizeof *out) ==
				          0,
				      "row %zu, %zu columns from %zu on, shift %zu", row, k, first,
				      shift);
			}
		test_release();
	}
}

Test(matrix, i8_times_scale)
{
	enum { ROWS = 5, COLUMNS = 255 };
	signed char *data = test_memory(ROWS * COLUMNS, 1);
	char *scales = test_memory(ROWS * sizeof(float) + 1, 1);
	float scale[ROWS], *out = test_floats(COLUMNS);
	test_fill(scale, ROWS, TEST_WIDE);
	memcpy(scales + 1, scale, sizeof scale);
	for (int i = 0; i < ROWS * COLUMNS; i++)
		data[i] = (signed char)(i % COLUMNS - 127);
	struct tj_matrix m = { data, scales + 1, ROWS, COLUMNS };
	for (size_t row = 0; row < ROWS; row++)
		for (size_t first = 0; first < COLUMNS; first += 51) {
			tj_matrix_read(&m, row, first, COLUMNS - first, out);
			for (size_t i = first; i < COLUMNS; i++)
				CHECK(test_bits(out[i - first]) ==
				          test_bits(scale[row] * (float)((int)i - 127)),
				      "row %zu, column %zu: %a", row, i, (double)out[i - first]);
		}
	test_release();
}

/* --- Plain evaluation of the equations ------------------------------------- */

static const double u = 0x1p-24; /* largest relative error of one rounding */

/* A value, and the largest error that float32 arithmetic may add to it. */
struct bounded {
	double value, bound;
};

static double weight(const struct tj_matrix *m, size_t row, size_t column)
{
	size_t at = row * m->n_columns + column;
	float x;
	if (m->scales == NULL) {
		memcpy(&x, (const char *)m->data + at * sizeof x, sizeof x);
		return (double)x;
	}
	memcpy(&x, (const char *)m->scales + row * sizeof x, sizeof x);
	return (double)x * ((const signed char *)m->data)[at];
}

/* The sum `row` over segments first to end - 1, for row m of the case, plus the biases. A chain
 * of k fused multiply-adds rounds k times. Each rounding changes a partial sum relatively by u,
 * and no partial sum exceeds M, the sum of all magnitudes. Adding two biases is one more
 * rounding, and in int8 the product of scale and integer is another: (k + 2) u M. Two more u M
 * cover the products of such errors, as long as k u is small. */
static struct bounded plain_sum(const struct gemm_case *c, size_t row, size_t m, size_t first,
                                size_t end, int with_bias, int with_second_bias)
{
	double sum = 0, magnitude = 0;
	size_t k = 0;
	if (with_bias)
		sum = (double)c->bias[row], magnitude = fabs(sum);
	if (with_second_bias)
		sum += (double)c->second_bias[row], magnitude += fabs((double)c->second_bias[row]);
	for (size_t s = first; s < end; s++) {
		const struct tj_pack_source *p = &c->sources[s];
		for (size_t i = 0; i < p->k; i++) {
			double x = weight(p->matrix, row, p->first + i) *
			           (double)c->gemm.rows[s][m][i];
			sum += x;
			magnitude += fabs(x);
		}
		k += p->k;
	}
	return (struct bounded){ sum, (double)(k + 4) * u * magnitude };
}

static struct bounded all_segments(const struct gemm_case *c, size_t row, size_t m)
{
	return plain_sum(c, row, m, 0, c->shape.n_segments, 1, 1);
}

/* tanh does not enlarge an error; sigmoid passes on a quarter of it. They add relative errors of
 * 2 u and 4 u (test_kernels_elementary.c), taken here as absolute errors for results up to 1. */
static struct bounded plain_tanh(struct bounded x)
{
	return (struct bounded){ tanh(x.value), x.bound + 2.01 * u };
}

static struct bounded plain_sigmoid(struct bounded x)
{
	return (struct bounded){ 1 / (1 + exp(-x.value)), x.bound / 4 + 4.01 * u };
}

/* a b without a rounding. */
static struct bounded times(struct bounded a, struct bounded b)
{
	return (struct bounded){ a.value * b.value, fabs(a.value) * b.bound +
		                                        fabs(b.value) * a.bound +
		                                        a.bound * b.bound };
}

static struct bounded plus(struct bounded a, struct bounded b)
{
	return (struct bounded){ a.value + b.value, a.bound + b.bound };
}

static struct bounded rounded(struct bounded x)
{
	x.bound += u * (fabs(x.value) + x.bound);
	return x;
}

static void check_near(const struct gemm_case *c, const char *what, size_t m, size_t j, float got,
                       struct bounded want)
{
	CHECK(fabs((double)got - want.value) <= want.bound,
	      "%s %zu of row %zu is %.9g, not %.9g +- %.2g; %s", what, j, m, (double)got,
	      want.value, want.bound, gemm_shape_text(&c->shape));
}

static void check_plain(const struct gemm_case *c, const struct gemm_result *r, size_t m, size_t j)
{
	struct bounded sum = all_segments(c, j, m);
	if (c->shape.epilogue == TJ_EPILOGUE_TANH)
		sum = plain_tanh(sum);
	check_near(c, "output", m, j, r->out[m][j], sum);
}

/* Gate rows i, f, g, o. c' = f c + i g; the kernel rounds i g and then the sum. */
static void check_lstm(const struct gemm_case *c, const struct gemm_result *r, size_t m, size_t j)
{
	size_t n = c->shape.n;
	struct bounded i = plain_sigmoid(all_segments(c, j, m));
	struct bounded f = plain_sigmoid(all_segments(c, n + j, m));
	struct bounded g = plain_tanh(all_segments(c, 2 * n + j, m));
	struct bounded o = plain_sigmoid(all_segments(c, 3 * n + j, m));
	struct bounded before = { (double)c->gemm.cell_in[m][j], 0 };
	struct bounded cell = rounded(plus(times(f, before), rounded(times(i, g))));
	check_near(c, "cell", m, j, r->cell[m][j], cell);
	check_near(c, "output", m, j, r->out[m][j], rounded(times(o, plain_tanh(cell))));
}

/* Gate rows r, z, n. h' = (1 - z) n + z h. The kernel computes n + z (h - n), rounding h - n and
 * then the sum. The error is that of z times h - n, that of n times 1 - z, and the roundings. */
static void check_gru(const struct gemm_case *c, const struct gemm_result *out, size_t m, size_t j)
{
	size_t n_units = c->shape.n, last = c->shape.n_segments - 1;
	struct bounded r = plain_sigmoid(all_segments(c, j, m));
	struct bounded z = plain_sigmoid(all_segments(c, n_units + j, m));
	struct bounded n_x = plain_sum(c, 2 * n_units + j, m, 0, last, 1, 0);
	struct bounded n_h = plain_sum(c, 2 * n_units + j, m, last, last + 1, 0, 1);
	struct bounded n = plain_tanh(rounded(plus(n_x, times(r, n_h))));
	double h = (double)c->gemm.rows[last][m][j], by = h - n.value;
	struct bounded want = { (1 - z.value) * n.value + z.value * h,
		                fabs(by) * (z.bound + u) + (1 - z.value + z.bound + u) * n.bound };
	check_near(c, "output", m, j, out->out[m][j], rounded(want));
}

static void check_case(const struct gemm_shape *shape)
{
	struct gemm_case c;
	struct gemm_result r;
	gemm_case_make(&c, shape);
	gemm_case_run(&c, test_reference(), 0, &r);
	for (size_t m = 0; m < c.shape.n_rows; m++)
		for (size_t j = 0; j < c.shape.n; j++)
			(c.shape.epilogue == TJ_EPILOGUE_LSTM  ? check_lstm
			 : c.shape.epilogue == TJ_EPILOGUE_GRU ? check_gru
			                                       : check_plain)(&c, &r, m, j);
	gemm_case_free(&c);
}

/* Every n from 1 to 130, float32 and int8, 1 to 4 segments (GRU: 2 to 4). */
static void check_equations(enum tj_epilogue e)
{
	for (size_t n = 1; n <= 130; n++) {
		struct gemm_shape s = { .epilogue = e,
			                .n_rows = test_between(1, 8),
			                .n = n,
			                .data = TEST_PLAIN,
			                .is_i8 = (int)(n & 1) };
		s.n_segments = test_between(e == TJ_EPILOGUE_GRU ? 2 : 1, TJ_MAX_SEGMENTS);
		for (size_t i = 0; i < s.n_segments; i++)
			s.k[i] = test_between(1, n % 26 == 0 ? 600 : 40);
		check_case(&s);
	}
}

Test(equations, plain)
{
	check_equations(TJ_EPILOGUE_NONE);
}

Test(equations, tanh)
{
	check_equations(TJ_EPILOGUE_TANH);
}

Test(equations, lstm)
{
	check_equations(TJ_EPILOGUE_LSTM);
}

Test(equations, gru)
{
	check_equations(TJ_EPILOGUE_GRU);
}

/* On integers float32 is exact: every plain sum must be the exact number. */
Test(equations, exact_on_integers)
{
	for (size_t n = 1; n <= 130; n++) {
		struct gemm_shape s = { TJ_EPILOGUE_NONE,
			                7,
			                n,
			                2,
			                { test_between(1, 130), test_between(1, 130) },
			                TEST_INTEGERS,
			                (int)(n & 1),
			                0 };
		struct gemm_case c;
		struct gemm_result r;
		gemm_case_make(&c, &s);
		gemm_case_run(&c, test_reference(), 0, &r);
		for (size_t m = 0; m < s.n_rows; m++)
			for (size_t j = 0; j < n; j++) {
				double want = all_segments(&c, j, m).value;
				CHECK((double)r.out[m][j] == want,
				      "output %zu of row %zu is %g, not %g", j, m,
				      (double)r.out[m][j], want);
			}
		gemm_case_free(&c);
	}
}

/* --- Biases, padding, layout ----------------------------------------------- */

/* The outputs for one row of zeros: what the biases alone give. */
static float *run_biases(struct tj_weights *w, enum tj_epilogue e, const float *zeros)
{
	size_t padded = tj_round_up(w->n, TJ_LANES);
	float *out = test_vector(padded), *cell = test_vector(padded);
	struct tj_gemm g = { .n_rows = 1,
		             .weights = w,
		             .epilogue = e,
		             .out = &out,
		             .cell_in = &zeros,
		             .cell_out = &cell };
	for (size_t s = 0; s < w->n_segments; s++)
		g.rows[s] = &zeros;
	test_reference()->gemm(&g);
	return out;
}

static float *zero_vector(size_t n)
{
	return memset(test_vector(n), 0, n * sizeof(float));
}

/* Bit i of `given` says whether biases[i] is passed. */
static void check_biases(size_t n, float *const biases[2], int given, float padding)
{
	size_t padded = tj_round_up(n, TJ_LANES);
	const float *zeros = zero_vector(padded);
	struct tj_matrix m = { zeros, NULL, n, 1 };
	struct tj_pack_source source = { &m, 0, 1 };
	const char *bytes[2] = { NULL, NULL };
	for (int i = 0; i < 2; i++)
		if (given >> i & 1)
			bytes[i] = memcpy((char *)test_memory(n * sizeof(float) + 1, 1) + 1,
			                  biases[i], n * sizeof(float));
	struct tj_weights w;
	struct tj_error err = { 0 };
	CHECK(tj_weights_pack(&w, TJ_PACK_PLAIN, n, 1, &source, bytes[0], bytes[1], padding,
	                      &err) == TRUJAMAN_OK,
	      "%s", err.text);
	const float *out = run_biases(&w, TJ_EPILOGUE_NONE, zeros);
	for (size_t j = 0; j < padded; j++) {
		float want = padding;
		if (j < n)
			want = (given & 1 ? biases[0][j] : 0) + (given & 2 ? biases[1][j] : 0);
		CHECK(test_bits(out[j]) == test_bits(want),
		      "n %zu, biases %d: output %zu is %a, not %a", n, given, j, (double)out[j],
		      (double)want);
	}
	tj_weights_free(&w);
}

/* No bias, one or both, at odd addresses. Padding outputs must get the requested value. */
Test(pack, plain_biases)
{
	for (size_t n = 1; n <= 130; n++) {
		float *biases[2] = { test_floats(n), test_floats(n) };
		test_fill(biases[0], n, TEST_WIDE);
		test_fill(biases[1], n, TEST_WIDE);
		for (int given = 0; given < 4; given++)
			check_biases(n, biases, given, n % 2 ? -INFINITY : 0.0f);
		test_release();
	}
}

/* b_hh's part of n is multiplied by the reset gate, b_ih's part is not. With all weights zero, r
 * 1 or 0, and z 0, h' is tanh(b_in + r b_hn). */
Test(pack, gru_reset_gate_sees_only_hidden)
{
	enum { N = 19 };
	const float *zeros = zero_vector(3 * N * N + 16);
	struct tj_matrix x = { zeros, NULL, 3 * N, 4 }, h = { zeros, NULL, 3 * N, N };
	const struct tj_pack_source sources[2] = { { &x, 0, 4 }, { &h, 0, N } };
	for (int open = 0; open < 2; open++) {
		float b_ih[3 * N], b_hh[3 * N];
		struct tj_weights w;
		struct tj_error err = { 0 };
		test_fill(b_ih, 3 * N, TEST_PLAIN);
		test_fill(b_hh, 3 * N, TEST_PLAIN);
		for (size_t j = 0; j < N; j++) {
			b_ih[j] = open ? 200.0f : -200.0f;
			b_ih[N + j] = -200;
		}
		CHECK(tj_weights_pack(&w, TJ_PACK_GRU, N, 2, sources, b_ih, b_hh, 0, &err) ==
		          TRUJAMAN_OK,
		      "%s", err.text);
		const float *out = run_biases(&w, TJ_EPILOGUE_GRU, zeros);
		for (size_t j = 0; j < N; j++) {
			double n_x = (double)b_ih[2 * N + j], n_h = (double)b_hh[2 * N + j];
			double want = tanh(n_x + open * n_h);
			CHECK(fabs((double)out[j] - want) <= 6 * u,
			      "r %d: unit %zu is %.9g, not %.9g", open, j, (double)out[j], want);
		}
		tj_weights_free(&w);
	}
	test_release();
}

/* The layout of panels that kernels.h describes, for sizes around the groups' edges. */
Test(pack, layout)
{
	static const size_t ns[] = { 1, 15, 16, 17, 63, 64, 65, 80, 128, 130 };
	for (size_t i = 0; i < 30; i++) {
		enum tj_pack_kind kind = (enum tj_pack_kind)(i % 3);
		size_t n = ns[i / 3], gates = kind == TJ_PACK_PLAIN  ? 1
		                              : kind == TJ_PACK_LSTM ? 4
		                                                     : 3;
		size_t group = kind == TJ_PACK_PLAIN ? 64 : 16,
		       per_segment = kind == TJ_PACK_GRU ? 3 : 4;
		float *data = test_floats(gates * n * (5 + n));
		test_fill(data, gates * n * (5 + n), TEST_PLAIN);
		struct tj_matrix m = { data, NULL, gates * n, 5 + n };
		const struct tj_pack_source sources[2] = { { &m, 0, 5 }, { &m, 5, n } };
		struct tj_weights w;
		struct tj_error err = { 0 };
		CHECK(tj_weights_pack(&w, kind, n, 2, sources, NULL, NULL, 0, &err) == TRUJAMAN_OK,
		      "%s", err.text);
		CHECK(w.n == n && w.n_segments == 2, "%zu, %zu", w.n, w.n_segments);
		CHECK(w.n_groups == (n + group - 1) / group, "%zu groups of n %zu", w.n_groups, n);
		CHECK(w.last_panels == (group == 16 ? 4 : (n - 1) % 64 / 16 + 1),
		      "%zu panels in the last group of n %zu", w.last_panels, n);
		CHECK(w.group_floats == per_segment * 16 * (5 + n), "%zu floats a group",
		      w.group_floats);
		CHECK((uintptr_t)w.panels % 64 == 0 && (uintptr_t)w.bias % 64 == 0, "not aligned");
		for (size_t s = 0; s < 2; s++)
			CHECK(w.segments[s].k == sources[s].k &&
			          w.segments[s].n_panels == per_segment &&
			          w.segments[s].first == (kind == TJ_PACK_GRU && s == 1),
			      "segment %zu of kind %d", s, (int)kind);
		tj_weights_free(&w);
		CHECK(w.storage == NULL && w.panels == NULL, "pointers are left after free");
		tj_weights_free(&w);
		test_release();
	}
}

/* More bytes than any address space holds: refused before a byte of the matrix is read. */
Test(pack, out_of_memory)
{
	struct tj_matrix m = { NULL, NULL, (size_t)3 << 60, 1 };
	struct tj_pack_source source = { &m, 0, 1 };
	struct tj_weights w;
	struct tj_error err = { 0 };
	CHECK(tj_weights_pack(&w, TJ_PACK_PLAIN, m.n_rows, 1, &source, NULL, NULL, 0, &err) ==
	          TRUJAMAN_ERROR_MEMORY,
	      "status %d", (int)err.status);
	CHECK(strstr(err.text, "packed weights") != NULL, "%s", err.text);
	tj_weights_free(&w);
}

/* Sizes that no memory holds. Nothing may be read: the matrix has no data. */
Test(pack, sizes_that_overflow)
{
	static const size_t huge[] = { SIZE_MAX, SIZE_MAX / 64 + 2, SIZE_MAX / 256 + 1,
		                       SIZE_MAX / 16, SIZE_MAX / 1024 };
	for (size_t i = 0; i < sizeof huge / sizeof *huge; i++)
		for (int kind = TJ_PACK_PLAIN; kind <= TJ_PACK_GRU; kind++)
			for (int is_wide = 0; is_wide < 2; is_wide++) {
				struct tj_error err = { 0 };
				struct tj_weights w;
				struct tj_matrix m = { NULL, NULL, is_wide ? 3 : huge[i],
					               is_wide ? huge[i] : 3 };
				struct tj_pack_source s[2] = { { &m, 0, m.n_columns },
					                       { &m, 0, m.n_columns } };
				struct tj_int8_layout layout = { 0, is_wide ? 8 : 4 };
				size_t n = is_wide ? 1 : huge[i];
				CHECK(tj_weights_pack(&w, kind, n, 2, s, NULL, NULL, 0, &err) ==
				          TRUJAMAN_ERROR_MEMORY,
				      "%zu, kind %d", huge[i], kind);
				CHECK(w.storage == NULL, "nothing to free");
				err = (struct tj_error){ 0 };
				CHECK(tj_weights_pack_int8(&w, kind, n, 2, s, NULL, NULL, 0, layout,
				                           &err) == TRUJAMAN_ERROR_MEMORY,
				      "%zu, kind %d, int8", huge[i], kind);
			}
}
