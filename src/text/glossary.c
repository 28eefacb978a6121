/* SPDX-License-Identifier: MIT */
/* Looks terms up by their first word. */
#include "src/text/glossary.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/base/memory.h"
#include "src/text/spans_scan.h"

struct tj_glossary {
	struct tj_term *terms;
	size_t n, capacity;
	uint32_t *first; /* [n_buckets] index + 1 of a term; 0: none */
	size_t n_buckets;
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
static size_t taken(const struct tj_term *t, const char *text, size_t n, size_t at)
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
		const struct tj_term *t = &g->terms[i - 1];
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

/* --- Adding --------------------------------------------------------------------- */

struct tj_glossary *tj_glossary_new(struct tj_error *err)
{
	struct tj_glossary *g = calloc(1, sizeof *g);
	if (g == NULL)
		tj_fail_memory(err, "a glossary", sizeof *g);
	return g;
}

const struct tj_term *tj_glossary_find(const struct tj_glossary *g, const char *source, size_t n)
{
	for (size_t i = g->n_buckets > 0 ? g->first[bucket_of(g, source, key_end(source, n, 0))]
	                                 : 0;
	     i > 0; i = g->terms[i - 1].next) {
		const struct tj_term *t = &g->terms[i - 1];
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
		struct tj_term *t = &g->terms[i];
		size_t b = bucket_of(g, t->source, key_end(t->source, t->n_source, 0));
		t->next = first[b];
		first[b] = (uint32_t)i + 1;
	}
	return 1;
}

trujaman_status tj_glossary_add(struct tj_glossary *g, struct tj_term t, struct tj_error *err)
{
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

const struct tj_term *tj_glossary_term(const struct tj_glossary *g, size_t i)
{
	return i < g->n ? &g->terms[i] : NULL;
}

void tj_glossary_close(struct tj_glossary *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->n; i++) {
		free(g->terms[i].source);
		free(g->terms[i].target);
	}
	free(g->terms);
	free(g->first);
	free(g);
}
