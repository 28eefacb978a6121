/* SPDX-License-Identifier: MIT */
/* Packs weight matrices into the panels that the integer products read. */
#ifndef TJ_SIMD_PACK_INT8_H
#define TJ_SIMD_PACK_INT8_H

#include "simd/pack_layout.h"

/* Like tj_weights_pack, but to int8: an I8 matrix is taken as it is, an F32 matrix is rounded by
 * tj_quantize_row. `layout` is that of the kernels. */
trujaman_status tj_weights_pack_int8(struct tj_weights *w, enum tj_pack_kind kind, size_t n,
                                     size_t n_segments, const struct tj_pack_source *sources,
                                     const void *bias, const void *second_bias, float padding_bias,
                                     struct tj_int8_layout layout, struct tj_error *err);

#endif
