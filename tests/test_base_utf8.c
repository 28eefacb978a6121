/* SPDX-License-Identifier: MIT */
/* Tests of UTF-8 validation, repair and cutting, against an independent decoder. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/utf8.h"

/* ---- an independent decoder: by the value of the code point ---- */

/* Combines the bits as the lead byte announces, then checks that UTF-8 encodes this number with
 * these bytes. Returns the length, or 0 if the sequence is ill-formed. */
static size_t decode_by_value(const unsigned char *s, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length = 1;
	uint32_t value = s[0];
	if (s[0] >= 0xF8 || (s[0] & 0xC0) == 0x80)
		return 0;
	if (s[0] >= 0xC0) {
		length = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
		value = s[0] & (0x7Fu >> length);
	}
	if (length > n)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((s[i] & 0xC0) != 0x80)
			return 0;
		value = value << 6 | (s[i] & 0x3F);
	}
	int surrogate = value >= 0xD800 && value <= 0xDFFF;
	return value < least[length] || value > 0x10FFFF || surrogate ? 0 : length;
}

/* Returns whether more bytes can complete n bytes to a well-formed sequence. Tries every second
 * byte (if n is 1), followed by 0x80. */
static int may_begin(const unsigned char *s, size_t n)
{
	unsigned char t[4];
	for (size_t length = n + 1; length <= 4; length++)
		for (unsigned second = 0x80; second <= 0xBF; second++) {
			memset(t, 0x80, sizeof t);
			memcpy(t, s, n);
			if (n == 1)
				t[1] = (unsigned char)second;
			if (decode_by_value(t, length) == length)
				return 1;
		}
	return 0;
}

static size_t expected_prefix(const unsigned char *s, size_t n)
{
	size_t i = 0;
	while (i < n) {
		size_t length = decode_by_value(s + i, n - i);
		if (length == 0)
			return i;
		i += length;
	}
	return n;
}

/* Writes U+FFFD for each maximal subpart: the longest run that can begin a sequence, or else one
 * byte. */
static size_t expected_repair(const unsigned char *s, size_t n, unsigned char *out)
{
	size_t o = 0;
	for (size_t i = 0; i < n;) {
		size_t length = decode_by_value(s + i, n - i);
		if (length > 0) {
			memcpy(out + o, s + i, length);
			o += length;
		} else {
			length = 1;
			while (length < 3 && i + length < n && may_begin(s + i, length + 1))
				length++;
			memcpy(out + o, "\xEF\xBF\xBD", 3);
			o += 3;
		}
		i += length;
	}
	return o;
}

/* Uses plain ifs, because a Criterion assertion costs more than the condition that it tests. */
static void check_both(const unsigned char *s, size_t n)
{
	unsigned char want[12], got[12];
	size_t prefix = tj_utf8_valid_prefix((const char *)s, n);
	if (prefix != expected_prefix(s, n))
		cr_assert_fail("%02x %02x %02x %02x, n %zu: prefix %zu", s[0], s[1], s[2], s[3], n,
		               prefix);
	size_t n_want = expected_repair(s, n, want);
	size_t n_got = tj_utf8_repair((const char *)s, n, (char *)got);
	if (n_got != n_want || memcmp(got, want, n_got) != 0)
		cr_assert_fail("%02x %02x %02x %02x, n %zu: wrong repair", s[0], s[1], s[2], s[3],
		               n);
}

Test(utf8, all_sequences_of_up_to_three_bytes)
{
	unsigned char s[4] = { 0, 0, 0, 0 };
	for (unsigned v = 0; v < 1u << 24; v++) {
		s[0] = (unsigned char)(v >> 16);
		s[1] = (unsigned char)(v >> 8);
		s[2] = (unsigned char)v;
		size_t got = tj_utf8_valid_prefix((const char *)s, 3);
		if (got != expected_prefix(s, 3))
			cr_assert_fail("%02x %02x %02x: prefix %zu", s[0], s[1], s[2], got);
		if (s[2] == 0) {
			check_both(s, 2);
			if (s[1] == 0)
				check_both(s, 1);
		}
	}
}

