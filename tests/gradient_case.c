/* SPDX-License-Identifier: MIT */
/* Small networks, mini-batches and parameter values for the tests of the trainer's gradients. */
#include "gradient_case.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/random.h"

/* The sizes are small, and most are not multiples of 16. */
struct gradient_network gradient_networks[] = {
	{ "general, feeding, tied, scale",
	  1,
	  { .cell = TJ_LSTM,
	    .embedding_size = 12,
	    .hidden_size = 20,
	    .encoder_layers = 2,
	    .decoder_layers = 2,
	    .bidirectional = 1,
	    .attention = TJ_GENERAL,
	    .input_feeding = 1,
	    .readout_size = 12,
	    .source_eos = 1,
	    .source_words = 23,
	    .target_words = 21,
	    .tied_output = 1,
	    .attention_scale = 1 } },
	{ "general gru, 3 on 2 layers",
	  2,
	  { .cell = TJ_GRU,
	    .embedding_size = 9,
	    .hidden_size = 14,
	    .encoder_layers = 3,
	    .decoder_layers = 2,
	    .bidirectional = 1,
	    .attention = TJ_GENERAL,
	    .input_feeding = 1,
	    .readout_size = 11,
	    .start_with_eos = 1,
	    .source_words = 19,
	    .target_words = 33 } },
	{ "none, no readout",
	  3,
	  { .cell = TJ_LSTM,
	    .embedding_size = 70,
	    .hidden_size = 13,
	    .encoder_layers = 1,
	    .decoder_layers = 1,
	    .source_words = 17,
	    .target_words = 18,
	    .source_eos = 1 } },
	{ "none gru, tied without readout",
	  4,
	  { .cell = TJ_GRU,
	    .embedding_size = 12,
	    .hidden_size = 12,
	    .encoder_layers = 3,
	    .decoder_layers = 1,
	    .bidirectional = 1,
	    .source_eos = 1,
	    .source_words = 16,
	    .target_words = 16,
	    .tied_output = 1 } },
	{ "none, readout, all tied",
	  5,
	  { .cell = TJ_LSTM,
	    .embedding_size = 10,
	    .hidden_size = 18,
	    .encoder_layers = 2,
	    .decoder_layers = 2,
	    .bidirectional = 1,
	    .readout_size = 10,
	    .source_words = 25,
	    .target_words = 25,
	    .tied_output = 1,
	    .tied_embeddings = 1 } },
	{ "dot, feeding, no readout",
	  6,
	  { .cell = TJ_LSTM,
	    .embedding_size = 11,
	    .hidden_size = 10,
	    .encoder_layers = 2,
	    .decoder_layers = 2,
	    .attention = TJ_DOT,
	    .input_feeding = 1,
	    .source_eos = 1,
	    .source_words = 20,
	    .target_words = 22 } },
	{ "dot gru, previous, scale",
	  7,
	  { .cell = TJ_GRU,
	    .embedding_size = 8,
	    .hidden_size = 22,
	    .encoder_layers = 2,
	    .decoder_layers = 1,
	    .bidirectional = 1,
	    .attention = TJ_DOT,
	    .query_previous = 1,
	    .readout_size = 17,
	    .source_eos = 1,
	    .source_words = 31,
	    .target_words = 19,
	    .attention_scale = 1 } },
	{ "dot, tied to both halves of z",
	  8,
	  { .cell = TJ_LSTM,
	    .embedding_size = 20,
	    .hidden_size = 10,
	    .encoder_layers = 1,
	    .decoder_layers = 1,
	    .bidirectional = 1,
	    .attention = TJ_DOT,
	    .source_words = 21,
	    .target_words = 21,
	    .tied_output = 1,
	    .tied_embeddings = 1,
	    .start_with_eos = 1 } },
	{ "cosine, scale",
	  29,
	  { .cell = TJ_LSTM,
	    .embedding_size = 16,
	    .hidden_size = 16,
	    .encoder_layers = 2,
	    .decoder_layers = 1,
	    .attention = TJ_COSINE,
	    .readout_size = 16,
	    .source_eos = 1,
	    .source_words = 32,
	    .target_words = 32,
	    .attention_scale = 1 } },
	{ "cosine gru, previous, scale",
	  10,
	  { .cell = TJ_GRU,
	    .embedding_size = 9,
	    .hidden_size = 12,
	    .encoder_layers = 2,
	    .decoder_layers = 2,
	    .bidirectional = 1,
	    .attention = TJ_COSINE,
	    .query_previous = 1,
	    .source_eos = 1,
	    .source_words = 18,
	    .target_words = 20,
	    .attention_scale = 1 } },
	{ "cosine gru, feeding",
	  11,
	  { .cell = TJ_GRU,
	    .embedding_size = 10,
	    .hidden_size = 34,
	    .encoder_layers = 1,
	    .decoder_layers = 1,
	    .bidirectional = 1,
	    .attention = TJ_COSINE,
	    .input_feeding = 1,
	    .readout_size = 13,
	    .source_words = 18,
	    .target_words = 20 } },
	{ "general, previous",
	  12,
	  { .cell = TJ_LSTM,
	    .embedding_size = 10,
	    .hidden_size = 12,
	    .encoder_layers = 3,
	    .decoder_layers = 3,
	    .bidirectional = 1,
	    .attention = TJ_GENERAL,
	    .query_previous = 1,
	    .source_eos = 1,
	    .source_words = 18,
	    .target_words = 20 } },
	{ "additive tanh, previous",
	  13,
	  { .cell = TJ_LSTM,
	    .embedding_size = 10,
	    .hidden_size = 18,
	    .encoder_layers = 2,
	    .decoder_layers = 1,
	    .bidirectional = 1,
	    .attention = TJ_ADDITIVE,
	    .attention_size = 9,
	    .query_previous = 1,
	    .readout_size = 14,
	    .source_eos = 1,
	    .source_words = 20,
	    .target_words = 23 } },
	{ "additive gru, feeding, scale",
	  14,
	  { .cell = TJ_GRU,
	    .embedding_size = 13,
	    .hidden_size = 10,
	    .encoder_layers = 2,
	    .decoder_layers = 2,
	    .attention = TJ_ADDITIVE,
	    .attention_size = 21,
	    .input_feeding = 1,
	    .source_words = 20,
	    .target_words = 23,
	    .attention_scale = 1 } },
	{ "additive sigmoid gru, previous",
	  15,
	  { .cell = TJ_GRU,
	    .embedding_size = 10,
	    .hidden_size = 16,
	    .encoder_layers = 1,
	    .decoder_layers = 1,
	    .bidirectional = 1,
	    .attention = TJ_ADDITIVE,
	    .attention_size = 12,
	    .attention_activation = TJ_SIGMOID,
	    .query_previous = 1,
	    .readout_size = 10,
	    .source_eos = 1,
	    .source_words = 20,
	    .target_words = 23,
	    .tied_output = 1 } },
	{ "additive relu, feeding",
	  16,
	  { .cell = TJ_LSTM,
	    .embedding_size = 10,
	    .hidden_size = 12,
	    .encoder_layers = 2,
	    .decoder_layers = 2,
	    .bidirectional = 1,
	    .attention = TJ_ADDITIVE,
	    .attention_size = 13,
	    .attention_activation = TJ_RELU,
	    .input_feeding = 1,
	    .readout_size = 15,
	    .source_eos = 1,
	    .source_words = 20,
	    .target_words = 23 } },
	{ "additive relu, scale",
	  27,
	  { .cell = TJ_LSTM,
	    .embedding_size = 10,
	    .hidden_size = 12,
	    .encoder_layers = 2,
	    .decoder_layers = 2,
	    .bidirectional = 1,
	    .attention = TJ_ADDITIVE,
	    .attention_size = 16,
	    .attention_activation = TJ_RELU,
	    .source_words = 20,
	    .target_words = 23,
	    .attention_scale = 1 } },
};
const size_t gradient_n_networks = sizeof gradient_networks / sizeof *gradient_networks;

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
