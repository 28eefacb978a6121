/* SPDX-License-Identifier: MIT */
/* Lists of words: a table while they are counted, sorted text once they are. */
#include "src/text/word_list.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "src/base/memory.h"
#include "src/base/string_table.h"
#include "src/base/utf8.h"

/* If more than one word in so many has a capital, capitals tell no names. */
enum { WORDS_PER_CAPITAL = 5 };

static int is_letter(UChar32 c)
{
	return u_isalpha(c) != 0;
}

static int is_mark(UChar32 c)
{
	return (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
}

size_t tj_word_next(const char *text, size_t n, size_t *at)
{
	const uint8_t *bytes = (const uint8_t *)text;
	size_t first = n, i = *at;
	while (i < n) {
		UChar32 c;
		size_t here = i;
		U8_NEXT_OR_FFFD(bytes, i, n, c);
		if (is_letter(c) && first == n)
			first = here;
		else if (first < n && !is_letter(c) && !is_mark(c)) {
			i = here;
			break;
		}
	}
	*at = i;
	return first;
}

/* Sets `folded` to the word in folded case; returns its bytes, 0 if it is too long. */
static size_t fold(const char *word, size_t n, char folded[TJ_LONGEST_WORD])
{
	const uint8_t *bytes = (const uint8_t *)word;
	size_t to = 0;
	for (size_t i = 0; i < n;) {
		UChar32 c;
		UBool full = 0;
		U8_NEXT_OR_FFFD(bytes, i, n, c);
		if (to == TJ_LONGEST_WORD) /* which the macro does not ask for ASCII */
			return 0;
		U8_APPEND((uint8_t *)folded, to, TJ_LONGEST_WORD,
		          u_foldCase(c, U_FOLD_CASE_DEFAULT), full);
		if (full)
			return 0;
	}
	return to;
}

/* --- Lists that are read ---------------------------------------------------------- */

static int compare(const char *a, size_t n_a, const char *b, size_t n_b)
{
	int order = memcmp(a, b, n_a < n_b ? n_a : n_b);
	return order != 0 ? order : n_a < n_b ? -1 : n_a > n_b;
}

static const char *word_at(const struct tj_word_list *l, size_t i, size_t *n)
{
	*n = l->starts[i + 1] - l->starts[i] - 1;
	return l->words + l->starts[i];
}

/* Whether word i of the list may stand there. What is a letter, and how its case is folded, is not
 * asked: the list may know characters that this version of Unicode does not. */
static int is_good(const struct tj_word_list *l, size_t i)
{
	size_t n, n_before;
	const char *word = word_at(l, i, &n);
	if (n == 0 || n > TJ_LONGEST_WORD || tj_utf8_valid_prefix(word, n) < n)
		return 0;
	if (i == 0)
		return 1;
	const char *before = word_at(l, i - 1, &n_before);
	return compare(before, n_before, word, n) < 0;
}

trujaman_status tj_word_list_open(struct tj_word_list *l, const char *data, size_t n,
                                  const char *name, struct tj_error *err)
{
	size_t n_words = 0;
	*l = (struct tj_word_list){ .words = data };
	for (size_t i = 0; i < n; i++)
		n_words += data[i] == '\n';
	if (n >= UINT32_MAX || n == 0 || data[n - 1] != '\n')
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT, "%s: found no list of words", name);
	uint32_t *starts = malloc((n_words + 1) * sizeof *starts);
	if (starts == NULL)
		return tj_fail_memory(err, "a list of words", n);
	l->starts = starts;
	*starts++ = 0;
	for (size_t i = 0; i < n; i++)
		if (data[i] == '\n')
			*starts++ = (uint32_t)i + 1;
	for (l->n = n_words, n = 0; n < n_words; n++)
		if (!is_good(l, n))
			return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
			               "%s: word %zu: wanted one of 1 to %d bytes of UTF-8 that "
			               "sorts behind the one before it",
			               name, n + 1, TJ_LONGEST_WORD);
	return TRUJAMAN_OK;
}

void tj_word_list_close(struct tj_word_list *l)
{
	free((void *)(uintptr_t)l->starts);
	*l = (struct tj_word_list){ .words = NULL };
}

