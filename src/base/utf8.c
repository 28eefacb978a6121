/* SPDX-License-Identifier: MIT */
/* Characters of UTF-8, its validation, repair and cutting, and counting of words. */
#include "src/base/utf8.h"

#include <string.h>

struct utf8_step {
	unsigned n; /* bytes of the sequence or of the maximal ill-formed subpart, 1 to 4 */
	int valid;
};

/* Looks up the row of Unicode table 3-7 for a lead byte. Returns the number of bytes in the
 * sequence (0: no sequence begins with this byte) and sets the bounds of the second byte, the only
 * byte whose bounds vary. */
static unsigned table_3_7(unsigned char lead, unsigned char *low, unsigned char *high)
{
	*low = 0x80;
	*high = 0xBF;
	if (lead < 0x80)
		return 1;
	if (lead < 0xC2)
		return 0;
	if (lead < 0xE0)
		return 2;
	if (lead < 0xF0) {
		if (lead == 0xE0)
			*low = 0xA0;
		else if (lead == 0xED)
			*high = 0x9F;
		return 3;
	}
	if (lead > 0xF4)
		return 0;
	if (lead == 0xF0)
		*low = 0x90;
	else if (lead == 0xF4)
		*high = 0x8F;
	return 4;
}

/* Measures the sequence at the beginning of n > 0 bytes. */
static struct utf8_step first(const unsigned char *s, size_t n)
{
	unsigned char low, high;
	unsigned need = table_3_7(s[0], &low, &high);
	if (need == 0)
		return (struct utf8_step){ 1, 0 };
	unsigned have = 1;
	while (have < need && have < n && s[have] >= low && s[have] <= high) {
		low = 0x80;
		high = 0xBF;
		have++;
	}
	return (struct utf8_step){ have, have == need };
}

uint32_t tj_utf8_next(const char *text, size_t n, size_t *at)
{
	const unsigned char *s = (const unsigned char *)text + *at;
	struct utf8_step step = first(s, n - *at);
	*at += step.valid ? step.n : 1;
	if (!step.valid)
		return TJ_UTF8_UNKNOWN;
	uint32_t c = step.n == 1 ? s[0] : s[0] & (0x7Fu >> step.n);
	for (unsigned i = 1; i < step.n; i++)
		c = c << 6 | (s[i] & 0x3F);
	return c;
}

size_t tj_utf8_write(uint32_t c, char bytes[TJ_UTF8_BYTES])
{
	if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		c = TJ_UTF8_UNKNOWN;
	if (c < 0x80) {
		bytes[0] = (char)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		bytes[i] = (char)(0x80 | (c & 0x3F));
	bytes[0] = (char)((0xF00u >> n & 0xF0) | c);
	return n;
}

/* Returns the length of the ASCII prefix, rounded down to a multiple of 8. */
static size_t skip_ascii(const char *text, size_t n)
{
	size_t i = 0;
	for (; n - i >= 8; i += 8) {
		uint64_t eight;
		memcpy(&eight, text + i, 8);
		if (eight & UINT64_C(0x8080808080808080))
			break;
	}
	return i;
}

size_t tj_utf8_valid_prefix(const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i = 0;
	while (i < n) {
		if (s[i] < 0x80) {
			size_t ascii = skip_ascii(text + i, n - i);
			i += ascii ? ascii : 1;
			continue;
		}
		struct utf8_step step = first(s + i, n - i);
		if (!step.valid)
			return i;
		i += step.n;
	}
	return n;
}

size_t tj_utf8_repair(const char *text, size_t n, char *out)
{
	char *o = out;
	while (n > 0) {
		size_t valid = tj_utf8_valid_prefix(text, n);
		if (valid > 0)
			memcpy(o, text, valid);
		o += valid;
		text += valid;
		n -= valid;
		if (n == 0)
			break;
		struct utf8_step bad = first((const unsigned char *)text, n);
		memcpy(o, "\xEF\xBF\xBD", 3);
		o += 3;
		text += bad.n;
		n -= bad.n;
	}
	return (size_t)(o - out);
}

size_t tj_utf8_floor(const char *text, size_t n, size_t total)
{
	const unsigned char *s = (const unsigned char *)text;
	for (size_t back = 1; back <= 3 && back <= n; back++) {
		size_t at = n - back;
		if ((s[at] & 0xC0) == 0x80)
			continue;
		struct utf8_step step = first(s + at, total - at);
		return step.valid && step.n > back ? at : n;
	}
	return n;
}

size_t tj_utf8_mark(const char *text, size_t n)
{
	return n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

int tj_is_blank(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!tj_is_space(text[i]))
			return 0;
	return 1;
}

size_t tj_count_words(const char *text, size_t n)
{
	size_t words = 0;
	int in_word = 0;
	for (size_t i = 0; i < n; i++) {
		int word = !tj_is_space(text[i]);
		words += (size_t)(word && !in_word);
		in_word = word;
	}
	return words;
}
