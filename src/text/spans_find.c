/* SPDX-License-Identifier: MIT */
/* Finds spans: skips plain prose, asks the matchers at each place of the tokens that are left, and
 * takes the longest answer. */
#include "src/text/spans_find.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/ubrk.h>

#include "src/base/memory.h"
#include "src/base/separators.h"
#include "src/text/spans_address.h"
#include "src/text/spans_keep.h"
#include "src/text/spans_known.h"
#include "src/text/spans_match.h"
#include "src/text/spans_number.h"

enum { LONGEST_TEXT = 1 << 30 };

struct span_list {
	struct tj_fixed *data;
	size_t n, capacity;
};

struct tj_finder {
	struct tj_known known;
	struct tj_keep *keep; /* NULL: none */
	const struct tj_glossary *glossary;
	struct span_list forced; /* what patterns and glossary name; they go before the matchers */
	struct span_list atoms, spans;
	UBreakIterator *graphemes; /* NULL: not needed yet */
	UText reader;              /* through which `graphemes` reads a text */
	int is_read;               /* `reader` is at the text of this call */
	size_t stretch_end;        /* the first separator behind where the search is */
};

static trujaman_status add(struct span_list *l, struct tj_fixed fixed, struct tj_error *err)
{
	if (!tj_reserve(&l->data, &l->capacity, l->n + 1, sizeof *l->data))
		return tj_fail_memory(err, "spans", l->n * sizeof *l->data);
	l->data[l->n++] = fixed;
	return TRUJAMAN_OK;
}

static struct tj_fixed fixed_of(const struct tj_scan *s, size_t first, size_t n,
                                enum tj_fixed_kind kind)
{
	return (struct tj_fixed){ first, n, kind, (const char *)s->text + first, n };
}

struct tj_finder *tj_finder_open(const struct tj_finder_options *o, struct tj_error *err)
{
	struct tj_finder *f = calloc(1, sizeof *f);
	if (f == NULL) {
		tj_fail_memory(err, "a finder of spans", sizeof *f);
		return NULL;
	}
	f->reader = (UText)UTEXT_INITIALIZER;
	f->glossary = o->glossary;
	tj_known_init(&f->known, o->has, o->context);
	if (o->keep.data == NULL)
		return f;
	f->keep = tj_keep_open(o->keep.name, o->keep.data, o->keep.n, err);
	if (f->keep != NULL)
		return f;
	tj_finder_close(f);
	return NULL;
}

void tj_finder_close(struct tj_finder *f)
{
	if (f == NULL)
		return;
	tj_keep_close(f->keep);
	if (f->graphemes != NULL)
		ubrk_close(f->graphemes);
	utext_close(&f->reader);
	free(f->forced.data);
	free(f->atoms.data);
	free(f->spans.data);
	free(f);
}

/* --- Grapheme clusters ------------------------------------------------------------ */

static trujaman_status read_graphemes(struct tj_finder *f, const struct tj_scan *s,
                                      struct tj_error *err)
{
	UErrorCode code = U_ZERO_ERROR;
	if (f->is_read)
		return TRUJAMAN_OK;
	if (f->graphemes == NULL)
		f->graphemes = ubrk_open(UBRK_CHARACTER, "root", NULL, 0, &code);
	utext_openUTF8(&f->reader, (const char *)s->text, (int64_t)s->n, &code);
	if (U_SUCCESS(code))
		ubrk_setUText(f->graphemes, &f->reader, &code);
	if (U_FAILURE(code))
		return tj_fail(err,
		               code == U_MEMORY_ALLOCATION_ERROR ? TRUJAMAN_ERROR_MEMORY
		                                                 : TRUJAMAN_ERROR_INPUT,
		               "cannot find the characters of a line: ICU says %s",
		               u_errorName(code));
	f->is_read = 1;
	return TRUJAMAN_OK;
}

/* Moves *first and *end outwards to boundaries of grapheme clusters. ASCII is always at one. */
static trujaman_status widen(struct tj_finder *f, const struct tj_scan *s, size_t *first,
                             size_t *end, struct tj_error *err)
{
	int may_begin = *first > 0 && (s->text[*first] >= 0x80 || s->text[*first - 1] >= 0x80);
	int may_end = *end < s->n && s->text[*end] >= 0x80;
	if (!may_begin && !may_end)
		return TRUJAMAN_OK;
	if (read_graphemes(f, s, err) != TRUJAMAN_OK)
		return err->status;
	if (may_end && !ubrk_isBoundary(f->graphemes, (int32_t)*end))
		*end = (size_t)ubrk_following(f->graphemes, (int32_t)*end);
	if (may_begin && !ubrk_isBoundary(f->graphemes, (int32_t)*first))
		*first = (size_t)ubrk_preceding(f->graphemes, (int32_t)*first);
	return TRUJAMAN_OK;
}

