/* SPDX-License-Identifier: MIT */
/* Training with dropout: the seed determines the masks, and for fixed masks the gradients are
 * those of the loss. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gradient_case.h"
#include "src/base/memory.h"
#include "src/base/random.h"

/* Central differences in float32 through the network itself, with masks fixed by the seed. The
 * direction follows the tensor's gradient, so the loss changes by much more than its rounding.
 * Returns the relative error beyond rounding. `values` is scratch, as large as the parameters. */
static double noisy_error(struct tj_network *net, const struct gradient_case *s,
                          const struct tj_noise *noise, const struct tj_parameter *p, uint64_t seed,
                          float *values)
{
	static const double rounding = 2e-7;
	/* Sums that dropout has left small bend a normalised layer more. */
	double length = s->network->c.layer_norm ? 0.001 : 0.004;
	const float *g = s->gradients + p->offset;
	size_t n = p->n_rows * p->n_columns;
	double norm = 0, wanted = 0, ends[2];
	for (size_t i = 0; i < n; i++)
		norm += (double)g[i] * (double)g[i];
	norm = sqrt(norm);
	cr_assert(norm > 0, "%s", p->name);
	for (int end = 0; end < 2; end++) {
		memcpy(values, s->p.values, s->p.n_floats * sizeof *values);
		for (size_t i = 0; i < n; i++) {
			double d = (end == 0 ? -length : length) / norm * (double)g[i] *
			           (0.5 + (double)tj_random_unit(seed, i));
			values[p->offset + i] += (float)d;
			wanted += (end == 0 ? -d : d) * (double)g[i];
		}
		struct tj_loss loss = gradient_case_run(net, s, noise, values, NULL);
		ends[end] = loss.loss / (double)loss.n_pieces;
	}
	return fmax(fabs(ends[1] - ends[0] - wanted) - rounding, 0) / fabs(wanted);
}

/* The largest error of all tensors. A wrong gradient is wrong for every mask. But for one mask a
 * ReLU's kink may lie in the way, so then each tensor's best result over several masks counts. */
static double worst_noisy_error(struct tj_network *net, const struct gradient_case *s,
                                const struct tj_noise *noise, const char **worst_name)
{
	uint64_t masks = s->network->c.attention_activation == TJ_RELU ? 4 : 1;
	struct tj_noise n = *noise;
	double worst = 0, *errors = malloc(s->p.n * sizeof *errors);
	float *values = tj_alloc(s->p.n_floats, sizeof *values);
	cr_assert(values != NULL && errors != NULL);
	for (uint64_t mask = 0; mask < masks; mask++, n.seed += 100) {
		gradient_case_run(net, s, &n, s->p.values, s->gradients);
		for (size_t i = 0; i < s->p.n; i++) {
			double error = noisy_error(net, s, &n, &s->p.items[i], n.seed + i, values);
			errors[i] = mask == 0 ? error : fmin(error, errors[i]);
		}
	}
	for (size_t i = 0; i < s->p.n; i++)
		if (errors[i] > worst) {
			worst = errors[i];
			*worst_name = s->p.items[i].name;
		}
	tj_free(values);
	free(errors);
	return worst;
}

static int differ(struct tj_network *net, const struct gradient_case *s, const struct tj_noise *a,
                  const struct tj_noise *b)
{
	size_t bytes = s->p.n_floats * sizeof *s->gradients;
	float *first = malloc(bytes);
	cr_assert_not_null(first);
	struct tj_loss x = gradient_case_run(net, s, a, s->p.values, first);
	struct tj_loss y = gradient_case_run(net, s, b, s->p.values, s->gradients);
	int losses = memcmp(&x, &y, sizeof x) != 0;
	int gradients = memcmp(first, s->gradients, bytes) != 0;
	free(first);
	cr_assert_eq(losses, gradients);
	return losses;
}

ParameterizedTestParameters(train_dropout, gradients)
{
	return cr_make_param_array(struct gradient_network, gradient_networks, gradient_n_networks);
}

ParameterizedTest(struct gradient_network *network, train_dropout, gradients)
{
	static const struct tj_noise none = { 0 }, kinds[] = {
		{ .dropout = 0.3f, .seed = 3 },
		{ .recurrent_dropout = 0.3f, .seed = 3 },
		{ .dropout = 0.1f, .recurrent_dropout = 0.5f, .label_smoothing = 0.2f, .seed = 4 },
		/* The last one. Without other dropout a ReLU's kink would lie at one place for
		 * every mask. */
		{ .dropout = 0.1f, .attention_dropout = 0.3f, .seed = 5 },
	};
	/* The largest errors seen are a half of these. A wrong mask is wrong by a tenth or more. */
	const double bound = network->c.layer_norm ? 1.5e-3 : 5e-4;
	struct gradient_case s;
	gradient_case_open(&s, network, 0);
	struct tj_network *net = gradient_case_network(&s, *tj_kernels_usable(), 1);
	cr_expect(!differ(net, &s, &none, &(struct tj_noise){ .seed = 3 }), "without dropout");
	size_t n_kinds = sizeof kinds / sizeof *kinds - (network->c.attention == TJ_ATTENTION_NONE);
	for (size_t i = 0; i < n_kinds; i++) {
		struct tj_noise other = kinds[i];
		const char *name = "";
		other.seed++;
		cr_expect(!differ(net, &s, &kinds[i], &kinds[i]), "kind %zu: the same seed", i);
		cr_expect(differ(net, &s, &kinds[i], &other), "kind %zu: another seed", i);
		other = kinds[i];
		other.dropout = other.recurrent_dropout = other.attention_dropout = 0;
		cr_expect(differ(net, &s, &kinds[i], &other), "kind %zu: no dropout", i);
		double error = worst_noisy_error(net, &s, &kinds[i], &name);
		cr_expect_leq(error, bound, "kind %zu: %s: relative error %.1e", i, name, error);
		cr_log_info("%-33s dropout %.1f, recurrent %.1f, of shares %.1f: gradient error "
		            "%.1e (%s)",
		            network->name, (double)kinds[i].dropout,
		            (double)kinds[i].recurrent_dropout, (double)kinds[i].attention_dropout,
		            error, name);
	}
	tj_network_close(net);
	gradient_case_close(&s);
}
