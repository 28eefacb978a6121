/* SPDX-License-Identifier: MIT */
/* The trainer's gradients against central differences of the same equations in float64
 * (reference_network.c), and the same bits for every number of threads and instruction set. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gradient_case.h"
#include "sanitized.h"
#include "src/base/memory.h"
#include "src/base/random.h"

/* Sanitizers make networks many times slower. */
enum {
	ELEMENTS = SANITIZED ? 8 : 40,
	FEW_ELEMENTS = SANITIZED ? 2 : 5,
	MAX_THREADS = SANITIZED ? 2 : 3,
};

/* The error of a value that goes through about a hundred roundings of 2^-24; the largest errors
 * seen are a quarter of these bounds. Gradient errors are relative to their tensor's largest
 * gradient. With links those of attention's own parameters come from differences of larger numbers;
 * the largest error seen is a third of that bound. */
static const double loss_bound = 1e-7, gradient_bound = 1e-5, alignment_bound = 1e-6,
		    guided_bound = 1e-4;

static const double smoothing = 0.1;

/* What is differentiated. */
static double objective(const struct tj_loss *loss, double guidance)
{
	return (loss->loss + guidance * loss->alignment) / (double)loss->n_pieces;
}

/* --- Against central differences --------------------------------------------- */

/* d loss / d step along `direction` [n] from the exact values at x. The error is about step^2
 * from the third derivative and 1e-16 / step from rounding, both far below 2^-24. The step is
 * short enough to miss every kink of a ReLU. */
static double slope(const struct gradient_case *g, double guidance, size_t n, double *x,
                    const double *direction)
{
	static const double length = 1e-6;
	double ends[2], *kept = malloc(n * sizeof *kept);
	cr_assert_not_null(kept);
	memcpy(kept, x, n * sizeof *x);
	for (int k = 0; k < 2; k++) {
		for (size_t i = 0; i < n; i++)
			x[i] = kept[i] + (k == 0 ? -length : length) * direction[i];
		struct tj_loss loss = gradient_case_exact(g, smoothing);
		ends[k] = objective(&loss, guidance);
	}
	memcpy(x, kept, n * sizeof *x);
	free(kept);
	return (ends[1] - ends[0]) / (2 * length);
}

/* The larger of two errors: that of the derivative in a direction with every element, divided by
 * sqrt(n), as random errors grow like that; and the largest error of `elements` single elements
 * (all, or a random choice). Relative to the tensor's largest gradient. */
static double tensor_error(const struct gradient_case *g, double guidance,
                           const struct tj_parameter *p, size_t elements)
{
	size_t n = p->n_rows * p->n_columns, some = n < elements ? n : elements;
	const float *got = g->gradients + p->offset;
	double *x = g->exact + p->offset, error = 0, largest = 0, sum = 0, one = 1;
	double *signs = calloc(n, sizeof *signs);
	cr_assert_not_null(signs);
	for (size_t i = 0; i < n; i++) {
		cr_assert(isfinite(got[i]), "%s", p->name);
		signs[i] = tj_random(g->network->seed, p->offset + i) & 1 ? 1 : -1;
		sum += signs[i] * (double)got[i];
		largest = fmax(largest, fabs((double)got[i]));
	}
	cr_assert_gt(largest, 0, "%s", p->name);
	error = fabs(sum - slope(g, guidance, n, x, signs)) / sqrt((double)n);
	for (size_t k = 0; k < some; k++) {
		size_t i = n == some ? k : (size_t)tj_random_below(7, p->offset + k, n);
		error = fmax(error, fabs((double)got[i] - slope(g, guidance, 1, x + i, &one)));
	}
	free(signs);
	return error / largest;
}

/* The padding between tensors must stay zero, because optimisers process it too. */
static void check_padding(const struct gradient_case *g)
{
	for (size_t i = 0; i < g->p.n; i++) {
		const struct tj_parameter *p = &g->p.items[i];
		size_t end = p->offset + p->n_rows * p->n_columns;
		for (size_t j = end; j < tj_round_up(end, 16); j++)
			cr_assert_eq(g->gradients[j], 0, "padding of %s", p->name);
	}
}

static void check_alignment(const struct gradient_network *network, const struct tj_loss *got,
                            const struct tj_loss *want)
{
	cr_expect_eq(got->n_aligned, want->n_aligned);
	if (network->c.attention == TJ_ATTENTION_NONE) {
		cr_expect_eq(got->n_aligned, 0);
		return;
	}
	cr_expect_gt(got->n_aligned, 0);
	cr_expect_leq(fabs(got->alignment / want->alignment - 1), alignment_bound,
	              "alignment %.9g, wanted %.9g", got->alignment, want->alignment);
}

