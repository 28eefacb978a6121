/* SPDX-License-Identifier: MIT */
/* Splits text into sentences with ICU, and rates positions at which a sentence may be cut. */
#include "src/text/sentences.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

#include "src/base/memory.h"
#include "src/base/separators.h"
#include "src/text/abbreviations.h"

enum {
	LONGEST_TEXT = 1 << 30, /* ICU counts in int32_t */
	LONGEST_CLOSING = 16,   /* bytes: quotes and brackets after a sentence's stop */
	LONGEST_WORD = 24,      /* bytes; a longer word is not an abbreviation */
	LANGUAGE_BYTES = 16
};

struct tj_sentences {
	int one;                       /* 1: every text is one sentence */
	char language[LANGUAGE_BYTES]; /* without country and script */
	char *locale;
	UBreakIterator *breaks; /* NULL: not needed yet */
	UText reader;           /* through which `breaks` reads a text */
	const uint8_t *text;    /* the text of the current call; its sentences follow */
	struct tj_span *spans;
	size_t n, capacity;
};

/* A text in the types that ICU's macros use. */
struct view {
	const uint8_t *text;
	int32_t n;
};

static UChar32 next(const struct view *v, int32_t *at)
{
	UChar32 c;
	U8_NEXT(v->text, *at, v->n, c);
	return c;
}

static UChar32 previous(const struct view *v, int32_t low, int32_t *at)
{
	UChar32 c;
	U8_PREV(v->text, low, *at, c);
	return c;
}

static int32_t skip_space(const struct view *v, int32_t at)
{
	for (int32_t after = at; after < v->n; at = after)
		if (!u_isUWhiteSpace(next(v, &after)))
			break;
	return at;
}

static int32_t skip_space_back(const struct view *v, int32_t low, int32_t at)
{
	for (int32_t before = at; before > low; at = before)
		if (!u_isUWhiteSpace(previous(v, low, &before)))
			break;
	return at;
}

static int32_t skip_opening_back(const struct view *v, int32_t low, int32_t at)
{
	for (int32_t before = at; before > low; at = before) {
		int k = u_charType(previous(v, low, &before));
		if (k != U_START_PUNCTUATION && k != U_INITIAL_PUNCTUATION)
			break;
	}
	return at;
}

static int sentence_class(UChar32 c)
{
	return u_getIntPropertyValue(c, UCHAR_SENTENCE_BREAK);
}

static int is_stop(UChar32 c)
{
	int k = sentence_class(c);
	return k == U_SB_ATERM || k == U_SB_STERM;
}

/* --- Opening ----------------------------------------------------------------- */

/* Sets the language part of a locale: "pt" for "pt-BR". */
static void set_language(struct tj_sentences *s, const char *locale)
{
	size_t n = strcspn(locale, "-_@.");
	for (size_t i = 0; i < n && n < sizeof s->language; i++)
		s->language[i] = (char)u_tolower((unsigned char)locale[i]);
}

struct tj_sentences *tj_sentences_open(const char *language, struct tj_error *err)
{
	struct tj_sentences *s = calloc(1, sizeof *s);
	if (s != NULL) {
		s->reader = (UText)UTEXT_INITIALIZER;
		s->one = language == NULL;
		/* Not "": ICU would use the language of the user's environment. */
		s->locale = strdup(language != NULL && *language ? language : "root");
	}
	if (s == NULL || s->locale == NULL) {
		tj_fail_memory(err, "the sentences of a line", sizeof *s);
		tj_sentences_close(s);
		return NULL;
	}
	set_language(s, s->locale);
	return s;
}

void tj_sentences_close(struct tj_sentences *s)
{
	if (s == NULL)
		return;
	if (s->breaks != NULL)
		ubrk_close(s->breaks);
	utext_close(&s->reader);
	free(s->spans);
	free(s->locale);
	free(s);
}

/* --- What ends a sentence ---------------------------------------------------- */

static int may_end(uint8_t c)
{
	switch (c) {
	case '.':
	case '!':
	case '?':
	case ';':
		return 1;
	default:
		return 0;
	}
}

static int may_close(uint8_t c)
{
	switch (c) {
	case '"':
	case '\'':
	case ')':
	case ']':
	case '}':
	case '*':
	case '_':
		return 1;
	default:
		return may_end(c);
	}
}

/* Whether a sentence may end before the end of a text without separators. A cheap test that mostly
 * says no. */
static int may_hold_several(const struct view *v)
{
	for (int32_t i = 0; i < v->n;) {
		if (v->text[i] >= 0x80) {
			if (is_stop(next(v, &i)))
				return 1;
		} else if (may_end(v->text[i++])) {
			while (i < v->n && may_close(v->text[i]))
				i++;
			if (i < v->n && (v->text[i] >= 0x80 || v->text[i] <= ' '))
				return 1;
		}
	}
	return 0;
}

