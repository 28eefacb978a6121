/* SPDX-License-Identifier: MIT */
/* Normalises text character by character, and keeps where each byte came from. */
#include "src/text/normalize.h"

#include <stdint.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/utf8.h>

#include "src/base/separators.h"

struct normalizer {
	const uint8_t *text;
	size_t n;
	struct tj_mapped *m;
	const UNormalizer2 *nfc; /* NULL: no character is composed */
};

/* Every character that the rules change lies above ASCII. */
int tj_needs_normalizing(enum tj_normal rules, const char *text, size_t n)
{
	const size_t high = (size_t)-1 / 255 * 128;
	size_t i = 0, word;
	if (rules == TJ_NORMAL_NONE)
		return 0;
	for (; i + sizeof word <= n; i += sizeof word) {
		memcpy(&word, text + i, sizeof word);
		if (word & high)
			return 1;
	}
	for (; i < n; i++)
		if (text[i] & 0x80)
			return 1;
	return 0;
}

/* Returns the character at *at and advances it. */
static UChar32 next(const struct normalizer *z, size_t *at)
{
	UChar32 c;
	const uint8_t *text = z->text + *at;
	int32_t i = 0, n = z->n - *at < 8 ? (int32_t)(z->n - *at) : 8;
	U8_NEXT(text, i, n, c);
	*at += (size_t)i;
	return c;
}

static const char *of_quote(UChar32 c)
{
	switch (c) {
	case 0xAB: /* « » */
	case 0xBB:
	case 0x201C: /* “ ” „ ‟ */
	case 0x201D:
	case 0x201E:
	case 0x201F:
	case 0x2033: /* double prime */
	case 0x301D:
	case 0x301E:
	case 0x301F:
		return "\"";
	case 0xB4:   /* acute accent */
	case 0x2018: /* ‘ ’ ‚ ‛ */
	case 0x2019:
	case 0x201A:
	case 0x201B:
	case 0x2032: /* prime */
	case 0x2039: /* ‹ › */
	case 0x203A:
	case 0x2BC: /* modifier letter apostrophe */
		return "'";
	default:
		return NULL;
	}
}

static const char *of_ligature(UChar32 c)
{
	static const char *const ligatures[] = { "ff", "fi", "fl", "ffi", "ffl", "st", "st" };
	return c >= 0xFB00 && c <= 0xFB06 ? ligatures[c - 0xFB00] : NULL;
}

