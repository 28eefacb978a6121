/* SPDX-License-Identifier: MIT */
/* Characters of UTF-8, its validation, repair and cutting, and counting of words. Any thread. */
#ifndef TJ_BASE_UTF8_H
#define TJ_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

enum { TJ_UTF8_UNKNOWN = 0xFFFD, TJ_UTF8_BYTES = 4 };

/* Returns the character at text[*at], *at < n, and moves *at behind it; a byte that begins none is
 * U+FFFD. What of ICU src/text needs its characters for, it reads by ICU's own macros. */
uint32_t tj_utf8_next(const char *text, size_t n, size_t *at);

/* Writes a character, or U+FFFD in the place of what is none. Returns the number of bytes. */
size_t tj_utf8_write(uint32_t c, char bytes[TJ_UTF8_BYTES]);

/* Returns the length of the longest prefix of n bytes that is valid UTF-8 (Unicode table 3-7: no
 * surrogates, no overlong forms, nothing above U+10FFFF); n if all of it is valid. Fast on
 * ASCII. */
size_t tj_utf8_valid_prefix(const char *text, size_t n);

/* Copies n bytes to `out` and replaces each maximal ill-formed subpart (as Unicode 3.9 and WHATWG
 * define it) by U+FFFD. Returns the number of bytes written, at most 3 * n. */
size_t tj_utf8_repair(const char *text, size_t n, char *out);

/* Returns the largest cut <= n such that text[0..cut) does not end inside a well-formed UTF-8
 * sequence; n if the bytes around n are not valid UTF-8. `text` has `total` bytes. */
size_t tj_utf8_floor(const char *text, size_t n, size_t total);

/* Returns the number of bytes of the byte-order mark at the beginning of a text: 3, or 0 if it has
 * none. */
size_t tj_utf8_mark(const char *text, size_t n);

/* Whether a byte is ASCII white space: space, \t, \n, \v, \f, \r. */
static inline int tj_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Whether all n bytes are ASCII white space; true for n = 0. */
int tj_is_blank(const char *text, size_t n);

/* Counts the words that ASCII white space separates. */
size_t tj_count_words(const char *text, size_t n);

#endif
