/* SPDX-License-Identifier: MIT */
#include "src/train/net/network.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/train/net/state.h"

const float **tj_row_pointers(struct tj_network *net, size_t n, const float *rows, size_t ld)
{
	const float **p = tj_arena_pointers(&net->arena, n);
	for (size_t i = 0; p != NULL && i < n; i++)
		p[i] = rows + i * ld;
	return p;
}

static size_t offset_of(const struct tj_network *net, const char *name)
{
	const struct tj_parameter *p = tj_parameters_find(net->layout, name);
	assert(p != NULL);
	return p->offset;
}

static trujaman_status open_encoder(struct tj_network *net, struct tj_error *err)
{
	const struct tj_config *c = &net->config;
	struct tj_encoding *e = &net->encoding;
	size_t directions = c->bidirectional ? 2 : 1;
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

static trujaman_status open_decoder(struct tj_network *net, struct tj_error *err)
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
		size_t in = layer == 0 ? c->embedding_size : c->hidden_size;
		d->x_pad[layer] = tj_round_up(in, TJ_LANES);
		if (tj_recurrent_open(&d->layers[layer], c, net->layout, "decoder", layer, "", in,
		                      layer == 0 ? d->fed_size : 0, err) != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

static trujaman_status open_output(struct tj_network *net, struct tj_error *err)
{
	const struct tj_config *c = &net->config;
	struct tj_reading *r = &net->reading;
	const char *name = c->tied_output ? "decoder.embedding.weight" : "output.weight";
	size_t h = c->hidden_size, n = r->size > 0 || !r->has_context ? 1 : 2;
	r->output_bias = offset_of(net, "output.bias");
	r->n_outputs = n;
	for (size_t i = 0; i < n; i++) {
		size_t k = r->size > 0 ? r->size : h;
		r->input_pad[i] = tj_round_up(k, TJ_LANES);
		if (tj_linear_open(&r->output[i], net->layout, name, 1, i * h, k, err) !=
		    TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

static trujaman_status open_readout(struct tj_network *net, struct tj_error *err)
{
	const struct tj_config *c = &net->config;
	struct tj_reading *r = &net->reading;
	size_t h = c->hidden_size;
	r->has_context = c->attention != TJ_ATTENTION_NONE;
	r->size = c->readout_size;
	r->pad = tj_round_up(r->size, TJ_LANES);
	if (r->size > 0) {
		r->bias = offset_of(net, "readout.bias");
		if (r->has_context && tj_linear_open(&r->from_context, net->layout, "readout.weight",
		                                     1, 0, h, err) != TRUJAMAN_OK)
			return err->status;
		if (tj_linear_open(&r->from_state, net->layout, "readout.weight", 1,
		                   r->has_context ? h : 0, h, err) != TRUJAMAN_OK)
			return err->status;
	}
	return open_output(net, err);
}

/* Every matrix there is, so that packing them can be shared out. */
static size_t list_linears(struct tj_network *net, struct tj_linear **list)
{
	const struct tj_config *c = &net->config;
	size_t n = 0, n_encoder = c->encoder_layers * (c->bidirectional ? 2 : 1);
	for (size_t i = 0; i < n_encoder + c->decoder_layers; i++) {
		struct tj_recurrent *r = i < n_encoder ? &net->encoding.layers[i]
		                                       : &net->decoding.layers[i - n_encoder];
		struct tj_linear *each[] = { &r->input, &r->hidden, &r->fed };
		for (size_t k = 0; k < 3; k++)
			list[n++] = each[k];
	}
	struct tj_linear *others[] = { &net->reading.output[0], &net->reading.output[1],
		                       &net->reading.from_context, &net->reading.from_state,
		                       &net->attention.general, &net->attention.query,
		                       &net->attention.key };
	for (size_t k = 0; k < sizeof others / sizeof *others; k++)
		list[n++] = others[k];
	size_t used = 0;
	for (size_t i = 0; i < n; i++)
		if (list[i]->forward != NULL)
			list[used++] = list[i];
	return used;
}

static trujaman_status open_parts(struct tj_network *net, struct tj_error *err)
{
	const struct tj_config *c = &net->config;
	net->target_embedding = offset_of(net, "decoder.embedding.weight");
	net->source_embedding =
	    c->tied_embeddings ? net->target_embedding : offset_of(net, "encoder.embedding.weight");
	if (open_encoder(net, err) != TRUJAMAN_OK || open_decoder(net, err) != TRUJAMAN_OK ||
	    open_readout(net, err) != TRUJAMAN_OK)
		return err->status;
	if (c->attention != TJ_ATTENTION_NONE &&
	    tj_attending_open(&net->attention, c, net->layout, err) != TRUJAMAN_OK)
		return err->status;
	size_t most = 3 * (2 * c->encoder_layers + c->decoder_layers) + 8;
	net->linears = calloc(most, sizeof *net->linears);
	if (net->linears == NULL)
		return tj_fail_memory(err, "the list of matrices", most * sizeof *net->linears);
	net->n_linears = list_linears(net, net->linears);
	return TRUJAMAN_OK;
}

struct tj_network *tj_network_open(const struct tj_config *c, const struct tj_parameters *layout,
                                   const struct tj_kernels *kernels, int32_t bos, int32_t eos,
                                   size_t n_threads, struct tj_error *err)
{
	struct tj_network *net = calloc(1, sizeof *net);
	if (net == NULL) {
		tj_fail_memory(err, "the network", sizeof *net);
		return NULL;
	}
	net->config = *c;
	net->layout = layout;
	net->kernels = kernels;
	net->start = c->start_with_eos ? eos : bos;
	net->n_threads = n_threads > 0 ? n_threads : 1;
	net->crew = (struct tj_crew){ kernels, net->n_threads, &net->arena };
	if (open_parts(net, err) != TRUJAMAN_OK) {
		tj_network_close(net);
		return NULL;
	}
	return net;
}

static void close_layers(struct tj_recurrent *layers, size_t n)
{
	for (size_t i = 0; layers != NULL && i < n; i++)
		tj_recurrent_free(&layers[i]);
	free(layers);
}

void tj_network_close(struct tj_network *net)
{
	if (net == NULL)
		return;
	struct tj_reading *r = &net->reading;
	close_layers(net->encoding.layers,
	             net->config.encoder_layers * (net->config.bidirectional ? 2 : 1));
	close_layers(net->decoding.layers, net->config.decoder_layers);
	free(net->encoding.x);
	free(net->encoding.x_pad);
	free(net->decoding.x);
	free(net->decoding.x_pad);
	free(net->decoding.first);
	free(net->decoding.first_share);
	tj_linear_free(&r->from_context);
	tj_linear_free(&r->from_state);
	tj_linear_free(&r->output[0]);
	tj_linear_free(&r->output[1]);
	tj_attending_free(&net->attention);
	tj_order_free(&net->source);
	tj_order_free(&net->target);
	tj_arena_free(&net->arena);
	free(net->linears);
	free(net);
}

/* --- One batch -------------------------------------------------------------------- */

static void pack_item(void *context, size_t item, size_t thread)
{
	const struct tj_network *net = context;
	(void)thread;
	tj_linear_pack(net->linears[item], net->kernels, net->values);
}

static trujaman_status begin(struct tj_network *net, struct tj_error *err)
{
	const struct tj_batch *b = net->batch;
	tj_arena_reset(&net->arena);
	if (tj_order_make(&net->source, b->n, b->n_source, err) != TRUJAMAN_OK ||
	    tj_order_make(&net->target, b->n, b->n_target, err) != TRUJAMAN_OK)
		return err->status;
	tj_encoding_begin(net);
	if (net->config.attention != TJ_ATTENTION_NONE)
		tj_attending_begin(&net->attention, &net->crew, net->values, b->n, b->n_source,
		                   tj_network_backward(net));
	if (net->arena.failed)
		return TRUJAMAN_OK; /* told by the caller */
	if (tj_decoding_begin(net, err) != TRUJAMAN_OK)
		return err->status;
	tj_read_begin(net);
	return TRUJAMAN_OK;
}

static void run(struct tj_network *net, struct tj_loss *loss)
{
	tj_share(net->n_threads, net->n_linears, pack_item, net);
	tj_encode_forward(net);
	if (net->config.attention != TJ_ATTENTION_NONE)
		tj_attending_prepare(&net->attention, &net->crew, tj_network_backward(net));
	tj_decoding_forward(net);
	if (tj_network_backward(net))
		memset(net->gradients, 0, net->layout->n_floats * sizeof *net->gradients);
	tj_output(net, loss);
	if (!tj_network_backward(net) || net->arena.failed)
		return;
	tj_decoding_backward(net);
	if (!net->arena.failed)
		tj_encoding_backward(net);
}

trujaman_status tj_network_run(struct tj_network *net, const float *values,
                               const struct tj_batch *batch, const struct tj_noise *noise,
                               float *gradients, struct tj_loss *loss, struct tj_error *err)
{
	net->batch = batch;
	net->noise = *noise;
	net->values = values;
	net->gradients = gradients;
	*loss = (struct tj_loss){ 0, 0, 0 };
	if (begin(net, err) != TRUJAMAN_OK)
		return err->status;
	if (!net->arena.failed)
		run(net, loss);
	if (net->arena.failed)
		return tj_fail_memory(err, "a batch", net->arena.peak * sizeof(float));
	return TRUJAMAN_OK;
}
