/* SPDX-License-Identifier: MIT */
/* Pairs tags, and makes segments with marks. */
#include "src/document/inline_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/document/character.h"

enum {
	MOST_LOOK_BACK = 64, /* for the tag that a closing one belongs to */
	MOST_MARKS = 500     /* in a segment; with more of them, each divides */
};

int tj_run_add(struct tj_run *r, const struct tj_item *item)
{
	if (!tj_reserve(&r->items, &r->capacity, r->n + 1, sizeof *r->items))
		return 0;
	r->items[r->n] = *item;
	r->items[r->n].partner = r->n;
	r->n++;
	return 1;
}

int tj_run_add_value(struct tj_run *r, const struct tj_value *value)
{
	if (!tj_reserve(&r->values, &r->values_capacity, r->n_values + 1, sizeof *r->values))
		return 0;
	r->values[r->n_values++] = *value;
	return 1;
}

void tj_run_release(struct tj_run *r)
{
	free(r->items);
	free(r->values);
	free(r->text.data);
	free(r->stack);
}

/* --- Pairs ------------------------------------------------------------------------- */

/* Finds the partner of closing tag i among the open ones, and drops those above it. */
static void close_tag(struct tj_run *r, size_t i, size_t *depth)
{
	size_t least = *depth > MOST_LOOK_BACK ? *depth - MOST_LOOK_BACK : 0;
	for (size_t k = *depth; k > least; k--) {
		size_t open = r->stack[k - 1];
		if (r->items[open].name != r->items[i].name)
			continue;
		r->items[open].partner = i;
		r->items[i].partner = open;
		*depth = k - 1;
		return;
	}
}

static int pair(struct tj_run *r)
{
	size_t depth = 0, n_single = 0, n_marks = 0;
	if (!tj_reserve(&r->stack, &r->stack_capacity, r->n + 1, sizeof *r->stack))
		return 0;
	for (size_t i = 0; i < r->n; i++) {
		if (r->items[i].kind == TJ_ITEM_OPENS)
			r->stack[depth++] = i;
		else if (r->items[i].kind == TJ_ITEM_CLOSES)
			close_tag(r, i, &depth);
		n_marks += r->items[i].kind != TJ_ITEM_TEXT;
	}
	/* A tag without partner divides the run, and every element around it. stack[i] counts those
	 * before item i. */
	for (size_t i = 0; i < r->n; i++) {
		struct tj_item *item = &r->items[i];
		int is_tag = item->kind == TJ_ITEM_OPENS || item->kind == TJ_ITEM_CLOSES;
		r->stack[i] = n_single;
		item->divides = (uint8_t)((is_tag && item->partner == i) ||
		                          (n_marks > MOST_MARKS && item->kind != TJ_ITEM_TEXT));
		n_single += item->divides;
	}
	for (size_t i = 0; i < r->n; i++) {
		struct tj_item *item = &r->items[i];
		if (item->partner > i && r->stack[item->partner] > r->stack[i] + item->divides)
			item->divides = r->items[item->partner].divides = 1;
	}
	return 1;
}

/* --- Segments ---------------------------------------------------------------------- */

static int is_blank(const struct tj_run *r, size_t i)
{
	const struct tj_item *item = &r->items[i];
	return item->kind == TJ_ITEM_TEXT &&
	       (item->n == 0 || tj_is_blank(r->text.data + item->text, item->n));
}

/* Whether no item of [from, to) has text to read. */
static int says_nothing(const struct tj_run *r, size_t from, size_t to)
{
	while (from < to && (r->items[from].kind != TJ_ITEM_TEXT || is_blank(r, from)))
		from++;
	return from == to;
}

/* Takes from [*from, *to) what need not be in a segment: blank text and marks at its ends, and an
 * element around all of it. */
static void trim(const struct tj_run *r, size_t *from, size_t *to)
{
	for (;;) {
		size_t first = *from, last = *to - 1;
		if (*from == *to)
			return;
		const struct tj_item *a = &r->items[first], *b = &r->items[last];
		if (a->kind == TJ_ITEM_ALONE || is_blank(r, first))
			++*from;
		else if (b->kind == TJ_ITEM_ALONE || is_blank(r, last))
			--*to;
		else if (a->kind == TJ_ITEM_OPENS && a->partner == last) {
			++*from;
			--*to;
		} else if (a->kind == TJ_ITEM_OPENS && says_nothing(r, first, a->partner))
			*from = a->partner + 1;
		else if (b->kind == TJ_ITEM_CLOSES && says_nothing(r, b->partner, last))
			*to = b->partner;
		else
			return;
	}
}

static int ends_with_space(const struct tj_string *text, size_t from)
{
	return text->n == from || text->data[text->n - 1] == ' ';
}

