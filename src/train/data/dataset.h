/* SPDX-License-Identifier: MIT */
/* What a training learns from and is judged by: the pairs of an epoch in batches, and
 * the dev set. */
#ifndef TJ_TRAIN_DATA_DATASET_H
#define TJ_TRAIN_DATA_DATASET_H

#include "src/train/data/batches.h"

/* Streams of random numbers: what the user's seed is for. */
enum tj_train_stream {
	TJ_STREAM_HELD_OUT = 1,
	TJ_STREAM_SAMPLING,
	TJ_STREAM_BATCHES,
	TJ_STREAM_PARAMETERS,
	TJ_STREAM_NOISE
};
uint64_t tj_train_stream(const trujaman_train_options *o, enum tj_train_stream stream);

/* Which lines of the training text are held out as dev set. */
struct tj_held_out {
	size_t n;             /* 0: none */
	unsigned char *lines; /* [lines]: nonzero: held out */
};

struct tj_dataset {
	struct tj_pair_text *text, *dev_text; /* dev_text: `text` where pairs are held out */
	struct tj_held_out held_out;
	struct tj_corpus_options options; /* of the training text */
	struct tj_corpus corpus;          /* of `epoch` where subwords are sampled, else all */
	struct tj_batches batches;        /* of `epoch` */
	uint64_t epoch;
	int has_corpus, has_batches;
	size_t batch_tokens;
	uint64_t sampling_seed, batches_seed;
	struct tj_corpus dev;
	struct tj_batches dev_batches;
	size_t n_dev_lines; /* 0: no dev set; else dev_text is there */
	size_t *dev_lines;  /* [n_dev_lines]: their lines in dev_text */
};

/* Open the texts, and choose what is held out where there is no dev set: 1 in 100 pairs, at
 * most 1000, none of fewer than 200. Release with tj_dataset_close, also after a failure. */
trujaman_status tj_dataset_open(struct tj_dataset *d, const trujaman_train_options *o,
                                struct tj_error *err);
void tj_dataset_close(struct tj_dataset *d);

/* Once there are vocabularies: what it takes to tokenise. Reads the dev set. */
trujaman_status tj_dataset_prepare(struct tj_dataset *d, const trujaman_train_options *o,
                                   const struct tj_pieces *source, const struct tj_pieces *target,
                                   int source_eos, size_t n_threads, struct tj_error *err);

/* Make `corpus` and `batches` those of epoch `epoch` (from 0). */
trujaman_status tj_dataset_epoch(struct tj_dataset *d, uint64_t epoch, struct tj_error *err);

#endif
