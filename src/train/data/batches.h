/* SPDX-License-Identifier: MIT */
/* The batches of an epoch: pairs of like length together, at most a number of
 * pieces each, in random order. The same for a seed and an epoch everywhere. */
#ifndef TJ_TRAIN_DATA_BATCHES_H
#define TJ_TRAIN_DATA_BATCHES_H

#include "src/train/data/corpus.h"
#include "src/train/net/batch.h"

struct tj_batches {
	size_t n;        /* batches */
	size_t *first;   /* [n + 1]: of batch b, pairs order[first[b] … first[b+1]) */
	uint32_t *order; /* [corpus n]: pair indices */
};

/* Shuffle all pairs, sort windows of them by target then source length, cut into
 * batches of at most batch_tokens target pieces and at most 2 batch_tokens source
 * pieces (a pair longer than that is a batch alone), shuffle the batches. seed and
 * epoch decide everything. Release with tj_batches_free, also after a failure. */
trujaman_status tj_batches_make(struct tj_batches *b, const struct tj_corpus *corpus,
                                size_t batch_tokens, uint64_t seed, uint64_t epoch,
                                struct tj_error *err);
/* In file order instead, for validation: no shuffling, but still sorted by length. */
trujaman_status tj_batches_in_order(struct tj_batches *b, const struct tj_corpus *corpus,
                                    size_t batch_tokens, struct tj_error *err);
void tj_batches_free(struct tj_batches *b);

/* Batch `index` as the network takes it; the arrays in `view` belong to the view and
 * grow as needed. Zero it before first use; tj_batch_view_free. */
struct tj_batch_view {
	struct tj_batch batch;
	const int32_t **source, **target;
	size_t *n_source, *n_target;
	size_t capacity;
};
trujaman_status tj_batches_view(const struct tj_batches *b, const struct tj_corpus *corpus,
                                size_t index, struct tj_batch_view *view, struct tj_error *err);
void tj_batch_view_free(struct tj_batch_view *view);

#endif
