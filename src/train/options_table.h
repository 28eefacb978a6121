/* SPDX-License-Identifier: MIT */
/* The table of training options. A new option is a field of trujaman_train_options (or a key of the
 * model's metadata), a line here, and a line in the list of src/cli/train_options.c. */
#ifndef TJ_TRAIN_OPTIONS_TABLE_H
#define TJ_TRAIN_OPTIONS_TABLE_H

#include "src/base/option.h"

struct tj_train_option {
	struct tj_option o; /* the field is unused if there is a key */
	int counts;         /* whether the result depends on it; 0 if there is a key */
	int makes_vocabulary;
	const char *key; /* not NULL: the value is stored as the metadata entry of this key */
};

extern const struct tj_train_option tj_train_options[];
extern const size_t tj_n_train_options;

/* Choices of the options that take a word. */
#define TJ_TRAIN_OPTIMIZERS "sgd|adam"                     /* enum tj_optimizer_kind */
#define TJ_TRAIN_SCHEDULES "constant|inverse-sqrt|plateau" /* enum tj_schedule */
#define TJ_TRAIN_VOCAB_TYPES "unigram|bpe"

#endif
