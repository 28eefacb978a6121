/* SPDX-License-Identifier: MIT */
/* AVX-512: thirty-two registers of 16 floats. */
/* The tables come after the vector operations. */
/* clang-format off */
#include "simd/v16_avx512.h"
#include "simd/tables.h"
/* clang-format on */

/* rows x 4 accumulators, 4 of weights, one broadcast: 6 rows take 29. */
#define TILE_PANELS(rows) 4
#define K_BLOCK 512
#define I8_ROWS 6
#define I8_PANELS(rows) ((rows) <= 4 ? 4 : 3)
#define I8_FLIP 0

#define TABLE tj_kernels_avx512
#define ISA_NAME "avx512"

/* Each body builds on those before it. */
/* clang-format off */
#include "simd/product_body.h"
#include "simd/int8_body.h"
#include "simd/vector_body.h"
#include "simd/gradient_body.h"
/* clang-format on */
