/* SPDX-License-Identifier: MIT */
/* SLEEF's functions for AVX-512. */
#define V16_BYTE_DOT 0
#include "simd/v16_avx512.h"

#define SLEEF_NAME(prefix, name, accuracy) Sleef_##prefix##name##f16_##accuracy##avx512f
#define SLEEF_TABLE sleef_avx512

#include "bench/sleef_body.h"
