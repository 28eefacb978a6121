/* SPDX-License-Identifier: MIT */
/* The whole network: opens its parts and runs one batch forward and backward. */
#include "src/train/net/network.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/train/net/decoder.h"
#include "src/train/net/encoder.h"
#include "src/train/net/guide.h"
#include "src/train/net/readout.h"
#include "src/train/net/state.h"

/* Lists all matrices, so that threads can share the work of packing them. */
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
	struct tj_linear *others[] = { &net->readout.output[0],    &net->readout.output[1],
		                       &net->readout.from_context, &net->readout.from_state,
		                       &net->attention.general,    &net->attention.query,
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
	net->target_embedding = tj_parameters_offset(net->layout, "decoder.embedding.weight");
	net->source_embedding = c->tied_embeddings
	                            ? net->target_embedding
	                            : tj_parameters_offset(net->layout, "encoder.embedding.weight");
	if (tj_encoding_open(net, err) != TRUJAMAN_OK ||
	    tj_decoding_open(net, err) != TRUJAMAN_OK || tj_readout_open(net, err) != TRUJAMAN_OK)
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

void tj_network_close(struct tj_network *net)
{
	if (net == NULL)
		return;
	tj_encoding_close(net);
	tj_decoding_close(net);
	tj_readout_close(net);
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
	const struct tj_dropout shares = tj_dropout_at(net->noise.seed, TJ_PLACE_SHARES,
	                                               net->noise.attention_dropout);
	if (net->config.attention != TJ_ATTENTION_NONE) {
		tj_attending_begin(&net->attention, &net->crew, net->values, &shares, b->n,
		                   b->n_source, tj_network_backward(net));
		tj_guide_begin(net);
	}
	if (net->arena.failed)
		return TRUJAMAN_OK; /* the caller reports it */
	if (tj_decoding_begin(net, err) != TRUJAMAN_OK)
		return err->status;
	tj_readout_begin(net);
	return TRUJAMAN_OK;
}

static void run(struct tj_network *net, struct tj_loss *loss)
{
	tj_share(net->n_threads, net->n_linears, pack_item, net);
	tj_encoding_forward(net);
	if (net->config.attention != TJ_ATTENTION_NONE)
		tj_attending_prepare(&net->attention, &net->crew, tj_network_backward(net));
	tj_decoding_forward(net);
	if (net->config.attention != TJ_ATTENTION_NONE)
		tj_guide_loss(net, loss);
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
	*loss = (struct tj_loss){ 0, 0, 0, 0, 0 };
	if (begin(net, err) != TRUJAMAN_OK)
		return err->status;
	if (!net->arena.failed)
		run(net, loss);
	if (net->arena.failed)
		return tj_fail_memory(err, "a batch", net->arena.peak * sizeof(float));
	return TRUJAMAN_OK;
}
