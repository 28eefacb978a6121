/* SPDX-License-Identifier: MIT */
/* The encoder in training: embeddings, layers of one or two directions, and the encoder
 * states that attention reads. */
#include "src/train/net/encoder.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/train/net/embed.h"
#include "src/train/net/state.h"

static size_t n_directions(const struct tj_network *net)
{
	return net->config.bidirectional ? 2 : 1;
}

trujaman_status tj_encoding_open(struct tj_network *net, struct tj_error *err)
{
	const struct tj_config *c = &net->config;
	struct tj_encoding *e = &net->encoding;
	size_t directions = n_directions(net);
	e->layers = calloc(c->encoder_layers * directions, sizeof *e->layers);
	e->x = calloc(c->encoder_layers, sizeof *e->x);
	e->x_pad = calloc(c->encoder_layers, sizeof *e->x_pad);
	if (e->layers == NULL || e->x == NULL || e->x_pad == NULL)
		return tj_fail_memory(err, "the encoder", c->encoder_layers * sizeof *e->layers);
	for (size_t layer = 0; layer < c->encoder_layers; layer++) {
		size_t in = layer == 0 ? c->embedding_size : c->hidden_size;
		e->x_pad[layer] = tj_round_up(in, TJ_LANES);
		for (size_t d = 0; d < directions; d++)
			if (tj_recurrent_open(&e->layers[layer * directions + d], c, net->layout,
			                      "encoder", layer, d == 0 ? "" : "_reverse", in, 0,
			                      err) != TRUJAMAN_OK)
				return err->status;
	}
	return TRUJAMAN_OK;
}

void tj_encoding_close(struct tj_network *net)
{
	struct tj_encoding *e = &net->encoding;
	size_t n = net->config.encoder_layers * n_directions(net);
	for (size_t i = 0; e->layers != NULL && i < n; i++)
		tj_recurrent_free(&e->layers[i]);
	free(e->layers);
	free(e->x);
	free(e->x_pad);
}

void tj_encoding_begin(struct tj_network *net)
{
	struct tj_encoding *e = &net->encoding;
	size_t rows = net->source.n_rows, directions = n_directions(net);
	int backward = tj_network_backward(net);
	e->joined_pad = tj_round_up(net->config.hidden_size, TJ_LANES);
	e->joined = net->config.residual_from > 0
	                ? tj_arena_floats(&net->arena, rows * e->joined_pad)
	                : NULL;
	for (size_t layer = 0; layer < net->config.encoder_layers; layer++) {
		e->x[layer] = tj_arena_floats(&net->arena, rows * e->x_pad[layer]);
		for (size_t d = 0; d < directions; d++) {
			size_t i = layer * directions + d;
			struct tj_dropout drop = tj_dropout_at(net->noise.seed,
			                                       TJ_PLACE_RECURRENT + i,
			                                       net->noise.recurrent_dropout);
			tj_recurrent_begin(&e->layers[i], &net->crew, &net->source, net->values,
			                   &drop, backward);
		}
	}
}

/* Joins the outputs of a layer's directions side by side, in the input of the next layer or
 * in the encoder states that attention reads. With `apart` it splits the gradient of that
 * instead. */
struct join {
	struct tj_network *net;
	size_t layer;
	struct tj_dropout dropout;
	float *next; /* [rows][ld] of the next layer; NULL: encoder states of attention */
	size_t ld;
	int apart;
};

static float *joined_row(const struct join *j, size_t t, size_t place)
{
	const struct tj_network *net = j->net;
	if (j->next != NULL)
		return j->next + tj_order_row(&net->source, t, place) * j->ld;
	const struct tj_attending *a = &net->attention;
	float *encoder_states = j->apart ? a->d_encoder_states : a->encoder_states;
	return encoder_states + (a->first[net->source.sentence[place]] + t) * a->pad;
}

/* The outputs of the directions, and their sum with what the layer below handed on if the layer is
 * residual. */
static void put_together(const struct join *j, size_t row, float *joined)
{
	const struct tj_network *net = j->net;
	const struct tj_encoding *e = &net->encoding;
	size_t directions = n_directions(net), h = net->config.hidden_size;
	for (size_t d = 0; d < directions; d++) {
		const struct tj_recurrent *r = &e->layers[j->layer * directions + d];
		memcpy(joined + d * r->units, r->out + row * r->pad, r->units * sizeof *joined);
	}
	memset(joined + h, 0, (j->ld - h) * sizeof *joined);
	if (e->joined != NULL) {
		float *kept = e->joined + row * e->joined_pad;
		for (size_t i = 0; tj_config_is_residual(&net->config, j->layer) && i < h; i++)
			joined[i] += kept[i];
		memcpy(kept, joined, h * sizeof *kept);
	}
	if (j->dropout.limit > 0)
		tj_dropout_row(&j->dropout, row, h, joined, joined);
}

