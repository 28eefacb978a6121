/* SPDX-License-Identifier: MIT */
/* The two vocabularies of a model in training. They are SentencePiece models, or lists of tokens,
 * made from the training text, read from files, or copied from a model or checkpoint. */
#ifndef TJ_TRAIN_DATA_VOCABULARY_H
#define TJ_TRAIN_DATA_VOCABULARY_H

#include "src/model/config.h"
#include "src/model/safetensors.h"
#include "src/model/safetensors_write.h"
#include "src/text/pieces.h"
#include "src/train/data/dataset.h"

struct tj_bytes {
	void *data; /* allocated with malloc */
	size_t n;
};

/* Reads a whole file of at most 1 GiB. Release with free(b->data), also after a failure. */
trujaman_status tj_bytes_read(struct tj_bytes *b, const char *path, struct tj_error *err);

struct tj_vocabularies {                        /* zero it before first use */
	struct tj_bytes source_spm, target_spm; /* or lists of tokens */
	int tokens;                             /* they are that */
	struct tj_bytes words; /* of the source that the network knows (word_list.h); n == 0: none
	                        */
	struct tj_pieces *source, *target; /* may be the same pointer */
};

/* Copies the vocabularies of a file, and source.words if it has it. */
trujaman_status tj_vocabularies_copy(struct tj_vocabularies *v, const struct tj_safetensors *file,
                                     struct tj_error *err);

/* Adds to both vocabularies, before they are opened, the characters that European languages need
 * and they lack, and placeables until each has n_placeables. */
trujaman_status tj_vocabularies_extend(struct tj_vocabularies *v, size_t n_placeables,
                                       struct tj_error *err);

/* Reads the files that the options name, or makes vocabularies from the training text
 * without its held-out lines. */
trujaman_status tj_vocabularies_make(struct tj_vocabularies *v, const trujaman_train_options *o,
                                     const struct tj_dataset *data, struct tj_error *err);

/* Makes the list of words of the training text without its held-out lines, together with those of
 * the list that there is. */
trujaman_status tj_vocabularies_learn_words(struct tj_vocabularies *v,
                                            const struct tj_dataset *data, struct tj_error *err);

/* Sets up to TJ_VOCABULARY_TENSORS tensors, and returns their number. */
enum { TJ_VOCABULARY_TENSORS = 3 };
size_t tj_vocabularies_tensors(const struct tj_vocabularies *v, struct tj_write_tensor *tensors);

/* Opens source and target, and checks that they have the pieces that a training of this
 * configuration needs. */
trujaman_status tj_vocabularies_open(struct tj_vocabularies *v, const struct tj_config *c,
                                     struct tj_error *err);

void tj_vocabularies_free(struct tj_vocabularies *v);

#endif
