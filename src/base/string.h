/* SPDX-License-Identifier: MIT */
/* A growable byte string; comparing letters of ASCII. */
#ifndef TJ_BASE_STRING_H
#define TJ_BASE_STRING_H

#include <stddef.h>
#include <stdint.h>

struct tj_string { /* zero it before first use; release data with free; not NUL-terminated */
	char *data;
	size_t n, capacity;
};

/* Whether two bytes are the same, or the same letter of ASCII in another case. No locale changes
 * this: in Turkish, i and I are no pair. */
static inline int tj_same_letter(char a, char b)
{
	int difference = (unsigned char)a ^ (unsigned char)b, lower = (unsigned char)a | 0x20;
	return difference == 0 || (difference == 0x20 && lower >= 'a' && lower <= 'z');
}

/* Whether the first n bytes of two texts, or both up to their ends, are the same in that sense. */
int tj_same_letters(const char *a, const char *b, size_t n);

/* Returns what the regular plural adds to a noun after the number n. */
static inline const char *tj_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* Appends n bytes. Returns 1, or 0 if out of memory; nothing has changed then. */
int tj_string_append(struct tj_string *s, const void *bytes, size_t n);

#endif
