/* SPDX-License-Identifier: MIT */
/* Finds the marks in a translation, and judges them. */
#include "src/document/marks.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"

/* Reads a mark at the beginning of n bytes. Returns its bytes; 0: none is there. */
static size_t read_mark(const char *text, size_t n, size_t *number, enum tj_mark_role *role)
{
	enum { MOST_DIGITS = 9 };
	size_t at = 1, digits;
	*role = TJ_MARK_OPENS;
	if (n < 4 || text[0] != '<')
		return 0;
	if (text[at] == '/') {
		*role = TJ_MARK_CLOSES;
		at++;
	}
	if (text[at++] != 'x')
		return 0;
	*number = 0;
	for (digits = at;
	     at < n && at - digits < MOST_DIGITS && text[at] >= '0' && text[at] <= '9';)
		*number = *number * 10 + (size_t)(text[at++] - '0');
	if (at == digits || at >= n)
		return 0;
	if (text[at] == '/' && *role == TJ_MARK_OPENS) {
		*role = TJ_MARK_ALONE;
		at++;
	}
	return at < n && text[at] == '>' ? at + 1 : 0;
}

struct divider {
	const struct tj_document *d;
	const struct tj_document_segment *s;
	struct tj_marked *pieces;
	size_t n, capacity;
	/* [n_marks + 1], by number: where the segment has the mark that opens or stands alone, and
	 * the one that closes; SIZE_MAX: none, or used. */
	size_t *opens, *closes, *stack;
	size_t depth;
};

static int add(struct divider *x, struct tj_marked piece)
{
	if (!tj_reserve(&x->pieces, &x->capacity, x->n + 1, sizeof piece))
		return 0;
	x->pieces[x->n++] = piece;
	return 1;
}

/* Takes the mark that is meant by what was read; SIZE_MAX: there is none, or it stands wrong. */
static size_t take_mark(struct divider *x, size_t number, enum tj_mark_role role)
{
	if (number == 0 || number > x->s->n_marks)
		return SIZE_MAX;
	size_t *place = role == TJ_MARK_CLOSES ? &x->closes[number] : &x->opens[number];
	size_t mark = *place;
	*place = SIZE_MAX;
	if (mark == SIZE_MAX || x->d->marks[mark].role != role)
		return SIZE_MAX;
	if (role == TJ_MARK_OPENS)
		x->stack[x->depth++] = number;
	else if (role == TJ_MARK_CLOSES && (x->depth == 0 || x->stack[--x->depth] != number))
		return SIZE_MAX;
	return mark;
}

/* Returns 1; 0: memory is short; -1: the marks are not those of the segment. */
static int divide(struct divider *x, const char *text, size_t n)
{
	size_t from = 0, n_found = 0;
	for (size_t i = 0; i <= n; i++) {
		size_t number = 0;
		enum tj_mark_role role = TJ_MARK_ALONE;
		size_t bytes = i < n ? read_mark(text + i, n - i, &number, &role) : 0;
		if (bytes == 0 && i < n)
			continue;
		if (i > from && !add(x, (struct tj_marked){ from, i - from, SIZE_MAX }))
			return 0;
		if (i == n)
			break;
		struct tj_marked piece = { i, bytes, take_mark(x, number, role) };
		if (piece.mark == SIZE_MAX)
			return -1;
		n_found++;
		if (!add(x, piece))
			return 0;
		from = i + bytes;
		i = from - 1;
	}
	return n_found == x->s->n_marks && x->depth == 0 ? 1 : -1;
}

/* Lets white space change sides: behind a tag that opens, or before one that closes, the source has
 * none. The marks' own bytes change places with it. */
static void move_spaces(struct divider *x, char *text)
{
	for (size_t i = 0; i + 1 < x->n; i++) {
		struct tj_marked *a = &x->pieces[i], *b = &x->pieces[i + 1];
		if (a->mark != SIZE_MAX && b->mark == SIZE_MAX && text[b->first] == ' ' &&
		    x->d->marks[a->mark].role == TJ_MARK_OPENS && !x->d->marks[a->mark].space[1] &&
		    i > 0 && x->pieces[i - 1].mark == SIZE_MAX && b->n > 1) {
			memmove(text + a->first + 1, text + a->first, a->n);
			text[a->first++] = ' ';
			x->pieces[i - 1].n++;
			b->first++;
			b->n--;
		}
		if (a->mark == SIZE_MAX && b->mark != SIZE_MAX && a->n > 1 &&
		    text[a->first + a->n - 1] == ' ' &&
		    x->d->marks[b->mark].role == TJ_MARK_CLOSES && !x->d->marks[b->mark].space[0] &&
		    i + 2 < x->n && x->pieces[i + 2].mark == SIZE_MAX) {
			a->n--;
			b->first--;
			memmove(text + b->first, text + b->first + 1, b->n);
			text[b->first + b->n] = ' ';
			x->pieces[i + 2].first--;
			x->pieces[i + 2].n++;
		}
	}
}

struct tj_marked *tj_marks_divide(const struct tj_document *d, const struct tj_document_segment *s,
                                  struct tj_string *translation, size_t *n)
{
	size_t n_numbers = s->n_marks + 1;
	struct divider x = { .d = d, .s = s };
	size_t *tables = calloc(n_numbers, 3 * sizeof *tables);
	*n = 0;
	if (tables == NULL)
		return NULL;
	x.opens = tables;
	x.closes = tables + n_numbers;
	x.stack = tables + 2 * n_numbers;
	for (size_t i = 0; i < n_numbers; i++)
		x.opens[i] = x.closes[i] = SIZE_MAX;
	for (size_t i = s->first_mark; i < s->first_mark + s->n_marks; i++) {
		const struct tj_document_mark *m = &d->marks[i];
		*(m->role == TJ_MARK_CLOSES ? &x.closes[m->number] : &x.opens[m->number]) = i;
	}
	int good = divide(&x, translation->data, translation->n);
	free(tables);
	if (good == 1) {
		move_spaces(&x, translation->data);
		*n = x.n;
		return x.pieces;
	}
	free(x.pieces);
	*n = good < 0;
	return NULL;
}
