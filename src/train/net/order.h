/* SPDX-License-Identifier: MIT */
/* The row of every token of a batch: step by step, without padding.
 *
 * The sentences of one side are ordered by length, longest first. Step t has a row for each
 * sentence longer than t, in that order, and the rows of all steps follow one another. So
 * the rows of a step are contiguous, live sentences come first, and a product over all
 * tokens meets no padding. */
#ifndef TJ_TRAIN_NET_ORDER_H
#define TJ_TRAIN_NET_ORDER_H

#include "src/base/status.h"

struct tj_order {
	size_t n; /* sentences */
	size_t n_steps, n_rows;
	size_t *sentence; /* [n]: batch index of the sentence at a place in the order */
	size_t *place;    /* [n]: the inverse: place of a sentence by batch index */
	size_t *length;   /* [n]: by place in the order, longest first */
	size_t *first;    /* [n_steps + 1]: first row of a step */
	size_t capacity, step_capacity;
};

/* Computes the order of n sentences with these lengths. Zero `o` before first use; it may be
 * filled again for other batches. */
trujaman_status tj_order_make(struct tj_order *o, size_t n, const size_t *lengths,
                              struct tj_error *err);
void tj_order_free(struct tj_order *o);

/* Returns the number of sentences that have a step t. */
static inline size_t tj_order_live(const struct tj_order *o, size_t t)
{
	return o->first[t + 1] - o->first[t];
}

/* Returns the row of the sentence at `place` in step t < length[place]. */
static inline size_t tj_order_row(const struct tj_order *o, size_t t, size_t place)
{
	return o->first[t] + place;
}

#endif
