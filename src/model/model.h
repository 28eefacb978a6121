/* SPDX-License-Identifier: MIT */
/* A model bound to kernels: its weights packed for the products, ready to run.
 * Immutable once bound but for its tables of input sums, which look after themselves: any
 * number of threads may share one. */
#ifndef TJ_MODEL_MODEL_H
#define TJ_MODEL_MODEL_H

#include "simd/pack.h"
#include "src/model/config.h"
#include "src/model/input_sums.h"

struct tj_model {
	struct tj_config config;
	const struct tj_kernels *kernels;
	int int8;             /* weights are packed as int8 (simd/kernels.h says what that means) */
	size_t scratch_bytes; /* what the largest of its int8 products needs; 0 in float32 */
	size_t ld_hidden;     /* H padded to 16: stride of decoder states and of the memory */
	size_t ld_direction;  /* units of one encoder direction, padded */
	size_t ld_readout;    /* R padded; 0 without readout layer */
	size_t ld_logits;     /* target words, padded */
	size_t key_size;      /* H, or A for additive attention; 0 without attention */

	struct tj_matrix source_embedding, target_embedding; /* [words][E], in the file */
	struct tj_weights *encoder;                          /* [layer * directions + direction] */
	struct tj_weights *decoder;                          /* [layer] */
	/* Of the first layers; NULL where they were not wanted. They fill up as it runs. */
	struct tj_input_sums *encoder_inputs[2]; /* [direction] */
	struct tj_input_sums *decoder_inputs;
	struct tj_weights key;   /* memory to key: general (W transposed), additive */
	struct tj_weights query; /* additive only */
	float *additive_v;       /* [A] */
	float attention_scale;   /* 1 where the model has none */
	struct tj_weights readout;
	struct tj_weights output; /* padding has bias -inf */

	uint64_t n_parameters; /* trained numbers; tied ones once; scales not counted */
};

/* Bind the tensors of a file whose configuration was read and checked, for products
 * of float32 or of int8, however the file stores them. The file must stay open as long
 * as the model. Up to table_bytes go into tables of input sums, to the decoder's first.
 * Refuses weights that are not finite, or -128 in I8, naming tensor and row. NULL on
 * failure. */
struct tj_model *tj_model_bind(const struct tj_safetensors *file, const struct tj_config *config,
                               const struct tj_kernels *kernels, int int8, size_t table_bytes,
                               struct tj_error *err);

/* Whether a file stores its matrices as I8: then int8 is what it wants. */
int tj_model_is_int8(const struct tj_safetensors *file);
void tj_model_free(struct tj_model *m);

/* The i-th of its packed weights, in a fixed order, some of them of 0 bytes; NULL after the
 * last. */
struct tj_weights *tj_model_weights(struct tj_model *m, size_t i);

static inline size_t tj_model_directions(const struct tj_model *m)
{
	return m->config.bidirectional ? 2 : 1;
}

#endif
