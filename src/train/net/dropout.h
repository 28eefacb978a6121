/* SPDX-License-Identifier: MIT */
/* Dropout (https://arxiv.org/abs/1207.0580), scaled during training so that evaluation needs
 * no change. The mask is a function of the update's seed, the place in the network, the row
 * and the unit. The backward pass recomputes it instead of storing it. */
#ifndef TJ_TRAIN_NET_DROPOUT_H
#define TJ_TRAIN_NET_DROPOUT_H

#include <stddef.h>
#include <stdint.h>

struct tj_dropout {
	uint64_t seed;  /* of this update and place */
	uint32_t limit; /* a unit is dropped if its 16 random bits are below this */
	float scale;    /* factor of the units that stay */
};

/* `p` in [0, 1) is rounded to a multiple of 1/65536. `place` distinguishes the layers. */
struct tj_dropout tj_dropout_at(uint64_t seed, uint64_t place, float p);

/* out = x masked and scaled, n floats of row `row`; out may be x. */
void tj_dropout_row(const struct tj_dropout *d, size_t row, size_t n, const float *x, float *out);

#endif
