/* SPDX-License-Identifier: MIT */
/* The cases of the vector kernels, and the list of all cases. */
#include "bench/bench_cases.h"

#include <assert.h>

#include "bench/bench_fail.h"
#include "bench/bench_products.h"
#include "bench/bench_sleef.h"
#include "src/base/memory.h"

enum { UNITS = 512, WORDS = 8000, POSITIONS = 32, PARAMETERS = 1 << 24 };

static size_t elements(const struct bench_case *c)
{
	return c->n * (c->k ? c->k : 1) * (c->rows ? c->rows : 1);
}

static void vectors_open(struct bench_work *w)
{
	size_t n = elements(w->c);
	float *all = bench_need(tj_alloc_table(w->c->n_arrays * n, sizeof *all));
	bench_fill(all, w->c->n_arrays * n, w->c->from, w->c->to);
	for (size_t i = 0; i < w->c->n_arrays; i++)
		w->v[i] = all + i * n;
}

static void vectors_close(struct bench_work *w)
{
	tj_free(w->v[0]);
}

static void call_softmax(struct bench_work *w)
{
	w->kernels->softmax(w->v[0], w->c->n, 1.0f);
}
static void call_exp(struct bench_work *w)
{
	w->kernels->exp(w->v[0], w->c->n, w->v[1]);
}
static void call_tanh(struct bench_work *w)
{
	w->kernels->tanh(w->v[0], w->c->n, w->v[1]);
}
static void call_sigmoid(struct bench_work *w)
{
	w->kernels->sigmoid(w->v[0], w->c->n, w->v[1]);
}
static void call_log(struct bench_work *w)
{
	w->kernels->log(w->v[0], w->c->n, w->v[1]);
}
static void call_length(struct bench_work *w)
{
	w->sink += w->kernels->length(w->v[0], w->c->n);
}

static void call_log_sum_exp(struct bench_work *w)
{
	w->sink += w->kernels->log_sum_exp(w->v[0], w->c->n).max;
}

static void top(struct bench_work *w, size_t k)
{
	int32_t index[5];
	float value[5];
	w->sink += (float)w->kernels->top_k(w->v[0], w->c->n, -1, k, index, value);
}

static void call_top_1(struct bench_work *w)
{
	top(w, 1);
}
static void call_top_5(struct bench_work *w)
{
	top(w, 5);
}

/* v holds keys, query, vector v and scores. */
static void call_additive(struct bench_work *w)
{
	w->kernels->additive(w->v[1], w->v[0], w->v[2], w->c->k, w->c->n / TJ_LANES, TJ_SCORE_TANH,
	                     w->v[3]);
}

static void call_normalise(struct bench_work *w)
{
	w->kernels->normalise(w->v[0], w->c->k, w->c->n / TJ_LANES);
}

static void call_dot(struct bench_work *w)
{
	w->sink += w->kernels->dot(w->v[0], w->v[1], w->c->n);
}

static void call_axpy(struct bench_work *w)
{
	w->kernels->axpy(0x1p-10f, w->v[0], w->c->n, w->v[1]);
}

static void call_lstm_forward(struct bench_work *w)
{
	w->kernels->lstm_forward(w->c->n, w->v[0], w->v[4], w->v[5], w->v[6], w->v[7]);
}

static void call_lstm_backward(struct bench_work *w)
{
	w->kernels->lstm_backward(w->c->n, w->v[0], w->v[4], w->v[5], w->v[6], w->v[7]);
}

static void call_gru_forward(struct bench_work *w)
{
	w->kernels->gru_forward(w->c->n, w->v[0], w->v[3], w->v[4], w->v[5]);
}

static void call_gru_backward(struct bench_work *w)
{
	w->kernels->gru_backward(w->c->n, w->v[0], w->v[3], w->v[4], w->v[5]);
}

static void call_cross_entropy(struct bench_work *w)
{
	struct tj_cross_entropy c = { .smoothing = 0.1f, .scale = 1.0f };
	w->kernels->cross_entropy(w->v[0], w->c->n, 17, &c);
	w->sink += (float)c.loss;
}

