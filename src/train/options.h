/* SPDX-License-Identifier: MIT */
/* The options of a training: one table says each one's name, range and default, whether
 * it changes the result, and how its text is read. */
#ifndef TJ_TRAIN_OPTIONS_H
#define TJ_TRAIN_OPTIONS_H

#include "src/base/status.h"

trujaman_train_options tj_train_options_default(void);

/* See trujaman_train_set. */
trujaman_status tj_train_options_set(trujaman_train_options *o, const char *name, const char *value,
                                     struct tj_error *err);

/* Every value in its range, what is needed there, nothing that contradicts another.
 * USAGE with a message otherwise. */
trujaman_status tj_train_options_check(const trujaman_train_options *o, struct tj_error *err);

/* Index of `word` in `words`, which bars separate ("adam|sgd"); -1: none of them. */
int tj_train_word(const char *word, const char *words);

/* Call `each` for every option that changes the result, with its value as text; the first
 * status other than OK ends it. Files and metadata are not among them: their contents
 * count, see identity.h. */
typedef trujaman_status tj_train_option_function(void *context, const char *name, const char *value,
                                                 struct tj_error *err);
trujaman_status tj_train_options_each(const trujaman_train_options *o,
                                      tj_train_option_function *each, void *context,
                                      struct tj_error *err);

/* The options that make vocabularies, which have no place beside existing ones: the name of
 * one that is set, or NULL. */
const char *tj_train_options_vocabulary(const trujaman_train_options *o);

/* What trujaman_train_options calls by word. */
#define TJ_TRAIN_OPTIMIZERS "sgd|adam"                     /* enum tj_optimizer_kind */
#define TJ_TRAIN_SCHEDULES "constant|inverse-sqrt|plateau" /* enum tj_schedule */
#define TJ_TRAIN_VOCAB_TYPES "unigram|bpe"

#endif