/* Returns the offset of the first letter or digit in [from, to) and sets *c to it; `to`: none. */
static int32_t find_word(const struct view *v, int32_t from, int32_t to, UChar32 *c)
{
	for (int32_t after = from; after < to; from = after) {
		*c = next(v, &after);
		if (u_isalnum(*c))
			return from;
	}
	return to;
}

/* Finds the word (letters, digits and stops) before the full stop at `stop`. */
static struct tj_before_stop before_stop(const struct view *v, int32_t from, int32_t stop)
{
	int32_t first = stop, before = stop;
	while (before > from && stop - before <= LONGEST_WORD) {
		UChar32 c = previous(v, from, &before);
		if (!u_isalnum(c) && c != '.')
			break;
		first = before;
	}
	return (struct tj_before_stop){ .word = (const char *)v->text + first,
		                        .n = (size_t)(stop - first),
		                        .opens = first == from };
}

/* Whether a sentence really ends at `at`, where ICU ends one. The sentence's first letter or digit
 * is at `from`; `first` is the first letter or digit after `at`. */
static int ends(const struct tj_sentences *s, const struct view *v, int32_t from, int32_t at,
                UChar32 first)
{
	int32_t end = skip_space_back(v, from, at), stop = end;
	UChar32 c = 0;
	while (stop > from && end - stop < LONGEST_CLOSING && !is_stop(c))
		c = previous(v, from, &stop);
	if (!is_stop(c))
		return end < at; /* the end of a paragraph */
	if (u_islower(first) || (end == at && (c < 0x80 || sentence_class(c) == U_SB_ATERM)))
		return 0;
	int32_t before = stop;
	if (c != '.' || (before > from && is_stop(previous(v, from, &before))))
		return 1;
	struct tj_before_stop word = before_stop(v, from, stop);
	word.next = first;
	return !tj_stop_is_of_word(s->language, &word);
}

/* --- Finding sentences ------------------------------------------------------- */

static trujaman_status add(struct tj_sentences *s, const struct view *v, int32_t first, int32_t end,
                           struct tj_error *err)
{
	if (!tj_reserve(&s->spans, &s->capacity, s->n + 1, sizeof *s->spans))
		return tj_fail_memory(err, "sentences", s->n * sizeof *s->spans);
	s->spans[s->n++] = (struct tj_span){ (size_t)(v->text - s->text + first),
		                             (size_t)(end - first) };
	return TRUJAMAN_OK;
}

static trujaman_status start(struct tj_sentences *s, const struct view *v, struct tj_error *err)
{
	UErrorCode code = U_ZERO_ERROR;
	if (s->breaks == NULL)
		s->breaks = ubrk_open(UBRK_SENTENCE, s->locale, NULL, 0, &code);
	if (s->breaks == NULL && code == U_ILLEGAL_ARGUMENT_ERROR) { /* no language code */
		code = U_ZERO_ERROR;
		s->breaks = ubrk_open(UBRK_SENTENCE, "root", NULL, 0, &code);
	}
	utext_openUTF8(&s->reader, (const char *)v->text, v->n, &code);
	if (U_SUCCESS(code))
		ubrk_setUText(s->breaks, &s->reader, &code);
	if (U_SUCCESS(code))
		return TRUJAMAN_OK;
	return tj_fail(err,
	               code == U_MEMORY_ALLOCATION_ERROR ? TRUJAMAN_ERROR_MEMORY
	                                                 : TRUJAMAN_ERROR_INPUT,
	               "cannot find the sentences of a text of %d bytes: ICU says %s", (int)v->n,
	               u_errorName(code));
}

/* Adds ICU's sentences, joined again where `ends` rejects the end between them. If there are
 * several, each has at least one letter or digit. */
static trujaman_status find(struct tj_sentences *s, const struct view *v, struct tj_error *err)
{
	if (!may_hold_several(v))
		return add(s, v, 0, v->n, err);
	if (start(s, v, err) != TRUJAMAN_OK)
		return err->status;
	UChar32 first;
	int32_t from = 0, at = ubrk_next(s->breaks), after;
	int32_t word = find_word(v, 0, at, &first);
	for (; at < v->n; at = after) {
		after = ubrk_next(s->breaks);
		int32_t next_word = find_word(v, at, after, &first);
		if (word == at) { /* no letter or digit yet: do not split */
			word = next_word;
			continue;
		}
		if (next_word == after || !ends(s, v, word, at, first))
			continue;
		int32_t end = skip_space_back(v, from, at), begin = skip_space(v, at);
		if (end == at) /* no space: ICU takes "「" as closing the previous sentence */
			end = begin = skip_opening_back(v, from, at);
		if (add(s, v, from, end, err) != TRUJAMAN_OK)
			return err->status;
		from = begin;
		word = next_word;
	}
	return add(s, v, from, v->n, err);
}

