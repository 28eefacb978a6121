/* SPDX-License-Identifier: MIT */
/* The trained parameters: every F32 tensor of a model file, in one block of floats.
 *
 * Values, gradients and the arrays of an optimiser (moments, averages) share one layout:
 * tensors one after the other, row-major as in the file, each starting at a multiple of 16
 * floats. The floats between them are zeros and stay zeros. So an optimiser processes the
 * whole block without regard to tensors. */
#ifndef TJ_TRAIN_NET_PARAMETERS_H
#define TJ_TRAIN_NET_PARAMETERS_H

#include "src/model/config.h"

struct tj_parameter {
	char name[56];            /* as in the model file (docs/MODEL.md) */
	size_t rank;              /* 1 or 2 */
	size_t n_rows, n_columns; /* a vector has one column */
	size_t offset;            /* of its first float in the block: a multiple of 16 */
};

struct tj_parameters {
	size_t n;
	struct tj_parameter *items;
	size_t n_floats;  /* of the block: a multiple of 16 */
	size_t n_trained; /* trained numbers, without padding */
	float *values;    /* [n_floats], 64-byte aligned */
};

/* Lays out the tensors that `c` calls for, all zeros. A tied tensor occurs once. Release p
 * with tj_parameters_free, also after a failure. */
trujaman_status tj_parameters_open(struct tj_parameters *p, const struct tj_config *c,
                                   struct tj_error *err);
void tj_parameters_free(struct tj_parameters *p);

/* Returns NULL if there is no such tensor. */
const struct tj_parameter *tj_parameters_find(const struct tj_parameters *p, const char *name);
/* Returns the offset of a tensor, which must exist. */
size_t tj_parameters_offset(const struct tj_parameters *p, const char *name);

/* Sets the initial values, the same for a seed on every machine:
 *   weights              uniform in +-sqrt(6 / (rows + columns)) of a gate block
 *   recurrent weights    uniform in +-1/sqrt(units)
 *   embeddings           normal, standard deviation 1/sqrt(E)
 *   biases               0, but 1 for the forget gate of an LSTM (in bias_ih)
 *   additive v           uniform
 *   gains, attention.scale   1 */
void tj_parameters_init(struct tj_parameters *p, const struct tj_config *c, uint64_t seed);

/* Reads the values from a model file whose configuration was read. I8 tensors are
 * dequantised. With some_rows the file may have fewer rows for pieces (of the embeddings and of the
 * output): those that it lacks keep their values. */
trujaman_status tj_parameters_read(struct tj_parameters *p, const struct tj_safetensors *file,
                                   int some_rows, struct tj_error *err);

#endif
