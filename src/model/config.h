/* SPDX-License-Identifier: MIT */
/* A model's configuration: reads and checks the metadata keys of docs/MODEL.md and the list of
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
	int bidirectional;     /* if set, H is even and each direction has H/2 units */
	enum tj_attention attention;
	size_t attention_size; /* A; 0 unless additive */
	enum tj_activation attention_activation;
	int query_previous; /* the attention query is the state before the step */
	int input_feeding;
	size_t readout_size; /* R; 0: no readout layer */
	int source_eos;
	int start_with_eos; /* decoder_start: eos instead of bos */
	/* Features, 0 in a file that does not name them (tj_features): */
	int normalization;      /* texts are normalised by rules 1 (src/text/normalize.h) */
	int placeables;         /* both vocabularies have placeable pieces */
	int readout_linear;     /* readout_activation: none instead of tanh */
	size_t residual_from;   /* layers from this one on, counted from 1, add their input */
	int layer_norm;         /* the sums of each gate are normalised */
	int word_list;          /* the words that the network knows: source.words */
	size_t attention_heads; /* 0 and 1 are the same */
	int context_to_all;     /* every decoder layer reads the context vector */
	int token_vocabulary;   /* the vocabularies are tokens (src/text/tokens.h) */
	/* These follow from the tensors: */
	size_t source_words, target_words;
	int tied_output;     /* no output.weight: decoder.embedding.weight is used */
	int tied_embeddings; /* no encoder.embedding.weight: the same for it */
	int attention_scale; /* there is an attention.scale */
	/* This follows from the vocabularies (tj_config_count_placeables): */
	size_t n_placeables; /* 0, or TJ_LEAST_PLACEABLES to TJ_MOST_PLACEABLES */
};

/* A feature: what a file of format trujaman/1.1 has beyond trujaman/1. It is used if its field is
 * not 0 (of a size: at least `least`). The metadata key `features` names it; all kinds but
 * TJ_FEATURE_FLAG have their value in a metadata key of the same name. */
enum tj_feature_kind {
	TJ_FEATURE_FLAG,    /* an int, and no key of its own */
	TJ_FEATURE_BOOLEAN, /* an int: true or false */
	TJ_FEATURE_SIZE,    /* a size_t */
	TJ_FEATURE_WORD     /* an int: the index in `words` */
};

struct tj_feature {
	const char *name;
	enum tj_feature_kind kind;
	size_t field; /* offset in struct tj_config */
	size_t least; /* of TJ_FEATURE_SIZE */
	const char *const
	    *words; /* of TJ_FEATURE_WORD, ends with NULL; first what trujaman/1 does */
};

/* All features, sorted by name; ends with a NULL name. Reading and writing follow this table. */
extern const struct tj_feature tj_features[];
enum { TJ_MOST_FEATURES = 16, TJ_LONGEST_FEATURES = 256 /* the list of all, in bytes */ };

int tj_config_uses(const struct tj_config *c, const struct tj_feature *feature);

/* Gates of the cell in the weight files: 4 (LSTM) or 3 (GRU). */
static inline size_t tj_config_gates(const struct tj_config *c)
{
	return c->cell == TJ_LSTM ? 4 : 3;
}

/* Whether a layer, counted from 0 in its side, adds its input to its hidden state. */
static inline int tj_config_is_residual(const struct tj_config *c, size_t layer)
{
	return c->residual_from > 0 && layer + 1 >= c->residual_from;
}

static inline size_t tj_config_heads(const struct tj_config *c)
{
	return c->attention_heads > 1 ? c->attention_heads : 1;
}

/* Units of one encoder direction. */
static inline size_t tj_config_encoder_units(const struct tj_config *c)
{
	return c->bidirectional ? c->hidden_size / 2 : c->hidden_size;
}

/* Width of z, the input of the readout layer, or of the output layer without one. */
static inline size_t tj_config_z_size(const struct tj_config *c)
{
	return c->attention == TJ_ATTENTION_NONE ? c->hidden_size : 2 * c->hidden_size;
}

/* Width of what the decoder's first layer reads beside the embedding: the context vector
 * (query_previous), the last readout or context vector (input feeding), or 0. */
size_t tj_config_fed_size(const struct tj_config *c);

/* Width of what a decoder layer reads, its hidden state aside: what lies below, E or H, and what it
 * is fed. */
static inline size_t tj_config_decoder_below(const struct tj_config *c, size_t layer)
{
	return layer == 0 ? c->embedding_size : c->hidden_size;
}

static inline size_t tj_config_decoder_fed(const struct tj_config *c, size_t layer)
{
	return layer == 0 || c->context_to_all ? tj_config_fed_size(c) : 0;
}

/* The name of the tensor that has the source or target vocabulary. */
const char *tj_config_vocabulary(const struct tj_config *c, int target);

/* The limits are those of the search, which counts what it still has to write, and of what a
 * sentence needs. */
enum { TJ_LEAST_PLACEABLES = 16, TJ_MOST_PLACEABLES = 64 };

/* Sets n_placeables, from what tj_pieces_placeables counts in the two vocabularies, if the feature
 * is used. Unequal or unusable numbers are an error. `path` is for the message. */
trujaman_status tj_config_count_placeables(struct tj_config *config, const char *path,
                                           size_t source, size_t target, struct tj_error *err);

/* Read and check the metadata only, for a model that does not exist yet. Uses only the path and
 * metadata of `file`; what follows from the tensors is left 0. */
trujaman_status tj_config_read_keys(const struct tj_safetensors *file, struct tj_config *config,
                                    struct tj_error *err);

#endif
