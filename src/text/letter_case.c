/* SPDX-License-Identifier: MIT */
/* Tells the case of sentences and makes ordinary ones of them. */
#include "src/text/letter_case.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

enum {
	LEAST_WORDS_OF_TITLE = 3,
	LEAST_WORDS_FOR_MARK = 3,
	LONGEST_WORD = 64, /* bytes; a longer one is not common */
	LANGUAGE_BYTES = 16
};

/* Words that titles write in lower case. A space before and after each. */
static const char small_en[] = " a an and as at but by for from in into nor of on or the to via "
			       "with ";
static const char small_es[] = " a al ante bajo con contra de del desde e el en entre hacia hasta "
			       "la las lo los o para por que según sin sobre su tras u un una "
			       "unas unos y ";

/* Words that begin questions. */
static const char asking_en[] = " am are can could did do does had has have how is may might must "
				"shall should was were what where which who whom whose why "
				"will would ";
static const char asking_es[] = " adónde cómo cuál cuáles cuándo cuánta cuántas cuánto cuántos "
				"dónde qué quién quiénes ";

static int is_language(const char *language, const char *code)
{
	return language != NULL && strncmp(language, code, 2) == 0 &&
	       (language[2] == '\0' || language[2] == '-' || language[2] == '_');
}

/* --- Characters and words -------------------------------------------------------- */

static UChar32 next(const char *text, size_t n, size_t *at)
{
	UChar32 c;
	int32_t i = 0, room = n - *at < 8 ? (int32_t)(n - *at) : 8;
	const uint8_t *bytes = (const uint8_t *)text + *at;
	U8_NEXT(bytes, i, room, c);
	*at += (size_t)i;
	return c;
}

static int is_upper(UChar32 c)
{
	return u_isupper(c) || u_istitle(c);
}

int tj_case_is_turkic(const char *language)
{
	return is_language(language, "tr") || is_language(language, "az");
}

static UChar32 to_lower(UChar32 c, const char *language)
{
	if (tj_case_is_turkic(language) && c == 'I')
		return 0x131;
	return c == 0x130 ? 'i' : u_tolower(c);
}

static UChar32 to_upper(UChar32 c, const char *language)
{
	return tj_case_is_turkic(language) && c == 'i' ? 0x130 : u_toupper(c);
}