static int has_folded(const struct tj_word_list *l, const char *word, size_t n)
{
	size_t low = 0, high = l->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2, n_other;
		const char *other = word_at(l, middle, &n_other);
		int order = compare(other, n_other, word, n);
		if (order == 0)
			return 1;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

int tj_word_list_has(const struct tj_word_list *l, const char *word, size_t n)
{
	char folded[TJ_LONGEST_WORD];
	size_t n_folded = fold(word, n, folded);
	return n_folded == 0 || has_folded(l, folded, n_folded);
}

/* --- Lists that are made ---------------------------------------------------------- */

struct tj_word_counter {
	struct tj_string_table words;  /* in folded case */
	uint8_t *times;                /* [words.n]: how often each occurs, to TJ_WORD_TIMES */
	size_t n_times;                /* room for them */
	uint64_t n_within, n_capitals; /* words that are not the first of their line */
};

struct tj_word_counter *tj_word_counter_new(struct tj_error *err)
{
	struct tj_word_counter *c = calloc(1, sizeof *c);
	if (c == NULL)
		tj_fail_memory(err, "a list of words", sizeof *c);
	return c;
}

void tj_word_counter_free(struct tj_word_counter *c)
{
	if (c == NULL)
		return;
	tj_string_table_release(&c->words);
	free(c->times);
	free(c);
}

static int count_word(struct tj_word_counter *c, const char *word, size_t n)
{
	char folded[TJ_LONGEST_WORD];
	size_t n_folded = fold(word, n, folded);
	uint32_t before = c->words.n;
	if (n_folded == 0)
		return 1;
	if (before == c->n_times &&
	    !tj_reserve(&c->times, &c->n_times, (size_t)before + 1, sizeof *c->times))
		return 0;
	uint32_t i = tj_string_table_add(&c->words, folded, n_folded);
	if (i == TJ_NO_STRING)
		return 0;
	if (i == before)
		c->times[i] = 0;
	c->times[i] += c->times[i] < TJ_WORD_TIMES;
	return 1;
}

/* Whether a word of at least two letters has a capital at its beginning only. */
static int has_capital(const char *word, size_t n)
{
	UChar32 c;
	size_t i = 0;
	U8_NEXT_OR_FFFD((const uint8_t *)word, i, n, c);
	if (i == n || (!u_isupper(c) && !u_istitle(c)))
		return 0;
	U8_NEXT_OR_FFFD((const uint8_t *)word, i, n, c);
	return !u_isupper(c);
}

int tj_word_counter_add(struct tj_word_counter *c, const char *text, size_t n)
{
	int within = 0;
	for (size_t at = 0, first; (first = tj_word_next(text, n, &at)) < n; within = 1) {
		if (!count_word(c, text + first, at - first))
			return 0;
		c->n_within += (uint64_t)within;
		c->n_capitals += (uint64_t)(within && has_capital(text + first, at - first));
	}
	return 1;
}

struct listed {
	const char *word;
	size_t n;
};

static int by_bytes(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;
	return compare(x->word, x->n, y->word, y->n);
}

int tj_word_counter_list(const struct tj_word_counter *c, const struct tj_word_list *others,
                         struct tj_string *out)
{
	size_t n = 0, n_others = others != NULL ? others->n : 0;
	if (c->n_capitals * WORDS_PER_CAPITAL > c->n_within)
		return 1;
	struct listed *list = malloc((c->words.n + n_others + 1) * sizeof *list);
	int good = list != NULL;
	if (list == NULL)
		return 0;
	for (uint32_t i = 0; i < c->words.n; i++)
		if (c->times[i] >= TJ_WORD_TIMES) {
			list[n].word = tj_string_table_text(&c->words, i, &list[n].n);
			n++;
		}
	for (size_t i = 0; i < n_others; i++, n++)
		list[n].word = word_at(others, i, &list[n].n);
	qsort(list, n, sizeof *list, by_bytes);
	for (size_t i = 0; good && i < n; i++)
		if (i == 0 || by_bytes(&list[i - 1], &list[i]) != 0)
			good = tj_string_append(out, list[i].word, list[i].n) &&
			       tj_string_append(out, "\n", 1);
	free(list);
	return good;
}
