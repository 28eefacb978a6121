/* SPDX-License-Identifier: MIT */
/* Kernels for AVX2 with FMA: 16 vector registers of 8 floats each. */
#define V16_BYTE_DOT 0

/* tables.h must come after the vector operations. */
/* clang-format off */
#include "simd/v16_avx2.h"
#include "simd/tables.h"
/* clang-format on */

/* A tile takes rows x panels x 2 accumulators plus the weights in use: 8 to 12 accumulators. */
#define TILE_PANELS(rows) ((rows) == 1 ? 4 : (rows) <= 3 ? 2 : 1)
#define K_BLOCK 512
#define I8_ROWS 4
#define I8_PANELS(rows) ((rows) == 1 ? 4 : (rows) == 2 ? 2 : 1)
#define I8_DEPTH 4
#define I8_FLIP 0

#define TABLE tj_kernels_avx2
#define ISA_NAME "avx2"

/* Each body needs the ones before it. */
/* clang-format off */
#include "simd/product_body.h"
#include "simd/int8_body.h"
#include "simd/vector_body.h"
#include "simd/norm_body.h"
#include "simd/gradient_body.h"
/* clang-format on */
