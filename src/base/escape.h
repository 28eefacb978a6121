/* SPDX-License-Identifier: MIT */
/* Untrusted text as it may be shown: on a terminal, and in a line of its own. */
#ifndef TJ_BASE_ESCAPE_H
#define TJ_BASE_ESCAPE_H

#include <stddef.h>

#include "src/base/string.h"

enum { TJ_ESCAPED_BYTES = 4 };

/* Returns how many of the n bytes of `text` may be shown as they are: all of one character, or 0.
 * Then its first byte, a control character, part of a direction mark, of a line separator or of
 * ill-formed UTF-8, or a backslash, is written to `escaped` as \n, \t, \xNN or \\, of *n_escaped
 * bytes. n must not be 0. */
size_t tj_escape_next(const char *text, size_t n, char escaped[TJ_ESCAPED_BYTES],
                      size_t *n_escaped);

/* Appends n bytes of text, escaped. Returns 0 if memory is short. */
int tj_escape_append(struct tj_string *s, const char *text, size_t n);

#endif
