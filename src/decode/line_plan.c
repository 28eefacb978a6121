/* SPDX-License-Identifier: MIT */
/* Plans a line: spans are found in the whole line, then it is normalised around them, then its
 * sentences are found; sentences that a span joins become one. */
#include "src/decode/line_plan.h"

#include <stdint.h>
#include <string.h>

#include "src/base/separators.h"
#include "src/text/letters.h"

static trujaman_status find_spans(struct tj_plan *p, struct tj_tools *tools,
                                  struct tj_blocks *blocks, struct tj_error *err)
{
	const struct tj_fixed *found;
	if (tj_finder_find(tools->finder, p->source, p->n_source, &found, &p->n_spans, err) !=
	        TRUJAMAN_OK ||
	    p->n_spans == 0)
		return err->status;
	size_t n_bytes = p->n_spans * sizeof *found;
	p->origins = tj_blocks_take(blocks, n_bytes);
	p->spans = tj_blocks_take(blocks, n_bytes);
	if (p->origins == NULL || p->spans == NULL)
		return tj_fail_memory(err, "the spans of a line", n_bytes);
	memcpy(p->origins, found, n_bytes);
	return TRUJAMAN_OK;
}

/* Whether a sentence holds part of a span; spans is in order, from *i on. */
static int holds_part(const struct tj_span *s, const struct tj_fixed *f)
{
	return f->first < s->first + s->n && s->first < f->first + f->n;
}

/* Widens sentences so that each span lies in one of them or in none. */
static void join_sentences(struct tj_plan *p)
{
	size_t n = 0, i = 0;
	for (size_t from = 0; from < p->n_sentences; from++) {
		struct tj_span s = p->sentences[from];
		/* A span that reaches into this sentence from the one before. */
		if (n > 0 && p->sentences[n - 1].first + p->sentences[n - 1].n > s.first) {
			struct tj_span *last = &p->sentences[n - 1];
			size_t end = s.first + s.n, last_end = last->first + last->n;
			last->n = (end > last_end ? end : last_end) - last->first;
		} else {
			p->sentences[n++] = s;
		}
		struct tj_span *last = &p->sentences[n - 1];
		for (; i < p->n_spans && p->spans[i].first < last->first + last->n; i++) {
			const struct tj_fixed *f = &p->spans[i];
			if (!holds_part(last, f))
				continue;
			size_t end = last->first + last->n;
			if (f->first < last->first)
				last->first = f->first;
			if (f->first + f->n > end)
				end = f->first + f->n;
			last->n = end - last->first;
		}
	}
	p->n_sentences = n;
}

static trujaman_status find_sentences(struct tj_plan *p, int is_piece,
                                      struct tj_sentences *splitter, struct tj_blocks *blocks,
                                      struct tj_error *err)
{
	const struct tj_span *found;
	const char *text = p->normal.text.n > 0 ? p->normal.text.data : "";
	if (tj_sentences_find(splitter, text, p->normal.text.n, is_piece, &found, &p->n_sentences,
	                      err) != TRUJAMAN_OK ||
	    p->n_sentences == 0)
		return err->status;
	size_t n_bytes = p->n_sentences * sizeof *found;
	p->sentences = tj_blocks_take(blocks, n_bytes);
	if (p->sentences == NULL)
		return tj_fail_memory(err, "the sentences of a line", n_bytes);
	memcpy(p->sentences, found, n_bytes);
	join_sentences(p);
	return TRUJAMAN_OK;
}

trujaman_status tj_plan_make(struct tj_plan *p, const char *source, size_t n, int is_piece,
                             const struct tj_language *l, struct tj_sentences *splitter,
                             struct tj_tools *tools, struct tj_blocks *blocks, struct tj_error *err)
{
	p->source = source;
	p->n_source = n;
	if (find_spans(p, tools, blocks, err) != TRUJAMAN_OK ||
	    tj_normalize(l->normal, source, n, p->origins, p->n_spans, &p->normal, p->spans, err) !=
	        TRUJAMAN_OK)
		return err->status;
	return find_sentences(p, is_piece, splitter, blocks, err);
}

void tj_plan_release(struct tj_plan *p)
{
	for (struct tj_reading *r = p->readings; r != NULL; r = r->next) {
		tj_mapped_release(&r->text);
		tj_placeables_release(&r->placeables);
	}
	tj_mapped_release(&p->normal);
}

size_t tj_plan_origin(const struct tj_plan *p, size_t at)
{
	return p->normal.from != NULL ? p->normal.from[at] : 0;
}

