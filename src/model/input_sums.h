/* SPDX-License-Identifier: MIT */
/* The initial sums of a layer for each input piece: bias plus embedding times weights. A table
 * keeps them for the first pieces of the vocabulary, which are the commonest as vocabularies are
 * ordered: an entry is computed when its piece first occurs, so that the layer only multiplies its
 * other inputs. Those of the other pieces are computed each time. The results equal those of the
 * whole product bit for bit, because these sums are its beginning. */
#ifndef TJ_MODEL_INPUT_SUMS_H
#define TJ_MODEL_INPUT_SUMS_H

#include "simd/pack.h"
#include "src/base/status.h"

struct tj_input_sums;

/* A table of the first n_kept pieces, or of all if they are fewer, for the weights of a first
 * layer, whose first segment is the embedding. The caller keeps embedding and weights, and they
 * must outlive the table. NULL if out of memory. */
struct tj_input_sums *tj_input_sums_new(const struct tj_weights *weights,
                                        const struct tj_matrix *embedding, size_t n_kept,
                                        struct tj_error *err);

/* The table t for a copy of the same weights: entries that one computes are available to the
 * other. t and the weights must outlive it. NULL if out of memory. */
struct tj_input_sums *tj_input_sums_share(const struct tj_input_sums *t,
                                          const struct tj_weights *weights);
void tj_input_sums_free(struct tj_input_sums *t);

/* The bytes of an entry of a table for these weights, and of t, which may be NULL: 0. */
size_t tj_input_sums_entry(const struct tj_weights *weights);
size_t tj_input_sums_bytes(const struct tj_input_sums *t);

/* The weights without the embedding's segment. */
const struct tj_weights *tj_input_sums_rest(const struct tj_input_sums *t);

/* start[i] = the sums of piece ids[i], [n_groups][64], for tj_gemm's start: in the table, or in
 * `others`, which has room for n entries and is 64-byte aligned. `embedded` has room for n
 * embeddings, `scratch` is that of an int8 product. Any number of threads may call it. */
void tj_input_sums_find(struct tj_input_sums *t, const struct tj_kernels *kernels, size_t n,
                        const int32_t *ids, float *embedded, void *scratch, float *others,
                        const float **start);

#endif
