/* SPDX-License-Identifier: MIT */
/* Rows of an embedding table. Any thread may read them. */
#ifndef TJ_MODEL_EMBEDDING_H
#define TJ_MODEL_EMBEDDING_H

#include "simd/pack.h"

/* Row `id` of an embedding, [E]. Points into the file if the row is there as aligned floats;
 * otherwise the row is unpacked into `scratch` [E], so that tables need no more memory than they
 * take in the file. */
const float *tj_embedding_row(const struct tj_matrix *table, int32_t id, float *scratch);

#endif