/* The reverse, for the gradient. What a residual layer above hands down is the gradient of its own
 * outputs. */
static void take_apart(const struct join *j, size_t row, float *joined)
{
	const struct tj_network *net = j->net;
	size_t directions = n_directions(net), h = net->config.hidden_size;
	int above = j->next != NULL && tj_config_is_residual(&net->config, j->layer + 1);
	if (j->dropout.limit > 0)
		tj_dropout_row(&j->dropout, row, h, joined, joined);
	for (size_t d = 0; d < directions; d++) {
		struct tj_recurrent *r = &net->encoding.layers[j->layer * directions + d];
		const float *from = joined + d * r->units;
		const float *more = above ? (r + directions)->d_out + row * r->pad : NULL;
		float *to = r->d_out + row * r->pad;
		for (size_t i = 0; i < r->units; i++)
			to[i] = above ? from[i] + more[i] : from[i];
	}
}

static void join_item(void *context, size_t t, size_t thread)
{
	const struct join *j = context;
	const struct tj_order *o = &j->net->source;
	(void)thread;
	for (size_t place = 0; place < tj_order_live(o, t); place++) {
		float *joined = joined_row(j, t, place);
		if (j->apart)
			take_apart(j, tj_order_row(o, t, place), joined);
		else
			put_together(j, tj_order_row(o, t, place), joined);
	}
}

static void join(struct tj_network *net, size_t layer, float *next, int apart)
{
	struct join j = { .net = net, .layer = layer, .next = next, .apart = apart };
	j.ld = next != NULL ? net->encoding.x_pad[layer + 1] : net->attention.pad;
	if (next != NULL)
		j.dropout = tj_network_dropout(net, TJ_PLACE_ENCODER + layer);
	tj_share(net->n_threads, net->source.n_steps, join_item, &j);
}

static void run_layer(struct tj_network *net, size_t layer, int backward)
{
	struct tj_recurrent *both[2];
	size_t directions = n_directions(net);
	for (size_t d = 0; d < directions; d++)
		both[d] = &net->encoding.layers[layer * directions + d];
	tj_recurrent_run(both, directions, &net->crew, backward);
}

void tj_encoding_forward(struct tj_network *net)
{
	struct tj_encoding *e = &net->encoding;
	size_t n = net->config.encoder_layers, directions = n_directions(net);
	tj_embed(net, &net->source, net->batch->source, -1, net->source_embedding, TJ_PLACE_SOURCE,
	         e->x[0], e->x_pad[0]);
	for (size_t layer = 0; layer < n; layer++) {
		for (size_t d = 0; d < directions; d++)
			tj_recurrent_sums(&e->layers[layer * directions + d], &net->crew,
			                  e->x[layer], e->x_pad[layer]);
		run_layer(net, layer, 0);
		if (layer + 1 < n)
			join(net, layer, e->x[layer + 1], 0);
		else if (net->config.attention != TJ_ATTENTION_NONE)
			join(net, layer, NULL, 0);
	}
}

/* Computes the gradients of the layer's parameters, and that of its input in d_x. */
static void layer_backward(struct tj_network *net, size_t layer, float *d_x)
{
	struct tj_encoding *e = &net->encoding;
	size_t directions = n_directions(net);
	struct tj_arena_mark mark = tj_arena_mark(&net->arena);
	run_layer(net, layer, 1);
	const float **x = tj_row_pointers(net, net->source.n_rows, e->x[layer], e->x_pad[layer]);
	if (x == NULL)
		return;
	for (size_t d = 0; d < directions; d++) {
		struct tj_recurrent *r = &e->layers[layer * directions + d];
		tj_recurrent_input_gradient(r, &net->crew, d_x, e->x_pad[layer], d > 0);
		tj_recurrent_gradients(r, &net->crew, x, NULL, net->gradients);
	}
	tj_arena_release(&net->arena, mark);
}

void tj_encoding_backward(struct tj_network *net)
{
	struct tj_encoding *e = &net->encoding;
	size_t widest = 0;
	for (size_t layer = 0; layer < net->config.encoder_layers; layer++)
		widest = e->x_pad[layer] > widest ? e->x_pad[layer] : widest;
	float *d_x = tj_arena_floats(&net->arena, net->source.n_rows * widest);
	if (d_x == NULL)
		return;
	for (size_t layer = net->config.encoder_layers; layer-- > 0;) {
		if (layer + 1 < net->config.encoder_layers)
			join(net, layer, d_x, 1);
		else if (net->config.attention != TJ_ATTENTION_NONE)
			join(net, layer, NULL, 1);
		layer_backward(net, layer, d_x);
	}
	tj_embed_backward(net, &net->source, net->batch->source, -1, net->source_embedding,
	                  TJ_PLACE_SOURCE, d_x, e->x_pad[0]);
}
