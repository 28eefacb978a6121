/* SPDX-License-Identifier: MIT */
/* The table of training options. A new option is a field of trujaman_train_options (or a key of the
 * model's metadata), a line here, and a line in the list of src/cli/train_options.c. */
#ifndef TJ_TRAIN_OPTIONS_TABLE_H
#define TJ_TRAIN_OPTIONS_TABLE_H

#include "src/base/option.h"

/* Whether the result depends on an option. Newer ones are in the identity of a training only if
 * they are set, so that checkpoints from before stay valid. */
enum tj_train_counts { TJ_COUNTS_NEVER, TJ_COUNTS_ALWAYS, TJ_COUNTS_IF_SET };

struct tj_train_option {
	struct tj_option o;          /* the field is unused if there is a key */
	enum tj_train_counts counts; /* NEVER if there is a key */
	int makes_vocabulary;
	const char *key; /* not NULL: the value is stored as the metadata entry of this key */
};

extern const struct tj_train_option tj_train_options[];
extern const size_t tj_n_train_options;

/* Choices of the options that take a word. */
#define TJ_TRAIN_OPTIMIZERS "sgd|adam"                     /* enum tj_optimizer_kind */
#define TJ_TRAIN_SCHEDULES "constant|inverse-sqrt|plateau" /* enum tj_schedule */
#define TJ_TRAIN_VOCAB_TYPES "unigram|bpe|tokens"

#endif
