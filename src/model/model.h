/* SPDX-License-Identifier: MIT */
/* A model bound to kernels: its weights are packed for the products and ready to run. It does not
 * change once bound, except its tables of input sums, which are thread-safe. So any number of
 * threads may share a model. */
#ifndef TJ_MODEL_MODEL_H
#define TJ_MODEL_MODEL_H

#include "simd/pack.h"
#include "src/model/config.h"
#include "src/model/input_sums.h"

struct tj_model {
	struct tj_config config;
	const struct tj_kernels *kernels;
	int int8;             /* weights are packed as int8 (see simd/kernels.h) */
	size_t scratch_bytes; /* what its largest int8 product needs; 0 in float32 */
	size_t ld_hidden;     /* H padded to 16: stride of decoder and encoder states */
	size_t ld_direction;  /* units of one encoder direction, padded */
	size_t ld_readout;    /* R padded; 0 without a readout layer */
	size_t ld_logits;     /* target words, padded */
	size_t key_size;      /* H, or A for additive attention; 0 without attention */
	size_t slice;         /* a head's part of an encoder state, H / heads, padded */
	int slices_apart;     /* several heads whose slices are no whole vectors of 16 */

	struct tj_matrix source_embedding, target_embedding; /* [words][E], in the file */
	struct tj_weights *encoder;                          /* [layer * directions + direction] */
	struct tj_weights *decoder;                          /* [layer] */
	float *gains; /* of all layers (tj_model_gain); NULL without layer normalisation */
	/* For the first layers; NULL where not wanted. They fill up as the model runs. */
	struct tj_input_sums *encoder_inputs[2]; /* [direction] */
	struct tj_input_sums *decoder_inputs;
	struct tj_weights key;   /* encoder state to key: general (W transposed), additive */
	struct tj_weights query; /* additive only */
	float *additive_v;       /* [A] */
	float attention_scale;   /* 1 if the model has none */
	struct tj_weights readout;
	struct tj_weights output; /* its padding has bias -inf */

	uint64_t n_parameters; /* trained numbers; tied ones count once, scales do not count */
};

/* Bind the tensors of a file whose configuration has been read and checked, for products of
 * float32 or of int8, whichever way the file stores them. The file must stay open as long as the
 * model. Up to table_bytes are used for tables of input sums, the decoder's first. NULL on
 * failure. Weights that are not finite, and -128 in I8, are errors; the message names tensor and
 * row. */
struct tj_model *tj_model_bind(const struct tj_safetensors *file, const struct tj_config *config,
                               const struct tj_kernels *kernels, int int8, size_t table_bytes,
                               struct tj_error *err);

/* Whether a file stores all its matrices as I8, in which case int8 products are the default. */
int tj_model_is_int8(const struct tj_safetensors *file);
void tj_model_free(struct tj_model *m);

/* The i-th of the model's packed weights, in a fixed order, NULL after the last. Some may have 0
 * bytes. */
struct tj_weights *tj_model_weights(struct tj_model *m, size_t i);

/* The gains of recurrent layer i, its number in tj_model_weights, and then its biases, both
 * [n_groups][64] in the order of its weights, which have no bias. Only with layer normalisation. */
const float *tj_model_gain(const struct tj_model *m, size_t i);
size_t tj_model_gain_floats(const struct tj_model *m); /* of all layers; 0 without */

static inline size_t tj_model_directions(const struct tj_model *m)
{
	return m->config.bidirectional ? 2 : 1;
}

#endif
