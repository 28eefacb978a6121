/* SPDX-License-Identifier: MIT */
/* The best pieces that a constraint allows to follow a hypothesis. */
#ifndef TJ_DECODE_CANDIDATES_H
#define TJ_DECODE_CANDIDATES_H

#include "simd/kernels.h"
#include "src/decode/constraint_trail.h"

/* What is asked: about hypothesis i, whose logits are [n_logits]. */
struct tj_candidates {
	const struct tj_kernels *kernels;
	const struct tj_trail *trail; /* its constraint is active */
	struct tj_trellis trellis;
	const float *logits;
	size_t n_logits, i;
	int32_t eos, unk;
};

/* Writes the n best pieces that may follow, best first and the lower id first among equals, with
 * their logits. Returns how many there are, at most n. *largest: the largest logit but that of unk,
 * or NaN if it was not come across. */
size_t tj_candidates_find(const struct tj_candidates *c, size_t n, int32_t *index, float *value,
                          float *largest);

/* The same of the placeables that are left, and of nothing else. */
size_t tj_candidates_left(const struct tj_candidates *c, size_t n, int32_t *index, float *value);

#endif
