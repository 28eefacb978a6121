/* SPDX-License-Identifier: MIT */
/* Strings of JSON: what they say, and how they are written. */
#ifndef TJ_DOCUMENT_JSON_TEXT_H
#define TJ_DOCUMENT_JSON_TEXT_H

#include <stddef.h>

#include "src/base/string.h"

/* How a string writes characters that it may write in two ways. */
enum { TJ_JSON_ESCAPES_ALL = 1 /* beyond ASCII: \u00e9 */, TJ_JSON_ESCAPES_SLASH = 2 /* \/ */ };

/* Appends what the n bytes between the quotes of a valid string say; half of a surrogate pair says
 * U+FFFD. *style gets how it is written. Returns 0 if memory is short. */
int tj_json_unescape(const char *string, size_t n, struct tj_string *out, unsigned *style);

/* Appends n bytes of valid UTF-8 as they stand between quotes. Returns 0 if memory is short. */
int tj_json_escape(const char *text, size_t n, unsigned style, struct tj_string *out);

#endif