static void call_additive_score(struct bench_work *w)
{
	w->sink += w->kernels->additive_score(w->v[0], w->v[1], w->v[2], w->c->n, TJ_SCORE_TANH);
}

static void call_additive_backward(struct bench_work *w)
{
	w->kernels->additive_backward(w->v[0], w->v[1], w->v[2], w->c->n, TJ_SCORE_TANH, 0x1p-10f,
	                              w->v[3], w->v[4], w->v[5]);
}

static void call_transpose(struct bench_work *w)
{
	w->kernels->transpose(w->v[0], TJ_LANES, w->v[1], TJ_LANES);
}

static void call_adam(struct bench_work *w)
{
	const struct tj_adam a = { .rate = 1e-3f,
		                   .beta1 = 0.9f,
		                   .beta2 = 0.999f,
		                   .epsilon = 1e-8f,
		                   .correction1 = 0.9f,
		                   .correction2 = 0.9f,
		                   .scale = 1.0f };
	w->kernels->adam(&a, w->c->n, w->v[0], w->v[1], w->v[2], w->v[3]);
}

static void call_average(struct bench_work *w)
{
	w->kernels->average(0.999f, w->c->n, w->v[0], w->v[1]);
}

/* Operations and bytes are per element. Many kernels overwrite their inputs and get the result
 * back in the next call. The ranges are chosen accordingly where values would fade into denormal
 * numbers (gradients of gates) or must not be negative (second moments). */