static int add_mark(struct tj_run *r, struct tj_document_segment *s, size_t i, size_t *n_numbers)
{
	static const char *const forms[] = { "<x%zu>", "</x%zu>", "<x%zu/>" };
	struct tj_item *item = &r->items[i];
	struct tj_document_mark mark = { .range = item->range,
		                         .role = (enum tj_mark_role)(item->kind - TJ_ITEM_OPENS),
		                         .nested = item->segment,
		                         .n_nested = item->n_values };
	/* The name is not needed any more: it becomes the number. */
	item->name = item->kind == TJ_ITEM_CLOSES ? r->items[item->partner].name : ++*n_numbers;
	mark.number = (size_t)item->name;
	mark.space[0] = (uint8_t)ends_with_space(&r->d->text, s->text);
	char text[32];
	int n = snprintf(text, sizeof text, forms[mark.role], mark.number);
	s->n_marks++;
	return tj_document_add_mark(r->d, &mark) && tj_string_append(&r->d->text, text, (size_t)n);
}

/* Sets whether white space stands behind marks. */
static void note_spaces(struct tj_document *d, const struct tj_document_segment *s)
{
	const char *text = d->text.data + s->text;
	size_t mark = 0;
	for (size_t i = 0; i < s->n_text && mark < s->n_marks; i++) {
		if (text[i] != '<' || i + 1 >= s->n_text)
			continue;
		const char *end = memchr(text + i, '>', s->n_text - i);
		if (end == NULL ||
		    (text[i + 1] != 'x' && (text[i + 1] != '/' || text[i + 2] != 'x')))
			continue;
		size_t behind = (size_t)(end - text) + 1;
		d->marks[s->first_mark + mark++].space[1] = behind == s->n_text ||
		                                            text[behind] == ' ';
		i = behind - 1;
	}
}

/* Appends text without a space at the beginning or behind another one. */
static int add_text(struct tj_run *r, const struct tj_document_segment *s,
                    const struct tj_item *item)
{
	const char *text = item->n > 0 ? r->text.data + item->text : "";
	size_t n = item->n;
	while (n > 0 && *text == ' ' && ends_with_space(&r->d->text, s->text)) {
		text++;
		n--;
	}
	return tj_string_append(&r->d->text, text, n);
}

/* Adds segments for the values of attributes of the items [from, to). */
static int add_values(struct tj_run *r, size_t from, size_t to, int nested)
{
	struct tj_document *d = r->d;
	for (size_t i = from; i < to; i++) {
		struct tj_item *item = &r->items[i];
		item->segment = d->n_segments;
		for (size_t k = 0; k < item->n_values; k++) {
			const struct tj_value *v = &r->values[item->value + k];
			struct tj_document_segment s = { .range = v->range,
				                         .text = d->text.n,
				                         .style = v->style,
				                         .is_nested = (uint8_t)nested };
			if (!tj_string_append(&d->text, r->text.data + v->text, v->n) ||
			    !tj_document_end_text(d, &s) || !tj_document_add(d, &s))
				return 0;
		}
	}
	return 1;
}

/* Makes a segment of the items [from, to), which have a letter. */
static int make_segment(struct tj_run *r, size_t from, size_t to)
{
	struct tj_document *d = r->d;
	size_t n_numbers = 0;
	struct tj_document_segment s = { .range = { r->items[from].range.first,
		                                    r->items[to - 1].range.end },
		                         .text = d->text.n,
		                         .first_mark = d->n_marks };
	for (size_t i = from; i < to; i++)
		if (r->items[i].kind == TJ_ITEM_TEXT ? !add_text(r, &s, &r->items[i])
		                                     : !add_mark(r, &s, i, &n_numbers))
			return 0;
	/* White space at the ends stays where it is. */
	while (tj_is_space(d->bytes[s.range.first]))
		s.range.first++;
	while (tj_is_space(d->bytes[s.range.end - 1]))
		s.range.end--;
	while (d->text.n > s.text && d->text.data[d->text.n - 1] == ' ')
		d->text.n--;
	if (!tj_document_end_text(d, &s))
		return 0;
	note_spaces(d, &s);
	return tj_document_add(d, &s);
}

/* Adds what becomes of the items [from, to), which are well nested. */
static int add_segments(struct tj_run *r, size_t from, size_t to)
{
	size_t first = from, end = to;
	int has_letter = 0;
	trim(r, &first, &end);
	for (size_t i = first; i < end; i++)
		has_letter |= r->items[i].kind == TJ_ITEM_TEXT && r->items[i].n > 0 &&
		              tj_has_letter_in(r->text.data + r->items[i].text, r->items[i].n);
	if (!has_letter)
		return add_values(r, from, to, 0);
	return add_values(r, from, first, 0) && add_values(r, first, end, 1) &&
	       make_segment(r, first, end) && add_values(r, end, to, 0);
}

int tj_run_end(struct tj_run *r)
{
	int good = pair(r);
	for (size_t i = 0, from = 0; good && i <= r->n; i++) {
		if (i < r->n && !r->items[i].divides)
			continue;
		good = (from == i || add_segments(r, from, i)) &&
		       (i == r->n || add_values(r, i, i + 1, 0));
		from = i + 1;
	}
	r->n = r->n_values = 0;
	r->text.n = 0;
	return good;
}