/* Every lead byte with bytes at the edges of every range of table 3-7. */
Test(utf8, edges_of_table_3_7_in_four_bytes)
{
	static const unsigned char edge[] = { 0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
		                              0xC0, 0xC2, 0xE0, 0xED, 0xF0, 0xF4, 0xF5, 0xFF };
	enum { N = sizeof edge };
	for (unsigned lead = 0; lead < 256; lead++)
		for (unsigned i = 0; i < N * N * N; i++) {
			unsigned char s[4] = { (unsigned char)lead, edge[i / N / N],
				               edge[i / N % N], edge[i % N] };
			for (size_t n = 1; n <= 4; n++)
				check_both(s, n);
		}
}

struct example {
	const char *text, *repaired;
	size_t valid;
};

/* The examples of the Unicode standard, section 3.9, tables 3-8 to 3-11, and
 * the first and last of each row of table 3-7. */
Test(utf8, examples)
{
	static const struct example examples[] = {
		{ "", "", 0 },
		{ "plain", "plain", 5 },
		{ "\xC2\x80\xDF\xBF", "\xC2\x80\xDF\xBF", 4 },
		{ "\xE0\xA0\x80\xE0\xBF\xBF\xE1\x80\x80", "\xE0\xA0\x80\xE0\xBF\xBF\xE1\x80\x80",
		  9 },
		{ "\xEC\xBF\xBF\xED\x9F\xBF\xEE\x80\x80", "\xEC\xBF\xBF\xED\x9F\xBF\xEE\x80\x80",
		  9 },
		{ "\xEF\xBF\xBF\xF0\x90\x80\x80", "\xEF\xBF\xBF\xF0\x90\x80\x80", 7 },
		{ "\xF3\xBF\xBF\xBF\xF4\x8F\xBF\xBF", "\xF3\xBF\xBF\xBF\xF4\x8F\xBF\xBF", 8 },
		{ "\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", "????????A", 0 },
		{ "\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", "????????A", 0 },
		{ "\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", "?????A??B", 0 },
		{ "\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "????A", 0 },
		{ "ab\xC3", "ab?", 2 },
		{ "12345678\xC3\xA9"
		  "12345678\xFF",
		  "12345678\xC3\xA9"
		  "12345678?",
		  18 },
	};
	for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
		const struct example *e = &examples[i];
		char got[64], want[64], *w = want;
		for (const char *c = e->repaired; *c; c++) {
			if (*c == '?') {
				memcpy(w, "\xEF\xBF\xBD", 3);
				w += 3;
			} else {
				*w++ = *c;
			}
		}
		size_t n = strlen(e->text);
		cr_expect(tj_utf8_valid_prefix(e->text, n) == e->valid, "example %zu", i);
		size_t n_got = tj_utf8_repair(e->text, n, got);
		cr_expect(n_got == (size_t)(w - want) && memcmp(got, want, n_got) == 0,
		          "example %zu", i);
	}
}

/* A bad byte or a long sequence at every place of a long ASCII text: the fast path must neither
 * skip it nor read past the end. */
Test(utf8, every_place_in_a_long_text)
{
	enum { N = 70 };
	for (size_t n = 1; n <= N; n++)
		for (size_t at = 0; at < n; at++) {
			char *text = malloc(n), out[3 * N];
			cr_assert_not_null(text);
			memset(text, 'a', n);
			text[at] = '\x80';
			cr_assert_eq(tj_utf8_valid_prefix(text, n), at);
			cr_assert_eq(tj_utf8_repair(text, n, out), n + 2);
			cr_assert_eq(memcmp(out + at, "\xEF\xBF\xBD", 3), 0);
			if (at + 4 <= n) {
				memcpy(text + at, "\xF0\x9F\x8C\x8D", 4);
				cr_assert_eq(tj_utf8_valid_prefix(text, n), n);
				cr_assert_eq(tj_utf8_valid_prefix(text, at + 3), at);
			}
			free(text);
		}
}

Test(utf8, repair_of_nothing_but_bad_bytes_is_three_times_as_long)
{
	char text[100], out[300];
	memset(text, '\xFF', sizeof text);
	cr_assert_eq(tj_utf8_repair(text, sizeof text, out), sizeof out);
}

