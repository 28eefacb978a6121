/* SPDX-License-Identifier: MIT */
/* Mini-batches and parameter values for the tests of the trainer's gradients. */
#include "gradient_case.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/random.h"

/* Lengths of source and target: unsorted, some equal, with single pieces on either side and on
 * both. */
static const size_t few[2][7] = { { 3, 1, 5, 3, 2, 8, 1 }, { 4, 6, 1, 2, 4, 3, 1 } };

/* Returns a sentence length: mostly short, sometimes long. */
static size_t any_length(uint64_t seed, uint64_t counter)
{
	size_t longest = 1 + tj_random_below(~seed, counter, GRADIENT_LONGEST);
	return 1 + tj_random_below(seed, counter, longest);
}

static void fill_batch(struct gradient_case *g, int many)
{
	const struct tj_config *c = &g->network->c;
	uint64_t seed = g->network->seed, counter = 0;
	size_t words[2] = { c->source_words, c->target_words };
	g->batch.n = many ? GRADIENT_SENTENCES : sizeof few[0] / sizeof *few[0];
	for (int side = 0; side < 2; side++)
		for (size_t i = 0; i < g->batch.n; i++) {
			size_t n = many ? any_length(seed, counter++) : few[side][i];
			for (size_t j = 0; j < n; j++)
				g->ids[side][i][j] = (int32_t)tj_random_below(seed, counter++,
				                                              words[side]);
			if (side == 1 || c->source_eos)
				g->ids[side][i][n - 1] = GRADIENT_EOS;
			g->n_ids[side][i] = n;
			g->side[side][i] = g->ids[side][i];
		}
	g->batch.source = g->side[0];
	g->batch.target = g->side[1];
	g->batch.n_source = g->n_ids[0];
	g->batch.n_target = g->n_ids[1];
}

/* Doubles the weights that a trainer starts from, and adds random numbers to vectors such as
 * biases. Otherwise the attention weights are nearly uniform, and the gradients that flow
 * through them nearly cancel. */
static void fill_values(struct gradient_case *g)
{
	tj_parameters_init(&g->p, &g->network->c, g->network->seed);
	for (size_t i = 0; i < g->p.n; i++) {
		const struct tj_parameter *p = &g->p.items[i];
		float *x = g->p.values + p->offset;
		for (size_t j = 0; j < p->n_rows * p->n_columns; j++)
			x[j] = p->rank == 2
			           ? 2 * x[j]
			           : x[j] + tj_random_unit(g->network->seed + 100 + i, j) - 0.5f;
	}
}

/* Each fourth pair has no links. */
static void fill_links(struct gradient_case *g)
{
	uint64_t seed = g->network->seed + 1000, counter = 0;
	for (size_t i = 0; i < g->batch.n; i++) {
		size_t n = 0;
		for (size_t t = 0; t + 1 < g->n_ids[1][i] && i % 4 < 3; t++) {
			size_t source = tj_random_below(seed, counter++, g->n_ids[0][i]);
			size_t some = tj_random_below(seed, counter++, 4);
			for (size_t k = 0; k < some && source < g->n_ids[0][i]; k++) {
				cr_assert_lt(n, GRADIENT_LINKS);
				g->links[i][n++] = (struct tj_piece_link){ (uint16_t)t,
					                                   (uint16_t)source };
				source += 1 + tj_random_below(seed, counter++, 3);
			}
		}
		g->n_links[i] = n;
		g->linked[i] = g->links[i];
	}
	g->batch.links = g->linked;
	g->batch.n_links = g->n_links;
}

void gradient_case_open(struct gradient_case *g, const struct gradient_network *network, int many)
{
	struct tj_error err = { 0 };
	memset(g, 0, sizeof *g);
	g->network = network;
	cr_assert_eq(tj_parameters_open(&g->p, &network->c, &err), TRUJAMAN_OK, "%s", err.text);
	fill_values(g);
	g->exact = calloc(g->p.n_floats, sizeof *g->exact);
	g->gradients = tj_alloc(g->p.n_floats, sizeof *g->gradients);
	cr_assert(g->exact != NULL && g->gradients != NULL);
	for (size_t i = 0; i < g->p.n_floats; i++)
		g->exact[i] = (double)g->p.values[i];
	fill_batch(g, many);
	fill_links(g);
}

void gradient_case_close(struct gradient_case *g)
{
	tj_free(g->gradients);
	free(g->exact);
	tj_parameters_free(&g->p);
}

struct tj_network *gradient_case_network(const struct gradient_case *g,
                                         const struct tj_kernels *kernels, size_t n_threads)
{
	struct tj_error err = { 0 };
	struct tj_network *net = tj_network_open(&g->network->c, &g->p, kernels, GRADIENT_BOS,
	                                         GRADIENT_EOS, n_threads, &err);
	cr_assert_not_null(net, "%s", err.text);
	return net;
}

struct tj_loss gradient_case_run(struct tj_network *net, const struct gradient_case *g,
                                 const struct tj_noise *noise, const float *values,
                                 float *gradients)
{
	struct tj_error err = { 0 };
	struct tj_loss loss;
	if (gradients != NULL)
		memset(gradients, 0xff, g->p.n_floats * sizeof *gradients);
	cr_assert_eq(tj_network_run(net, values, &g->batch, noise, gradients, &loss, &err),
	             TRUJAMAN_OK, "%s", err.text);
	return loss;
}

struct tj_loss gradient_case_exact(const struct gradient_case *g, double smoothing)
{
	const struct tj_config *c = &g->network->c;
	struct reference r = { c, &g->p, g->exact,
		               c->start_with_eos ? GRADIENT_EOS : GRADIENT_BOS };
	return reference_run(&r, &g->batch, smoothing);
}
