/* SPDX-License-Identifier: MIT */
/* What the matchers of src/text/spans_*.c share: a text, its characters and their classes. A
 * matcher is given an offset where a span may begin and returns the span's bytes, or 0. It reads a
 * bounded number of bytes unless it finds a span, so that a hostile line takes linear time. */
#ifndef TJ_TEXT_SPANS_SCAN_H
#define TJ_TEXT_SPANS_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

struct tj_scan {
	const uint8_t *text; /* valid UTF-8 */
	size_t n;            /* below 2^30 */
};

enum { TJ_SCAN_NONE = -1 }; /* the character before the first and behind the last one */

enum { TJ_LONGEST_WORD = 160 }; /* bytes; more letters in a row are data, or a key */

/* Returns the character at *at and moves *at behind it. */
static inline int32_t tj_scan_next(const struct tj_scan *s, size_t *at)
{
	if (*at >= s->n)
		return TJ_SCAN_NONE;
	if (s->text[*at] < 0x80)
		return s->text[(*at)++];
	int32_t i = (int32_t)*at;
	UChar32 c;
	U8_NEXT(s->text, i, (int32_t)s->n, c);
	*at = (size_t)i;
	return c;
}

static inline int32_t tj_scan_at(const struct tj_scan *s, size_t at)
{
	return tj_scan_next(s, &at);
}

/* Returns the character before *at and moves *at to it. */
static inline int32_t tj_scan_back(const struct tj_scan *s, size_t *at)
{
	if (*at == 0)
		return TJ_SCAN_NONE;
	int32_t i = (int32_t)*at;
	UChar32 c;
	U8_PREV(s->text, 0, i, c);
	*at = (size_t)i;
	return c;
}

static inline int32_t tj_scan_before(const struct tj_scan *s, size_t at)
{
	return tj_scan_back(s, &at);
}

static inline int tj_is_ascii_digit(int32_t c)
{
	return c >= '0' && c <= '9';
}

static inline int tj_is_ascii_upper(int32_t c)
{
	return c >= 'A' && c <= 'Z';
}

static inline int tj_is_ascii_lower(int32_t c)
{
	return c >= 'a' && c <= 'z';
}

static inline int tj_is_ascii_letter(int32_t c)
{
	return tj_is_ascii_upper(c) || tj_is_ascii_lower(c);
}

/* Letters, digits, combining marks, and "_". */
static inline int tj_is_word(int32_t c)
{
	if (c < 0x80)
		return tj_is_ascii_letter(c) || tj_is_ascii_digit(c) || c == '_';
	return u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

static inline int tj_is_digit(int32_t c)
{
	return c < 0x80 ? tj_is_ascii_digit(c) : u_isdigit(c);
}

static inline int tj_is_hex(int32_t c)
{
	return tj_is_ascii_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static inline int tj_is_white(int32_t c)
{
	return c == TJ_SCAN_NONE || c <= ' ' || c == 0x7F || (c >= 0x80 && u_isUWhiteSpace(c));
}

/* The spaces that may stand within a number, or between a number and its unit. */
static inline int tj_is_number_space(int32_t c)
{
	return c == ' ' || c == 0xA0 || c == 0x2009 || c == 0x202F;
}

/* Whether white space, an opening bracket or a quote stands before `at`. */
int tj_scan_opens(const struct tj_scan *s, size_t at);

/* Returns the end of the word that begins at `at`, or `at`. */
size_t tj_scan_word(const struct tj_scan *s, size_t at);

/* Returns the end of the characters from `at` on that are not white space, at most `most` bytes. */
size_t tj_scan_token(const struct tj_scan *s, size_t at, size_t most);

/* Returns `end` without the punctuation at the end of [first, end) that belongs to the sentence
 * around it: full stops, commas, quotes, and brackets that are not opened there. */
size_t tj_scan_trim(const struct tj_scan *s, size_t first, size_t end);

/* Whether the n bytes are a word of a list that has a space before and after each word. */
int tj_is_listed(const char *list, const void *word, size_t n);

/* Whether the text has these bytes at `at`. */
int tj_scan_is(const struct tj_scan *s, size_t at, const char *bytes);

#endif
