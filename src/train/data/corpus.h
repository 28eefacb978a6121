/* SPDX-License-Identifier: MIT */
/* Sentence pairs from two text files, line by line, as piece ids. */
#ifndef TJ_TRAIN_DATA_CORPUS_H
#define TJ_TRAIN_DATA_CORPUS_H

#include "src/text/pieces.h"
#include "src/train/data/pair_text.h"

/* Why pairs were left out, and how many. */
struct tj_skipped {
	uint64_t empty, too_long, invalid; /* either side blank; over max_pieces; not UTF-8 */
};

/* Pairs as ids. Offsets are into `ids`; a side's last id is </s> where its
 * add_eos asked for it. */
struct tj_corpus {
	size_t n; /* usable pairs */
	int32_t *ids;
	size_t n_ids;
	size_t *source, *target;       /* [n]: first id of the side */
	uint32_t *n_source, *n_target; /* [n]: ids, </s> counted */
	uint64_t *line;                /* [n]: from 0, in the files */
	struct tj_skipped skipped;
	uint64_t source_pieces, target_pieces; /* sums of n_source, n_target */
};

struct tj_corpus_options {
	const struct tj_pieces *source, *target;
	int source_eos;    /* source ids end with </s>; target ids always do */
	size_t max_pieces; /* of either side, </s> not counted */
	double sampling;   /* 0: the best segmentation; else tj_pieces_sample's alpha */
	uint64_t seed;     /* of the sampling */
	size_t n_threads;
	/* Lines to take: [first, first + step, …); pairs left out of training as a held-out
	 * set and the rest are told apart by `take` (NULL: all): nonzero to take line i. */
	int (*take)(void *context, size_t line);
	void *context;
};

/* Tokenise. The result does not depend on n_threads. Release c with tj_corpus_free,
 * also after a failure. A corpus without a usable pair is an error that says how many
 * pairs were left out for which reason. */
trujaman_status tj_corpus_read(struct tj_corpus *c, const struct tj_pair_text *t,
                               const struct tj_corpus_options *options, struct tj_error *err);
void tj_corpus_free(struct tj_corpus *c);

#endif
