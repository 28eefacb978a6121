/* SPDX-License-Identifier: MIT */
/* Reads a glossary and looks up its terms by their first word. */
#include "src/text/glossary.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucasemap.h>

#include "src/base/hash.h"
#include "src/base/memory.h"
#include "src/base/separators.h"
#include "src/base/utf8.h"
#include "src/text/spans_scan.h"

struct term {
	char *source, *target; /* malloc */
	size_t n_source, n_target;
	size_t line;   /* of the file, from 1 */
	int derived;   /* 1: another case of a line */
	uint32_t next; /* index + 1 of the next term of the same bucket; 0: none */
};

struct tj_glossary {
	const char *name; /* only while it is read */
	struct term *terms;
	size_t n, capacity;
	uint32_t *first; /* [n_buckets] index + 1 of a term; 0: none */
	size_t n_buckets;
	UCaseMap *cases;
};

/* --- Looking up ---------------------------------------------------------------- */

/* Returns the end of the first word, or of the first character if it is of no word. */
static size_t key_end(const char *text, size_t n, size_t at)
{
	struct tj_scan s = { (const uint8_t *)text, n };
	size_t end = tj_scan_word(&s, at);
	if (end == at)
		tj_scan_next(&s, &end);
	return end;
}

static size_t bucket_of(const struct tj_glossary *g, const char *key, size_t n)
{
	return (size_t)(tj_hash(0, key, n) & (g->n_buckets - 1));
}

int tj_is_word_end(const char *text, size_t n, size_t at)
{
	struct tj_scan s = { (const uint8_t *)text, n };
	return !tj_is_word(tj_scan_before(&s, at)) || !tj_is_word(tj_scan_at(&s, at));
}

/* Returns the bytes of text that a term takes at `at`, or 0. */
static size_t taken(const struct term *t, const char *text, size_t n, size_t at)
{
	size_t end = at;
	struct tj_scan s = { (const uint8_t *)text, n };
	for (size_t i = 0; i < t->n_source; i++) {
		if (t->source[i] == ' ') {
			size_t after = end;
			while (tj_is_number_space(tj_scan_next(&s, &after)))
				end = after;
			if (end == at || !tj_is_number_space(tj_scan_before(&s, end)))
				return 0;
		} else if (end == n || text[end++] != t->source[i])
			return 0;
	}
	return end - at;
}

size_t tj_glossary_match(const struct tj_glossary *g, const char *text, size_t n, size_t at,
                         const char **value, size_t *n_value)
{
	if (at >= n || g->n == 0 || !tj_is_word_end(text, n, at))
		return 0;
	size_t end = key_end(text, n, at), most = 0;
	for (uint32_t i = g->first[bucket_of(g, text + at, end - at)]; i > 0;) {
		const struct term *t = &g->terms[i - 1];
		size_t length = taken(t, text, n, at);
		if (length > most && tj_is_word_end(text, n, at + length)) {
			most = length;
			*value = t->target;
			*n_value = t->n_target;
		}
		i = t->next;
	}
	return most;
}

/* --- Reading -------------------------------------------------------------------- */

static struct term *find_term(const struct tj_glossary *g, const char *source, size_t n)
{
	for (size_t i = g->n_buckets > 0 ? g->first[bucket_of(g, source, key_end(source, n, 0))]
	                                 : 0;
	     i > 0; i = g->terms[i - 1].next) {
		struct term *t = &g->terms[i - 1];
		if (t->n_source == n && memcmp(t->source, source, n) == 0)
			return t;
	}
	return NULL;
}

/* Puts every term into its bucket, of twice as many buckets as terms. */
static int fill_buckets(struct tj_glossary *g, size_t n_buckets)
{
	uint32_t *first = calloc(n_buckets, sizeof *first);
	if (first == NULL)
		return 0;
	free(g->first);
	g->first = first;
	g->n_buckets = n_buckets;
	for (size_t i = 0; i < g->n; i++) {
		struct term *t = &g->terms[i];
		size_t b = bucket_of(g, t->source, key_end(t->source, t->n_source, 0));
		t->next = first[b];
		first[b] = (uint32_t)i + 1;
	}
	return 1;
}