static const struct bench_case vectors[] = {
	{ .kernel = "softmax",
	  .n = POSITIONS,
	  .bytes = 8,
	  .call = call_softmax,
	  .n_arrays = 1,
	  .from = -4,
	  .to = 4 },
	{ .kernel = "softmax",
	  .n = WORDS,
	  .bytes = 8,
	  .call = call_softmax,
	  .n_arrays = 1,
	  .from = -4,
	  .to = 4 },
	{ .kernel = "log_sum_exp",
	  .n = WORDS,
	  .bytes = 4,
	  .call = call_log_sum_exp,
	  .n_arrays = 1,
	  .from = -4,
	  .to = 4 },
	{ .kernel = "top_1",
	  .n = WORDS,
	  .bytes = 4,
	  .call = call_top_1,
	  .n_arrays = 1,
	  .from = -4,
	  .to = 4 },
	{ .kernel = "top_5",
	  .n = WORDS,
	  .bytes = 4,
	  .call = call_top_5,
	  .n_arrays = 1,
	  .from = -4,
	  .to = 4 },
	{ .kernel = "additive",
	  .k = UNITS,
	  .n = POSITIONS,
	  .bytes = 4,
	  .call = call_additive,
	  .n_arrays = 4,
	  .from = -1,
	  .to = 1 },
	{ .kernel = "normalise",
	  .k = UNITS,
	  .n = POSITIONS,
	  .bytes = 8,
	  .call = call_normalise,
	  .n_arrays = 1,
	  .from = -1,
	  .to = 1 },
	{ .kernel = "length",
	  .n = UNITS,
	  .operations = 2,
	  .bytes = 4,
	  .call = call_length,
	  .n_arrays = 1,
	  .from = -1,
	  .to = 1 },
	{ .kernel = "dot",
	  .n = UNITS,
	  .operations = 2,
	  .bytes = 8,
	  .call = call_dot,
	  .n_arrays = 2,
	  .from = -1,
	  .to = 1 },
	{ .kernel = "dot",
	  .n = PARAMETERS,
	  .operations = 2,
	  .bytes = 8,
	  .call = call_dot,
	  .n_arrays = 2,
	  .from = -1,
	  .to = 1,
	  .bound = BENCH_READ },
	{ .kernel = "axpy",
	  .n = UNITS,
	  .operations = 2,
	  .bytes = 12,
	  .call = call_axpy,
	  .n_arrays = 2,
	  .from = -1,
	  .to = 1 },
	{ .kernel = "axpy",
	  .n = PARAMETERS,
	  .operations = 2,
	  .bytes = 12,
	  .call = call_axpy,
	  .n_arrays = 2,
	  .from = -1,
	  .to = 1,
	  .bound = BENCH_UPDATE },
	{ .kernel = "exp",
	  .n = WORDS,
	  .bytes = 8,
	  .call = call_exp,
	  .n_arrays = 2,
	  .from = -8,
	  .to = 8 },
	{ .kernel = "tanh",
	  .n = WORDS,
	  .bytes = 8,
	  .call = call_tanh,
	  .n_arrays = 2,
	  .from = -8,
	  .to = 8 },
	{ .kernel = "sigmoid",
	  .n = WORDS,
	  .bytes = 8,
	  .call = call_sigmoid,
	  .n_arrays = 2,
	  .from = -8,
	  .to = 8 },
	{ .kernel = "log",
	  .n = WORDS,
	  .bytes = 8,
	  .call = call_log,
	  .n_arrays = 2,
	  .from = 0,
	  .to = 8 },
	{ .kernel = "lstm_forward",
	  .n = UNITS,
	  .bytes = 48,
	  .call = call_lstm_forward,
	  .n_arrays = 8,
	  .from = -1,
	  .to = 1 },
	{ .kernel = "lstm_backward",
	  .n = UNITS,
	  .bytes = 52,
	  .call = call_lstm_backward,
	  .n_arrays = 8,
	  .from = 0,
	  .to = 0 },
	{ .kernel = "gru_forward",
	  .n = UNITS,
	  .bytes = 36,
	  .call = call_gru_forward,
	  .n_arrays = 6,
	  .from = -1,
	  .to = 1 },
	{ .kernel = "gru_backward",
	  .n = UNITS,
	  .bytes = 44,
	  .call = call_gru_backward,
	  .n_arrays = 6,
	  .from = 0,
	  .to = 0 },
	{ .kernel = "cross_entropy",
	  .n = WORDS,
	  .bytes = 8,
	  .call = call_cross_entropy,
	  .n_arrays = 1,
	  .from = -4,
	  .to = 4 },
	{ .kernel = "additive_score",
	  .n = UNITS,
	  .bytes = 12,
	  .call = call_additive_score,
	  .n_arrays = 3,
	  .from = -1,
	  .to = 1 },
	{ .kernel = "additive_backward",
	  .n = UNITS,
	  .bytes = 36,
	  .call = call_additive_backward,
	  .n_arrays = 6,
	  .from = -1,
	  .to = 1 },
	{ .kernel = "transpose",
	  .k = TJ_LANES,
	  .n = TJ_LANES,
	  .bytes = 8,
	  .call = call_transpose,
	  .n_arrays = 2,
	  .from = -1,
	  .to = 1 },
	{ .kernel = "adam",
	  .n = PARAMETERS,
	  .bytes = 28,
	  .call = call_adam,
	  .n_arrays = 4,
	  .from = 0,
	  .to = 1,
	  .bound = BENCH_UPDATE },
	{ .kernel = "average",
	  .n = PARAMETERS,
	  .bytes = 12,
	  .call = call_average,
	  .n_arrays = 2,
	  .from = 0,
	  .to = 1,
	  .bound = BENCH_UPDATE },
};

size_t bench_cases(struct bench_case cases[BENCH_MAX_CASES])
{
	enum { N = sizeof vectors / sizeof *vectors };
	size_t n = bench_products(cases, BENCH_MAX_CASES - N);
	for (size_t i = 0; i < N; i++) {
		struct bench_case *c = &cases[n++];
		*c = vectors[i];
		assert(c->n_arrays <= BENCH_ARRAYS);
		c->precision = "float32";
		c->elements = (double)elements(c);
		c->operations *= c->elements;
		c->bytes *= c->elements;
		c->open = vectors_open;
		c->close = vectors_close;
	}
	return n + bench_sleef(cases + n, BENCH_MAX_CASES - n);
}