/* A word is a run of letters, digits, marks and apostrophes inside it. */
static int is_of_word(UChar32 c)
{
	return u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

struct case_word {
	size_t first, n;
	UChar32 initial;
	int n_upper, n_lower; /* cased letters */
};

/* Finds the next word at or after *at, and moves *at behind it. Returns 0 if there is none. */
static int next_word(const char *text, size_t n, size_t *at, struct case_word *w)
{
	*w = (struct case_word){ .initial = 0 };
	while (*at < n) {
		size_t before = *at;
		UChar32 c = next(text, n, at);
		int inside = is_of_word(c);
		if (!inside && w->n > 0 && (c == '\'' || c == 0x2019) && *at < n) {
			size_t after = *at;
			inside = u_isalpha(next(text, n, &after));
		}
		if (!inside && w->n > 0) {
			*at = before;
			return 1;
		}
		if (!inside)
			continue;
		if (w->n == 0) {
			w->first = before;
			w->initial = c;
		}
		w->n_upper += is_upper(c);
		w->n_lower += u_islower(c);
		w->n = *at - w->first;
	}
	return w->n > 0;
}

/* The word in lower case; its length, or 0 if it is too long. */
static size_t lower_word(const char *text, const struct case_word *w, const char *language,
                         char lower[LONGEST_WORD])
{
	int32_t n = 0;
	for (size_t at = w->first; at < w->first + w->n;) {
		UChar32 c = to_lower(next(text, w->first + w->n, &at), language);
		if (n + U8_LENGTH(c) > LONGEST_WORD)
			return 0;
		U8_APPEND_UNSAFE(lower, n, c);
	}
	return (size_t)n;
}

static int is_among(const char *list, const char *word, size_t n)
{
	for (const char *at = list; n > 0 && (at = strchr(at, ' ')) != NULL && at[1] != '\0'; at++)
		if (strncmp(at + 1, word, n) == 0 && at[1 + n] == ' ')
			return 1;
	return 0;
}

int tj_case_is_small(const char *word, size_t n, const char *language)
{
	return (is_language(language, "en") && is_among(small_en, word, n)) ||
	       (is_language(language, "es") && is_among(small_es, word, n));
}

static int is_common(const struct tj_case_words *words, const char *word, size_t n)
{
	return n > 0 &&
	       (words == NULL || words->knows == NULL || words->knows(words->context, word, n));
}

static int has(const struct tj_case_words *words, UChar32 c)
{
	return words == NULL || words->has == NULL || words->has(words->context, (uint32_t)c);
}

/* --- Telling ----------------------------------------------------------------------- */

struct count {
	size_t words, upper, lower; /* words with a letter; letters */
	size_t capitals;            /* words with a capital only at the beginning */
	size_t common, plain;       /* of these, the common ones; other words that are not small */
	struct case_word first;
	char initial_word[LONGEST_WORD]; /* the first word in lower case */
	size_t n_initial;
	int initial_is_common;
	int asks_how; /* the second word is "to" */
};

static void count_word(struct count *k, const char *text, const struct case_word *w,
                       const char *language, const struct tj_case_words *words)
{
	char lower[LONGEST_WORD];
	if (w->n_upper + w->n_lower == 0)
		return;
	size_t n = lower_word(text, w, language, lower);
	k->upper += (size_t)w->n_upper;
	k->lower += (size_t)w->n_lower;
	if (k->words++ == 0) {
		k->first = *w;
		memcpy(k->initial_word, lower, n);
		k->n_initial = n;
		k->initial_is_common = is_common(words, lower, n);
		return; /* any sentence begins with a capital */
	}
	k->asks_how |= k->words == 2 && n == 2 && memcmp(lower, "to", 2) == 0;
	if (w->n_upper == 1 && is_upper(w->initial) && w->n_lower > 0) {
		k->capitals++;
		k->common += tj_case_is_small(lower, n, language) || is_common(words, lower, n);
	} else if (w->n_upper == 0) {
		k->plain += !tj_case_is_small(lower, n, language);
	}
}

/* Whether the sentence ends with a mark; closing quotes and brackets may follow it. */
static int is_marked(const char *text, size_t n)
{
	while (n > 0) {
		size_t at = n - 1;
		while (at > 0 && ((uint8_t)text[at] & 0xC0) == 0x80)
			at--;
		size_t after = at;
		UChar32 c = next(text, n, &after);
		if (u_isalnum(c) || (c >= 0xF0000 && c <= 0xF00FF))
			return 0;
		if (c > 0 && u_hasBinaryProperty(c, UCHAR_S_TERM))
			return 1;
		if (c == ':' || c == ';' || c == ',' || c == 0x2026)
			return 1;
		n = at;
	}
	return 0;
}

static int mark_of(const struct count *k, const char *language)
{
	if (is_language(language, "en"))
		return !k->asks_how && is_among(asking_en, k->initial_word, k->n_initial) ? '?'
		                                                                          : '.';
	if (is_language(language, "es"))
		return is_among(asking_es, k->initial_word, k->n_initial) ? '?' : '.';
	return '.';
}

/* Whether a first letter without a piece has one in lower case. */
static int turns_first(const struct count *k, const char *language,
                       const struct tj_case_words *words)
{
	UChar32 c = k->first.initial;
	return k->words > 0 && is_upper(c) && k->first.n_upper == 1 && !has(words, c) &&
	       has(words, to_lower(c, language));
}

struct tj_case tj_case_tell(const char *text, size_t n, const char *language,
                            const struct tj_case_words *words)
{
	struct count k = { .words = 0 };
	struct tj_case c = { .kind = TJ_CASE_SENTENCE };
	struct case_word w;
	for (size_t at = 0; next_word(text, n, &at, &w);)
		count_word(&k, text, &w, language, words);
	/* One word in capitals may be an acronym: NASA. */
	if (k.upper + k.lower >= 2 && k.lower == 0 && (k.words > 1 || k.initial_is_common))
		c.kind = TJ_CASE_UPPER;
	else if (k.upper + k.lower >= 2 && k.upper == 0)
		c.kind = TJ_CASE_LOWER;
	else if (k.words >= LEAST_WORDS_OF_TITLE && k.plain == 0 && k.common >= 2 &&
	         2 * k.common >= k.capitals)
		c.kind = TJ_CASE_TITLE;
	else
		c.turns_first = turns_first(&k, language, words);
	if (c.kind == TJ_CASE_LOWER && k.words >= LEAST_WORDS_FOR_MARK && !is_marked(text, n))
		c.adds_mark = mark_of(&k, language);
	return c;
}

/* --- To an ordinary sentence -------------------------------------------------------- */

/* English writes "I" with a capital. */
static int is_english_i(const char *lower, size_t n, const char *language)
{
	return is_language(language, "en") && n > 0 && lower[0] == 'i' &&
	       (n == 1 || lower[1] == '\'' ||
	        memcmp(lower + 1, "\xE2\x80\x99", n > 3 ? 3 : 1) == 0);
}

/* Appends the characters [first, end), in lower case if `lower`, the first in upper case if
 * `capital`; otherwise as they are. */
static int put_word(const char *text, size_t first, size_t end, int lower, int capital,
                    const char *language, struct tj_mapped *m)
{
	for (size_t at = first; at < end;) {
		char bytes[4];
		int32_t n = 0;
		size_t before = at;
		UChar32 c = next(text, end, &at);
		if (lower)
			c = to_lower(c, language);
		if (capital && before == first)
			c = to_upper(c, language);
		U8_APPEND_UNSAFE(bytes, n, c);
		if (!tj_mapped_append(m, bytes, (size_t)n, before, at))
			return 0;
	}
	return 1;
}

/* Whether a word of the sentence goes in lower case. */
static int is_lowered(const struct tj_case *c, const char *text, const struct case_word *w,
                      int is_first, const char *language, const struct tj_case_words *words)
{
	char lower[LONGEST_WORD];
	switch (c->kind) {
	case TJ_CASE_UPPER:
		return 1;
	case TJ_CASE_TITLE:
		if (is_first || w->n_upper != 1 || !is_upper(w->initial))
			return 0;
		size_t n = lower_word(text, w, language, lower);
		if (is_english_i(lower, n, language))
			return 0;
		return tj_case_is_small(lower, n, language) || is_common(words, lower, n);
	default:
		return is_first && c->turns_first;
	}
}

/* A capital that has no piece is of no use to the network. */
static int gets_capital(const char *text, const struct case_word *w, int is_first,
                        const char *language, const struct tj_case_words *words)
{
	char lower[LONGEST_WORD];
	size_t n = lower_word(text, w, language, lower);
	return (is_first || is_english_i(lower, n, language)) &&
	       has(words, to_upper(w->initial, language));
}

/* Where the sentence's text ends: a mark that is added comes before white space and closing
 * quotes and brackets. */
static size_t end_of_text(const char *text, size_t n)
{
	while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '"' || text[n - 1] == '\'' ||
	                 text[n - 1] == ')' || text[n - 1] == ']'))
		n--;
	return n;
}

