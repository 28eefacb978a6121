/* SPDX-License-Identifier: MIT */
/* Letters of a text, of any script. Any thread. */
#ifndef TJ_TEXT_LETTERS_H
#define TJ_TEXT_LETTERS_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/string.h"

/* Whether n bytes of valid UTF-8 have a letter. */
int tj_has_letter(const char *text, size_t n);

/* Whether the first letter or digit is a small letter. */
int tj_begins_small(const char *text, size_t n);

/* Appends the text, its first word with a small initial, unless the word has other capitals.
 * Returns 0 if memory is short. */
int tj_append_small(struct tj_string *out, const char *text, size_t n);

/* Whether a character is punctuation (a category P of Unicode, or a sign of ASCII), or white
 * space. */
int tj_is_punctuation(uint32_t c);
int tj_is_white_space(uint32_t c);

/* Returns a character without its letter case, so that letters that differ in that are equal. */
uint32_t tj_without_case(uint32_t c);

#endif
