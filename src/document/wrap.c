/* SPDX-License-Identifier: MIT */
/* Fills lines. */
#include "src/document/wrap.h"

#include <stdlib.h>

#include "src/document/breaks.h"

static int is_end(char c)
{
	return c == '\n' || c == '\r';
}

/* Appends what stands between two lines of the segment: from the end of the line on. */
static int write_gap(const struct tj_document *d, const struct tj_document_segment *s,
                     struct tj_string *out)
{
	const struct tj_document_range *rows = &d->rows[s->first_row];
	struct tj_document_range gap = { rows[0].end, rows[1].first };
	while (gap.first < gap.end && !is_end(d->bytes[gap.first]))
		gap.first++;
	return tj_document_copy(d, gap, out);
}

/* The same for a segment of one line: the document's end of a line, quoting marks, and spaces. */
static int make_gap(const struct tj_document *d, const struct tj_document_segment *s,
                    struct tj_string *out)
{
	size_t end = s->range.end, first = s->range.first;
	while (end < d->n && !is_end(d->bytes[end]))
		end++;
	struct tj_document_range line_end = { end, end };
	while (line_end.end < d->n && line_end.end < end + 2 && is_end(d->bytes[line_end.end]) &&
	       (line_end.end == end || d->bytes[line_end.end] != d->bytes[end]))
		line_end.end++;
	if (line_end.end == end ? !tj_string_append(out, "\n", 1)
	                        : !tj_document_copy(d, line_end, out))
		return 0;
	while (first > 0 && !is_end(d->bytes[first - 1]))
		first--;
	for (size_t i = first; i < s->range.first; i++) {
		unsigned char c = (unsigned char)d->bytes[i];
		char sign = (char)(c == '>' || c == '\t' ? c : ' ');
		/* A byte-order mark, or the rest of a character, takes no room. */
		if (c != 0xEF && c != 0xBB && c != 0xBF && (c & 0xC0) != 0x80 &&
		    !tj_string_append(out, &sign, 1))
			return 0;
	}
	return 1;
}

static size_t room_behind(const struct tj_document_segment *s, size_t column)
{
	return s->width > column ? s->width - column : 1;
}

/* Where the second line begins. */
static size_t second_column(const struct tj_document *d, const struct tj_document_segment *s)
{
	enum { TAB = 8 };
	size_t column = 0, at = d->rows[s->first_row + 1].first;
	size_t first = at;
	while (first > d->rows[s->first_row].end && !is_end(d->bytes[first - 1]))
		first--;
	for (; first < at; first++)
		column = d->bytes[first] == '\t' ? (column / TAB + 1) * TAB : column + 1;
	return column;
}

/* The index of the last place up to which words from `from` on have room; at least one word. */
static size_t fill(const struct tj_breaks *b, size_t next, size_t from, size_t room)
{
	size_t k = next;
	while (k < b->n && b->items[k].width - from <= room)
		k++;
	return k > next ? k - 1 : next;
}

static int write_lines(const struct tj_document *d, const struct tj_document_segment *s,
                       const char *text, size_t n, const struct tj_breaks *b, struct tj_string *out)
{
	size_t room = room_behind(s, s->column), at = 0, from = 0, next = 0;
	while (next < b->n && b->width - from > room) {
		size_t k = fill(b, next, from, room);
		if (!tj_string_append(out, text + at, b->items[k].at - at) ||
		    !(s->n_rows > 1 ? write_gap(d, s, out) : make_gap(d, s, out)))
			return 0;
		at = b->items[k].at + b->items[k].n;
		from = b->items[k].width + b->items[k].n;
		next = k + 1;
		room = room_behind(s, s->n_rows > 1 ? second_column(d, s) : s->column);
	}
	return at == n || tj_string_append(out, text + at, n - at);
}

int tj_wrap_write(const struct tj_document *d, size_t segment, struct tj_string *out)
{
	const struct tj_string *translation = &d->translations[segment];
	struct tj_breaks breaks = { NULL, 0, 0, 0 };
	int good = tj_breaks_add(&breaks, translation->data, 0, translation->n) &&
	           write_lines(d, &d->segments[segment], translation->data, translation->n, &breaks,
	                       out);
	free(breaks.items);
	return good;
}
