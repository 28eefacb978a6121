/* SPDX-License-Identifier: MIT */
#ifndef TJ_BASE_UTF8_H
#define TJ_BASE_UTF8_H

#include <stddef.h>

/* Length of the longest prefix of n bytes that is valid UTF-8 (Unicode table
 * 3-7: no surrogates, no overlong forms, nothing above U+10FFFF). Fast over
 * ASCII. Equal to n when all of it is valid. */
size_t tj_utf8_valid_prefix(const char *text, size_t n);

/* Bytes that tj_utf8_repair writes for n bytes of input: at most 3 * n. */
/* Copy n bytes to `out`, each maximal ill-formed part (as Unicode 3.9 and
 * WHATWG define it) replaced by U+FFFD; returns the bytes written. */
size_t tj_utf8_repair(const char *text, size_t n, char *out);

/* The largest cut <= n such that text[0..cut) does not end inside a well-formed
 * UTF-8 sequence; n where the bytes there are no UTF-8 at all. */
size_t tj_utf8_floor(const char *text, size_t n, size_t total);

/* Whether all n bytes are ASCII white space (space, \t, \v, \f, \r, \n); also for n = 0. */
int tj_is_blank(const char *text, size_t n);

/* Words between ASCII white space. */
size_t tj_count_words(const char *text, size_t n);

#endif
