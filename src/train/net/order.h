/* SPDX-License-Identifier: MIT */
/* Where the tokens of a batch lie: step by step, without padding.
 *
 * The sentences of one side are ordered by length, longest first; step t has a row for
 * each that is longer than t, in that order, and the rows of all steps follow one
 * another. So a step's rows are contiguous, the live sentences come first, and a product
 * over all tokens meets no padding. */
#ifndef TJ_TRAIN_NET_ORDER_H
#define TJ_TRAIN_NET_ORDER_H

#include "src/base/status.h"

struct tj_order {
	size_t n; /* sentences */
	size_t n_steps, n_rows;
	size_t *sentence; /* [n]: place in the order to place in the batch */
	size_t *place;    /* [n]: and back */
	size_t *length;   /* [n]: by place in the order, longest first */
	size_t *first;    /* [n_steps + 1]: the row where a step begins */
	size_t capacity, step_capacity;
};

/* Zero it before the first use; may be used again and again. */
trujaman_status tj_order_make(struct tj_order *o, size_t n, const size_t *lengths,
                              struct tj_error *err);
void tj_order_free(struct tj_order *o);

/* Sentences that step t has. */
static inline size_t tj_order_live(const struct tj_order *o, size_t t)
{
	return o->first[t + 1] - o->first[t];
}

/* The row of the sentence at `place` in step t < length[place]. */
static inline size_t tj_order_row(const struct tj_order *o, size_t t, size_t place)
{
	return o->first[t] + place;
}

#endif
