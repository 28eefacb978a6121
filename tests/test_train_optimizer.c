/* SPDX-License-Identifier: MIT */
/* The optimiser against its formulas in double precision, and the same bits for every number of
 * threads and instruction set. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "src/train/optimizer.h"
#include "tests/support.h"

TestSuite(optimizer, .init = test_start, .fini = test_release);

/* Several stretches of the work, the last one not full. */
enum { N_FLOATS = (1 << 17) + 4096 + 48, N_UPDATES = 12 };

static const struct tj_optimizer_options adam = {
	.kind = TJ_ADAM,
	.learning_rate = 0.01,
	.schedule = TJ_SCHEDULE_CONSTANT,
	.clip = 3,
	.ema = 0.3,
	.beta1 = 0.9,
	.beta2 = 0.98,
	.epsilon = 1e-9,
	.n_threads = 2,
};

static struct tj_optimizer open_optimizer(const struct tj_optimizer_options *options,
                                          const struct tj_kernels *kernels, size_t n,
                                          const float *values)
{
	struct tj_optimizer o;
	struct tj_error err = { 0 };
	cr_assert_eq(tj_optimizer_open(&o, options, kernels, n, values, &err), TRUJAMAN_OK, "%s",
	             err.text);
	return o;
}

/* --- Formulas ------------------------------------------------------------------------ */

struct reference {
	double value, first, second, average;
};

static void reference_step(struct reference *r, const struct tj_optimizer_options *o, double u,
                           double gradient)
{
	if (o->kind == TJ_ADAM) {
		r->first = o->beta1 * r->first + (1 - o->beta1) * gradient;
		r->second = o->beta2 * r->second + (1 - o->beta2) * gradient * gradient;
		double first = r->first / (1 - pow(o->beta1, u + 1));
		double second = r->second / (1 - pow(o->beta2, u + 1));
		r->value -= o->learning_rate * first / (sqrt(second) + o->epsilon);
	} else {
		r->value -= o->learning_rate * gradient;
	}
	double decay = fmin(o->ema, (1 + u) / (10 + u));
	r->average = decay * r->average + (1 - decay) * r->value;
}

/* Fills in a gradient and returns its norm. The signs never change, so that no Adam step depends
 * on a rounding. Gradients of even updates are long enough to be clipped. */
static double fill_gradient(float *gradient, size_t n, int update)
{
	double squares = 0;
	for (size_t i = 0; i < n; i++) {
		double size = (1 + (double)(test_random() % 1000) / 1000) / sqrt((double)n);
		gradient[i] = (float)((i % 3 ? 1 : -1) * size * (update % 2 ? 1 : 10));
		squares += (double)gradient[i] * (double)gradient[i];
	}
	return sqrt(squares);
}

static void follow(const struct tj_optimizer_options *options, const struct tj_kernels *kernels)
{
	enum { N = 4096 + 16 };
	float *values = test_vector(N), *gradient = test_vector(N);
	static struct reference wanted[N];
	test_fill(values, N, TEST_PLAIN);
	for (size_t i = 0; i < N; i++)
		wanted[i] = (struct reference){ (double)values[i], 0, 0, (double)values[i] };
	struct tj_optimizer o = open_optimizer(options, kernels, N, values);
	for (int u = 0; u < N_UPDATES; u++) {
		double norm = fill_gradient(gradient, N, u), got = tj_optimizer_norm(&o, gradient);
		CHECK(fabs(got - norm) < 1e-5 * norm, "norm %g, wanted %g", got, norm);
		double scale = options->clip > 0 && norm > options->clip ? options->clip / norm : 1;
		CHECK(u % 2 || options->clip <= 0 || scale < 1, "nothing to clip");
		tj_optimizer_step(&o, values, gradient, got);
		for (size_t i = 0; i < N; i++)
			reference_step(&wanted[i], options, u, scale * (double)gradient[i]);
	}
	cr_expect_eq(o.state.updates, N_UPDATES);
	for (size_t i = 0; i < N; i++) {
		CHECK(fabs((double)values[i] - wanted[i].value) < 3e-6, "value %zu: %g, wanted %g",
		      i, (double)values[i], wanted[i].value);
		CHECK(options->ema <= 0 || fabs((double)o.average[i] - wanted[i].average) < 3e-6,
		      "average %zu: %g, wanted %g", i, (double)o.average[i], wanted[i].average);
	}
	cr_expect_eq(o.average != NULL, options->ema > 0);
	cr_expect_eq(o.first != NULL, options->kind == TJ_ADAM);
	tj_optimizer_free(&o);
}

