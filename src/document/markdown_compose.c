/* SPDX-License-Identifier: MIT */
/* Puts translations between the marks of a leaf. */
#include "src/document/markdown_compose.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/document/markdown.h"
#include "src/document/markdown_escape.h"
#include "src/document/markdown_items.h"
#include "src/document/marks.h"
#include "src/text/letters.h"

typedef struct tj_markdown_leaf_text leaf;

/* --- The source --------------------------------------------------------------------- */

static int copy_source(leaf *x, size_t from, size_t to)
{
	const char *text = x->source.text;
	for (size_t at = from; at < to; at++) {
		const char *newline = memchr(text + at, '\n', to - at);
		if (newline == NULL)
			break;
		at = (size_t)(newline - text);
		struct tj_markdown_newline n = { x->out.n + at - from, tj_markdown_row_at(x, at) };
		if (!tj_reserve(&x->newlines, &x->newlines_capacity, x->n_newlines + 1, sizeof n))
			return 0;
		x->newlines[x->n_newlines++] = n;
	}
	return from >= to || tj_string_append(&x->out, text + from, to - from);
}

/* Appends the label of a link whose text is no longer its label. */
static int write_label(leaf *x, const struct tj_markdown_item *item, size_t first)
{
	int good = tj_string_append(&x->out, "][", 2), in_space = 0;
	for (size_t at = first; good && at < item->tail; at++) {
		char c = x->source.text[at];
		int is_space = tj_is_space(c);
		if (!is_space || !in_space)
			good = tj_string_append(&x->out, is_space ? " " : &c, 1);
		in_space = is_space;
	}
	return good && tj_string_append(&x->out, "]", 1);
}

/* Whether a link or image has its text as its label: "[text]" or "[text][]". */
static int is_short(const leaf *x, const struct tj_markdown_item *item)
{
	size_t n = item->end - item->tail;
	return n == 1 || (n == 3 && x->source.text[item->tail + 1] == '[');
}

static int write_mark(leaf *x, size_t i)
{
	const struct tj_markdown_item *item = &x->source.items[i];
	int is_link = item->type == TJ_MARKDOWN_LINK || item->type == TJ_MARKDOWN_IMAGE;
	int has_tail = is_link && item->kind != TJ_ITEM_OPENS;
	size_t text = item->kind == TJ_ITEM_ALONE ? item->first + 2 /* ![ */
	                                          : x->source.items[item->partner].end;
	size_t from = item->first, end = tj_markdown_to_document(x, item->end), out_text = x->out.n;
	if (item->kind == TJ_ITEM_ALONE)
		out_text += 2;
	else if (has_tail)
		out_text = x->starts[item->partner];
	for (size_t k = tj_markdown_value_at(x, tj_markdown_to_document(x, item->first));
	     k < x->n_values; k++) {
		size_t segment = x->values[k];
		struct tj_document_range r = tj_markdown_own_range(x, segment);
		if (r.first >= end)
			break;
		if (!tj_document_is_new(x->d, segment))
			continue;
		struct tj_document_range in_text = { tj_markdown_to_text(x, r.first),
			                             tj_markdown_to_text(x, r.end) };
		const struct tj_string *to = &x->d->translations[segment];
		char quote = (char)(in_text.first == item->title.first ? item->quote : 0);
		if (!copy_source(x, from, in_text.first) ||
		    !tj_markdown_escape_value(to->data, to->n, quote, x->kind >= TJ_MARKDOWN_CELL,
		                              &x->out))
			return 0;
		from = in_text.end;
	}
	size_t n = item->tail - text;
	if (has_tail && is_short(x, item) &&
	    (x->out.n - out_text != n ||
	     memcmp(x->out.data + out_text, x->source.text + text, n) != 0)) {
		size_t before = from < item->tail ? item->tail : from;
		return copy_source(x, from, before) && write_label(x, item, text);
	}
	return copy_source(x, from, item->end);
}

