/* SPDX-License-Identifier: MIT */
/* The options of a training: setting, checking and listing them. */
#ifndef TJ_TRAIN_OPTIONS_H
#define TJ_TRAIN_OPTIONS_H

#include "src/train/options_table.h"

trujaman_train_options tj_train_options_default(void);

/* See trujaman_train_set. */
trujaman_status tj_train_options_set(trujaman_train_options *o, const char *name, const char *value,
                                     struct tj_error *err);

/* Checks that every value is in range. Otherwise it returns TRUJAMAN_ERROR_USAGE with a message. */
trujaman_status tj_train_options_check(const trujaman_train_options *o, struct tj_error *err);

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

/* Whether the options ask for a new model whose vocabularies are tokens. */
int tj_train_options_tokens(const trujaman_train_options *o);

#endif