EVERY_ISA_TEST(optimizer, adam_and_sgd_follow_their_formulas)
{
	struct tj_optimizer_options o = adam;
	follow(&o, kernels);
	o.ema = 0.999; /* the first decays are (1 + u) / (10 + u) */
	follow(&o, kernels);
	o.clip = o.ema = 0;
	follow(&o, kernels);
	o.kind = TJ_SGD;
	follow(&o, kernels);
	o.clip = 3;
	o.ema = 0.5;
	follow(&o, kernels);
}

/* --- Bits ---------------------------------------------------------------------------- */

struct result {
	float *values, *average;
	double norm;
};

static struct result run(enum tj_optimizer_kind kind, const struct tj_kernels *kernels,
                         size_t n_threads)
{
	struct result r = { test_vector(N_FLOATS), test_vector(N_FLOATS), 0 };
	float *gradient = test_vector(N_FLOATS);
	struct tj_optimizer_options options = adam;
	options.kind = kind;
	options.n_threads = n_threads;
	test_start(); /* resets the generator, so every run gets the same numbers */
	test_fill(r.values, N_FLOATS, TEST_PLAIN);
	struct tj_optimizer o = open_optimizer(&options, kernels, N_FLOATS, r.values);
	for (int u = 0; u < 3; u++) {
		test_fill(gradient, N_FLOATS, TEST_PLAIN);
		r.norm = tj_optimizer_norm(&o, gradient);
		tj_optimizer_step(&o, r.values, gradient, r.norm);
	}
	memcpy(r.average, o.average, N_FLOATS * sizeof *r.average);
	tj_optimizer_free(&o);
	return r;
}

static void expect_same(struct result a, struct result b)
{
	CHECK(memcmp(&a.norm, &b.norm, sizeof a.norm) == 0, "%.17g and %.17g", a.norm, b.norm);
	size_t at = test_difference(a.values, b.values, N_FLOATS);
	CHECK(at == N_FLOATS, "value %zu", at);
	at = test_difference(a.average, b.average, N_FLOATS);
	CHECK(at == N_FLOATS, "average %zu", at);
}

EVERY_ISA_TEST(optimizer, the_same_bits_for_all_threads_and_instruction_sets)
{
	for (int kind = TJ_SGD; kind <= TJ_ADAM; kind++) {
		struct result wanted = run((enum tj_optimizer_kind)kind, test_reference(), 1);
		for (size_t n_threads = 1; n_threads <= 3; n_threads++)
			expect_same(wanted, run((enum tj_optimizer_kind)kind, kernels, n_threads));
	}
}

/* --- Norm ---------------------------------------------------------------------------- */

/* More than the 256 stretches that are summed at once. */
EVERY_ISA_TEST(optimizer, the_norm_counts_every_float_of_a_large_model)
{
	const size_t n = 257 * ((size_t)1 << 16) + 32;
	struct tj_optimizer_options options = adam;
	options.kind = TJ_SGD;
	options.ema = 0;
	float *gradient = test_vector(n);
	memset(gradient, 0, n * sizeof *gradient);
	struct tj_optimizer o = open_optimizer(&options, kernels, n, gradient);
	cr_expect_eq(tj_optimizer_norm(&o, gradient), 0);
	gradient[0] = 1;
	gradient[65535] = -2;
	gradient[65536] = 4;
	gradient[256 * 65536 - 1] = 6;
	gradient[256 * 65536] = 8;
	gradient[n - 1] = 48;
	cr_expect_eq(tj_optimizer_norm(&o, gradient), sqrt(1 + 4 + 16 + 36 + 64 + 48 * 48));
}