static int write_item(leaf *x, size_t i)
{
	struct tj_markdown_item mark = x->source.items[i];
	if (mark.kind == TJ_ITEM_TEXT)
		return copy_source(x, mark.first, mark.end) &&
		       (mark.n_said == 0 ||
		        tj_string_append(&x->said, x->source.said.data + mark.said, mark.n_said));
	mark.first = x->out.n;
	if (!write_mark(x, i) || !tj_string_append(&x->said, "\n", 1) ||
	    !tj_reserve(&x->marks, &x->marks_capacity, x->n_marks + 1, sizeof mark))
		return 0;
	mark.end = x->out.n;
	mark.partner = i;
	x->marks[x->n_marks++] = mark;
	x->starts[i] = x->out.n;
	return 1;
}

/* Appends the source from `from` to `to`, with the values of its marks translated. */
static int write_source(leaf *x, size_t from, size_t to)
{
	for (size_t i = tj_markdown_item_at(x, from); i < x->source.n_items; i++) {
		const struct tj_markdown_item *item = &x->source.items[i];
		if (item->first >= to)
			break;
		size_t first = item->first > from ? item->first : from;
		size_t end = item->end < to ? item->end : to;
		if (first == item->first && end == item->end
		        ? !write_item(x, i)
		        : !copy_source(x, first, end) ||
		              !tj_markdown_unescape(x->source.text + first, end - first, &x->said))
			return 0;
	}
	return 1;
}

/* --- Translations ------------------------------------------------------------------- */

enum { SPACE, SIGN, OTHER };

static int class_of(const char *text, size_t n, size_t at)
{
	if (at >= n)
		return SPACE;
	uint32_t c = tj_utf8_next(text, n, &at);
	return tj_is_white_space(c) ? SPACE : tj_is_punctuation(c) ? SIGN : OTHER;
}

/* Where the last character of what is composed begins. */
static size_t last_character(const leaf *x)
{
	size_t at = x->out.n;
	while (at > 0 && at + 4 > x->out.n) {
		at--;
		if (((unsigned char)x->out.data[at] & 0xC0) != 0x80)
			break;
	}
	return at;
}

static int is_at_line_start(const leaf *x)
{
	return x->out.n == 0 || x->out.data[x->out.n - 1] == '\n';
}

/* Appends the space that is due. A line may end there. */
static int write_space(leaf *x)
{
	int is_due = x->has_space;
	x->has_space = 0;
	if (!is_due || is_at_line_start(x) || x->out.data[x->out.n - 1] == ' ')
		return 1;
	if (!tj_reserve(&x->spaces, &x->spaces_capacity, x->n_spaces + 1, sizeof *x->spaces))
		return 0;
	x->spaces[x->n_spaces++] = x->out.n;
	return tj_string_append(&x->out, " ", 1);
}

/* Appends a word. `next`: the byte behind it. */
static int write_word(leaf *x, const char *text, size_t n, char next)
{
	int has_space = x->has_space;
	if (!write_space(x))
		return 0;
	const struct tj_markdown_escaping e = {
		.is_heavy = x->is_heavy,
		.is_cell = x->kind >= TJ_MARKDOWN_CELL,
		.is_line_start = is_at_line_start(x),
		.named_space = x->d->named_space,
		.encodes_first = x->encodes_next && !has_space && class_of(text, n, 0) == OTHER,
		.also = x->also,
		.next = next,
	};
	x->encodes_next = 0;
	if (!tj_markdown_escape(text, n, &e, &x->out))
		return 0;
	x->text_end = x->out.n;
	return 1;
}

/* Appends a text up to the mark behind it, which begins with the byte `next`. White space at its
 * ends is due where the mark allows it. */
static int write_text(leaf *x, const char *text, size_t n, char next)
{
	size_t at = 0;
	if (!tj_string_append(&x->said, text, n))
		return 0;
	while (at < n) {
		size_t end = at;
		if (tj_is_space(text[at])) {
			x->has_space = !x->drops_space;
			at++;
			continue;
		}
		while (end < n && !tj_is_space(text[end]))
			end++;
		x->drops_space = 0;
		if (!write_word(x, text + at, end - at, (char)(end < n ? ' ' : next)))
			return 0;
		at = end;
	}
	return 1;
}

/* The class of what follows piece i: a mark is a sign. */
static int class_behind(const struct tj_marked *pieces, size_t n, size_t i, const char *text)
{
	if (i + 1 >= n)
		return SPACE;
	const struct tj_marked *next = &pieces[i + 1];
	if (next->mark != SIZE_MAX)
		return SIGN;
	return class_of(text + next->first, next->n, 0);
}

