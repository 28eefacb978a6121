/* SPDX-License-Identifier: MIT */
/* The self-test of a kernel table: the vector functions, and what runs all parts. The parts with
 * packed weights are in self_test_gemm.c. */
#include "simd/self_test.h"

#include <assert.h>
#include <string.h>

#include "simd/self_test_trial.h"
#include "src/base/hash.h"
#include "src/base/memory.h"

float *tj_trial_take(struct tj_trial *t, size_t n)
{
	float *at = t->out + t->n_out;
	t->n_out += tj_round_up(n, TJ_LANES);
	assert(t->n_out <= TJ_TRIAL_OUTPUTS);
	return at;
}

/* A copy that the kernel changes in place. Never two in the arguments of one call: compilers differ
 * in which they evaluate first, and fingerprints depend on the order of the copies. */
static float *take_copy(struct tj_trial *t, const float *from, size_t n)
{
	return memcpy(tj_trial_take(t, n), from, n * sizeof *from);
}

enum { N = 48 }; /* floats of a vector: three times 16 */

/* Numbers that every branch of the elementary functions sees, from `from` on. */
static const float *wide_numbers(struct tj_trial *t)
{
	static const float special[] = { 0.0f, -0.0f, 1.0f, 100.0f, -100.0f, 9.1f, -9.1f, 1e-20f };
	for (size_t i = 0; i < N; i++)
		t->wide[i] = i < 8 ? special[i] : t->in[i] * (float)(i / 4);
	return t->wide;
}

static void try_exp(struct tj_trial *t)
{
	t->kernels->exp(wide_numbers(t), N, tj_trial_take(t, N));
}

static void try_tanh(struct tj_trial *t)
{
	t->kernels->tanh(wide_numbers(t), N, tj_trial_take(t, N));
}

static void try_sigmoid(struct tj_trial *t)
{
	t->kernels->sigmoid(wide_numbers(t), N, tj_trial_take(t, N));
}

static void try_log(struct tj_trial *t)
{
	(void)wide_numbers(t);
	for (size_t i = 0; i < N; i++)
		t->wide[i] = t->wide[i] < 0 ? -t->wide[i] : t->wide[i];
	t->kernels->log(t->wide, N, tj_trial_take(t, N));
}

static void try_softmax(struct tj_trial *t)
{
	t->kernels->softmax(take_copy(t, t->in, N), N - 5, 3.0f);
	t->kernels->softmax(take_copy(t, t->in + N, N), 1, 1.0f);
}

static void try_log_sum_exp(struct tj_trial *t)
{
	struct tj_log_sum sum = t->kernels->log_sum_exp(t->in + N, N);
	struct tj_log_sum below = t->kernels->log_sum_below(t->in + N, N, 3.0f);
	float *out = tj_trial_take(t, 4);
	out[0] = sum.max;
	out[1] = sum.log_sum;
	out[2] = below.max;
	out[3] = below.log_sum;
}

static void try_top_k(struct tj_trial *t)
{
	int32_t index[5];
	float *value = tj_trial_take(t, 5), *indices = tj_trial_take(t, 6);
	/* Equal ones, and the one that is banned, are among the largest. */
	float *x = memcpy(t->wide, t->in + 2 * N, N * sizeof *x);
	x[3] = x[20] = x[35] = 1.5f;
	x[40] = 2.0f;
	size_t found = t->kernels->top_k(x, N, 40, 5, index, value);
	for (size_t i = 0; i < found && i < 5; i++)
		indices[i] = (float)index[i];
	indices[5] = (float)found;
}

static void try_attention(struct tj_trial *t)
{
	static const enum tj_score_activation each[] = { TJ_SCORE_TANH, TJ_SCORE_SIGMOID,
		                                         TJ_SCORE_RELU };
	const float *query = t->in, *keys = t->in + N, *v = t->in + 7 * N;
	for (size_t i = 0; i < 3; i++) {
		t->kernels->additive(query, keys, v, 5, 2, each[i], tj_trial_take(t, 2 * TJ_LANES));
		float *score = tj_trial_take(t, 1);
		*score = t->kernels->additive_score(query, keys, v, N, each[i]);
		float *gradients = take_copy(t, t->in + 2 * N, 3 * N);
		t->kernels->additive_backward(query, keys, v, N, each[i], 0.75f, gradients,
		                              gradients + N, gradients + 2 * N);
	}
}

static void try_lengths(struct tj_trial *t)
{
	float *sums = tj_trial_take(t, 2);
	sums[0] = t->kernels->length(t->in, N);
	sums[1] = t->kernels->dot(t->in, t->in + N, N);
	float *panels = take_copy(t, t->in, 6 * TJ_LANES);
	for (size_t k = 0; k < 3; k++)
		panels[k * TJ_LANES + 2] = 0; /* a position of length 0 */
	t->kernels->normalise(panels, 3, 2);
}