trujaman_status tj_case_to_sentence(const struct tj_case *c, const char *text, size_t n,
                                    const char *language, const struct tj_case_words *words,
                                    struct tj_mapped *m, struct tj_error *err)
{
	struct case_word w;
	size_t done = 0, end = c->adds_mark ? end_of_text(text, n) : n;
	int ok = 1, is_first = 1;
	for (size_t at = 0; ok && next_word(text, end, &at, &w);) {
		int cased = w.n_upper + w.n_lower > 0;
		int lower = cased && is_lowered(c, text, &w, is_first, language, words);
		int capital = cased && (c->kind == TJ_CASE_UPPER || c->kind == TJ_CASE_LOWER) &&
		              gets_capital(text, &w, is_first, language, words);
		ok = tj_mapped_append(m, text + done, w.first - done, done, w.first) &&
		     put_word(text, w.first, w.first + w.n, lower, capital, language, m);
		done = w.first + w.n;
		is_first = is_first && !cased;
	}
	ok = ok && tj_mapped_append(m, text + done, end - done, done, end);
	if (c->adds_mark) {
		char mark = (char)c->adds_mark;
		ok = ok && tj_mapped_append(m, &mark, 1, end, end);
	}
	ok = ok && tj_mapped_append(m, text + end, n - end, end, n);
	return ok ? TRUJAMAN_OK : tj_fail_memory(err, "a sentence", n);
}
