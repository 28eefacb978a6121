/* SPDX-License-Identifier: MIT */
/* Packs weight matrices, as files store them, into the panels that the products read. */
#ifndef TJ_SIMD_PACK_H
#define TJ_SIMD_PACK_H

#include "simd/pack_layout.h"

/* Pack `n` outputs (PLAIN: matrix rows) or units (LSTM: rows in gate order i, f, g, o; GRU: r, z,
 * n). bias and second_bias are [n], [4n] or [3n] floats of any alignment; NULL means zeros. LSTM
 * and PLAIN add the two; GRU takes them as b_ih and b_hh, and its last segment as h. Padding
 * columns get zero weights and the bias `padding_bias`. The caller must release w with
 * tj_weights_free, also after a failure (out of memory). */
trujaman_status tj_weights_pack(struct tj_weights *w, enum tj_pack_kind kind, size_t n,
                                size_t n_segments, const struct tj_pack_source *sources,
                                const void *bias, const void *second_bias, float padding_bias,
                                struct tj_error *err);

void tj_weights_free(struct tj_weights *w);

/* Copy the weights into the w->storage_bytes at `to`, which is 64-byte aligned. The copy owns
 * nothing: do not free it; it is valid as long as the bytes at `to`. */
void tj_weights_copy(const struct tj_weights *w, void *to, struct tj_weights *copy);

/* Make two views of LSTM or GRU weights: `first` is the first segment with the bias, `rest` the
 * other segments. The product of `first`, without an epilogue, is what the product of `rest` must
 * start from (tj_gemm's start). The views own nothing: do not free them; they are valid as long
 * as w. */
void tj_weights_split(const struct tj_weights *w, struct tj_weights *first,
                      struct tj_weights *rest);

#endif
