/* SPDX-License-Identifier: MIT */
/* Attention of decoder rows over the encoder states of their sentences, in one head or several:
 * each head has its slice of queries, keys and encoder states (docs/MODEL.md). */
#ifndef TJ_MODEL_ATTENTION_H
#define TJ_MODEL_ATTENTION_H

#include "src/model/encoder.h"

struct tj_attention_work; /* scratch; one per thread */

/* Room for max_rows rows and sentences of up to ld_shares positions, a multiple of 16. NULL if out
 * of memory. Release with tj_attention_work_free. */
struct tj_attention_work *tj_attention_work_new(const struct tj_model *m, size_t max_rows,
                                                size_t ld_shares);
void tj_attention_work_free(struct tj_attention_work *w);

/* For n rows: states[i] is the decoder state that asks, encoded[i] its sentence; rows of a sentence
 * are adjacent. Writes attention weights, the mean of the heads, to shares [n][ld_shares] and
 * context vectors to contexts [n][ld_hidden], whose padding stays as it is with several heads.
 * `scratch` is that of int8 products. */
void tj_attention_run(struct tj_attention_work *w, size_t n, const float *const *states,
                      const struct tj_encoded *const *encoded, float *shares, float *contexts,
                      void *scratch);

#endif
