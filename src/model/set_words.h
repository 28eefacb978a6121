/* SPDX-License-Identifier: MIT */
/* Gives a model file another list of words. */
#ifndef TJ_MODEL_SET_WORDS_H
#define TJ_MODEL_SET_WORDS_H

#include <stddef.h>

#include "src/base/status.h"

/* Write model file `in` to `out` as it is, but with these words (src/text/word_list.h) instead of
 * those that it has; n_words: 0: without words. `out` may be `in`. */
trujaman_status tj_model_set_words(const char *in, const char *out, const char *words,
                                   size_t n_words, struct tj_error *err);

#endif
