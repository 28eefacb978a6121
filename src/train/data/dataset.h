/* SPDX-License-Identifier: MIT */
/* The data of a training: the mini-batches of each epoch, and the dev set for validation. */
#ifndef TJ_TRAIN_DATA_DATASET_H
#define TJ_TRAIN_DATA_DATASET_H

#include "src/train/data/dev_set.h"
#include "src/train/data/hold_out.h"

/* Streams of random numbers, derived from the user's seed, one for each purpose. */
enum tj_train_stream {
	TJ_STREAM_HELD_OUT = 1,
	TJ_STREAM_SAMPLING,
	TJ_STREAM_BATCHES,
	TJ_STREAM_PARAMETERS,
	TJ_STREAM_NOISE,
	TJ_STREAM_VARIATION
};
uint64_t tj_train_stream(const trujaman_train_options *o, enum tj_train_stream stream);

/* The size of a text: its usable pairs, before any are held out. */
struct tj_text_size {
	size_t pairs, target_bytes;
};

struct tj_dataset {
	struct tj_pair_text *text;
	struct tj_text_size size;   /* of the training text */
	struct tj_word_links links; /* of the training text */
	struct tj_held_out held_out;
	struct tj_preparation preparation; /* set by tj_dataset_open, but for what the model says */
	struct tj_corpus_options options;  /* of the training text */
	struct tj_corpus corpus;           /* of `epoch` if epochs differ; else of all */
	struct tj_batches batches;         /* of `epoch` */
	uint64_t epoch;
	int has_corpus, has_batches;
	size_t batch_tokens;
	uint64_t sampling_seed, batches_seed, variation_seed;
	size_t n_sets; /* 0: no dev set */
	struct tj_dev_set sets[TJ_MOST_DEV_SETS];
};

/* Opens and measures the texts. Each must have a usable pair; otherwise the error says which has
 * none. If there is no dev set, some pairs are held out (hold_out.h). `corpora` must outlive the
 * dataset. Release with tj_dataset_close, also after a failure. */
trujaman_status tj_dataset_open(struct tj_dataset *d, const trujaman_train_options *o,
                                const struct tj_corpora *corpora, struct tj_error *err);
void tj_dataset_close(struct tj_dataset *d);

/* The preparation of epoch `epoch`. */
struct tj_preparation tj_dataset_preparation(const struct tj_dataset *d, uint64_t epoch);

/* Call this once the vocabularies are open: it stores the options of tokenisation and reads
 * the dev set. */
trujaman_status tj_dataset_prepare(struct tj_dataset *d, const trujaman_train_options *o,
                                   const struct tj_pieces *source, const struct tj_pieces *target,
                                   int source_eos, size_t n_threads, struct tj_error *err);

/* Makes `corpus` and `batches` those of epoch `epoch` (from 0). */
trujaman_status tj_dataset_epoch(struct tj_dataset *d, uint64_t epoch, struct tj_error *err);

#endif
