/* SPDX-License-Identifier: MIT */
/* Number words are compared by hashes of their letters, folded, so that what joins the words of a
 * number does not count: "twenty-one", "treinta y dos". */
#include "src/text/number_words.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#include "src/base/hash.h"
#include "src/base/memory.h"

enum {
	MOST_WORDS = 4, /* of one number */
	SPELT_BYTES = 256,
	RULES_UNITS = 2048,
	SOFT_HYPHEN = 0xAD
};

struct phrase {
	uint64_t hash;
	int value;
};

struct tj_number_words {
	struct phrase *phrases; /* sorted by hash */
	size_t n, capacity;
};

/* The last words of a text, of which no number has been read yet. */
struct window {
	uint64_t words[MOST_WORDS];
	size_t n;
};

static int by_hash(const void *a, const void *b)
{
	const struct phrase *x = a, *y = b;
	return x->hash != y->hash ? (x->hash > y->hash ? 1 : -1) : x->value - y->value;
}

static uint64_t hash_words(const uint64_t *words, size_t n)
{
	return tj_hash(n, words, n * sizeof *words);
}

/* The hash of the word that begins at *at, which moves behind it; *at stays if none does. */
static uint64_t read_word(const char *text, size_t n, size_t *at)
{
	const uint8_t *s = (const uint8_t *)text;
	uint64_t hash = 0;
	for (size_t i = *at; i < n; *at = i) {
		UChar32 c;
		U8_NEXT_UNSAFE(s, i, c);
		if (!u_isalpha(c) && c != SOFT_HYPHEN && u_charType(c) != U_NON_SPACING_MARK)
			break;
		c = u_foldCase(c, U_FOLD_CASE_DEFAULT);
		if (c != SOFT_HYPHEN)
			hash = tj_hash(hash, &c, sizeof c);
	}
	return hash;
}

/* --- The words of a language ------------------------------------------------------- */

/* Add the number that n bytes spell. Returns 0 if memory is short. */
static int add_phrase(struct tj_number_words *w, const char *text, size_t n, int value)
{
	uint64_t words[MOST_WORDS];
	size_t n_words = 0;
	for (size_t at = 0; at < n;) {
		size_t from = at;
		uint64_t word = read_word(text, n, &at);
		if (at == from) {
			if (u_isdigit((unsigned char)text[at]) || n_words == MOST_WORDS)
				return 1;
			at++;
			continue;
		}
		if (n_words == MOST_WORDS)
			return 1;
		words[n_words++] = word;
	}
	if (n_words == 0)
		return 1;
	if (!tj_reserve(&w->phrases, &w->capacity, w->n + 1, sizeof *w->phrases))
		return 0;
	w->phrases[w->n++] = (struct phrase){ hash_words(words, n_words), value };
	return 1;
}

/* Add all numbers as one set of ICU's rules spells them. Returns 0 if memory is short. */
static int add_rules(struct tj_number_words *w, UNumberFormat *format)
{
	for (int value = 0; value < TJ_SMALL_NUMBERS; value++) {
		UErrorCode code = U_ZERO_ERROR;
		UChar spelt[SPELT_BYTES];
		char text[SPELT_BYTES];
		int32_t n = 0;
		int32_t n_units = unum_format(format, value, spelt, SPELT_BYTES, NULL, &code);
		u_strToUTF8(text, sizeof text, &n, spelt, n_units, &code);
		if (code == U_MEMORY_ALLOCATION_ERROR ||
		    (U_SUCCESS(code) && !add_phrase(w, text, (size_t)n, value)))
			return 0;
	}
	return 1;
}

/* Add the numbers by each set of rules that ICU has: genders, cases, ordinals. */
static int add_all(struct tj_number_words *w, UNumberFormat *format)
{
	UErrorCode code = U_ZERO_ERROR;
	UChar names[RULES_UNITS];
	int32_t n = unum_getTextAttribute(format, UNUM_PUBLIC_RULESETS, names, RULES_UNITS, &code);
	if (code == U_MEMORY_ALLOCATION_ERROR)
		return 0;
	if (U_FAILURE(code) || n >= RULES_UNITS)
		return add_rules(w, format);
	for (int32_t from = 0, to; from < n; from = to + 1) {
		for (to = from; to < n && names[to] != ';';)
			to++;
		UErrorCode set = U_ZERO_ERROR;
		unum_setTextAttribute(format, UNUM_DEFAULT_RULESET, names + from, to - from, &set);
		if (set == U_MEMORY_ALLOCATION_ERROR || (U_SUCCESS(set) && !add_rules(w, format)))
			return 0;
	}
	return 1;
}

/* For a language that it does not know, ICU would take that of the process. */
static int is_known(const char *language)
{
	int32_t n = unum_countAvailable();
	for (int32_t i = 0; i < n; i++)
		if (strcmp(unum_getAvailable(i), language) == 0)
			return 1;
	return 0;
}

struct tj_number_words *tj_number_words_open(const char *language, struct tj_error *err)
{
	UErrorCode code = U_ZERO_ERROR;
	struct tj_number_words *w = calloc(1, sizeof *w);
	UNumberFormat *format = w != NULL && is_known(language)
	                            ? unum_open(UNUM_SPELLOUT, NULL, 0, language, NULL, &code)
	                            : NULL;
	int good = w != NULL && code != U_MEMORY_ALLOCATION_ERROR;
	if (good && U_SUCCESS(code) && format != NULL)
		good = add_all(w, format);
	if (format != NULL)
		unum_close(format);
	if (!good) {
		tj_fail_memory(err, "the number words of a language", sizeof *w);
		tj_number_words_close(w);
		return NULL;
	}
	if (w->n > 0)
		qsort(w->phrases, w->n, sizeof *w->phrases, by_hash);
	return w;
}

