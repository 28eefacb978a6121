/* SPDX-License-Identifier: MIT */
/* Draws the next piece of a hypothesis from the network's distribution. A draw depends on the
 * logits, the settings, a key and the step alone, so it is the same on every thread and in every
 * batch. */
#ifndef TJ_DECODE_SAMPLE_H
#define TJ_DECODE_SAMPLE_H

#include "src/decode/candidates.h"

struct tj_sampling {
	int on;             /* 0: nothing is drawn */
	double temperature; /* logits are divided by it; above 0 */
	size_t top_k;       /* only this many of the likeliest pieces; 0: all */
	double top_p;       /* and of these, the likeliest ones that have this share; 1: all */
	uint64_t seed;
};

struct tj_sampler; /* memory for the draws of one thread */

/* For rows of n logits. NULL on failure. */
struct tj_sampler *tj_sampler_open(size_t n, struct tj_error *err);
void tj_sampler_close(struct tj_sampler *s);

/* Draws the piece that follows, of those that are allowed: c->trail may be without an active
 * constraint. Where none is left, the piece is what tj_candidates_find gives. Returns 1, or 0 if
 * there is none. */
size_t tj_sample(struct tj_sampler *s, const struct tj_sampling *o, const struct tj_candidates *c,
                 uint64_t key, uint64_t step, int32_t *index, float *value);

#endif
