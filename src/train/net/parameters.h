/* SPDX-License-Identifier: MIT */
/* What is trained: every F32 tensor of a model file, in one block of floats.
 *
 * Values, gradients, and what an optimiser keeps beside them (moments, averages)
 * are arrays of the same layout: tensors one after the other, row-major as in
 * the file, each starting at a multiple of 16 floats; the floats between them are
 * zeros and stay zeros. So an optimiser walks the whole block without looking at
 * tensors. */
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
	size_t n_trained; /* numbers that are trained: padding not counted */
	float *values;    /* [n_floats], 64-byte aligned */
};

/* The tensors that `c` calls for, all zeros. Tied tensors are there once. Release
 * p with tj_parameters_free, also after a failure. */
trujaman_status tj_parameters_open(struct tj_parameters *p, const struct tj_config *c,
                                   struct tj_error *err);
void tj_parameters_free(struct tj_parameters *p);

/* NULL where there is none. */
const struct tj_parameter *tj_parameters_find(const struct tj_parameters *p, const char *name);
/* The offset of one that exists. */
size_t tj_parameters_offset(const struct tj_parameters *p, const char *name);

/* Starting values, the same for a seed on every machine: weights uniform in
 * +-sqrt(6 / (rows + columns)) a gate block, recurrent ones uniform in +-1/sqrt(units),
 * embeddings normal with deviation 1/sqrt(E), biases 0 but 1 for an LSTM's forget gate
 * (in bias_ih), additive v uniform, attention.scale 1. */
void tj_parameters_init(struct tj_parameters *p, const struct tj_config *c, uint64_t seed);

/* Take the values of a model file whose configuration was read: F32, or I8 unpacked. */
trujaman_status tj_parameters_read(struct tj_parameters *p, const struct tj_safetensors *file,
                                   struct tj_error *err);

#endif
