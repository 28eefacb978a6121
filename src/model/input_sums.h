/* SPDX-License-Identifier: MIT */
/* What a layer's sums begin with for each input piece: bias plus embedding times weights,
 * made when a piece is first met and kept, so that a layer multiplies only what else goes
 * into it. The sums are those of the whole product, bit for bit: they are its beginning. */
#ifndef TJ_MODEL_INPUT_SUMS_H
#define TJ_MODEL_INPUT_SUMS_H

#include "simd/pack.h"
#include "src/base/status.h"

struct tj_input_sums;

/* For the weights of a first layer, whose first segment is the embedding; embedding and
 * weights stay the caller's and must outlive it. NULL when there is no memory. */
struct tj_input_sums *tj_input_sums_new(const struct tj_weights *weights,
                                        const struct tj_matrix *embedding, struct tj_error *err);

/* The same table for a copy of the same weights, which must outlive it, as t must: what one
 * makes the other finds. NULL when there is no memory. */
struct tj_input_sums *tj_input_sums_share(const struct tj_input_sums *t,
                                          const struct tj_weights *weights);
void tj_input_sums_free(struct tj_input_sums *t);

/* Bytes that it takes once all pieces were met. */
size_t tj_input_sums_bytes(const struct tj_weights *weights, const struct tj_matrix *embedding);

/* The weights without the embedding's segment. */
const struct tj_weights *tj_input_sums_rest(const struct tj_input_sums *t);

/* start[i] = where piece ids[i]'s sums are, [n_groups][64]: for tj_gemm's start. `embedded`
 * has room for n embeddings, `scratch` for an int8 product. Any number of threads. */
void tj_input_sums_find(struct tj_input_sums *t, const struct tj_kernels *kernels, size_t n,
                        const int32_t *ids, float *embedded, void *scratch, const float **start);

#endif
