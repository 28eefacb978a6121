/* SPDX-License-Identifier: MIT */
/* Reads wrapped text. Lines that may belong together by their marks and indents are a block; within
 * it, a line that ends early, where the next word would have had room, ends a paragraph. */
#include "src/document/paragraphs.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/document/breaks.h"
#include "src/document/character.h"
#include "src/document/lines.h"
#include "src/document/sentence_end.h"

enum {
	LEAST_WIDTH = 40, /* of a block whose lines are taken for wrapped ones */
	TAB = 8
};

/* A line of text. */
struct wrapped_line {
	struct tj_document_range text; /* without marks and white space */
	size_t n_quotes;               /* signs > before it */
	size_t indent;                 /* the column where the text, or its bullet, begins */
	size_t column;                 /* the same of the text */
	size_t width;                  /* the column where it ends */
	int has_bullet;
};

struct paragraphs {
	struct tj_document *d;
	struct wrapped_line *lines; /* of the block */
	size_t n, capacity;
	size_t width; /* of wrapped lines, the most */
};

/* --- Lines ----------------------------------------------------------------------- */

static int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The bytes of a bullet or number, with the white space behind it, at the beginning of n bytes. */
static size_t bullet_at(const char *text, size_t n)
{
	size_t at = 0;
	if (n >= 3 && memcmp(text, "\u2022", 3) == 0)
		at = 3;
	else if (n >= 1 && strchr("*-+", text[0]) != NULL && text[0] != '\0')
		at = 1;
	else {
		while (at < n && at < 3 && text[at] >= '0' && text[at] <= '9')
			at++;
		if (at == 0 || at == n || (text[at] != '.' && text[at] != ')'))
			return 0;
		at++;
	}
	size_t mark = at;
	while (at < n && is_blank(text[at]))
		at++;
	return at > mark && at < n ? at : 0;
}

/* Whether a line is one of a table: it has columns. */
static int is_table(const char *text, size_t n)
{
	if (n > 1 && text[0] == '|' && text[n - 1] == '|')
		return 1;
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\t' || (i + 2 < n && memcmp(text + i, "   ", 3) == 0) ||
		    (text[i] == '|' && i > 0 && i + 1 < n && is_blank(text[i - 1]) &&
		     is_blank(text[i + 1])))
			return 1;
	return 0;
}

static size_t next_column(size_t column, char c)
{
	return c == '\t' ? (column / TAB + 1) * TAB : column + 1;
}

/* Looks at a line. Returns 0 if it stays as it is. */
static int look(const struct tj_document *d, struct tj_document_range whole, struct wrapped_line *l)
{
	struct tj_document_range r = tj_document_trim(d, whole);
	size_t at = whole.first, column = 0;
	*l = (struct wrapped_line){ .text = r };
	while (at < r.end && strchr(" \t>", d->bytes[at]) != NULL && d->bytes[at] != '\0') {
		l->n_quotes += d->bytes[at] == '>';
		column = next_column(column, d->bytes[at++]);
	}
	l->indent = column;
	size_t bullet = bullet_at(d->bytes + at, r.end > at ? r.end - at : 0);
	l->has_bullet = bullet > 0;
	for (size_t end = at + bullet; at < end; at++)
		if (((unsigned char)d->bytes[at] & 0xC0) != 0x80)
			column = next_column(column, d->bytes[at]);
	l->column = column;
	l->text.first = at < r.end ? at : r.end;
	size_t n = r.end - l->text.first;
	l->width = column + tj_text_width(d->bytes + l->text.first, n);
	return n > 0 && tj_has_letter_in(d->bytes + l->text.first, n) &&
	       !is_table(d->bytes + l->text.first, n);
}

/* Whether a line may belong to the block, by its marks and its indent. */
static int fits(const struct paragraphs *x, const struct wrapped_line *l)
{
	const struct wrapped_line *first = &x->lines[0];
	if (l->has_bullet || l->n_quotes != first->n_quotes)
		return 0;
	if (x->n > 1)
		return l->indent == x->lines[1].indent;
	return first->has_bullet ? l->indent >= first->indent && l->indent <= first->column
	                         : l->indent <= first->indent;
}

/* --- Blocks ---------------------------------------------------------------------- */

static size_t first_word(const char *text, size_t n)
{
	size_t end = 0;
	while (end < n && !tj_is_space(text[end]))
		end++;
	return tj_text_width(text, end);
}

