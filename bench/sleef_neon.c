/* SPDX-License-Identifier: MIT */
/* SLEEF's functions for NEON. */
#define V16_BYTE_DOT 0
#include "simd/v16_neon.h"

#define SLEEF_NAME(prefix, name, accuracy) Sleef_##prefix##name##f4_##accuracy##advsimd
#define SLEEF_TABLE sleef_neon

#include "bench/sleef_body.h"
