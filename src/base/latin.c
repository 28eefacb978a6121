/* SPDX-License-Identifier: MIT */
/* Recognises lines in ISO 8859-1 and Windows-1252, which are no UTF-8. */
#include "src/base/latin.h"

#include "src/base/utf8.h"

static int is_ascii_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int is_latin_letter(unsigned char c)
{
	return c >= 0xC0 && c != 0xD7 && c != 0xF7 && c != 0xFF; /* 0xFF is rarely a letter */
}

int tj_is_latin(const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t in_words = 0;
	for (size_t i = 0; i < n; i++) {
		size_t valid = s[i] < 0x80 ? 0
		                           : tj_utf8_valid_prefix(text + i, n - i < 4 ? n - i : 4);
		/* Text of both encodings is damaged rather than in one of them. */
		if (valid > 0)
			return 0;
		if (s[i] == 0x81 || s[i] == 0x8D || s[i] == 0x8F || s[i] == 0x90 || s[i] == 0x9D)
			return 0;
		in_words += is_latin_letter(s[i]) && ((i > 0 && is_ascii_letter(s[i - 1])) ||
		                                      (i + 1 < n && is_ascii_letter(s[i + 1])));
	}
	return in_words > 0;
}

const char *tj_latin_advice(uint64_t n_latin, uint64_t n_invalid)
{
	return n_latin > 0 && n_latin >= n_invalid - n_latin
	           ? "; it looks like Windows-1252 or ISO 8859-1, which is converted by: "
	             "iconv -f WINDOWS-1252 -t UTF-8"
	           : "";
}