EVERY_ISA_TEST(optimizer, what_is_no_number_shows_in_the_norm)
{
	const size_t n = 3 * 65536, places[] = { 0, 17, 4095, 65536, n - 1 };
	float *gradient = test_vector(n);
	test_fill(gradient, n, TEST_PLAIN);
	struct tj_optimizer_options options = adam;
	options.kind = TJ_SGD;
	options.ema = 0;
	struct tj_optimizer o = open_optimizer(&options, kernels, n, gradient);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		float kept = gradient[places[i]];
		gradient[places[i]] = NAN;
		cr_expect(isnan(tj_optimizer_norm(&o, gradient)), "place %zu", places[i]);
		gradient[places[i]] = -INFINITY;
		cr_expect(isinf(tj_optimizer_norm(&o, gradient)), "place %zu", places[i]);
		gradient[places[i]] = kept;
		cr_expect(isfinite(tj_optimizer_norm(&o, gradient)));
	}
}

/* --- Learning rate ------------------------------------------------------------------- */

static double rate(enum tj_schedule schedule, uint64_t warmup, uint64_t updates)
{
	struct tj_optimizer o = {
		.options = { .learning_rate = 0.5, .schedule = schedule, .warmup = warmup },
		.state = { updates, 1 }
	};
	return tj_optimizer_rate(&o);
}

Test(optimizer, every_schedule_warms_up_in_equal_steps)
{
	for (int s = TJ_SCHEDULE_CONSTANT; s <= TJ_SCHEDULE_PLATEAU; s++) {
		for (uint64_t u = 0; u < 8; u++)
			cr_expect_eq(rate((enum tj_schedule)s, 8, u), 0.5 * (double)(u + 1) / 8);
		cr_expect_eq(rate((enum tj_schedule)s, 0, 0), 0.5);
	}
}

Test(optimizer, after_the_warm_up)
{
	cr_expect_eq(rate(TJ_SCHEDULE_CONSTANT, 8, 8), 0.5);
	cr_expect_eq(rate(TJ_SCHEDULE_CONSTANT, 8, 1000000), 0.5);
	cr_expect_float_eq(rate(TJ_SCHEDULE_INVERSE_SQRT, 8, 8), 0.5 * sqrt(8.0 / 9), 1e-15);
	cr_expect_float_eq(rate(TJ_SCHEDULE_INVERSE_SQRT, 8, 31), 0.25, 1e-15);
	cr_expect_float_eq(rate(TJ_SCHEDULE_INVERSE_SQRT, 0, 99), 0.05, 1e-15);
}

Test(optimizer, a_plateau_halves_the_rate_of_its_schedule_only)
{
	for (int s = TJ_SCHEDULE_CONSTANT; s <= TJ_SCHEDULE_PLATEAU; s++) {
		struct tj_optimizer_options options = adam;
		options.kind = TJ_SGD;
		options.ema = 0;
		options.schedule = (enum tj_schedule)s;
		float value = 0;
		struct tj_optimizer o = open_optimizer(&options, test_reference(), 1, &value);
		double before = tj_optimizer_rate(&o);
		tj_optimizer_halve(&o);
		tj_optimizer_halve(&o);
		cr_expect_eq(tj_optimizer_rate(&o), s == TJ_SCHEDULE_PLATEAU ? before / 4 : before);
	}
}

/* Copies what a checkpoint keeps: the state and the three arrays. */
Test(optimizer, it_goes_on_from_what_a_checkpoint_keeps)
{
	enum { N = 64 };
	float *values = test_vector(N), *gradient = test_vector(N), *copy = test_vector(N);
	const struct tj_kernels *kernels = test_reference();
	test_fill(values, N, TEST_PLAIN);
	test_fill(gradient, N, TEST_PLAIN);
	struct tj_optimizer a = open_optimizer(&adam, kernels, N, values);
	tj_optimizer_step(&a, values, gradient, 1);
	struct tj_optimizer b = open_optimizer(&adam, kernels, N, values);
	memcpy(copy, values, N * sizeof *copy);
	b.state = a.state;
	memcpy(b.first, a.first, N * sizeof *b.first);
	memcpy(b.second, a.second, N * sizeof *b.second);
	memcpy(b.average, a.average, N * sizeof *b.average);
	for (int u = 0; u < 3; u++) {
		tj_optimizer_step(&a, values, gradient, 1);
		tj_optimizer_step(&b, copy, gradient, 1);
	}
	cr_expect_eq(memcmp(values, copy, N * sizeof *copy), 0);
	cr_expect_eq(memcmp(a.average, b.average, N * sizeof *copy), 0);
	tj_optimizer_free(&a);
	tj_optimizer_free(&b);
}
