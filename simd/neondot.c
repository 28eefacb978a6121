/* SPDX-License-Identifier: MIT */
/* Kernels for NEON with the ARMv8.2 dot products: 32 vector registers of 4 floats each. */
#define V16_BYTE_DOT 1

/* tables.h must come after the vector operations. */
/* clang-format off */
#include "simd/v16_neon.h"
#include "simd/tables.h"
/* clang-format on */

/* A tile takes rows x panels x 4 accumulators, 4 weights per panel and 1 broadcast input: 8 to 24
 * accumulators. */
#define TILE_PANELS(rows) ((rows) <= 2 ? 2 : 1)
#define K_BLOCK 512
#define I8_ROWS 4
#define I8_PANELS(rows) 1
#define I8_DEPTH 4
#define I8_FLIP 0

#define TABLE tj_kernels_neondot
#define ISA_NAME "neondot"

/* Each body needs the ones before it. */
/* clang-format off */
#include "simd/product_body.h"
#include "simd/int8_body.h"
#include "simd/vector_body.h"
#include "simd/norm_body.h"
#include "simd/gradient_body.h"
/* clang-format on */
