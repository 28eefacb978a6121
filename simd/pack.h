/* SPDX-License-Identifier: MIT */
/* From weight matrices as files store them to the panels that products read. */
#ifndef TJ_SIMD_PACK_H
#define TJ_SIMD_PACK_H

#include "simd/pack_layout.h"

/* Pack `n` outputs (PLAIN: matrix rows) or units (LSTM: rows in gate order i, f,
 * g, o; GRU: r, z, n). Of bias and second_bias (each [n], [4n], [3n] floats,
 * any alignment, may be NULL: zeros) LSTM and plain take the sum; GRU takes
 * them as b_ih and b_hh, and its last segment as h. Padding columns get zero
 * weights and the bias `padding_bias`.
 * Release w with tj_weights_free, also after a failure (out of memory). */
trujaman_status tj_weights_pack(struct tj_weights *w, enum tj_pack_kind kind, size_t n,
                                size_t n_segments, const struct tj_pack_source *sources,
                                const void *bias, const void *second_bias, float padding_bias,
                                struct tj_error *err);

void tj_weights_free(struct tj_weights *w);

/* The same weights in the storage_bytes at `to`, 64-byte aligned. The copy is not freed, and
 * ends with them. */
void tj_weights_copy(const struct tj_weights *w, void *to, struct tj_weights *copy);

/* Two views of LSTM or GRU weights: their first segment, with the bias, and the others. The
 * product of the first, without epilogue, is what the others' product must start from. The
 * views are not freed, and end with w. */
void tj_weights_split(const struct tj_weights *w, struct tj_weights *first,
                      struct tj_weights *rest);

#endif