/* Adds a term. Takes over the two strings, also on failure. */
static trujaman_status add(struct tj_glossary *g, struct term t, struct tj_error *err)
{
	struct term *old = find_term(g, t.source, t.n_source);
	int same = old != NULL && old->n_target == t.n_target &&
	           memcmp(old->target, t.target, t.n_target) == 0;
	if (old != NULL) {
		free(t.source);
		free(t.target);
		if (!t.derived && !same)
			return tj_fail(err, TRUJAMAN_ERROR_INPUT,
			               "%s: line %zu: line %zu translates this term otherwise",
			               g->name, t.line, old->line);
		return TRUJAMAN_OK;
	}
	int fits = g->n < UINT32_MAX / 4 &&
	           tj_reserve(&g->terms, &g->capacity, g->n + 1, sizeof *g->terms);
	if (!fits) {
		free(t.source);
		free(t.target);
		return tj_fail_memory(err, "a glossary", g->n * sizeof *g->terms);
	}
	g->terms[g->n++] = t;
	if (2 * g->n > g->n_buckets) {
		if (!fill_buckets(g, g->n_buckets > 0 ? 2 * g->n_buckets : 64))
			return tj_fail_memory(err, "a glossary", 4 * g->n);
		return TRUJAMAN_OK;
	}
	size_t b = bucket_of(g, t.source, key_end(t.source, t.n_source, 0));
	g->terms[g->n - 1].next = g->first[b];
	g->first[b] = (uint32_t)g->n;
	return TRUJAMAN_OK;
}

/* Copies a field: white space at its ends is left out, and several spaces become one. */
static char *copy_field(const char *text, size_t n, size_t *n_copy)
{
	char *copy = malloc(n + 1);
	*n_copy = 0;
	if (copy == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (text[i] != ' ' || (*n_copy > 0 && copy[*n_copy - 1] != ' '))
			copy[(*n_copy)++] = text[i];
	while (*n_copy > 0 && copy[*n_copy - 1] == ' ')
		--*n_copy;
	copy[*n_copy] = '\0';
	return copy;
}

static trujaman_status read_line(struct tj_glossary *g, const char *line, size_t n, size_t number,
                                 struct tj_error *err)
{
	const char *tab = memchr(line, '\t', n);
	size_t n_first = tab != NULL ? (size_t)(tab - line) : n;
	struct term t = { .line = number };
	if (tj_utf8_valid_prefix(line, n) < n)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s: line %zu: not valid UTF-8", g->name,
		               number);
	if (tab == NULL || memchr(tab + 1, '\t', n - n_first - 1) != NULL)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "%s: line %zu: not a term, a tab and its translation", g->name,
		               number);
	if (tj_separator_find(line, n_first) < n_first ||
	    tj_separator_find(tab + 1, n - n_first - 1) < n - n_first - 1)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s: line %zu: a control character",
		               g->name, number);
	t.source = copy_field(line, n_first, &t.n_source);
	t.target = copy_field(tab + 1, n - n_first - 1, &t.n_target);
	if (t.source != NULL && t.target != NULL && t.n_source > 0 && t.n_target > 0)
		return add(g, t, err);
	free(t.source);
	free(t.target);
	return t.source == NULL || t.target == NULL
	           ? tj_fail_memory(err, "a glossary", n)
	           : tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s: line %zu: nothing %s the tab", g->name,
	                     number, t.n_source == 0 ? "before" : "behind");
}

