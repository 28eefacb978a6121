/* SPDX-License-Identifier: MIT */
/* Dirty input: texts of all kinds, and random changes to bytes. The random numbers come from
 * test_random. */
#ifndef TJ_TESTS_MUTATE_H
#define TJ_TESTS_MUTATE_H

#include <stddef.h>

/* A growing buffer. The caller frees data. */
struct bytes {
	char *data;
	size_t n, capacity;
};

void bytes_add(struct bytes *b, const void *data, size_t n);

/* Appends n_lines lines of made-up text, some of them blank, that end in LF or CRLF. */
void make_text(struct bytes *b, size_t n_lines);

/* Changes 1 to `most` places: flips, inserts, deletes and repeats bytes. With `of_text`, also
 * inserts what is special in text (line ends, broken UTF-8, unusual spaces and marks, long
 * words). */
void mutate(struct bytes *b, size_t most, int of_text);

/* Counts the lines, including a last one without a newline. */
size_t count_lines(const char *text, size_t n);

/* Returns whether the text is UTF-8 as the Unicode standard defines it: no overlong forms, no
 * surrogates, nothing above U+10FFFF. */
int is_utf8(const char *text, size_t n);

#endif
