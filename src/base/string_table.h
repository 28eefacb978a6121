/* SPDX-License-Identifier: MIT */
/* A hash table that numbers strings: each different one has the number of those that were there
 * before it. Strings are any bytes; the empty one is one, too. None is ever removed.
 *
 * Any number of threads may find strings while none adds any. */
#ifndef TJ_BASE_STRING_TABLE_H
#define TJ_BASE_STRING_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define TJ_NO_STRING UINT32_MAX

struct tj_string_table { /* zero it; release it with tj_string_table_release */
	uint32_t n;      /* strings */
	/* n_before bytes that stand before each string in memory, so that a caller can hand out
	 * both as one text; they are no part of the string. Not owned; may be set while n is 0. */
	const char *before;
	size_t n_before;
	uint32_t *words; /* [n_words]: of each string its bytes, its number, and its text */
	size_t n_words, word_capacity;
	uint32_t *starts; /* [n]: which word each begins with */
	size_t start_capacity;
	struct tj_string_bucket *buckets; /* [n_buckets], none or a power of two */
	size_t n_buckets;
};

/* Makes room for this many strings that have this many bytes together, so that adding them neither
 * fails nor moves what is there. Returns 1, or 0 if out of memory; the table is as good as before.
 */
int tj_string_table_reserve(struct tj_string_table *t, size_t n, size_t n_bytes);

/* The number of a string of n bytes, which are copied if it has none yet. TJ_NO_STRING: out of
 * memory, or of numbers; the table is as good as before. */
uint32_t tj_string_table_add(struct tj_string_table *t, const char *string, size_t n);

/* The number of a string; TJ_NO_STRING: it has none. */
uint32_t tj_string_table_find(const struct tj_string_table *t, const char *string, size_t n);

/* The string of a number below t->n, of *n bytes and without a NUL behind it. Valid until another
 * one is added. */
const char *tj_string_table_text(const struct tj_string_table *t, uint32_t number, size_t *n);

/* Frees what the table has, and makes it an empty one. */
void tj_string_table_release(struct tj_string_table *t);

#endif
