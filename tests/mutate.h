/* SPDX-License-Identifier: MIT */
/* Dirty input: texts of all kinds, and bytes changed at random. The numbers are those of
 * test_random. */
#ifndef TJ_TESTS_MUTATE_H
#define TJ_TESTS_MUTATE_H

#include <stddef.h>

/* A buffer that grows; free data. */
struct bytes {
	char *data;
	size_t n, capacity;
};

void bytes_add(struct bytes *b, const void *data, size_t n);

/* Append n_lines lines of made-up text, blank ones among them, LF and CRLF. */
void make_text(struct bytes *b, size_t n_lines);

/* Change 1 to `most` places: bytes flipped, put in, taken out, repeated; with `of_text` also
 * what is special in text (line ends, broken UTF-8, odd spaces and marks, long words). */
void mutate(struct bytes *b, size_t most, int of_text);

/* Lines, a last one without an end included. */
size_t count_lines(const char *text, size_t n);

/* As the Unicode standard has it: no overlong forms, no surrogates, up to U+10FFFF. */
int is_utf8(const char *text, size_t n);

#endif