/* Whether no sentence begins or ends with the character. U+FEFF is a byte-order mark there. */
static int is_margin(UChar32 c)
{
	return u_isUWhiteSpace(c) || c == 0xFEFF || tj_is_separator((uint32_t)c);
}

/* Returns the text without its margins. */
static struct view trimmed(const uint8_t *text, int32_t n)
{
	struct view v = { text, n };
	int32_t first = 0, end = n;
	for (int32_t after = 0; after < n; first = after)
		if (!is_margin(next(&v, &after)))
			break;
	for (int32_t before = end; before > first; end = before)
		if (!is_margin(previous(&v, first, &before)))
			break;
	return (struct view){ text + first, end - first };
}

static trujaman_status find_in_stretch(struct tj_sentences *s, const struct view *v,
                                       struct tj_error *err)
{
	return s->one ? add(s, v, 0, v->n, err) : find(s, v, err);
}

/* Finds the sentences of each stretch that has a letter or digit. */
static trujaman_status find_in_stretches(struct tj_sentences *s, const struct view *v,
                                         struct tj_error *err)
{
	for (int32_t at = 0, n; at < v->n; at += n + 1) {
		const char *stretch = (const char *)v->text + at;
		n = (int32_t)tj_separator_find(stretch, (size_t)(v->n - at));
		struct view t = trimmed(v->text + at, n);
		UChar32 c;
		if (find_word(&t, 0, t.n, &c) < t.n && find_in_stretch(s, &t, err) != TRUJAMAN_OK)
			return err->status;
		n += (int32_t)tj_separator_at(stretch + n, (size_t)(v->n - at - n)) - 1;
	}
	return TRUJAMAN_OK;
}

trujaman_status tj_sentences_find(struct tj_sentences *s, const char *text, size_t n, int is_piece,
                                  const struct tj_span **spans, size_t *n_spans,
                                  struct tj_error *err)
{
	if (n > LONGEST_TEXT)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "cannot find the sentences of a text of %zu bytes; the most is %d",
		               n, (int)LONGEST_TEXT);
	struct view v = trimmed((const uint8_t *)text, (int32_t)n);
	trujaman_status status = TRUJAMAN_OK;
	s->text = (const uint8_t *)text;
	s->n = 0;
	if (v.n > 0 &&
	    (is_piece || tj_separator_find((const char *)v.text, (size_t)v.n) < (size_t)v.n))
		status = find_in_stretches(s, &v, err);
	else if (v.n > 0)
		status = find_in_stretch(s, &v, err);
	*spans = s->spans;
	*n_spans = s->n;
	return status;
}

/* --- Cutting long sentences -------------------------------------------------- */

/* Punctuation of East Asian scripts, which no white space follows. */
static int is_east_asian(UChar32 c)
{
	return (c >= 0x3000 && c <= 0x303F) || (c >= 0xFE10 && c <= 0xFE6F) ||
	       (c >= 0xFF00 && c <= 0xFFEF);
}

static int ends_clause(UChar32 c, int spaced)
{
	if (c == 0x2014 || c == 0x2015 || is_east_asian(c))
		spaced = 1;
	/* Some versions of ICU do not classify all of these. */
	int is_known = c == ';' || c == 0x37E || c == 0x61B || c == 0xFE14 || c == 0xFE54 ||
	               c == 0xFF1B || c == 0x2015 || c == 0x2026;
	return spaced && (is_known || is_stop(c) || sentence_class(c) == U_SB_SCONTINUE);
}

int tj_is_spaced(const char *text, size_t n, size_t at)
{
	struct view v = { (const uint8_t *)text, (int32_t)n };
	int32_t i = (int32_t)at;
	return skip_space(&v, i) > i || skip_space_back(&v, 0, i) < i;
}

enum tj_seam tj_seam_at(const char *text, size_t n, size_t at)
{
	struct view v = { (const uint8_t *)text, (int32_t)n };
	int32_t i = (int32_t)at;
	if (!U8_IS_SINGLE(v.text[i]) && !U8_IS_LEAD(v.text[i]))
		return TJ_SEAM_NONE;
	int spaced = tj_is_spaced(text, n, at);
	int32_t end = skip_space_back(&v, 0, i), after = i;
	if (end > 0 && ends_clause(previous(&v, 0, &end), spaced))
		return TJ_SEAM_CLAUSE;
	if (spaced)
		return TJ_SEAM_SPACE;
	return u_hasBinaryProperty(next(&v, &after), UCHAR_GRAPHEME_EXTEND) ? TJ_SEAM_NONE
	                                                                    : TJ_SEAM_WORD;
}
