/* SPDX-License-Identifier: MIT */
/* What a model is: the metadata keys of docs/MODEL.md, checked; and the list of
 * tensors that follows from them. */
#ifndef TJ_MODEL_CONFIG_H
#define TJ_MODEL_CONFIG_H

#include "src/model/safetensors.h"

enum tj_cell { TJ_LSTM, TJ_GRU };
enum tj_attention { TJ_ATTENTION_NONE, TJ_DOT, TJ_COSINE, TJ_GENERAL, TJ_ADDITIVE };
enum tj_activation { TJ_TANH, TJ_SIGMOID, TJ_RELU };

struct tj_config {
	enum tj_cell cell;
	size_t embedding_size; /* E */
	size_t hidden_size;    /* H */
	size_t encoder_layers; /* N */
	size_t decoder_layers; /* M, 1 to N */
	int bidirectional;     /* then H is even, each direction has H/2 units */
	enum tj_attention attention;
	size_t attention_size; /* A; 0 unless additive */
	enum tj_activation attention_activation;
	int query_previous; /* attention asks with the state before the step */
	int input_feeding;
	size_t readout_size; /* R; 0: no readout layer */
	int source_eos;
	int start_with_eos; /* decoder_start: eos instead of bos */
	/* from the tensors: */
	size_t source_words, target_words;
	int tied_output;     /* no output.weight: decoder.embedding.weight serves */
	int tied_embeddings; /* no encoder.embedding.weight: likewise */
	int attention_scale; /* attention.scale is there */
};

/* Gates of the cell in the weight files: 4 or 3. */
static inline size_t tj_config_gates(const struct tj_config *c)
{
	return c->cell == TJ_LSTM ? 4 : 3;
}

/* Units of one encoder direction. */
static inline size_t tj_config_encoder_units(const struct tj_config *c)
{
	return c->bidirectional ? c->hidden_size / 2 : c->hidden_size;
}

/* Width of z, the input of readout or output layer. */
static inline size_t tj_config_z_size(const struct tj_config *c)
{
	return c->attention == TJ_ATTENTION_NONE ? c->hidden_size : 2 * c->hidden_size;
}

/* Width of what the decoder's first layer gets beside the embedding: the
 * context (query previous), the last readout or context (input feeding), or 0. */
size_t tj_config_fed_size(const struct tj_config *c);

/* Read and check the metadata, then check that the file has every tensor that
 * it needs, with the right dtype and shape, and no other. Faults name the file,
 * the key or tensor, what was found and what was wanted. */
trujaman_status tj_config_read(const struct tj_safetensors *file, struct tj_config *config,
                               struct tj_error *err);

/* The metadata alone, for a model that is still to be made: of `file` only path and
 * metadata are looked at, and what follows from tensors is left 0. */
trujaman_status tj_config_read_keys(const struct tj_safetensors *file, struct tj_config *config,
                                    struct tj_error *err);

#endif
