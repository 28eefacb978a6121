/* SPDX-License-Identifier: MIT */
/* What the hypotheses of one search looked at: the attention weights of every step and row, from
 * which those of a hypothesis that ended are taken. They are the ones that scoring it would give,
 * bit for bit, because a row of the decoder depends on the pieces before it alone. */
#ifndef TJ_DECODE_ATTENDED_H
#define TJ_DECODE_ATTENDED_H

#include "src/decode/search.h"

struct tj_attended {     /* zero it before first use */
	float *shares;   /* [n_steps][beam][n_source]: row i of a step belongs to the i-th of its
	                    live hypotheses; owned; NULL before the first step */
	size_t capacity; /* in floats */
	size_t beam, n_source, n_steps;
	int keeps; /* 0: nothing is wanted, or it was too much */
};

/* Begins a search over a sentence with n_source positions, `</s>` counted. `wanted`: whether
 * anything is to be kept. */
void tj_attended_begin(struct tj_attended *a, size_t beam, size_t n_source, int wanted);

/* Keeps the attention weights of a step, row i of [n_live][ld_shares] being those of live[i]; call
 * it before the search advances. What becomes too much, or has no memory, is given up: the caller
 * then has to score what was found. */
void tj_attended_keep(struct tj_attended *a, size_t n_live, const float *shares, size_t ld_shares);

/* Copies the weights of ended[i] to `shares`, [n_pieces + 1][n_source], `</s>` last. Returns 0, and
 * copies nothing, if they were not kept; of a hypothesis that the length limit ended, the last row
 * never is. */
int tj_attended_copy(const struct tj_attended *a, const struct tj_search *s, size_t i,
                     float *shares);

/* Lets go of what was kept. */
void tj_attended_release(struct tj_attended *a);

#endif
