/* SPDX-License-Identifier: MIT */
/* Recognises lines in ISO 8859-1 and Windows-1252, which are no UTF-8. Any thread. */
#ifndef TJ_BASE_LATIN_H
#define TJ_BASE_LATIN_H

#include <stddef.h>
#include <stdint.h>

/* Whether a line that is not valid UTF-8 looks like text in ISO 8859-1 or Windows-1252: letters of
 * these in words, and no byte that they lack. */
int tj_is_latin(const char *text, size_t n);

/* Returns what a message about n_invalid such lines adds, of which n_latin look like that: "" or
 * how to convert them. */
const char *tj_latin_advice(uint64_t n_latin, uint64_t n_invalid);

#endif
