/* SPDX-License-Identifier: MIT */
/* Random numbers computed from a seed and a counter alone, so that they can be computed in any
 * order and on any thread. */
#ifndef TJ_BASE_RANDOM_H
#define TJ_BASE_RANDOM_H

#include <stdint.h>

#include "src/base/hash.h"

/* Random number `counter` of the stream `seed`: 64 bits. */
static inline uint64_t tj_random(uint64_t seed, uint64_t counter)
{
	return tj_mix(tj_mix(seed + UINT64_C(0x9e3779b97f4a7c15)) +
	              (counter + 1) * UINT64_C(0x9e3779b97f4a7c15));
}

/* Uniform in [0, 1), 24 bits. */
static inline float tj_random_unit(uint64_t seed, uint64_t counter)
{
	return (float)(tj_random(seed, counter) >> 40) * 0x1p-24f;
}

/* Uniform in [0, n), n > 0. The bias is below n / 2^64. */
static inline uint64_t tj_random_below(uint64_t seed, uint64_t counter, uint64_t n)
{
	return (uint64_t)(((unsigned __int128)tj_random(seed, counter) * n) >> 64);
}

#endif
