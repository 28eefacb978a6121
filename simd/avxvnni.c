/* SPDX-License-Identifier: MIT */
/* AVX2 with AVX-VNNI: the same, and products of bytes in one instruction. */
/* The tables come after the vector operations. */
/* clang-format off */
#include "simd/v16_avx2.h"
#include "simd/tables.h"
/* clang-format on */

/* rows x panels x 2 accumulators, the weights in between: 8 to 12 registers. */
#define TILE_PANELS(rows) ((rows) == 1 ? 4 : (rows) <= 3 ? 2 : 1)
#define K_BLOCK 512
#define I8_ROWS 6
#define I8_PANELS(rows) ((rows) == 1 ? 4 : (rows) == 2 ? 2 : 1)
#define I8_FLIP 0x80

#define TABLE tj_kernels_avxvnni
#define ISA_NAME "avxvnni"

/* Each body builds on those before it. */
/* clang-format off */
#include "simd/product_body.h"
#include "simd/int8_body.h"
#include "simd/vector_body.h"
#include "simd/gradient_body.h"
/* clang-format on */
