/* SPDX-License-Identifier: MIT */
/* The texts of a training: corpora to learn from, with a weight, a tag and word links
 * each, and dev sets. */
#ifndef TJ_TRAIN_DATA_CORPORA_H
#define TJ_TRAIN_DATA_CORPORA_H

#include "src/base/status.h"

/* A weight is how many times a pair is in an epoch, on the average. */
#define TJ_LEAST_WEIGHT 0.001
#define TJ_MOST_WEIGHT 1000.0

enum { TJ_MOST_DEV_SETS = 16, TJ_MOST_CORPORA = 1000, TJ_MOST_TAG_BYTES = 100 };

struct tj_corpus_files { /* the texts are allocated with malloc */
	char *source, *target;
	char *tag;       /* stands before each source in training; NULL: none */
	char *alignment; /* a file of word links (word_links.h); NULL: none */
	double weight;
};

struct tj_corpora {
	size_t n_train, n_dev;
	struct tj_corpus_files *train, *dev;
	size_t train_capacity, dev_capacity;
};

/* Lists the files that the options name: --source and --target, then the rows of the file
 * --corpora, and likewise the dev sets. The table of trujaman-train(1) describes the file. None of
 * the texts is opened. Release with tj_corpora_close, also after a failure. */
trujaman_status tj_corpora_open(struct tj_corpora *c, const trujaman_train_options *o,
                                struct tj_error *err);
void tj_corpora_close(struct tj_corpora *c);

/* Whether some text to learn from has word links. */
int tj_corpora_are_aligned(const struct tj_corpora *c);

#endif
