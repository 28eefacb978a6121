/* SPDX-License-Identifier: MIT */
/* Checks of the options that name files. */
#ifndef TJ_TRAIN_FILES_CHECK_H
#define TJ_TRAIN_FILES_CHECK_H

#include "src/train/data/corpora.h"

/* Checks that the required files are named and that no option contradicts another. Otherwise it
 * returns TRUJAMAN_ERROR_USAGE with a message. */
trujaman_status tj_train_files_check(const trujaman_train_options *o,
                                     const struct tj_corpora *corpora, struct tj_error *err);

/* Refuses what changes texts, or splits their words: for a model of tokens. */
trujaman_status tj_train_tokens_check(const trujaman_train_options *o, struct tj_error *err);

#endif