static void try_lstm(struct tj_trial *t)
{
	const float *x = t->in;
	float *gates = take_copy(t, x, 4 * N), *cell = tj_trial_take(t, N);
	float *tanh_cell = tj_trial_take(t, N), *hidden = tj_trial_take(t, N);
	t->kernels->lstm_forward(N, gates, x + 4 * N, cell, tanh_cell, hidden);
	float *d_gates = take_copy(t, gates, 4 * N), *d_cell = take_copy(t, x + 6 * N, N);
	t->kernels->lstm_backward(N, d_gates, x + 4 * N, tanh_cell, x + 5 * N, d_cell);
}

static void try_gru(struct tj_trial *t)
{
	const float *x = t->in;
	float *gates = take_copy(t, x, 3 * N);
	t->kernels->gru_forward(N, gates, x + 4 * N, x + 5 * N, tj_trial_take(t, N));
	float *d_gates = take_copy(t, gates, 3 * N), *n_h = take_copy(t, x + 4 * N, N);
	float *d_hidden = take_copy(t, x + 6 * N, N);
	t->kernels->gru_backward(N, d_gates, n_h, x + 5 * N, d_hidden);
}

/* One that ends within a vector of 16 units. */
static void try_norm(struct tj_trial *t)
{
	enum { UNITS = N - 5 };
	const float *x = t->in;
	float *sum = take_copy(t, x, N), *normed = tj_trial_take(t, N), *by = tj_trial_take(t, 1);
	memset(sum + UNITS, 0, (N - UNITS) * sizeof *sum);
	*by = t->kernels->norm_forward(N, UNITS, sum, x + N, x + 2 * N, normed);
	float *d = take_copy(t, x + 3 * N, N), *product = take_copy(t, normed, N);
	t->kernels->norm_backward(N, UNITS, d, x + N, product, *by);
}

static void try_norm_steps(struct tj_trial *t)
{
	enum { UNITS = 21, GROUPS = 2, ROWS = 2 };
	float *sums[ROWS], *out[ROWS], *cell_out[ROWS];
	const float *in[ROWS];
	for (size_t m = 0; m < ROWS; m++) {
		sums[m] = take_copy(t, t->in + m * N, GROUPS * TJ_GROUP);
		for (size_t i = TJ_GROUP; i < GROUPS * TJ_GROUP; i++)
			if (i % TJ_LANES >= UNITS - TJ_LANES)
				sums[m][i] = 0;
		in[m] = t->in + (20 + m) * N;
		cell_out[m] = tj_trial_take(t, GROUPS * TJ_LANES);
		out[m] = tj_trial_take(t, GROUPS * TJ_LANES);
	}
	struct tj_norm_step s = { .n_rows = ROWS,
		                  .n_units = UNITS,
		                  .gain = t->in + 10 * N,
		                  .shift = t->in + 15 * N,
		                  .sums = sums,
		                  .cell_in = in,
		                  .cell_out = cell_out,
		                  .out = out };
	t->kernels->norm_step(&s);
	s.hidden_in = in;
	for (size_t m = 0; m < ROWS; m++)
		out[m] = tj_trial_take(t, GROUPS * TJ_LANES);
	t->kernels->norm_step(&s);
}

static void try_cross_entropy(struct tj_trial *t)
{
	struct tj_cross_entropy c = { .smoothing = 0.1f, .scale = 0.25f };
	t->kernels->cross_entropy(take_copy(t, t->in, N), N - 3, 17, &c);
	memcpy(tj_trial_take(t, 2), &c.loss, sizeof c.loss);
	memcpy(tj_trial_take(t, 2), &c.nll, sizeof c.nll);
}

static void try_updates(struct tj_trial *t)
{
	static const struct tj_adam a = { 0.01f, 0.9f, 0.98f, 1e-6f, 0.19f, 0.04f, 0.75f };
	float *first = take_copy(t, t->in + N, N), *second = take_copy(t, t->in + 2 * N, N);
	float *value = take_copy(t, t->in + 3 * N, N);
	for (size_t i = 0; i < N; i++)
		second[i] *= second[i];
	t->kernels->adam(&a, N, t->in, first, second, value);
	t->kernels->average(0.75f, N, t->in, take_copy(t, t->in + 4 * N, N));
	t->kernels->axpy(0.3f, t->in, N, take_copy(t, t->in + 5 * N, N));
	t->kernels->transpose(t->in, TJ_LANES, tj_trial_take(t, TJ_LANES * N), N);
}

