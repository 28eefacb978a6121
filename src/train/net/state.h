/* SPDX-License-Identifier: MIT */
/* The state of a network in training: its parts and the data that pass between them. Private
 * to src/train/net/. Rows are those of the order of their side (order.h). "Batch order"
 * numbers sentences as the batch lists them. */
#ifndef TJ_TRAIN_NET_STATE_H
#define TJ_TRAIN_NET_STATE_H

#include "src/train/net/attention.h"
#include "src/train/net/batch.h"
#include "src/train/net/recurrent.h"

/* Places of dropout; the number of the layer is added where there are several. */
enum {
	TJ_PLACE_SOURCE = 1,
	TJ_PLACE_TARGET = 2,
	TJ_PLACE_READOUT = 3,
	TJ_PLACE_Z = 4,
	TJ_PLACE_SHARES = 6,
	TJ_PLACE_ENCODER = 1000,
	TJ_PLACE_DECODER = 2000,
	TJ_PLACE_RECURRENT = 3000
};

struct tj_encoding {
	struct tj_recurrent *layers; /* [layer * directions + direction] */
	float **x;                   /* [layers]: inputs [rows][x_pad] */
	size_t *x_pad;               /* [layers] */
	float *joined; /* [rows][H padded]: what the last layer handed on, if layers are residual */
	size_t joined_pad;
};

struct tj_decoding {
	struct tj_recurrent *layers;
	float **x; /* [layers]: inputs [rows][x_pad] */
	size_t *x_pad;
	size_t fed_size, fed_pad;
	float *joined;              /* [rows][pad]: what the top layer hands on if it is residual */
	const float **fed;          /* [rows]: what the first layer was fed; NULL: nothing is fed */
	float *nothing;             /* [fed_pad] zeros: what it is fed at the first step */
	size_t *first;              /* [n + 1], batch order: first query of a sentence */
	size_t *first_share;        /* [n + 1]: its first attention weight */
	float *queries, *d_queries; /* [queries][key_pad], sentence by sentence */
	float *query_lengths;       /* [queries][heads] */
	float *shares;              /* sentence by sentence, [queries][heads][positions] */
	float *contexts, *d_contexts; /* [rows][pad] */
	float *d_fed;                 /* [n][fed_pad]: gradient of what the next step was fed */
	float *scratch;               /* [threads][scratch_floats] */
	size_t scratch_floats;
};

/* Readout, output layer and loss. */
struct tj_readout {
	size_t size, pad; /* R, and R padded; 0: no readout layer */
	int has_context;
	int is_linear;                             /* without the tanh */
	struct tj_linear from_context, from_state; /* of the readout */
	struct tj_linear output[2];                /* one of the readout, or of context and state */
	size_t n_outputs;
	size_t bias, output_bias;     /* offsets */
	float *out;                   /* [rows][pad]: tanh(…), or its argument if linear */
	float *d_sums;                /* [rows][pad] */
	float *input[2], *d_input[2]; /* what the output layer gets, after dropout */
	size_t input_pad[2];
};

struct tj_network {
	struct tj_config config;
	const struct tj_parameters *layout;
	const struct tj_kernels *kernels;
	int32_t start; /* first input of the decoder */
	size_t n_threads;
	struct tj_arena arena;
	struct tj_crew crew;
	struct tj_linear **linears; /* all of them, to be packed */
	size_t n_linears;
	size_t source_embedding, target_embedding; /* offsets */
	struct tj_encoding encoding;
	struct tj_decoding decoding;
	struct tj_readout readout;
	struct tj_attending attention;
	struct tj_order source, target;

	/* Valid during one update. */
	const struct tj_batch *batch;
	struct tj_noise noise;
	const float *values;
	float *gradients; /* NULL: compute only the loss */
};

static inline int tj_network_backward(const struct tj_network *net)
{
	return net->gradients != NULL;
}

static inline struct tj_dropout tj_network_dropout(const struct tj_network *net, uint64_t place)
{
	return tj_dropout_at(net->noise.seed, place, net->noise.dropout);
}

/* Pointers to n rows of ld floats, from the arena. */
const float **tj_row_pointers(struct tj_network *net, size_t n, const float *rows, size_t ld);

static inline struct tj_recurrent *tj_network_top(const struct tj_network *net)
{
	return &net->decoding.layers[net->config.decoder_layers - 1];
}

/* What a decoder layer hands on to what lies above it, [rows][pad]: its hidden states, or with a
 * residual connection their sum with its input. Valid until the next layer has run. */
static inline const float *tj_network_handed_on(const struct tj_network *net, size_t layer)
{
	return tj_config_is_residual(&net->config, layer) ? net->decoding.joined
	                                                  : net->decoding.layers[layer].out;
}

/* What attention and readout get of the top layer: s in docs/MODEL.md. Its gradient is d_out of
 * that layer. */
static inline const float *tj_network_state(const struct tj_network *net)
{
	return tj_network_handed_on(net, net->config.decoder_layers - 1);
}

#endif
