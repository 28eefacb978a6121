/* SPDX-License-Identifier: MIT */
/* The tokeniser "13a" of mteval, as sacreBLEU has it. Any thread. */
#ifndef TJ_METRIC_TOKENIZE_13A_H
#define TJ_METRIC_TOKENIZE_13A_H

#include <stddef.h>

/* The tokens of n bytes of text as "13a" cuts them, between single spaces: appended to
 * malloc's *out of *n_out bytes, *capacity. 0 when there is no memory. */
int tj_tokenize_13a(const char *text, size_t n, char **out, size_t *n_out, size_t *capacity);

/* Bytes of the white space character that n > 0 bytes of text begin with, for Python's
 * str.split and thus for sacreBLEU; 0: they begin with something else. */
size_t tj_python_space(const char *text, size_t n);

#endif