int tj_number_words_some(const struct tj_number_words *w)
{
	return w->n > 0;
}

void tj_number_words_close(struct tj_number_words *w)
{
	if (w == NULL)
		return;
	free(w->phrases);
	free(w);
}

/* --- Counting ----------------------------------------------------------------------- */

/* The number that n words are; -1: none. */
static int value_of(const struct tj_number_words *w, const uint64_t *words, size_t n)
{
	uint64_t hash = hash_words(words, n);
	size_t low = 0, high = w->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (w->phrases[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low < w->n && w->phrases[low].hash == hash ? w->phrases[low].value : -1;
}

/* Take the longest number from the beginning of the window, or one word. */
static void shift(const struct tj_number_words *w, struct window *x, struct tj_small_numbers *found)
{
	size_t n = x->n;
	int value = -1;
	for (; n > 0 && (value = value_of(w, x->words, n)) < 0;)
		n--;
	if (value >= 0)
		found->words[value]++;
	n = n > 0 ? n : 1;
	x->n -= n;
	memmove(x->words, x->words + n, x->n * sizeof *x->words);
}

static void empty(const struct tj_number_words *w, struct window *x, struct tj_small_numbers *found)
{
	while (x->n > 0)
		shift(w, x, found);
}

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

int tj_has_digit(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_digit(text[i]))
			return 1;
	return 0;
}

/* Whether a letter or digit touches the bytes [first, end) of a text. */
static int is_touched(const char *text, size_t n, size_t first, size_t end)
{
	const uint8_t *s = (const uint8_t *)text;
	UChar32 before = ' ', after = ' ';
	size_t at = first;
	if (first > 0)
		U8_PREV_UNSAFE(s, at, before);
	at = end;
	if (end < n)
		U8_NEXT_UNSAFE(s, at, after);
	return u_isalnum(before) || u_isalnum(after);
}

static size_t end_of_digits(const char *text, size_t n, size_t at)
{
	while (at < n && is_digit(text[at]))
		at++;
	return at;
}

static void count_digits(const char *text, size_t n, size_t first, size_t end,
                         struct tj_small_numbers *found)
{
	size_t n_digits = end - first;
	if (n_digits > 2)
		return;
	int value = text[first] - '0';
	if (n_digits == 2)
		value = 10 * value + (text[first + 1] - '0');
	found->digits[n_digits - 1][value]++;
	found->alone[n_digits - 1][value] += !is_touched(text, n, first, end);
}

/* Whether a span is a small number that was made a span. */
static int is_small(const char *text, size_t n, const struct tj_fixed *span, size_t at)
{
	return span->kind == TJ_FIXED_NUMBER && span->n <= 2 && span->first >= at &&
	       span->first - at + span->n <= n &&
	       end_of_digits(text, span->first - at + span->n, span->first - at) ==
	           span->first - at + span->n;
}

void tj_small_numbers_count(const struct tj_number_words *w, const char *text, size_t n,
                            const struct tj_fixed *spans, size_t n_spans, size_t at,
                            struct tj_small_numbers *found)
{
	struct window x = { .n = 0 };
	size_t i = 0, span = 0;
	memset(found, 0, sizeof *found);
	while (i < n) {
		while (span < n_spans && (spans[span].first + spans[span].n <= at + i ||
		                          is_small(text, n, &spans[span], at)))
			span++;
		size_t from = i;
		if (span < n_spans && spans[span].first <= at + i) {
			i = spans[span].first + spans[span].n - at;
		} else if (is_digit(text[i])) {
			i = end_of_digits(text, n, i);
			count_digits(text, n, from, i, found);
		} else {
			uint64_t word = read_word(text, n, &i);
			if (i > from && x.n == MOST_WORDS)
				shift(w, &x, found);
			if (i > from)
				x.words[x.n++] = word;
			else
				U8_FWD_1_UNSAFE((const uint8_t *)text, i);
			continue;
		}
		empty(w, &x, found);
	}
	empty(w, &x, found);
}

static uint32_t least(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

int tj_small_numbers_agree(const struct tj_small_numbers *source,
                           const struct tj_small_numbers *translation)
{
	for (size_t v = 0; v < TJ_SMALL_NUMBERS; v++) {
		uint32_t lost = 0, own = 0;
		for (size_t k = 0; k < 2; k++) {
			uint32_t wanted = source->alone[k][v], written = translation->digits[k][v];
			lost += wanted - least(wanted, written);
			own += written - least(written, source->digits[k][v]);
		}
		if (lost > translation->words[v] || own > source->words[v])
			return 0;
	}
	return 1;
}

size_t tj_small_number_find(const char *text, size_t n_text, size_t first, size_t end,
                            size_t *n_digits)
{
	while (first < end) {
		size_t after = end_of_digits(text, end, first);
		*n_digits = after - first;
		if (*n_digits > 0 && *n_digits <= 2 && !is_touched(text, n_text, first, after))
			return first;
		first = after > first ? after : first + 1;
	}
	return end;
}
