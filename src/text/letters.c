/* SPDX-License-Identifier: MIT */
/* Letters, as ICU classifies them. */
#include "src/text/letters.h"

#include <stdint.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

int tj_has_letter(const char *text, size_t n)
{
	const uint8_t *s = (const uint8_t *)text;
	for (size_t i = 0; i < n;) {
		UChar32 c;
		U8_NEXT_UNSAFE(s, i, c);
		if (u_isalpha(c))
			return 1;
	}
	return 0;
}

int tj_begins_small(const char *text, size_t n)
{
	const uint8_t *s = (const uint8_t *)text;
	for (size_t i = 0; i < n;) {
		UChar32 c;
		U8_NEXT_UNSAFE(s, i, c);
		if (u_isalnum(c))
			return u_islower(c);
	}
	return 0;
}

int tj_append_small(struct tj_string *out, const char *text, size_t n)
{
	const uint8_t *s = (const uint8_t *)text;
	for (size_t at = 0, i = 0; i < n; at = i) {
		UChar32 c, second = 0;
		U8_NEXT_UNSAFE(s, i, c);
		if (!u_isalnum(c))
			continue;
		size_t after = i;
		if (after < n)
			U8_NEXT_UNSAFE(s, after, second);
		char bytes[4];
		size_t n_bytes = 0;
		if (u_isupper(c) && !u_isupper(second))
			c = u_tolower(c);
		U8_APPEND_UNSAFE((uint8_t *)bytes, n_bytes, c);
		return tj_string_append(out, text, at) && tj_string_append(out, bytes, n_bytes) &&
		       tj_string_append(out, text + i, n - i);
	}
	return tj_string_append(out, text, n);
}

int tj_is_punctuation(uint32_t c)
{
	if (c < 0x80)
		return (c > ' ' && c < '0') || (c > '9' && c < 'A') || (c > 'Z' && c < 'a') ||
		       (c > 'z' && c < 0x7F);
	return u_ispunct((UChar32)c);
}

int tj_is_white_space(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r' && c != '\v') ||
	       u_charType((UChar32)c) == U_SPACE_SEPARATOR;
}

uint32_t tj_without_case(uint32_t c)
{
	return (uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT);
}