/* The index of the first of n spans that begins at or after a byte. */
static size_t first_from(const struct tj_fixed *spans, size_t n, size_t byte)
{
	size_t low = 0;
	while (low < n) {
		size_t middle = low + (n - low) / 2;
		if (spans[middle].first < byte)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

/* The next term of the glossary from span *i on that ends at or before a byte; NULL: none. */
static const struct tj_fixed *next_term(const struct tj_plan *p, size_t *i, size_t end)
{
	for (; *i < p->n_spans && p->origins[*i].first + p->origins[*i].n <= end; ++*i)
		if (p->origins[*i].kind == TJ_FIXED_TERM)
			return &p->origins[(*i)++];
	return NULL;
}

size_t tj_plan_origins(const struct tj_plan *p, size_t first)
{
	return first_from(p->origins, p->n_spans, first);
}

size_t tj_plan_copy(const struct tj_plan *p, size_t first, size_t end, struct tj_blocks *blocks,
                    const char **text)
{
	size_t from = first_from(p->origins, p->n_spans, first), grown = end - first, i = from;
	const struct tj_fixed *f = next_term(p, &i, end);
	*text = p->source + first;
	if (f == NULL)
		return grown;
	for (; f != NULL; f = next_term(p, &i, end))
		grown = grown - f->n + f->n_value;
	char *to = tj_blocks_take(blocks, grown + 1);
	if (to == NULL)
		return SIZE_MAX;
	*text = to;
	for (i = from; (f = next_term(p, &i, end)) != NULL; first = f->first + f->n) {
		memcpy(to, p->source + first, f->first - first);
		to += f->first - first;
		memcpy(to, f->value, f->n_value);
		to += f->n_value;
	}
	memcpy(to, p->source + first, end - first);
	return grown;
}

size_t tj_plan_spans(const struct tj_plan *p, size_t first, size_t end, size_t *n_spans)
{
	size_t from = first_from(p->spans, p->n_spans, first);
	size_t to = first_from(p->spans, p->n_spans, end);
	/* The last one may reach behind the end. */
	if (to > from && p->spans[to - 1].first + p->spans[to - 1].n > end)
		to--;
	*n_spans = to > from ? to - from : 0;
	return from;
}

/* Finds the next number of `normal` from byte *at on, behind and before the spans from *i on. */
static size_t next_number(const struct tj_plan *p, size_t *at, size_t end, size_t *i,
                          size_t *n_digits)
{
	const char *text = p->normal.text.data;
	for (;; ++*i) {
		size_t to = *i < p->n_spans && p->spans[*i].first < end ? p->spans[*i].first : end;
		size_t found = *at < to
		                   ? tj_small_number_find(text, p->normal.text.n, *at, to, n_digits)
		                   : to;
		if (found < to || to == end)
			return found < to ? found : end;
		*at = p->spans[*i].first + p->spans[*i].n;
	}
}

/* How many numbers stand in the bytes [first, end); *from gets the first span behind `first`. */
static size_t count_numbers(const struct tj_plan *p, size_t first, size_t end, size_t *from)
{
	size_t n = 0, n_digits, at = first;
	*from = first_from(p->spans, p->n_spans, first);
	for (size_t i = *from;; n++) {
		at = next_number(p, &at, end, &i, &n_digits);
		if (at == end)
			return n;
		at += n_digits;
	}
}

int tj_plan_add_numbers(struct tj_plan *p, size_t first, size_t end, struct tj_blocks *blocks)
{
	size_t i, to = 0, n_digits, n = count_numbers(p, first, end, &i), at = first;
	if (n == 0)
		return 1;
	size_t n_bytes = (p->n_spans + n) * sizeof *p->spans;
	struct tj_fixed *spans = tj_blocks_take(blocks, n_bytes);
	struct tj_fixed *origins = tj_blocks_take(blocks, n_bytes);
	if (spans == NULL || origins == NULL)
		return 0;
	for (size_t from = 0; from < p->n_spans || n > 0;) {
		size_t number = SIZE_MAX;
		if (n > 0)
			number = next_number(p, &at, end, &i, &n_digits);
		for (; from < p->n_spans && (n == 0 || p->spans[from].first < number); from++) {
			spans[to] = p->spans[from];
			origins[to++] = p->origins[from];
		}
		if (n == 0)
			break;
		size_t origin = tj_plan_origin(p, number);
		size_t n_origin = tj_plan_origin(p, number + n_digits) - origin;
		spans[to] = (struct tj_fixed){ number, n_digits, TJ_FIXED_NUMBER,
			                       p->source + origin, n_origin };
		origins[to] = spans[to];
		origins[to].first = origin;
		origins[to++].n = n_origin;
		at = number + n_digits;
		n--;
	}
	p->spans = spans;
	p->origins = origins;
	p->n_spans = to;
	return 1;
}

int tj_plan_has_letter(const struct tj_plan *p, size_t first, size_t end)
{
	size_t n, i = tj_plan_spans(p, first, end, &n);
	const char *text = p->normal.text.data;
	for (size_t to = i + n; i < to; i++) {
		if (tj_has_letter(text + first, p->spans[i].first - first))
			return 1;
		first = p->spans[i].first + p->spans[i].n;
	}
	return tj_has_letter(text + first, end - first);
}
