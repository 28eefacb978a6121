/* SPDX-License-Identifier: MIT */
/* SLEEF's functions for AVX2 with FMA. */
#define V16_BYTE_DOT 0
#include "simd/v16_avx2.h"

#define SLEEF_NAME(prefix, name, accuracy) Sleef_##prefix##name##f8_##accuracy##avx2
#define SLEEF_TABLE sleef_avx2

#include "bench/sleef_body.h"
