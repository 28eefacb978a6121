/* SPDX-License-Identifier: MIT */
/* Characters of documents; src/base/utf8.h reads them. */
#ifndef TJ_DOCUMENT_CHARACTER_H
#define TJ_DOCUMENT_CHARACTER_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/string.h"

/* Appends a character; U+FFFD in the place of what is none. Returns 0 if memory is short. */
int tj_character_append(struct tj_string *out, uint32_t c);

/* Whether n bytes, of which some may be no UTF-8, have a letter. */
int tj_has_letter_in(const char *text, size_t n);

#endif
