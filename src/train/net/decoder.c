/* SPDX-License-Identifier: MIT */
/* The decoder in training. If attention does not feed back into the steps, each layer runs
 * through all steps before the next layer starts; otherwise decoder_steps.c runs step by
 * step. */
#include "src/train/net/decoder.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/train/net/attend.h"
#include "src/train/net/decoder_steps.h"
#include "src/train/net/embed.h"
#include "src/train/net/readout.h"
#include "src/train/net/state.h"

trujaman_status tj_decoding_open(struct tj_network *net, struct tj_error *err)
{
	const struct tj_config *c = &net->config;
	struct tj_decoding *d = &net->decoding;
	d->layers = calloc(c->decoder_layers, sizeof *d->layers);
	d->x = calloc(c->decoder_layers, sizeof *d->x);
	d->x_pad = calloc(c->decoder_layers, sizeof *d->x_pad);
	if (d->layers == NULL || d->x == NULL || d->x_pad == NULL)
		return tj_fail_memory(err, "the decoder", c->decoder_layers * sizeof *d->layers);
	d->fed_size = tj_config_fed_size(c);
	d->fed_pad = tj_round_up(d->fed_size, TJ_LANES);
	for (size_t layer = 0; layer < c->decoder_layers; layer++) {
		size_t in = tj_config_decoder_below(c, layer);
		d->x_pad[layer] = tj_round_up(in, TJ_LANES);
		if (tj_recurrent_open(&d->layers[layer], c, net->layout, "decoder", layer, "", in,
		                      tj_config_decoder_fed(c, layer), err) != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

void tj_decoding_close(struct tj_network *net)
{
	struct tj_decoding *d = &net->decoding;
	for (size_t i = 0; d->layers != NULL && i < net->config.decoder_layers; i++)
		tj_recurrent_free(&d->layers[i]);
	free(d->layers);
	free(d->x);
	free(d->x_pad);
	free(d->first);
	free(d->first_share);
}

/* Computes where the queries and attention weights of each sentence begin. */
static trujaman_status lay_out(struct tj_network *net, struct tj_error *err)
{
	struct tj_decoding *d = &net->decoding;
	size_t n = net->batch->n;
	size_t *first = realloc(d->first, (n + 1) * sizeof *first);
	if (first != NULL)
		d->first = first;
	size_t *share = realloc(d->first_share, (n + 1) * sizeof *share);
	if (share != NULL)
		d->first_share = share;
	if (first == NULL || share == NULL)
		return tj_fail_memory(err, "the layout of a batch", (n + 1) * sizeof *first);
	first[0] = share[0] = 0;
	for (size_t i = 0; i < n; i++) {
		first[i + 1] = first[i] + net->batch->n_target[i];
		share[i + 1] = share[i] + net->batch->n_target[i] * net->attention.heads *
		                              tj_attending_positions(&net->attention, i);
	}
	return TRUJAMAN_OK;
}

static size_t scratch_floats(const struct tj_network *net)
{
	const struct tj_attending *a = &net->attention;
	size_t longest = net->target.n_steps,
	       positions = tj_round_up(net->source.n_steps, TJ_LANES);
	return tj_round_up(tj_attend_scratch(a, longest, positions), TJ_LANES) +
	       longest * 2 * a->pad;
}

static void begin_attention(struct tj_network *net)
{
	struct tj_decoding *d = &net->decoding;
	struct tj_arena *arena = &net->arena;
	const struct tj_attending *a = &net->attention;
	size_t n = net->batch->n, rows = net->target.n_rows;
	int backward = tj_network_backward(net);
	d->queries = tj_arena_floats(arena, rows * a->key_pad);
	d->d_queries = backward ? tj_arena_floats(arena, rows * a->key_pad) : NULL;
	d->query_lengths = tj_arena_floats(arena, rows * a->heads);
	d->shares = tj_arena_floats(arena, d->first_share[n]);
	d->contexts = tj_arena_floats(arena, rows * a->pad);
	d->d_contexts = backward ? tj_arena_floats(arena, rows * a->pad) : NULL;
	d->scratch_floats = scratch_floats(net);
	d->scratch = tj_arena_floats(arena, net->n_threads * d->scratch_floats);
	if (d->fed_size == 0)
		return;
	d->fed = tj_arena_pointers(arena, rows);
	d->nothing = tj_arena_floats(arena, d->fed_pad);
	d->d_fed = backward ? tj_arena_floats(arena, n * d->fed_pad) : NULL;
	if (arena->failed)
		return;
	memset(d->nothing, 0, d->fed_pad * sizeof *d->nothing);
	if (backward)
		memset(d->d_fed, 0, n * d->fed_pad * sizeof *d->d_fed);
}

trujaman_status tj_decoding_begin(struct tj_network *net, struct tj_error *err)
{
	struct tj_decoding *d = &net->decoding;
	for (size_t layer = 0; layer < net->config.decoder_layers; layer++) {
		struct tj_dropout drop = tj_dropout_at(net->noise.seed,
		                                       TJ_PLACE_RECURRENT + TJ_PLACE_DECODER +
		                                           layer,
		                                       net->noise.recurrent_dropout);
		d->x[layer] = tj_arena_floats(&net->arena, net->target.n_rows * d->x_pad[layer]);
		tj_recurrent_begin(&d->layers[layer], &net->crew, &net->target, net->values, &drop,
		                   tj_network_backward(net));
	}
	d->joined = tj_config_is_residual(&net->config, net->config.decoder_layers - 1)
	                ? tj_arena_floats(&net->arena,
	                                  net->target.n_rows * tj_network_top(net)->pad)
	                : NULL;
	if (net->config.attention == TJ_ATTENTION_NONE)
		return TRUJAMAN_OK;
	if (lay_out(net, err) != TRUJAMAN_OK)
		return err->status;
	begin_attention(net);
	return TRUJAMAN_OK;
}

/* --- From the encoder's final states --------------------------------------------- */

/* Copies the encoder's final states to the initial states of every decoder layer, or their
 * gradient back. */
static void hand_over(struct tj_network *net, int backward)
{
	size_t n_encoder = net->config.encoder_layers, n_decoder = net->config.decoder_layers;
	size_t directions = net->config.bidirectional ? 2 : 1;
	for (size_t layer = 0; layer < n_decoder; layer++)
		for (size_t k = 0; k < directions; k++) {
			struct tj_recurrent *to = &net->decoding.layers[layer];
			struct tj_recurrent *from =
			    &net->encoding.layers[(n_encoder - n_decoder + layer) * directions + k];
			size_t n = from->units * sizeof(float), first = k * from->units;
			for (size_t i = 0; i < net->batch->n; i++) {
				size_t s = net->source.place[i], t = net->target.place[i];
				size_t row = tj_recurrent_final_row(from, s);
				size_t here = t * to->pad + first, there = s * from->pad;
				if (backward)
					memcpy(from->carry_h + there, to->carry_h + here, n);
				else
					memcpy(to->first_h + here, from->out + row * from->pad, n);
				if (to->cell != TJ_LSTM)
					continue;
				if (backward)
					memcpy(from->carry_c + there, to->carry_c + here, n);
				else
					memcpy(to->first_c + here,
					       from->cell_state + row * from->pad, n);
			}
		}
}

/* --- Layer by layer --------------------------------------------------------------- */

struct masked_copy {
	struct tj_network *net;
	struct tj_dropout dropout;
	const float *from;
	float *to;
	size_t pad;
	int add;
};

/* Copies the rows of a step with dropout. */
static void copy_item(void *context, size_t t, size_t thread)
{
	const struct masked_copy *c = context;
	const struct tj_order *o = &c->net->target;
	(void)thread;
	for (size_t row = o->first[t]; row < o->first[t + 1]; row++)
		tj_dropout_row(&c->dropout, row, c->pad, c->from + row * c->pad,
		               c->to + row * c->pad);
}

static void copy_rows(struct tj_network *net, size_t layer, const float *from, float *to)
{
	struct masked_copy c = { .net = net,
		                 .from = from,
		                 .to = to,
		                 .pad = net->decoding.layers[0].pad,
		                 .dropout = tj_network_dropout(net, TJ_PLACE_DECODER + layer) };
	tj_share(net->n_threads, net->target.n_steps, copy_item, &c);
}

static void attend_item(void *context, size_t i, size_t thread)
{
	struct tj_network *net = context;
	struct tj_decoding *d = &net->decoding;
	const struct tj_attending *a = &net->attention;
	const struct tj_order *o = &net->target;
	const struct tj_recurrent *top = tj_network_top(net);
	size_t n = net->batch->n_target[i], place = o->place[i], first = d->first[i];
	float *queries = d->queries + first * a->key_pad;
	float *contexts = d->scratch + thread * d->scratch_floats;
	for (size_t t = 0; t < n; t++) {
		const float *state = tj_network_state(net) + tj_order_row(o, t, place) * top->pad;
		tj_attending_query(a, 1, &state, queries + t * a->key_pad,
		                   d->query_lengths + (first + t) * a->heads);
	}
	const struct tj_asking q = {
		i, n, 0, first, queries, d->shares + d->first_share[i], contexts + n * a->pad
	};
	tj_attend(a, &q, contexts);
	for (size_t t = 0; t < n; t++)
		memcpy(d->contexts + tj_order_row(o, t, place) * a->pad, contexts + t * a->pad,
		       a->pad * sizeof *contexts);
}

static void attend_backward_item(void *context, size_t i, size_t thread)
{
	struct tj_network *net = context;
	struct tj_decoding *d = &net->decoding;
	const struct tj_attending *a = &net->attention;
	const struct tj_order *o = &net->target;
	const struct tj_recurrent *top = tj_network_top(net);
	size_t n = net->batch->n_target[i], place = o->place[i], first = d->first[i];
	const float *queries = d->queries + first * a->key_pad;
	float *d_queries = d->d_queries + first * a->key_pad;
	float *d_contexts = d->scratch + thread * d->scratch_floats;
	for (size_t t = 0; t < n; t++)
		memcpy(d_contexts + t * a->pad, d->d_contexts + tj_order_row(o, t, place) * a->pad,
		       a->pad * sizeof *d_contexts);
	const struct tj_asking q = {
		i, n, 0, first, queries, d->shares + d->first_share[i], d_contexts + n * a->pad
	};
	tj_attend_backward(a, &q, d_contexts, d_queries);
	for (size_t t = 0; t < n; t++)
		tj_attending_query_backward(a, 1, queries + t * a->key_pad,
		                            d->query_lengths + (first + t) * a->heads,
		                            d_queries + t * a->key_pad,
		                            top->d_out + tj_order_row(o, t, place) * top->pad);
}

static void run_layer(struct tj_network *net, size_t layer, int backward)
{
	struct tj_recurrent *r = &net->decoding.layers[layer];
	tj_recurrent_run(&r, 1, &net->crew, backward);
}

static void decode_layers(struct tj_network *net)
{
	struct tj_decoding *d = &net->decoding;
	for (size_t layer = 0; layer < net->config.decoder_layers; layer++) {
		if (layer > 0) {
			copy_rows(net, layer, tj_network_handed_on(net, layer - 1), d->x[layer]);
			tj_recurrent_sums(&d->layers[layer], &net->crew, d->x[layer],
			                  d->x_pad[layer]);
		}
		run_layer(net, layer, 0);
		tj_decode_join(net, layer, 0, net->target.n_rows);
	}
	if (net->config.attention != TJ_ATTENTION_NONE)
		tj_share(net->n_threads, net->batch->n, attend_item, net);
	tj_readout_all(net);
}

static void decode_layers_backward(struct tj_network *net)
{
	struct tj_decoding *d = &net->decoding;
	tj_readout_all_backward(net);
	if (net->config.attention != TJ_ATTENTION_NONE)
		tj_share(net->n_threads, net->batch->n, attend_backward_item, net);
	for (size_t layer = net->config.decoder_layers; layer-- > 0;) {
		run_layer(net, layer, 1);
		if (layer == 0)
			break;
		float *d_x = d->layers[layer - 1].d_out;
		tj_recurrent_input_gradient(&d->layers[layer], &net->crew, d_x, d->x_pad[layer], 0);
		copy_rows(net, layer, d_x, d_x);
		tj_decode_join_backward(net, layer, 0, net->target.n_rows);
	}
}

void tj_decoding_forward(struct tj_network *net)
{
	struct tj_decoding *d = &net->decoding;
	hand_over(net, 0);
	tj_embed(net, &net->target, net->batch->target, net->start, net->target_embedding,
	         TJ_PLACE_TARGET, d->x[0], d->x_pad[0]);
	tj_recurrent_sums(&d->layers[0], &net->crew, d->x[0], d->x_pad[0]);
	if (tj_decode_is_stepwise(&net->config))
		tj_decode_steps(net);
	else
		decode_layers(net);
}

/* --- Gradients ---------------------------------------------------------------------- */

static void query_gradients(struct tj_network *net)
{
	struct tj_decoding *d = &net->decoding;
	const struct tj_attending *a = &net->attention;
	const struct tj_order *o = &net->target;
	const struct tj_recurrent *top = tj_network_top(net);
	const float **states = tj_arena_pointers(&net->arena, o->n_rows);
	if (states == NULL)
		return;
	for (size_t i = 0; i < net->batch->n; i++)
		for (size_t t = 0; t < net->batch->n_target[i]; t++) {
			size_t row = tj_order_row(o, t, o->place[i]);
			states[d->first[i] + t] = net->config.query_previous
			                              ? top->h_in[row]
			                              : tj_network_state(net) + row * top->pad;
		}
	tj_linear_gradient(&a->query, &net->crew, o->n_rows, d->d_queries, a->key_pad, states,
	                   net->gradients);
	tj_bias_gradient(&net->crew, o->n_rows, d->d_queries, a->key_pad, a->heads, a->key_slice,
	                 net->gradients + a->bias);
}

static void layer_gradients(struct tj_network *net)
{
	struct tj_decoding *d = &net->decoding;
	for (size_t layer = 0; layer < net->config.decoder_layers; layer++) {
		struct tj_arena_mark mark = tj_arena_mark(&net->arena);
		const float **x = tj_row_pointers(net, net->target.n_rows, d->x[layer],
		                                  d->x_pad[layer]);
		if (x == NULL)
			return;
		tj_recurrent_gradients(&d->layers[layer], &net->crew, x,
		                       tj_config_decoder_fed(&net->config, layer) > 0 ? d->fed
		                                                                      : NULL,
		                       net->gradients);
		tj_arena_release(&net->arena, mark);
	}
}

void tj_decoding_backward(struct tj_network *net)
{
	struct tj_decoding *d = &net->decoding;
	if (tj_decode_is_stepwise(&net->config))
		tj_decode_steps_backward(net);
	else
		decode_layers_backward(net);
	hand_over(net, 1);
	tj_readout_gradients(net);
	layer_gradients(net);
	if (net->config.attention == TJ_ADDITIVE)
		query_gradients(net);
	if (net->config.attention != TJ_ATTENTION_NONE)
		tj_attending_finish(&net->attention, &net->crew, net->gradients);
	float *d_x = tj_arena_floats(&net->arena, net->target.n_rows * d->x_pad[0]);
	if (d_x == NULL)
		return;
	tj_recurrent_input_gradient(&d->layers[0], &net->crew, d_x, d->x_pad[0], 0);
	tj_embed_backward(net, &net->target, net->batch->target, net->start, net->target_embedding,
	                  TJ_PLACE_TARGET, d_x, d->x_pad[0]);
}
