/* SPDX-License-Identifier: MIT */
/* Dropout masks as a function of seed, place and row. */
#include "src/train/net/dropout.h"

#include "src/base/random.h"

struct tj_dropout tj_dropout_at(uint64_t seed, uint64_t place, float p)
{
	uint32_t limit = (uint32_t)(p * 65536.0f + 0.5f);
	if (limit > 65535)
		limit = 65535;
	return (struct tj_dropout){ tj_random(seed, place), limit,
		                    65536.0f / (float)(65536 - limit) };
}

void tj_dropout_row(const struct tj_dropout *d, size_t row, size_t n, const float *x, float *out)
{
	uint64_t seed = tj_random(d->seed, row);
	for (size_t i = 0; i < n; i += 4) {
		uint64_t bits = tj_mix(seed + (i + 1) * UINT64_C(0x9e3779b97f4a7c15));
		for (size_t j = i; j < i + 4 && j < n; j++, bits >>= 16)
			out[j] = (bits & 0xffff) < d->limit ? 0.0f : x[j] * d->scale;
	}
}