/* The expected cut, computed slowly: a cut is wrong if a well-formed sequence crosses it. */
static size_t expected_floor(const unsigned char *s, size_t n, size_t total)
{
	for (size_t at = 0; at < n;) {
		size_t length = decode_by_value(s + at, total - at);
		if (length == 0)
			length = 1;
		if (at + length > n)
			return at;
		at += length;
	}
	return n;
}

Test(utf8, floor)
{
	static const char *const texts[] = {
		"a\xC3\xA9"
		"b\xE2\x82\xAC"
		"c\xF0\x9F\x8C\x8D"
		"d",
		"\xF0\x9F\x8C\x8D\xF0\x9F\x8C\x8D\xF0\x9F\x8C",
		"\x80\x80\x80\x80\x80\x80",
		"\xE2\x82\xE2\x82\xAC\x82\x82\xC3\xC3\xA9\xED\xA0\x80",
		"\xF0\x9F\xF0\x9F\x8C\xC0\x80\xF5\x80\x80\x80",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const unsigned char *s = (const unsigned char *)texts[i];
		for (size_t total = 0; total <= strlen(texts[i]); total++)
			for (size_t n = 0; n <= total; n++)
				cr_expect_eq(tj_utf8_floor(texts[i], n, total),
				             expected_floor(s, n, total), "text %zu, %zu of %zu", i,
				             n, total);
	}
}

/* The encoder against the decoder, and both against the independent one. */
Test(utf8, every_character_there_and_back)
{
	for (uint32_t c = 0; c <= 0x110000; c++) {
		int is_none = c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF);
		char bytes[TJ_UTF8_BYTES];
		size_t n = tj_utf8_write(c, bytes), at = 0;
		uint32_t read = tj_utf8_next(bytes, n, &at);
		if (decode_by_value((const unsigned char *)bytes, n) != n || at != n ||
		    read != (is_none ? (uint32_t)TJ_UTF8_UNKNOWN : c))
			cr_assert_fail("U+%04X: %zu bytes, read as U+%04X", c, n, read);
	}
}

/* A byte that begins no character is passed alone, whatever follows. */
Test(utf8, next_of_bytes_at_the_edges)
{
	static const unsigned char edge[] = { 0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0,
		                              0xBF, 0xC0, 0xC2, 0xED, 0xF0, 0xF4, 0xFF };
	enum { N = sizeof edge };
	for (unsigned i = 0; i < 256 * N * N * N; i++) {
		unsigned char s[4] = { (unsigned char)(i / N / N / N), edge[i / N / N % N],
			               edge[i / N % N], edge[i % N] };
		for (size_t n = 1; n <= 4; n++) {
			size_t at = 0, length = decode_by_value(s, n);
			uint32_t c = tj_utf8_next((const char *)s, n, &at);
			if (at != (length > 0 ? length : 1) ||
			    (length == 0 && c != TJ_UTF8_UNKNOWN))
				cr_assert_fail("%02x %02x %02x %02x, n %zu: U+%04X, %zu bytes",
				               s[0], s[1], s[2], s[3], n, c, at);
		}
	}
}

Test(utf8, blank)
{
	cr_expect(tj_is_blank(NULL, 0));
	cr_expect(tj_is_blank(" \t\v\f\r\n", 6));
	for (int c = 0; c < 256; c++) {
		char text[3] = { ' ', (char)c, ' ' };
		int space = c < 128 && c != 0 && strchr(" \t\v\f\r\n", c) != NULL;
		cr_expect_eq(tj_is_blank(text, 3), space, "byte %d", c);
	}
	cr_expect_not(tj_is_blank("\xC2\xA0", 2), "a no-break space is no ASCII white space");
}

Test(utf8, words)
{
	cr_expect_eq(tj_count_words(NULL, 0), 0);
	cr_expect_eq(tj_count_words("   ", 3), 0);
	cr_expect_eq(tj_count_words("one", 3), 1);
	cr_expect_eq(tj_count_words(" two\twords \r\n", 13), 2);
	cr_expect_eq(tj_count_words("a\0b c", 5), 2);
	cr_expect_eq(tj_count_words("\xC2\xBFqu\xC3\xA9 es?", 11), 2);
}
