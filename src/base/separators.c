/* SPDX-License-Identifier: MIT */
/* Finds separators, eight bytes at a time where there are none. */
#include "src/base/separators.h"

#include <string.h>

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

size_t tj_separator_at(const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	if (n == 0)
		return 0;
	if (s[0] < 0x80)
		return tj_is_separator(s[0]);
	if (n >= 2 && s[0] == 0xC2 && s[1] == 0x85)
		return 2;
	if (n >= 3 && s[0] == 0xE2 && s[1] == 0x80 && (s[2] == 0xA8 || s[2] == 0xA9))
		return 3;
	return 0;
}

/* A nonzero result means that one of the bytes is 0. A zero result means that none is. */
static uint64_t zero_byte(uint64_t x)
{
	return (x - EACH(0x01)) & ~x & EACH(0x80);
}

/* Whether a separator may begin in eight bytes. A cheap test that mostly says no. */
static int may_hold_separator(uint64_t x)
{
	uint64_t below_space = (x - EACH(0x20)) & ~x & EACH(0x80);
	return (below_space | zero_byte(x ^ EACH(0x7F)) | zero_byte(x ^ EACH(0xC2)) |
	        zero_byte(x ^ EACH(0xE2))) != 0;
}

size_t tj_separator_find(const char *text, size_t n)
{
	size_t i = 0;
	while (i < n) {
		size_t end = n - i >= 8 ? i + 8 : n;
		uint64_t eight;
		if (n - i >= 8) {
			memcpy(&eight, text + i, 8);
			if (!may_hold_separator(eight)) {
				i = end;
				continue;
			}
		}
		for (; i < end; i++)
			if (tj_separator_at(text + i, n - i) > 0)
				return i;
	}
	return n;
}

size_t tj_separator_last(const char *text, size_t n)
{
	for (size_t i = n; i > 0; i--) {
		size_t bytes = tj_separator_at(text + i - 1, n - (i - 1));
		if (bytes > 0)
			return i - 1 + bytes;
	}
	return 0;
}
