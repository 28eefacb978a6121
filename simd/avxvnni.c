/* SPDX-License-Identifier: MIT */
/* Kernels for AVX2 with AVX-VNNI: those of avx2.c, but byte products take one instruction. */
#define V16_BYTE_DOT 1

/* tables.h must come after the vector operations. */
/* clang-format off */
#include "simd/v16_avx2.h"
#include "simd/tables.h"
/* clang-format on */

/* A tile takes rows x panels x 2 accumulators plus the weights in use: 8 to 12 accumulators. */
#define TILE_PANELS(rows) ((rows) == 1 ? 4 : (rows) <= 3 ? 2 : 1)
#define K_BLOCK 512
#define I8_ROWS 6
#define I8_PANELS(rows) ((rows) == 1 ? 4 : (rows) == 2 ? 2 : 1)
#define I8_DEPTH 4
#define I8_FLIP 0x80

#define TABLE tj_kernels_avxvnni
#define ISA_NAME "avxvnni"

/* Each body needs the ones before it. */
/* clang-format off */
#include "simd/product_body.h"
#include "simd/int8_body.h"
#include "simd/vector_body.h"
#include "simd/norm_body.h"
#include "simd/gradient_body.h"
/* clang-format on */