/* The fingerprints are of what the scalar kernels give, which is what every table gives on every
 * machine. A change of what a kernel computes changes its fingerprint here; tests/test_kernels_self
 * tells the new one. */
static const struct part {
	const char *name;
	void (*run)(struct tj_trial *t);
	uint64_t expected; /* 0: tj_log comes from the SLEEF that is installed, so this is run with
	                      the reference too */
} parts[] = {
	{ "exp", try_exp, 0x9e865e768e9ac3ca },
	{ "tanh", try_tanh, 0xf51923b041a4f61a },
	{ "sigmoid", try_sigmoid, 0x70c3b14091fb960c },
	{ "log", try_log, 0 },
	{ "softmax", try_softmax, 0x4616272664e3435e },
	{ "log-sum-exp", try_log_sum_exp, 0 },
	{ "top-k", try_top_k, 0x0e46b1c2cd75b8e0 },
	{ "additive attention", try_attention, 0x94226b68d4e76000 },
	{ "lengths and dot products", try_lengths, 0xa693996ea9a234db },
	{ "an LSTM step of training", try_lstm, 0x2ff0ba383feef8d6 },
	{ "a GRU step of training", try_gru, 0xfb08b51b8789c0c6 },
	{ "layer normalisation", try_norm_steps, 0xeed7edaf789ed892 },
	{ "layer normalisation of training", try_norm, 0x4897c43747dd0d60 },
	{ "cross-entropy", try_cross_entropy, 0 },
	{ "an update of training", try_updates, 0x8da519db0ce2a6e2 },
	{ "products of training", tj_trial_product, 0xd588b1c421803457 },
	{ "float32 products", tj_trial_float_products, 0x6ab1db1f33986efe },
	{ "float32 steps", tj_trial_float_steps, 0xb159ea9a343abbf8 },
	{ "int8 products", tj_trial_int8_products, 0x5029b48b228ae412 },
	{ "int8 steps", tj_trial_int8_steps, 0x8ecbaa4ad6dbbb7a },
};

enum { N_PARTS = sizeof parts / sizeof parts[0] };

/* The same inputs on every machine: floats in [-1, 1) and bytes from -127 to 127. */
static void make_inputs(struct tj_trial *t)
{
	for (size_t i = 0; i < TJ_TRIAL_INPUTS; i++) {
		uint64_t bits = tj_mix(i + 1);
		t->in[i] = (float)((int32_t)(bits >> 40) - (1 << 23)) * 0x1p-23f;
		t->bytes[i] = (int8_t)((int)(bits % 255) - 127);
	}
	for (size_t i = 0; i < sizeof t->scales / sizeof *t->scales; i++)
		t->scales[i] = 0x1p-8f * (1.5f + t->in[i]);
}

static uint64_t run_part(struct tj_trial *t, size_t i, const struct tj_kernels *kernels)
{
	t->kernels = kernels;
	t->n_out = 0;
	memset(t->out, 0, sizeof t->out);
	parts[i].run(t);
	return tj_hash(0, t->out, t->n_out * sizeof *t->out);
}

static struct tj_trial *open_trial(struct tj_error *err)
{
	struct tj_trial *t = tj_alloc(1, sizeof *t);
	if (t == NULL) {
		tj_fail_memory(err, "the self-test of the kernels", sizeof *t);
		return NULL;
	}
	make_inputs(t);
	t->err = err;
	return t;
}

trujaman_status tj_self_test(const struct tj_kernels *table, const struct tj_kernels *reference,
                             const char **broken, struct tj_error *err)
{
	struct tj_error own = { 0 }; /* *err may hold an older failure */
	struct tj_trial *t = open_trial(&own);
	*broken = NULL;
	for (size_t i = 0; i < N_PARTS && own.status == TRUJAMAN_OK && *broken == NULL; i++) {
		uint64_t expected = parts[i].expected;
		if (expected == 0)
			expected = run_part(t, i, reference);
		if (run_part(t, i, table) != expected)
			*broken = parts[i].name;
	}
	tj_free(t);
	return own.status == TRUJAMAN_OK ? TRUJAMAN_OK : tj_fail(err, own.status, "%s", own.text);
}

trujaman_status tj_self_test_part(const struct tj_kernels *table, size_t i, const char **name,
                                  uint64_t *got, uint64_t *expected, struct tj_error *err)
{
	*name = i < N_PARTS ? parts[i].name : NULL;
	struct tj_trial *t = i < N_PARTS ? open_trial(err) : NULL;
	if (t == NULL)
		return err->status;
	*got = run_part(t, i, table);
	*expected = parts[i].expected;
	tj_free(t);
	return err->status;
}
