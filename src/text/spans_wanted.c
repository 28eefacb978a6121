/* SPDX-License-Identifier: MIT */
/* Looks translations of terms up by their first word. */
#include "src/text/spans_wanted.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/text/glossary.h"
#include "src/text/spans_scan.h"

static size_t bucket_of(const struct tj_wanted *w, const char *text, size_t n, size_t at)
{
	struct tj_scan s = { (const uint8_t *)text, n };
	size_t end = tj_scan_word(&s, at);
	if (end == at)
		tj_scan_next(&s, &end);
	return (size_t)(tj_hash(0, text + at, end - at) & (w->n_buckets - 1));
}

static int shorter_first(const void *a, const void *b)
{
	const struct tj_wanted_term *x = a, *y = b;
	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return memcmp(x->value, y->value, x->n);
}

int tj_wanted_make(struct tj_wanted *w, struct tj_wanted_term *terms, size_t n)
{
	w->terms = terms;
	if (n == 0)
		return 1;
	qsort(terms, n, sizeof *terms, shorter_first);
	for (size_t i = 0; i < n; i++) {
		if (w->n > 0 && shorter_first(&terms[w->n - 1], &terms[i]) == 0)
			terms[w->n - 1].left++;
		else
			terms[w->n++] = terms[i];
	}
	for (w->n_buckets = 1; w->n_buckets < 2 * w->n;)
		w->n_buckets *= 2;
	w->first = calloc(w->n_buckets, sizeof *w->first);
	if (w->first == NULL)
		return 0;
	for (size_t i = 0; i < w->n; i++) { /* the longest comes to stand first */
		size_t *first = &w->first[bucket_of(w, terms[i].value, terms[i].n, 0)];
		terms[i].next = *first;
		*first = i + 1;
	}
	return 1;
}

int tj_wanted_take(struct tj_wanted *w, const struct tj_fixed *atoms, size_t n)
{
	struct tj_wanted_term *terms = malloc((n + 1) * sizeof *terms);
	size_t n_terms = 0;
	if (terms == NULL)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (atoms[i].kind == TJ_FIXED_TERM)
			terms[n_terms++] = (struct tj_wanted_term){ atoms[i].value,
				                                    atoms[i].n_value, 1, 0 };
	return tj_wanted_make(w, terms, n_terms);
}

void tj_wanted_release(struct tj_wanted *w)
{
	free(w->terms);
	free(w->first);
	*w = (struct tj_wanted){ .terms = NULL };
}

size_t tj_wanted_match(struct tj_wanted *w, const char *text, size_t n, size_t at,
                       const char **value, size_t *n_value)
{
	if (w->n == 0 || at >= n || !tj_is_word_end(text, n, at))
		return 0;
	for (size_t i = w->first[bucket_of(w, text, n, at)]; i > 0; i = w->terms[i - 1].next) {
		struct tj_wanted_term *t = &w->terms[i - 1];
		if (t->left > 0 && t->n <= n - at && memcmp(text + at, t->value, t->n) == 0 &&
		    tj_is_word_end(text, n, at + t->n)) {
			t->left--;
			*value = text + at;
			*n_value = t->n;
			return t->n;
		}
	}
	return 0;
}
