/* SPDX-License-Identifier: MIT */
/* Reads and writes characters of UTF-8. */
#include "src/document/character.h"

#include "src/base/utf8.h"
#include "src/text/letters.h"

uint32_t tj_character_next(const char *text, size_t n, size_t *at)
{
	const unsigned char *s = (const unsigned char *)text + *at;
	size_t left = n - *at, length = s[0] < 0x80 ? 1 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
	if (s[0] < 0x80) {
		++*at;
		return s[0];
	}
	if (length > left || tj_utf8_valid_prefix(text + *at, length) < length) {
		++*at;
		return TJ_CHARACTER_UNKNOWN;
	}
	uint32_t c = s[0] & (0x7Fu >> length);
	for (size_t i = 1; i < length; i++)
		c = c << 6 | (s[i] & 0x3F);
	*at += length;
	return c;
}

int tj_character_append(struct tj_string *out, uint32_t c)
{
	char b[4];
	if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		c = TJ_CHARACTER_UNKNOWN;
	if (c < 0x80) {
		b[0] = (char)c;
		return tj_string_append(out, b, 1);
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		b[i] = (char)(0x80 | (c & 0x3F));
	b[0] = (char)((0xF00u >> n & 0xF0) | c);
	return tj_string_append(out, b, n);
}

int tj_has_letter_in(const char *text, size_t n)
{
	for (size_t good; n > 0; text += good + 1, n -= good + 1) {
		good = tj_utf8_valid_prefix(text, n);
		if (tj_has_letter(text, good))
			return 1;
		if (good == n)
			break;
	}
	return 0;
}
