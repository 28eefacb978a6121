/* SPDX-License-Identifier: MIT */
/* The tokeniser "13a" of mteval, as sacreBLEU implements it. Any thread. */
#ifndef TJ_METRIC_TOKENIZE_13A_H
#define TJ_METRIC_TOKENIZE_13A_H

#include <stddef.h>

/* Appends the "13a" tokens of n bytes of text, separated by single spaces, to *out. *out holds
 * *n_out bytes, has room for *capacity and is allocated with malloc. Returns 1, or 0 if out of
 * memory. */
int tj_tokenize_13a(const char *text, size_t n, char **out, size_t *n_out, size_t *capacity);

/* Returns the size in bytes of the white space character at the beginning of n > 0 bytes of text;
 * 0: there is none. White space is what Python's str.split, and therefore sacreBLEU, splits at. */
size_t tj_python_space(const char *text, size_t n);

#endif
