/* SPDX-License-Identifier: MIT */
/* A 64-bit fingerprint of bytes. It detects accidental changes, not deliberate ones. */
#ifndef TJ_BASE_HASH_H
#define TJ_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The mixing function of SplitMix64 (Steele, Lea, Flood 2014). */
static inline uint64_t tj_mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* Extends the fingerprint h by n bytes; start with h = 0. The result also depends on how the bytes
 * are divided into calls. */
static inline uint64_t tj_hash(uint64_t h, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	uint64_t word = 0;
	h = tj_mix(h + UINT64_C(0x9e3779b97f4a7c15) + n);
	for (; n >= sizeof word; n -= sizeof word, p += sizeof word) {
		memcpy(&word, p, sizeof word);
		h = tj_mix(h ^ word) + UINT64_C(0x9e3779b97f4a7c15);
	}
	word = 0;
	if (n > 0)
		memcpy(&word, p, n);
	return tj_mix(h ^ word);
}

/* The FNV-1a fingerprint of no bytes. */
#define TJ_HASH_NO_BYTES UINT64_C(0xcbf29ce484222325)

/* Extends a fingerprint by FNV-1a, byte by byte, where it must not matter how the bytes are divided
 * into calls; start with TJ_HASH_NO_BYTES, or 0. */
static inline uint64_t tj_hash_each(uint64_t h, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;
	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * UINT64_C(0x100000001b3);
	return h;
}

#endif
