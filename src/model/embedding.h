/* SPDX-License-Identifier: MIT */
/* Rows of an embedding table. Any thread. */
#ifndef TJ_MODEL_EMBEDDING_H
#define TJ_MODEL_EMBEDDING_H

#include "simd/pack.h"

/* Row `id` of an embedding: in the file where it lies there as floats, else unpacked
 * into `scratch` [E]. Tables stay as small as they are stored. */
const float *tj_embedding_row(const struct tj_matrix *table, int32_t id, float *scratch);

#endif
