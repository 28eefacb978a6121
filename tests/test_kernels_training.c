/* SPDX-License-Identifier: MIT */
/* The training kernels: every instruction set against the scalar kernels bit by bit, the scalar
 * kernels against their equations in float64, and gradients against central differences of the
 * functions that they differentiate. */
#include <math.h>
#include <string.h>

#include "kernel_case.h"

TestSuite(training, .init = test_start);

#define TEST_KERNEL(kernel) \
	EVERY_ISA_TEST(training, kernel) \
	{ \
		kernel_case_compare(kernels, &kernel); \
	} \
	Test(training, kernel##_float64) \
	{ \
		kernel_case_check(&kernel); \
	}

/* --- dot, axpy, adam, average -------------------------------------------------- */

static void run_dot(const struct tj_kernels *k, struct kernel_call *c)
{
	c->result[0] = (double)k->dot(c->x[0], c->x[1], c->n);
}

static void unit_dot(const struct kernel_call *c, size_t j, struct num *out)
{
	out[0] = mul(exactly(c->x[0][j]), exactly(c->x[1][j]));
}

static const struct kernel_case dot = {
	"dot", { 1, 1 }, .is_sum = 1, .run = run_dot, .unit = unit_dot,
};
TEST_KERNEL(dot)

static void run_axpy(const struct tj_kernels *k, struct kernel_call *c)
{
	k->axpy(c->factor, c->x[0], c->n, c->x[1]);
}

static void unit_axpy(const struct kernel_call *c, size_t j, struct num *out)
{
	out[0] = add(mul(exactly(c->factor), exactly(c->x[0][j])), exactly(c->x[1][j]));
}

static const struct kernel_case axpy = {
	"axpy", { 1, 1 }, .written = 2, .run = run_axpy, .unit = unit_axpy,
};
TEST_KERNEL(axpy)

static void run_adam(const struct tj_kernels *k, struct kernel_call *c)
{
	k->adam(&c->adam, c->n, c->x[0], c->x[1], c->x[2], c->x[3]);
}

static void prepare_adam(const struct kernel_case *s, struct kernel_call *c)
{
	(void)s;
	for (size_t j = 0; j < c->n; j++) /* a mean of squares, so not negative */
		c->x[2][j] = fabsf(c->x[2][j]);
}

static void unit_adam(const struct kernel_call *c, size_t j, struct num *out)
{
	const struct tj_adam *a = &c->adam;
	struct num one = exactly(1), g = mul(exactly(a->scale), exactly(c->x[0][j]));
	struct num beta1 = exactly(a->beta1), beta2 = exactly(a->beta2);
	out[0] = add(mul(beta1, exactly(c->x[1][j])), mul(sub(one, beta1), g));
	out[1] = add(mul(beta2, exactly(c->x[2][j])), mul(sub(one, beta2), mul(g, g)));
	struct num m = quotient(out[0], exactly(a->correction1));
	struct num s = root(mul(out[1], quotient(one, exactly(a->correction2))));
	struct num step = mul(exactly(a->rate), quotient(m, add(s, exactly(a->epsilon))));
	out[2] = sub(exactly(c->x[3][j]), step);
}

static const struct kernel_case adam = {
	"adam",          { 1, 1, 1, 1 },          .written = 2 | 4 | 8,
	.run = run_adam, .prepare = prepare_adam, .unit = unit_adam,
};
TEST_KERNEL(adam)

static void run_average(const struct tj_kernels *k, struct kernel_call *c)
{
	k->average(c->factor, c->n, c->x[0], c->x[1]);
}

static void unit_average(const struct kernel_call *c, size_t j, struct num *out)
{
	struct num kept = exactly(c->x[1][j]);
	struct num take = sub(exactly(1), exactly(c->factor));
	out[0] = add(kept, mul(take, sub(exactly(c->x[0][j]), kept)));
}

static const struct kernel_case average = {
	"average", { 1, 1 }, .written = 2, .run = run_average, .unit = unit_average,
};
TEST_KERNEL(average)

/* Each operation is rounded, so there is only one right answer in float32. */
EVERY_ISA_TEST(training, average_roundings)
{
	struct kernel_call c = kernel_case_make(&average, KERNEL_MOST, TEST_PLAIN);
	struct kernel_call got = kernel_case_copy(&average, &c);
	run_average(kernels, &got);
	for (size_t j = 0; j < c.n; j++) {
		float take = 1.0f - c.factor, step = take * (c.x[0][j] - c.x[1][j]);
		float want = c.x[1][j] + step;
		CHECK(test_bits(got.x[1][j]) == test_bits(want), "%s: number %zu is %a, not %a",
		      kernels->name, j, (double)got.x[1][j], (double)want);
	}
	test_release();
}

/* --- LSTM and GRU ---------------------------------------------------------------- */

/* Gate sums from -8 to 8. */
static void prepare_sums(const struct kernel_case *s, struct kernel_call *c)
{
	for (size_t j = 0; j < s->rows[0] * c->n; j++)
		c->x[0][j] *= 8;
}

/* Gate values that sums from -5 to 5 can give; the third gate uses tanh. */
static void prepare_gates(const struct kernel_case *s, struct kernel_call *c)
{
	for (size_t j = 0; j < s->rows[0] * c->n; j++)
		c->x[0][j] = j / c->n == 2 ? c->x[0][j] * 0.99f : 0.5f + c->x[0][j] * 0.49f;
}

static void run_lstm_forward(const struct tj_kernels *k, struct kernel_call *c)
{
	k->lstm_forward(c->n, c->x[0], c->x[1], c->x[2], c->x[3], c->x[4]);
}

static void unit_lstm_forward(const struct kernel_call *c, size_t j, struct num *out)
{
	for (size_t gate = 0; gate < 4; gate++) {
		struct num x = exactly(c->x[0][gate * c->n + j]);
		out[gate] = gate == 2 ? tanh_of(x) : sigmoid_of(x);
	}
	out[4] = add(mul(out[1], exactly(c->x[1][j])), mul(out[0], out[2]));
	out[5] = tanh_of(out[4]);
	out[6] = mul(out[3], out[5]);
}

static const struct kernel_case lstm_forward = {
	"lstm_forward",          { 4, 1, 1, 1, 1 },       .written = 1 | 4 | 8 | 16,
	.run = run_lstm_forward, .prepare = prepare_sums, .unit = unit_lstm_forward,
};
TEST_KERNEL(lstm_forward)

static void run_lstm_backward(const struct tj_kernels *k, struct kernel_call *c)
{
	k->lstm_backward(c->n, c->x[0], c->x[1], c->x[2], c->x[3], c->x[4]);
}

/* Maps sums and cell_in to hidden and cell_out, whose gradients are x[3] and x[4]. */
static void point_lstm(const struct kernel_call *c, size_t j, double *at)
{
	for (size_t gate = 0; gate < 4; gate++) {
		double y = (double)c->x[0][gate * c->n + j];
		at[gate] = gate == 2 ? atanh(y) : logit(y);
	}
	at[4] = (double)c->x[1][j];
}

static double lstm_cell(const double *at)
{
	return logistic(at[1]) * at[4] + logistic(at[0]) * tanh(at[2]);
}

static double objective_lstm(const struct kernel_call *c, size_t j, const double *at)
{
	double cell = lstm_cell(at), hidden = logistic(at[3]) * tanh(cell);
	return (double)c->x[3][j] * hidden + (double)c->x[4][j] * cell;
}

static void prepare_lstm_backward(const struct kernel_case *s, struct kernel_call *c)
{
	double at[KERNEL_INPUTS];
	prepare_gates(s, c);
	for (size_t j = 0; j < c->n; j++) {
		point_lstm(c, j, at);
		c->x[2][j] = (float)tanh(lstm_cell(at));
	}
}

static void unit_lstm_backward(const struct kernel_call *c, size_t j, struct num *out)
{
	struct num gate[4], cell = exactly(c->x[1][j]), dh = exactly(c->x[3][j]);
	double at[KERNEL_INPUTS];
	for (size_t i = 0; i < 4; i++)
		gate[i] = exactly(c->x[0][i * c->n + j]);
	point_lstm(c, j, at);
	struct num t = rounded(tanh(lstm_cell(at)), 0, 1); /* c->x[2][j] */
	struct num dc = add(mul(mul(dh, gate[3]), tanh_slope(t)), exactly(c->x[4][j]));
	out[0] = mul(mul(dc, gate[2]), sigmoid_slope(gate[0]));
	out[1] = mul(mul(dc, cell), sigmoid_slope(gate[1]));
	out[2] = mul(mul(dc, gate[0]), tanh_slope(gate[2]));
	out[3] = mul(mul(dh, t), sigmoid_slope(gate[3]));
	out[4] = mul(dc, gate[1]);
}

static const struct kernel_case lstm_backward = {
	"lstm_backward",
	{ 4, 1, 1, 1, 1 },
	.written = 1 | 16,
	.run = run_lstm_backward,
	.prepare = prepare_lstm_backward,
	.unit = unit_lstm_backward,
	.n_inputs = 5,
	.point = point_lstm,
	.objective = objective_lstm,
};
TEST_KERNEL(lstm_backward)

static void run_gru_forward(const struct tj_kernels *k, struct kernel_call *c)
{
	k->gru_forward(c->n, c->x[0], c->x[1], c->x[2], c->x[3]);
}

static void unit_gru_forward(const struct kernel_call *c, size_t j, struct num *out)
{
	struct num h = exactly(c->x[2][j]), n_x = exactly(c->x[0][2 * c->n + j]);
	out[0] = sigmoid_of(exactly(c->x[0][j]));
	out[1] = sigmoid_of(exactly(c->x[0][c->n + j]));
	out[2] = tanh_of(add(mul(out[0], exactly(c->x[1][j])), n_x));
	out[3] = add(mul(out[1], sub(h, out[2])), out[2]);
}

static const struct kernel_case gru_forward = {
	"gru_forward",          { 3, 1, 1, 1 },          .written = 1 | 8,
	.run = run_gru_forward, .prepare = prepare_sums, .unit = unit_gru_forward,
};
TEST_KERNEL(gru_forward)

static void run_gru_backward(const struct tj_kernels *k, struct kernel_call *c)
{
	k->gru_backward(c->n, c->x[0], c->x[1], c->x[2], c->x[3]);
}

static void unit_gru_backward(const struct kernel_call *c, size_t j, struct num *out)
{
	struct num r = exactly(c->x[0][j]), z = exactly(c->x[0][c->n + j]);
	struct num n = exactly(c->x[0][2 * c->n + j]), dh = exactly(c->x[3][j]);
	struct num dn = mul(mul(dh, sub(exactly(1), z)), tanh_slope(n));
	out[0] = mul(mul(dn, exactly(c->x[1][j])), sigmoid_slope(r));
	out[1] = mul(mul(dh, sub(exactly(c->x[2][j]), n)), sigmoid_slope(z));
	out[2] = dn;
	out[3] = mul(dn, r);
	out[4] = mul(dh, z);
}

/* Maps the sums r, z, n_x, then n_h and hidden_in to hidden_out. */
static void point_gru(const struct kernel_call *c, size_t j, double *at)
{
	double r = (double)c->x[0][j], n_h = (double)c->x[1][j];
	at[0] = logit(r);
	at[1] = logit((double)c->x[0][c->n + j]);
	at[2] = atanh((double)c->x[0][2 * c->n + j]) - r * n_h;
	at[3] = n_h;
	at[4] = (double)c->x[2][j];
}

static double objective_gru(const struct kernel_call *c, size_t j, const double *at)
{
	double z = logistic(at[1]), n = tanh(at[2] + logistic(at[0]) * at[3]);
	return (double)c->x[3][j] * ((1 - z) * n + z * at[4]);
}

static const struct kernel_case gru_backward = {
	"gru_backward",          { 3, 1, 1, 1 },           .written = 1 | 2 | 8,
	.run = run_gru_backward, .prepare = prepare_gates, .unit = unit_gru_backward,
	.n_inputs = 5,           .point = point_gru,       .objective = objective_gru,
};
TEST_KERNEL(gru_backward)

/* --- Additive attention ------------------------------------------------------------ */

static struct num activation(struct num x, enum tj_score_activation g)
{
	if (g == TJ_SCORE_TANH)
		return tanh_of(x);
	if (g == TJ_SCORE_SIGMOID)
		return sigmoid_of(x);
	return x.value > 0 ? x : exactly(0);
}

static struct num activation_slope(struct num y, enum tj_score_activation g)
{
	if (g == TJ_SCORE_RELU)
		return exactly(y.value > 0);
	return g == TJ_SCORE_TANH ? tanh_slope(y) : sigmoid_slope(y);
}

static void run_additive_score(const struct tj_kernels *k, struct kernel_call *c)
{
	c->result[0] = (double)k->additive_score(c->x[0], c->x[1], c->x[2], c->n, c->g);
}

static void unit_additive_score(const struct kernel_call *c, size_t j, struct num *out)
{
	struct num y = activation(add(exactly(c->x[0][j]), exactly(c->x[1][j])), c->g);
	out[0] = mul(exactly(c->x[2][j]), y);
}

static const struct kernel_case additive_score = {
	"additive_score",
	{ 1, 1, 1 },
	.is_sum = 1,
	.run = run_additive_score,
	.unit = unit_additive_score,
};
TEST_KERNEL(additive_score)

static void run_additive_backward(const struct tj_kernels *k, struct kernel_call *c)
{
	k->additive_backward(c->x[0], c->x[1], c->x[2], c->n, c->g, c->factor, c->x[3], c->x[4],
	                     c->x[5]);
}

/* Keeps inputs away from ReLU's kink, where a central difference is wrong. */
static void prepare_additive_backward(const struct kernel_case *s, struct kernel_call *c)
{
	(void)s;
	for (size_t j = 0; j < c->n; j++)
		if (fabsf(c->x[0][j] + c->x[1][j]) < 0.001f)
			c->x[1][j] += c->x[1][j] < 0 ? -0.5f : 0.5f;
}

static void unit_additive_backward(const struct kernel_call *c, size_t j, struct num *out)
{
	struct num d = exactly(c->factor), v = exactly(c->x[2][j]);
	struct num y = activation(add(exactly(c->x[0][j]), exactly(c->x[1][j])), c->g);
	struct num step = mul(mul(d, v), activation_slope(y, c->g));
	out[0] = add(exactly(c->x[3][j]), step);
	out[1] = add(exactly(c->x[4][j]), step);
	out[2] = add(exactly(c->x[5][j]), mul(d, y));
}

static void point_additive(const struct kernel_call *c, size_t j, double *at)
{
	for (size_t i = 0; i < 3; i++)
		at[i] = (double)c->x[i][j];
}

/* The score plus a linear term whose gradient is what x[3] to x[5] hold already. */
static double objective_additive(const struct kernel_call *c, size_t j, const double *at)
{
	double x = at[0] + at[1], y = c->g == TJ_SCORE_TANH      ? tanh(x)
	                              : c->g == TJ_SCORE_SIGMOID ? logistic(x)
	                                                         : fmax(x, 0);
	double score = (double)c->factor * at[2] * y;
	for (size_t i = 0; i < 3; i++)
		score += (double)c->x[3 + i][j] * at[i];
	return score;
}

static const struct kernel_case additive_backward = {
	"additive_backward",
	{ 1, 1, 1, 1, 1, 1 },
	.written = 8 | 16 | 32,
	.run = run_additive_backward,
	.prepare = prepare_additive_backward,
	.unit = unit_additive_backward,
	.n_inputs = 3,
	.point = point_additive,
	.objective = objective_additive,
};
TEST_KERNEL(additive_backward)

/* --- transpose, product ----------------------------------------------------------------- */

EVERY_ISA_TEST(training, transpose)
{
	for (size_t i = 0; i < 100; i++) {
		size_t ld_in = TJ_LANES * test_between(1, 6);
		size_t ld_out = TJ_LANES * test_between(1, 6);
		size_t n_in = 15 * ld_in + TJ_LANES, n_out = 15 * ld_out + TJ_LANES;
		float *in = test_vector(n_in), *out = test_vector(n_out);
		test_fill(in, n_in, TEST_SPECIAL);
		kernels->transpose(in, ld_in, out, ld_out);
		for (size_t at = 0; at < n_out; at++) {
			size_t row = at / ld_out, column = at % ld_out;
			CHECK(column < TJ_LANES
			          ? test_difference(&out[at], &in[column * ld_in + row], 1) == 1
			          : test_is_canary(&out[at], 1),
			      "%s: row %zu, column %zu, ld %zu, %zu", kernels->name, row, column,
			      ld_in, ld_out);
		}
		test_release();
	}
}

/* Products that accumulate: each sum is one chain of fused multiply-adds from the old value on. */
EVERY_ISA_TEST(training, product_accumulate)
{
	for (size_t i = 0; i < 60; i++) {
		size_t n_rows = test_between(1, 60), k = test_between(1, i % 4 ? 40 : 600);
		size_t n = TJ_LANES * test_between(1, 6), ld = n + TJ_LANES * test_between(0, 1);
		float *b = test_vector(k * n), *out = test_vector(n_rows * ld);
		float *want = test_vector(n_rows * ld);
		const float **rows = test_memory(n_rows * sizeof *rows, sizeof *rows);
		test_fill(b, k * n, TEST_PLAIN);
		test_fill(out, n_rows * ld, TEST_PLAIN);
		memcpy(want, out, n_rows * ld * sizeof *out);
		for (size_t m = 0; m < n_rows; m++) {
			float *x = test_floats(k);
			test_fill(x, k, TEST_PLAIN);
			rows[m] = x;
			for (size_t j = 0; j < n * k; j++)
				want[m * ld + j % n] = fmaf(x[j / n], b[j], want[m * ld + j % n]);
		}
		kernels->product(&(struct tj_product){
		    .n_rows = n_rows,
		    .k = k,
		    .n_panels = n / TJ_LANES,
		    .rows = rows,
		    .b = b,
		    .k_stride = n,
		    .panel_stride = TJ_LANES,
		    .out = out,
		    .ld_out = ld,
		    .accumulate = 1,
		});
		size_t at = test_difference(out, want, n_rows * ld);
		CHECK(at == n_rows * ld, "%s: %zu rows, k %zu, n %zu: row %zu, column %zu",
		      kernels->name, n_rows, k, n, at / ld, at % ld);
		test_release();
	}
}
