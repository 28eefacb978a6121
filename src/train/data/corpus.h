/* SPDX-License-Identifier: MIT */
/* Sentence pairs of two text files, line by line, as piece ids. */
#ifndef TJ_TRAIN_DATA_CORPUS_H
#define TJ_TRAIN_DATA_CORPUS_H

#include "src/text/pieces.h"
#include "src/train/data/pair_text.h"
#include "src/train/data/preparation.h"
#include "src/train/data/word_links.h"
#include "src/train/net/batch.h"

/* How many pairs were left out, and why. */
struct tj_skipped {
	uint64_t empty, too_long, invalid; /* either side blank; over max_pieces; not UTF-8 */
	uint64_t latin; /* of the invalid ones: they look like ISO 8859-1 or Windows-1252 */
};

/* Consecutive pairs of one text, and how many times each is in an epoch, on the average. */
struct tj_corpus_part {
	size_t end; /* the pair behind the last one */
	double weight;
};

/* Pairs as piece ids. Offsets index `ids`. Target ids end with </s>; source ids do if
 * source_eos is set. */
struct tj_corpus {
	size_t n; /* usable pairs, and the copies of targets behind them */
	int32_t *ids;
	size_t n_ids;
	size_t *source, *target;       /* [n]: offset of the first id of the side */
	uint32_t *n_source, *n_target; /* [n]: number of ids, </s> included */
	uint64_t *line;                /* [n]: line number in the files, from 0 */
	size_t n_parts;                /* 0: every pair is in an epoch once */
	struct tj_corpus_part *parts;  /* [n_parts] */
	struct tj_piece_link *links;   /* NULL: no text has word links */
	size_t *first_link;            /* [n + 1]: pair i has those from first_link[i] on */
	uint64_t n_linked;             /* pairs that have some */
	uint64_t n_copies;             /* of the n pairs: a target as its own source */
	struct tj_skipped skipped;
	struct tj_pair_record made;            /* what happened to the pairs */
	uint64_t source_pieces, target_pieces; /* sums of n_source, n_target */
};

struct tj_corpus_options {
	const char *what; /* what messages call the text, such as "the dev set" */
	const struct tj_pieces *source, *target;
	int source_eos;    /* source ids end with </s>; target ids always do */
	size_t max_pieces; /* of either side, </s> not included */
	double sampling;   /* 0: the best segmentation; else tj_pieces_sample's alpha */
	uint64_t seed;     /* of the sampling */
	struct tj_preparation preparation;
	int with_tags;                     /* the tag of its text stands before each source */
	const struct tj_word_links *links; /* NULL: pairs have none */
	size_t n_threads;
	/* Returns nonzero to take line i (NULL: take all lines). It separates a held-out set
	 * from the pairs that remain for training. */
	int (*take)(void *context, size_t line);
	void *context;
};

/* Tokenises the pairs. The result does not depend on n_threads. A corpus without a usable
 * pair is an error that says how many pairs were left out for which reason. Release c with
 * tj_corpus_free, also after a failure. */
trujaman_status tj_corpus_read(struct tj_corpus *c, const struct tj_pair_text *t,
                               const struct tj_corpus_options *options, struct tj_error *err);
void tj_corpus_free(struct tj_corpus *c);

#endif