static void check_network(const struct gradient_network *network, int many, size_t elements,
                          double guidance)
{
	struct tj_noise noise = { .label_smoothing = (float)smoothing,
		                  .guidance = (float)guidance };
	const char *worst_name = "";
	static struct gradient_case g;
	double worst = 0;
	gradient_case_open(&g, network, many);
	struct tj_network *net = gradient_case_network(&g, *tj_kernels_usable(), 1);
	struct tj_loss loss = gradient_case_run(net, &g, &noise, g.p.values, g.gradients);
	struct tj_loss want = gradient_case_exact(&g, smoothing);
	double loss_error = fmax(fabs(loss.loss / want.loss - 1), fabs(loss.nll / want.nll - 1));
	cr_expect_eq(loss.n_pieces, want.n_pieces);
	cr_expect_leq(loss_error, loss_bound, "loss %.9g, nll %.9g", loss.loss, loss.nll);
	check_alignment(network, &loss, &want);
	check_padding(&g);
	for (size_t i = 0; i < g.p.n; i++) {
		double error = tensor_error(&g, guidance, &g.p.items[i], elements);
		cr_expect_leq(error, guidance > 0 ? guided_bound : gradient_bound,
		              "%s: relative error %.2e", g.p.items[i].name, error);
		if (error >= worst) {
			worst = error;
			worst_name = g.p.items[i].name;
		}
	}
	cr_log_info("%-31s %3zu pieces: loss error %.1e, gradient error %.1e (%s)", network->name,
	            loss.n_pieces, loss_error, worst, worst_name);
	tj_network_close(net);
	gradient_case_close(&g);
}

ParameterizedTestParameters(train_gradients, central_differences)
{
	return cr_make_param_array(struct gradient_network, gradient_networks, gradient_n_networks);
}

ParameterizedTest(struct gradient_network *network, train_gradients, central_differences)
{
	check_network(network, 0, ELEMENTS, 0);
	check_network(network, 1, 0, 0);
	if (network->c.attention == TJ_ATTENTION_NONE)
		return;
	check_network(network, 0, FEW_ELEMENTS, 0.75);
}

/* --- The same bits ----------------------------------------------------------- */

static const struct tj_noise noises[] = {
	{ .dropout = 0 },
	{ .dropout = 0.3f,
	  .recurrent_dropout = 0.2f,
	  .attention_dropout = 0.2f,
	  .label_smoothing = 0.1f,
	  .guidance = 0.3f,
	  .seed = 5 },
};
enum { NOISES = 2 };

/* The loss and the gradients of one batch with one noise. */
struct outcome {
	struct tj_loss loss;
	float *gradients;
};

static void check_outcome(struct tj_network *net, const struct gradient_case *g,
                          const struct tj_noise *noise, const char *what, struct outcome *wanted)
{
	size_t bytes = g->p.n_floats * sizeof *g->gradients;
	struct tj_loss loss = gradient_case_run(net, g, noise, g->p.values, g->gradients);
	if (wanted->gradients == NULL) {
		wanted->gradients = malloc(bytes);
		cr_assert_not_null(wanted->gradients);
		memcpy(wanted->gradients, g->gradients, bytes);
		wanted->loss = loss;
	}
	cr_expect(memcmp(&wanted->loss, &loss, sizeof loss) == 0, "loss: %s", what);
	cr_expect(memcmp(wanted->gradients, g->gradients, bytes) == 0, "gradients: %s", what);
	loss = gradient_case_run(net, g, noise, g->p.values, NULL);
	cr_expect(memcmp(&wanted->loss, &loss, sizeof loss) == 0, "loss without gradients: %s",
	          what);
}

ParameterizedTestParameters(train_gradients, same_bits)
{
	return cr_make_param_array(struct gradient_network, gradient_networks, gradient_n_networks);
}

/* For every number of threads, all kernels, and whatever batch the network has run before. */
ParameterizedTest(struct gradient_network *network, train_gradients, same_bits)
{
	static struct gradient_case few, many;
	struct outcome outcomes[NOISES + 1] = { { { .loss = 0 }, NULL } };
	gradient_case_open(&few, network, 0);
	gradient_case_open(&many, network, 1);
	for (const struct tj_kernels *const *k = tj_kernels_usable(); *k != NULL; k++)
		for (size_t threads = 1; threads <= MAX_THREADS; threads++) {
			struct tj_network *net = gradient_case_network(&few, *k, threads);
			char what[64];
			snprintf(what, sizeof what, "%s, %zu threads", (*k)->name, threads);
			for (size_t i = 0; i < NOISES; i++)
				check_outcome(net, &few, &noises[i], what, &outcomes[i]);
			check_outcome(net, &many, &noises[NOISES - 1], what, &outcomes[NOISES]);
			tj_network_close(net);
		}
	for (size_t i = 0; i <= NOISES; i++)
		free(outcomes[i].gradients);
	gradient_case_close(&few);
	gradient_case_close(&many);
}