static const char *text_of(const struct tj_document *d, const struct wrapped_line *l, size_t *n)
{
	*n = l->text.end - l->text.first;
	return d->bytes + l->text.first;
}

/* Whether line i + 1 of a block goes on with line i. */
static int is_wrapped(const struct paragraphs *x, size_t i, size_t width)
{
	size_t n, n_next;
	const char *text = text_of(x->d, &x->lines[i], &n);
	const char *next = text_of(x->d, &x->lines[i + 1], &n_next);
	if (tj_utf8_valid_prefix(text, n) == n && tj_utf8_valid_prefix(next, n_next) == n_next &&
	    tj_goes_on(text, n, next, n_next))
		return 1;
	return width >= LEAST_WIDTH &&
	       x->lines[i].width + 1 + first_word(next, n_next) > width - width / 8;
}

/* Appends a line to the text of a segment; *joins: the next one follows without a space. */
static int add_text(struct tj_document *d, const struct wrapped_line *l, int is_first, int *joins)
{
	size_t n;
	const char *text = text_of(d, l, &n);
	if (!is_first && !*joins && !tj_string_append(&d->text, " ", 1))
		return 0;
	int is_soft = n >= 2 && memcmp(text + n - 2, "\u00AD", 2) == 0;
	*joins = is_soft || (n >= 2 && text[n - 1] == '-' && (text[n - 2] & ~0x20) >= 'A' &&
	                     (text[n - 2] & ~0x20) <= 'Z');
	return tj_string_append(&d->text, text, n - (is_soft ? 2 : 0));
}

/* Makes a segment of the lines [from, to) of the block. */
static int add_segment(struct paragraphs *x, size_t from, size_t to, size_t width)
{
	struct tj_document *d = x->d;
	struct tj_document_segment s = { .range = { x->lines[from].text.first,
		                                    x->lines[to - 1].text.end },
		                         .text = d->text.n,
		                         .first_row = d->n_rows,
		                         .n_rows = to - from,
		                         .column = x->lines[from].column,
		                         .width = x->lines[from].width };
	int joins = 0;
	for (size_t i = from; i < to; i++)
		if (!tj_document_add_row(d, x->lines[i].text) ||
		    !add_text(d, &x->lines[i], i == from, &joins))
			return 0;
	if (to - from > 1) {
		s.width = width;
		x->width = width > x->width ? width : x->width;
	}
	return tj_document_end_text(d, &s) && tj_document_add(d, &s);
}

static int end_block(struct paragraphs *x)
{
	size_t width = 0;
	int good = 1;
	for (size_t i = 0; i < x->n; i++)
		width = x->lines[i].width > width ? x->lines[i].width : width;
	for (size_t i = 0, from = 0; good && i < x->n; i++) {
		if (i + 1 < x->n && is_wrapped(x, i, width))
			continue;
		good = add_segment(x, from, i + 1, width);
		from = i + 1;
	}
	x->n = 0;
	return good;
}

static int read_line(struct paragraphs *x, struct tj_document_range line)
{
	struct wrapped_line l;
	int is_text = look(x->d, line, &l);
	if (x->n > 0 && (!is_text || !fits(x, &l)) && !end_block(x))
		return 0;
	if (!is_text)
		return 1;
	if (!tj_reserve(&x->lines, &x->capacity, x->n + 1, sizeof l))
		return 0;
	x->lines[x->n++] = l;
	return 1;
}

trujaman_status tj_paragraphs_read(struct tj_document *d, struct tj_error *err)
{
	struct paragraphs x = { .d = d };
	int good = 1;
	for (size_t at = tj_utf8_mark(d->bytes, d->n); good && at < d->n;) {
		struct tj_document_line line = tj_document_line(d, at);
		good = read_line(&x, line.range);
		at = line.next;
	}
	if (!good || !end_block(&x))
		tj_fail_memory(err, "a document", d->n);
	/* A line of its own is wrapped if others are. */
	for (size_t i = 0; i < d->n_segments; i++) {
		struct tj_document_segment *s = &d->segments[i];
		if (s->n_rows == 1)
			s->width = x.width == 0         ? SIZE_MAX
			           : s->width < x.width ? x.width
			                                : s->width;
	}
	free(x.lines);
	return err->status;
}