/* Writes the last character of the text as a number, so that the signs behind it may open. */
static int encode_last(leaf *x)
{
	size_t at = last_character(x);
	char copy[4];
	size_t n = x->out.n - at;
	memcpy(copy, x->out.data + at, n);
	x->out.n = at;
	static const unsigned char none[128];
	const struct tj_markdown_escaping e = { .encodes_first = 1, .also = none };
	return tj_markdown_escape(copy, n, &e, &x->out);
}

/* Appends the mark of piece i. */
static int write_piece(leaf *x, const struct tj_marked *pieces, size_t n, size_t i,
                       const char *text)
{
	const struct tj_document_mark *mark = &x->d->marks[pieces[i].mark];
	size_t item = tj_markdown_item_at(x, tj_markdown_to_text(x, mark->range.first));
	const struct tj_markdown_item *from = &x->source.items[item];
	int is_emphasis = from->type == TJ_MARKDOWN_EMPHASIS;
	int behind = class_behind(pieces, n, i, text);
	/* White space goes out of an element that has none at its ends. */
	if (mark->role == TJ_MARK_OPENS && !mark->space[1] && behind == SPACE)
		x->has_space = 1;
	if ((mark->role != TJ_MARK_CLOSES || mark->space[0]) && !write_space(x))
		return 0;
	int is_text = x->text_end == x->out.n && x->out.n > 0;
	int before = x->out.n > 0 ? class_of(x->out.data, x->out.n, last_character(x)) : SPACE;
	int is_low = is_emphasis && x->source.text[from->first] == '_';
	if (is_emphasis && mark->role == TJ_MARK_OPENS && before == OTHER && is_text &&
	    (behind == SIGN || is_low) && !encode_last(x))
		return 0;
	x->encodes_next = is_emphasis && mark->role == TJ_MARK_CLOSES && (before == SIGN || is_low);
	x->drops_space = mark->role == TJ_MARK_OPENS && !mark->space[1];
	return write_item(x, item);
}

static int write_translation(leaf *x, size_t segment, size_t from, size_t to)
{
	struct tj_document_segment s = x->d->segments[segment];
	struct tj_string *translation = &x->d->translations[segment];
	size_t n;
	s.range = tj_markdown_own_range(x, segment);
	struct tj_marked *pieces = tj_marks_divide(x->d, &s, translation, &n);
	if (pieces == NULL)
		return n == 1 && write_source(x, from, to);
	const char *text = translation->data;
	int good = 1;
	x->has_space = x->encodes_next = x->drops_space = 0;
	for (size_t i = 0; good && i < n; i++) {
		const struct tj_marked *p = &pieces[i];
		char next = (char)(to < x->source.n ? x->source.text[to] : '\0');
		if (i + 1 < n && pieces[i + 1].mark != SIZE_MAX)
			next = x->d->bytes[x->d->marks[pieces[i + 1].mark].range.first];
		good = p->mark == SIZE_MAX ? write_text(x, text + p->first, p->n, next)
		                           : write_piece(x, pieces, n, i, text);
	}
	x->has_space = x->encodes_next = x->drops_space = 0;
	free(pieces);
	return good;
}

int tj_markdown_compose(leaf *x)
{
	size_t at = 0;
	x->out.n = x->said.n = x->n_marks = x->n_newlines = x->n_spaces = 0;
	x->text_end = SIZE_MAX;
	for (size_t i = x->first; i <= x->last; i++) {
		const struct tj_document_segment *s = &x->d->segments[i];
		if (s->style & TJ_MARKDOWN_VALUE)
			continue;
		struct tj_document_range r = tj_markdown_own_range(x, i);
		size_t first = tj_markdown_to_text(x, r.first), end = tj_markdown_to_text(x, r.end);
		if (!write_source(x, at, first) ||
		    !(tj_document_is_new(x->d, i) ? write_translation(x, i, first, end)
		                                  : write_source(x, first, end)))
			return 0;
		at = end;
	}
	return write_source(x, at, x->source.n);
}
