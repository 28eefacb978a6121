/* SPDX-License-Identifier: MIT */
/* Dropout (https://arxiv.org/abs/1207.0580), scaled while training so that nothing
 * changes when it is left out. The mask is a function of the update's seed, the place in
 * the network, the row and the unit, so it need not be kept for the way back. */
#ifndef TJ_TRAIN_NET_DROPOUT_H
#define TJ_TRAIN_NET_DROPOUT_H

#include <stddef.h>
#include <stdint.h>

struct tj_dropout {
	uint64_t seed;  /* of this update and place */
	uint32_t limit; /* drop where 16 random bits are below */
	float scale;    /* of what stays */
};

/* `p` in [0, 1) is rounded to a multiple of 1/65536. `place` tells the layers apart. */
struct tj_dropout tj_dropout_at(uint64_t seed, uint64_t place, float p);

/* out = x masked, n floats of row `row`; out may be x. */
void tj_dropout_row(const struct tj_dropout *d, size_t row, size_t n, const float *x, float *out);

#endif
