/* SPDX-License-Identifier: MIT */
/* Letters of a text, of any script. Any thread. */
#ifndef TJ_TEXT_LETTERS_H
#define TJ_TEXT_LETTERS_H

#include <stddef.h>

#include "src/base/string.h"

/* Whether n bytes of valid UTF-8 have a letter. */
int tj_has_letter(const char *text, size_t n);

/* Whether the first letter or digit is a small letter. */
int tj_begins_small(const char *text, size_t n);

/* Appends the text, its first word with a small initial, unless the word has other capitals.
 * Returns 0 if memory is short. */
int tj_append_small(struct tj_string *out, const char *text, size_t n);

#endif