/* Adds an atom, which may grow over the end of the one before. *end gets its end. */
static trujaman_status take(struct tj_finder *f, const struct tj_scan *s, struct tj_fixed fixed,
                            size_t *end, struct tj_error *err)
{
	size_t first = fixed.first;
	*end = fixed.first + fixed.n;
	if (widen(f, s, &first, end, err) != TRUJAMAN_OK)
		return err->status;
	/* Marks may combine with white space, with which no span begins. */
	if (first < fixed.first && tj_is_white(tj_scan_at(s, first)))
		tj_scan_next(s, &first);
	struct tj_fixed *last = f->atoms.n > 0 ? &f->atoms.data[f->atoms.n - 1] : NULL;
	if (last != NULL && first < last->first + last->n) {
		*last = fixed_of(s, last->first, *end - last->first, last->kind);
		return TRUJAMAN_OK;
	}
	if (first == fixed.first && *end == fixed.first + fixed.n)
		return add(&f->atoms, fixed, err);
	return add(&f->atoms, fixed_of(s, first, *end - first, fixed.kind), err);
}

/* --- What the user names ----------------------------------------------------------- */

static trujaman_status force_terms(struct tj_finder *f, const struct tj_scan *s,
                                   const struct tj_keep_match *keep, size_t n_keep,
                                   struct tj_wanted *wanted, struct tj_error *err)
{
	const char *text = (const char *)s->text;
	for (size_t at = 0, k = 0; at < s->n;) {
		struct tj_fixed t = { .first = at, .kind = TJ_FIXED_TERM };
		if (k < n_keep && keep[k].first == at) {
			t = fixed_of(s, at, keep[k].end - at, TJ_FIXED_KEEP);
			k++;
		} else if (wanted != NULL) {
			t.n = tj_wanted_match(wanted, text, s->n, at, &t.value, &t.n_value);
		} else if (f->glossary != NULL) {
			t.n = tj_glossary_match(f->glossary, text, s->n, at, &t.value, &t.n_value);
			if (k < n_keep && at + t.n > keep[k].first)
				t.n = 0;
		}
		if (t.n > 0 && add(&f->forced, t, err) != TRUJAMAN_OK)
			return err->status;
		if (t.n > 0)
			at += t.n;
		else
			tj_scan_next(s, &at);
	}
	return TRUJAMAN_OK;
}

/* Lists what the user names. `wanted` (NULL: none) takes the place of the glossary. */
static trujaman_status force(struct tj_finder *f, const struct tj_scan *s, struct tj_wanted *wanted,
                             struct tj_error *err)
{
	const struct tj_keep_match *keep = NULL;
	size_t n_keep = 0;
	f->forced.n = 0;
	if (f->keep != NULL &&
	    tj_keep_find(f->keep, (const char *)s->text, s->n, &keep, &n_keep, err) != TRUJAMAN_OK)
		return err->status;
	int terms = wanted != NULL ? wanted->n > 0 : f->glossary != NULL;
	if (n_keep > 0 || terms)
		return force_terms(f, s, keep, n_keep, wanted, err);
	return TRUJAMAN_OK;
}

/* --- Finding ------------------------------------------------------------------------ */

/* Returns the span that the matchers find at `at`; its n is 0 if they find none. */
static struct tj_fixed match(const struct tj_finder *f, const struct tj_scan *s, size_t at)
{
	size_t before = at;
	int32_t c = tj_scan_at(s, at);
	enum tj_fixed_kind kind = TJ_FIXED_URL;
	if (tj_is_word(c) && tj_is_word(tj_scan_back(s, &before)))
		return (struct tj_fixed){ .n = 0 };
	size_t n = tj_match_longest(&f->known, s, at, &kind);
	return fixed_of(s, at, n, kind);
}

/* Finds the atoms of a token and of what follows it as long as no white space parts them. *at is
 * where to begin, and gets the end; *k is the next of `forced`. */
