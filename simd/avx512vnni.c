/* SPDX-License-Identifier: MIT */
/* Kernels for AVX-512 with VNNI: those of avx512.c, but byte products take one instruction. */
#define V16_BYTE_DOT 1

/* tables.h must come after the vector operations. */
/* clang-format off */
#include "simd/v16_avx512.h"
#include "simd/tables.h"
/* clang-format on */

/* A tile takes rows x 4 accumulators, 4 weights and 1 broadcast input: 29 registers for 6 rows. */
#define TILE_PANELS(rows) 4
#define K_BLOCK 512
#define I8_ROWS 6
#define I8_PANELS(rows) 4
#define I8_DEPTH 4
#define I8_FLIP 0x80

#define TABLE tj_kernels_avx512vnni
#define ISA_NAME "avx512vnni"

/* Each body needs the ones before it. */
/* clang-format off */
#include "simd/product_body.h"
#include "simd/int8_body.h"
#include "simd/vector_body.h"
#include "simd/norm_body.h"
#include "simd/gradient_body.h"
/* clang-format on */
