/* SPDX-License-Identifier: MIT */
/* A text by which the model is judged while it learns. */
#ifndef TJ_TRAIN_DATA_DEV_SET_H
#define TJ_TRAIN_DATA_DEV_SET_H

#include "src/train/data/batches.h"

struct tj_dev_set {
	struct tj_pair_text *text; /* the training text, if pairs of it are held out */
	size_t n_lines;
	size_t *lines;   /* [n_lines]: line numbers in the text */
	size_t n_shared; /* usable pairs whose source is in the training text */
	struct tj_corpus corpus;
	struct tj_batches batches;
};

#endif