static trujaman_status find_near(struct tj_finder *f, const struct tj_scan *s, size_t *at,
                                 size_t *k, struct tj_error *err)
{
	const struct span_list *l = &f->forced;
	while (*at < s->n) {
		while (*k < l->n && l->data[*k].first < *at)
			++*k;
		if (tj_is_white(tj_scan_at(s, *at)))
			return TRUJAMAN_OK;
		if (*at >= f->stretch_end)
			f->stretch_end = *at +
			                 tj_separator_find((const char *)s->text + *at, s->n - *at);
		struct tj_scan stretch = { s->text, f->stretch_end };
		struct tj_fixed t = match(f, &stretch, *at);
		if (*k < l->n && l->data[*k].first == *at && l->data[*k].n >= t.n)
			t = l->data[(*k)++];
		if (t.n == 0) {
			tj_scan_next(s, at);
			continue;
		}
		/* A pattern's match that begins in a span and goes on behind it belongs to it. */
		for (size_t i = *k; i < l->n && l->data[i].first < t.first + t.n; i++) {
			size_t end = l->data[i].first + l->data[i].n;
			if (l->data[i].kind == TJ_FIXED_KEEP && end > t.first + t.n)
				t = fixed_of(s, t.first, end - t.first, t.kind);
		}
		if (take(f, s, t, at, err) != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

/* Returns where to look for spans when something is at `at`: the beginning of the token, or of a
 * currency before it, but not before `floor`. */
static size_t near(const struct tj_scan *s, size_t at, size_t floor)
{
	for (size_t before = at; before > floor && !tj_is_white(tj_scan_back(s, &before));)
		at = before;
	size_t money = tj_number_start(s, at);
	return money >= floor ? money : at;
}

/* A mailbox whose name stands in quotes and may hold white space. */
struct quoted {
	size_t at, first; /* its "@", where it begins; the text's end: there is none left */
};

/* Goes on to the first "@" whose mailbox begins at or behind `from`, if it has no quotes at the
 * "@". What is found never lies before `from`: the search must not go back. */
static void find_quoted(const struct tj_scan *s, size_t from, struct quoted *q)
{
	while (q->at < s->n && (q->at == 0 || q->first < from)) {
		const uint8_t *found = memchr(s->text + q->at + 1, '@', s->n - q->at - 1);
		q->at = found != NULL ? (size_t)(found - s->text) : s->n;
		q->first = q->at >= from ? tj_email_quote(s, q->at, from) : q->at;
	}
}

trujaman_status tj_finder_atoms_wanted(struct tj_finder *f, const char *text, size_t n,
                                       struct tj_wanted *wanted, const struct tj_fixed **atoms,
                                       size_t *n_atoms, struct tj_error *err)
{
	struct tj_scan s = { (const uint8_t *)text, n };
	size_t k = 0;
	f->atoms.n = 0;
	f->is_read = 0;
	f->stretch_end = 0;
	struct quoted quoted = { 0, 0 };
	if (n >= LONGEST_TEXT)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "cannot find the spans of a text of %zu bytes; the most is %d", n,
		               LONGEST_TEXT - 1);
	if (force(f, &s, wanted, err) != TRUJAMAN_OK)
		return err->status;
	for (size_t at = 0; at < n;) {
		size_t next = tj_known_skip(&f->known, &s, at);
		while (k < f->forced.n && f->forced.data[k].first < at)
			k++;
		if (k < f->forced.n && f->forced.data[k].first < next)
			next = f->forced.data[k].first;
		find_quoted(&s, at, &quoted);
		if (quoted.first < next)
			next = quoted.first;
		if (next >= n)
			break;
		at = near(&s, next, at);
		if (tj_is_white(tj_scan_at(&s, at))) {
			tj_scan_next(&s, &at);
			continue;
		}
		if (find_near(f, &s, &at, &k, err) != TRUJAMAN_OK)
			return err->status;
	}
	*atoms = f->atoms.data;
	*n_atoms = f->atoms.n;
	return TRUJAMAN_OK;
}

trujaman_status tj_finder_atoms(struct tj_finder *f, const char *text, size_t n,
                                const struct tj_fixed **atoms, size_t *n_atoms,
                                struct tj_error *err)
{
	return tj_finder_atoms_wanted(f, text, n, NULL, atoms, n_atoms, err);
}

trujaman_status tj_finder_find(struct tj_finder *f, const char *text, size_t n,
                               const struct tj_fixed **spans, size_t *n_spans, struct tj_error *err)
{
	const struct tj_fixed *atoms;
	struct tj_scan s = { (const uint8_t *)text, n };
	size_t n_atoms;
	if (tj_finder_atoms(f, text, n, &atoms, &n_atoms, err) != TRUJAMAN_OK)
		return err->status;
	f->spans.n = 0;
	for (size_t i = 0; i < n_atoms; i++) {
		struct tj_fixed *last = f->spans.n > 0 ? &f->spans.data[f->spans.n - 1] : NULL;
		if (last != NULL && last->first + last->n == atoms[i].first &&
		    last->kind != TJ_FIXED_TERM && atoms[i].kind != TJ_FIXED_TERM)
			*last = fixed_of(&s, last->first, last->n + atoms[i].n, last->kind);
		else if (add(&f->spans, atoms[i], err) != TRUJAMAN_OK)
			return err->status;
	}
	*spans = f->spans.data;
	*n_spans = f->spans.n;
	return TRUJAMAN_OK;
}
