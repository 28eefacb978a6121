/* SPDX-License-Identifier: MIT */
/* Escapes what could make a reader see something other than the text. */
#include "src/base/escape.h"

#include <stdint.h>

/* Direction marks and line separators could make a terminal show something other than the actual
 * text. */
static int is_harmless(uint32_t c)
{
	return c >= 0xa0 && !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069);
}

/* Returns the length in bytes of the character at s if it may be shown as it is; 0: escape the byte
 * at s. */
static size_t printable_bytes(const unsigned char *s, size_t n)
{
	if (s[0] < 0x80)
		return s[0] >= 0x20 && s[0] != 0x7f && s[0] != '\\';
	static const struct {
		unsigned char first, last, bits;
		uint32_t low, high;
	} forms[] = {
		{ 0xc2, 0xdf, 0x1f, 0x80, 0x7ff },
		{ 0xe0, 0xef, 0x0f, 0x800, 0xffff },
		{ 0xf0, 0xf4, 0x07, 0x10000, 0x10ffff },
	};
	for (size_t f = 0; f < 3; f++) {
		if (s[0] < forms[f].first || s[0] > forms[f].last)
			continue;
		if (n < f + 2)
			return 0;
		uint32_t c = s[0] & forms[f].bits;
		for (size_t i = 1; i < f + 2; i++) {
			if ((s[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (s[i] & 0x3fu);
		}
		int exists = c >= forms[f].low && c <= forms[f].high &&
		             !(c >= 0xd800 && c <= 0xdfff);
		return exists && is_harmless(c) ? f + 2 : 0;
	}
	return 0;
}

size_t tj_escape_next(const char *text, size_t n, char escaped[TJ_ESCAPED_BYTES], size_t *n_escaped)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *s = (const unsigned char *)text;
	size_t shown = printable_bytes(s, n);
	if (shown > 0)
		return shown;
	*n_escaped = 2;
	escaped[0] = '\\';
	escaped[1] = *s == '\n' ? 'n' : *s == '\t' ? 't' : *s == '\\' ? '\\' : 'x';
	if (escaped[1] == 'x') {
		escaped[2] = digits[*s >> 4];
		escaped[3] = digits[*s & 15];
		*n_escaped = 4;
	}
	return 0;
}

int tj_escape_append(struct tj_string *s, const char *text, size_t n)
{
	char escaped[TJ_ESCAPED_BYTES];
	size_t from = 0, at = 0, n_escaped;
	while (at < n) {
		size_t shown = tj_escape_next(text + at, n - at, escaped, &n_escaped);
		if (shown > 0) {
			at += shown;
			continue;
		}
		if (!tj_string_append(s, text + from, at - from) ||
		    !tj_string_append(s, escaped, n_escaped))
			return 0;
		from = ++at;
	}
	return from == n || tj_string_append(s, text + from, n - from);
}