static int is_dash(UChar32 c)
{
	return (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
}

/* Characters that are not seen. Joiners stay: some scripts need them. */
static int is_left_out(UChar32 c)
{
	return c == 0xAD || c == 0x200B || c == 0x200E || c == 0x200F ||
	       (c >= 0x202A && c <= 0x202E) || c == 0x2060 || (c >= 0x2066 && c <= 0x2069) ||
	       c == 0xFEFF;
}

static int is_space(UChar32 c)
{
	return !tj_is_separator((uint32_t)c) && c != ' ' && u_isUWhiteSpace(c);
}

/* What stands for the character c; NULL: itself, as far as this function knows. */
static const char *replacement(UChar32 c)
{
	const char *found = of_quote(c);
	if (found == NULL)
		found = of_ligature(c);
	if (found != NULL)
		return found;
	if (is_dash(c))
		return "-";
	if (c == 0x2026) /* ellipsis */
		return "...";
	if (is_space(c))
		return " ";
	return is_left_out(c) ? "" : NULL;
}

/* Whether letters touch the dash [first, end): — between two words without a space. A hyphen does
 * so in its own right. */
static int joins_words(const struct normalizer *z, UChar32 c, size_t first, size_t end)
{
	size_t before = first, after = end;
	if (c < 0x2013 || c > 0x2015 || first == 0 || end == z->n)
		return 0;
	while (before > 0 && (z->text[--before] & 0xC0) == 0x80)
		;
	return u_isalpha(next(z, &before)) && u_isalpha(next(z, &after));
}

/* Composes c, which ends at *at, with the marks that follow, and moves *at behind those. */
static UChar32 compose(const struct normalizer *z, UChar32 c, size_t *at, size_t end)
{
	while (*at < end && z->text[*at] >= 0xCC) { /* U+0300 and above */
		size_t after = *at;
		UChar32 mark = next(z, &after), both;
		if (z->nfc == NULL || (both = unorm2_composePair(z->nfc, c, mark)) < 0)
			break;
		c = both;
		*at = after;
	}
	return c;
}

static int put(struct normalizer *z, const char *bytes, size_t n, size_t first, size_t end)
{
	return tj_mapped_append(z->m, bytes, n, first, end);
}

/* Appends a text that stands for the character [first, end): all its bytes come from the whole of
 * it. */
static int put_instead(struct normalizer *z, const char *text, size_t first, size_t end)
{
	if (*text == '\0')
		return put(z, text, 0, first, end);
	for (; *text; text++)
		if (!put(z, text, 1, first, end))
			return 0;
	return 1;
}

static int put_character(struct normalizer *z, UChar32 c, size_t first, size_t end)
{
	char bytes[4];
	int32_t n = 0;
	U8_APPEND_UNSAFE(bytes, n, c);
	return put(z, bytes, (size_t)n, first, end);
}

/* Normalises the character at *at, before `end`. Returns 0 if memory is short. */
static int take(struct normalizer *z, size_t *at, size_t end)
{
	size_t first = *at;
	UChar32 c = next(z, at);
	const char *text = replacement(c);
	if (text != NULL && is_dash(c) && joins_words(z, c, first, *at))
		text = " - ";
	if (text != NULL)
		return put_instead(z, text, first, *at);
	if (c >= 0xFF01 && c <= 0xFF5E) /* full-width forms of ASCII */
		c -= 0xFEE0;
	c = compose(z, c, at, end);
	return put_character(z, c, first, *at);
}

/* Bytes that stay, from `at` on: ASCII, without the last one where a mark may follow it. */
static size_t plain_run(const struct normalizer *z, size_t at, size_t end)
{
	size_t i = at;
	while (i < end && z->text[i] < 0x80)
		i++;
	return i > at && i < end && z->text[i] >= 0xCC ? i - 1 - at : i - at;
}

static int stretch(struct normalizer *z, size_t at, size_t end)
{
	while (at < end) {
		size_t n = plain_run(z, at, end);
		if (n > 0 && !put(z, (const char *)z->text + at, n, at, at + n))
			return 0;
		at += n;
		if (at < end && !take(z, &at, end))
			return 0;
	}
	return 1;
}

trujaman_status tj_normalize(enum tj_normal rules, const char *text, size_t n,
                             const struct tj_fixed *spans, size_t n_spans, struct tj_mapped *m,
                             struct tj_fixed *spans_out, struct tj_error *err)
{
	UErrorCode code = U_ZERO_ERROR;
	if (n == 0)
		text = ""; /* an empty text may have no address */
	struct normalizer z = { (const uint8_t *)text, n, m, unorm2_getNFCInstance(&code) };
	size_t at = 0;
	int ok = 1, changes = tj_needs_normalizing(rules, text, n);
	if (U_FAILURE(code))
		z.nfc = NULL;
	for (size_t i = 0; i <= n_spans && ok; i++) {
		size_t first = i < n_spans ? spans[i].first : n;
		size_t end = i < n_spans ? first + spans[i].n : n;
		if (changes)
			ok = stretch(&z, at, first);
		else
			ok = put(&z, text + at, first - at, at, first);
		if (i == n_spans)
			break;
		if (spans_out != NULL) {
			spans_out[i] = spans[i];
			spans_out[i].first = m->text.n;
		}
		ok = ok && put(&z, text + first, end - first, first, end);
		at = end;
	}
	return ok ? TRUJAMAN_OK : tj_fail_memory(err, "a normalised text", n);
}
