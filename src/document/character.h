/* SPDX-License-Identifier: MIT */
/* Characters of UTF-8, one after the other. */
#ifndef TJ_DOCUMENT_CHARACTER_H
#define TJ_DOCUMENT_CHARACTER_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/string.h"

enum { TJ_CHARACTER_UNKNOWN = 0xFFFD };

/* Returns the character at text[*at], *at < n, and moves *at behind it; a byte that is not valid
 * UTF-8 is U+FFFD. */
uint32_t tj_character_next(const char *text, size_t n, size_t *at);

/* Appends a character; U+FFFD in the place of what is none. Returns 0 if memory is short. */
int tj_character_append(struct tj_string *out, uint32_t c);

/* Whether n bytes, of which some may be no UTF-8, have a letter. */
int tj_has_letter_in(const char *text, size_t n);

#endif
