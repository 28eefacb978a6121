/* SPDX-License-Identifier: MIT */
/* The reference kernels in scalar C, and tj_log and tj_pow. */
/* tables.h must come after the vector operations. */
/* clang-format off */
#include "simd/v16_scalar.h"
#include "simd/tables.h"
/* clang-format on */

/* sleef.h declares the purecfma functions only if FP_FAST_FMA is defined, and clang does not
 * define it for -mfma. */
#ifndef FP_FAST_FMA
#define FP_FAST_FMA 1
#endif
#include <sleef.h>

/* The reference does not try to keep its tiles in registers. */
#define TILE_PANELS(rows) 1
#define K_BLOCK 512
#define I8_ROWS 1
#define I8_PANELS(rows) 1
#define I8_DEPTH 4
#define I8_FLIP 0

#define TABLE tj_kernels_scalar
#define ISA_NAME "scalar"

/* Each body needs the ones before it. */
/* clang-format off */
#include "simd/product_body.h"
#include "simd/int8_body.h"
#include "simd/vector_body.h"
#include "simd/norm_body.h"
#include "simd/gradient_body.h"
/* clang-format on */

float tj_log(float x) { return Sleef_finz_logf1_u10purecfma(x); }

double tj_pow(double x, double y) { return Sleef_finz_powd1_u10purecfma(x, y); }
