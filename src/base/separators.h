/* SPDX-License-Identifier: MIT */
/* Separators: the characters that divide a line into stretches of text. They are the control
 * characters U+0000 to U+001F (tab, carriage return, form feed and so on) and U+007F, and the
 * line ends of Unicode: U+0085, U+2028 and U+2029. A separator ends a sentence, is never
 * translated, and stays byte for byte. Any thread. */
#ifndef TJ_BASE_SEPARATORS_H
#define TJ_BASE_SEPARATORS_H

#include <stddef.h>
#include <stdint.h>

static inline int tj_is_separator(uint32_t c)
{
	return c < 0x20 || c == 0x7F || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* Returns the number of bytes of the separator that begins at text[0], or 0 if none does. n is the
 * number of bytes at `text`; the bytes need not be valid UTF-8. */
size_t tj_separator_at(const char *text, size_t n);

/* Returns the offset of the first separator in n bytes, or n if there is none. Fast. */
size_t tj_separator_find(const char *text, size_t n);

/* Returns the offset of the end of the last separator in n bytes, or 0 if there is none. */
size_t tj_separator_last(const char *text, size_t n);

#endif
