/* SPDX-License-Identifier: MIT */
/* The options of a training. One table gives each option's name, type and range, and says
 * whether it changes the result. */
#ifndef TJ_TRAIN_OPTIONS_H
#define TJ_TRAIN_OPTIONS_H

#include "src/base/status.h"

trujaman_train_options tj_train_options_default(void);

/* See trujaman_train_set. */
trujaman_status tj_train_options_set(trujaman_train_options *o, const char *name, const char *value,
                                     struct tj_error *err);

/* Checks that every value is in range. Otherwise it returns TRUJAMAN_ERROR_USAGE with a message. */
trujaman_status tj_train_options_check(const trujaman_train_options *o, struct tj_error *err);

/* Returns the index of `word` in `words`, a list separated by bars ("adam|sgd"); -1 if
 * absent. */
int tj_train_word(const char *word, const char *words);

/* Calls `each` for every option that changes the result, with its value as text. Stops at
 * the first status other than OK. Files and metadata are not included: their contents count,
 * see identity.h. */
typedef trujaman_status tj_train_option_function(void *context, const char *name, const char *value,
                                                 struct tj_error *err);
trujaman_status tj_train_options_each(const trujaman_train_options *o,
                                      tj_train_option_function *each, void *context,
                                      struct tj_error *err);

/* Returns the name of the option that sets a metadata key ("hidden-size" for hidden_size), so
 * that a message can speak of what the user wrote; NULL if there is none. */
const char *tj_train_option_of_key(const char *key);

/* Returns the name of an option that is set and chooses or makes vocabularies, or NULL. Such
 * options are invalid together with existing vocabularies (--init). An existing vocabulary that is
 * to be extended can get placeables. */
const char *tj_train_options_vocabulary(const trujaman_train_options *o);

/* Choices of the options that take a word. */
#define TJ_TRAIN_OPTIMIZERS "sgd|adam"                     /* enum tj_optimizer_kind */
#define TJ_TRAIN_SCHEDULES "constant|inverse-sqrt|plateau" /* enum tj_schedule */
#define TJ_TRAIN_VOCAB_TYPES "unigram|bpe"

#endif
