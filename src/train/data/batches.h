/* SPDX-License-Identifier: MIT */
/* The mini-batches of an epoch: pairs of similar length together, with a limited number of
 * pieces each, in random order. The same seed and epoch give the same mini-batches on every
 * machine. */
#ifndef TJ_TRAIN_DATA_BATCHES_H
#define TJ_TRAIN_DATA_BATCHES_H

#include "src/train/data/corpus.h"
#include "src/train/net/batch.h"

struct tj_batches {
	size_t n;               /* batches */
	size_t *first;          /* [n + 1]: batch b has the pairs order[first[b] … first[b + 1]) */
	size_t n_pairs;         /* of all batches; a pair counts as often as it is there */
	uint32_t *order;        /* [n_pairs]: pair indices */
	uint64_t target_pieces; /* of all batches */
};

/* Takes all pairs as often as the weights of the corpus say. Of a weight, the whole part is how
 * often each pair is there; of the rest, a share, those are there once more that have waited the
 * longest: an epoch takes a stretch of a fixed random order of the part, and the next epoch goes on
 * behind it. At least one pair of each part is there.
 *
 * Shuffles the pairs, sorts windows of them by target then source length, cuts them into
 * batches of at most batch_tokens target pieces and at most 2 batch_tokens source pieces (a
 * longer pair is a batch of its own), and shuffles the batches. seed and epoch decide
 * everything. Release with tj_batches_free, also after a failure. */
trujaman_status tj_batches_make(struct tj_batches *b, const struct tj_corpus *corpus,
                                size_t batch_tokens, uint64_t seed, uint64_t epoch,
                                struct tj_error *err);
/* For validation: sorts all pairs by length, ties in file order, and does not shuffle. */
trujaman_status tj_batches_in_order(struct tj_batches *b, const struct tj_corpus *corpus,
                                    size_t batch_tokens, struct tj_error *err);
void tj_batches_free(struct tj_batches *b);

/* Batch `index` as the network takes it. The view owns its arrays, which grow as needed.
 * Zero it before first use; release with tj_batch_view_free. */
struct tj_batch_view {
	struct tj_batch batch;
	const int32_t **source, **target;
	size_t *n_source, *n_target;
	const struct tj_piece_link **links;
	size_t *n_links;
	size_t capacity;
};
trujaman_status tj_batches_view(const struct tj_batches *b, const struct tj_corpus *corpus,
                                size_t index, struct tj_batch_view *view, struct tj_error *err);
void tj_batch_view_free(struct tj_batch_view *view);

#endif