static trujaman_status read_lines(struct tj_glossary *g, const char *data, size_t n,
                                  struct tj_error *err)
{
	size_t number = 1;
	for (size_t at = tj_utf8_mark(data, n), end; at < n; at = end + 1, number++) {
		const char *newline = memchr(data + at, '\n', n - at);
		end = newline != NULL ? (size_t)(newline - data) : n;
		size_t length = end - at;
		if (length > 0 && data[at + length - 1] == '\r')
			length--;
		if (!tj_is_blank(data + at, length) &&
		    read_line(g, data + at, length, number, err) != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

/* --- Other cases ------------------------------------------------------------------ */

typedef int32_t case_function(const UCaseMap *, char *, int32_t, const char *, int32_t,
                              UErrorCode *);

/* Returns a copy in capitals; NULL on failure. */
static char *upper_of(const struct tj_glossary *g, const char *text, size_t n, size_t *n_copy)
{
	UErrorCode code = U_ZERO_ERROR;
	size_t room = 3 * n + 16; /* the most that a case mapping needs */
	char *copy = room < INT32_MAX ? malloc(room) : NULL;
	if (copy == NULL)
		return NULL;
	int32_t got = ucasemap_utf8ToUpper(g->cases, copy, (int32_t)room, text, (int32_t)n, &code);
	if (U_FAILURE(code)) {
		free(copy);
		return NULL;
	}
	*n_copy = (size_t)got;
	return copy;
}

/* Returns a copy with a capital as its first character. */
static char *capital_of(const struct tj_glossary *g, const char *text, size_t n, size_t *n_copy)
{
	struct tj_scan s = { (const uint8_t *)text, n };
	size_t first = 0, n_upper = 0;
	tj_scan_next(&s, &first);
	char *upper = upper_of(g, text, first, &n_upper);
	char *copy = upper != NULL ? realloc(upper, n_upper + n - first + 1) : NULL;
	if (copy == NULL) {
		free(upper);
		return NULL;
	}
	memcpy(copy + n_upper, text + first, n - first);
	*n_copy = n_upper + n - first;
	return copy;
}

static trujaman_status add_case(struct tj_glossary *g, const struct term *t,
                                char *(*change)(const struct tj_glossary *, const char *, size_t,
                                                size_t *),
                                struct tj_error *err)
{
	struct term other = { .line = t->line, .derived = 1 };
	other.source = change(g, t->source, t->n_source, &other.n_source);
	other.target = change(g, t->target, t->n_target, &other.n_target);
	if (other.source != NULL && other.target != NULL)
		return add(g, other, err);
	free(other.source);
	free(other.target);
	return tj_fail_memory(err, "a glossary", t->n_source + t->n_target);
}

static trujaman_status add_cases(struct tj_glossary *g, struct tj_error *err)
{
	for (size_t i = 0, n = g->n; i < n; i++) {
		struct term t = g->terms[i];
		struct tj_scan s = { (const uint8_t *)t.source, t.n_source };
		int letters = 0, capitals = 0;
		for (size_t at = 0; at < t.n_source;) {
			int32_t c = tj_scan_next(&s, &at);
			letters += u_isalpha(c) != 0;
			capitals += u_isupper(c) != 0;
		}
		if (letters == 0)
			continue;
		if (capitals == 0 && add_case(g, &t, capital_of, err) != TRUJAMAN_OK)
			return err->status;
		if (letters > 1 && add_case(g, &t, upper_of, err) != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

struct tj_glossary *tj_glossary_open(const char *name, const char *data, size_t n,
                                     struct tj_error *err)
{
	UErrorCode code = U_ZERO_ERROR;
	struct tj_glossary *g = calloc(1, sizeof *g);
	if (g == NULL) {
		tj_fail_memory(err, "a glossary", sizeof *g);
		return NULL;
	}
	g->name = name;
	g->cases = ucasemap_open("", 0, &code);
	trujaman_status status = U_SUCCESS(code) ? TRUJAMAN_OK
	                                         : tj_fail_memory(err, "a glossary", sizeof *g);
	if (status == TRUJAMAN_OK && n >= INT32_MAX / 4)
		status = tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s: too long for a glossary", name);
	if (status == TRUJAMAN_OK)
		status = read_lines(g, data, n, err);
	if (status == TRUJAMAN_OK)
		status = add_cases(g, err);
	g->name = NULL;
	if (status == TRUJAMAN_OK)
		return g;
	tj_glossary_close(g);
	return NULL;
}

void tj_glossary_close(struct tj_glossary *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->n; i++) {
		free(g->terms[i].source);
		free(g->terms[i].target);
	}
	if (g->cases != NULL)
		ucasemap_close(g->cases);
	free(g->terms);
	free(g->first);
	free(g);
}
