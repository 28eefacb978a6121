/* SPDX-License-Identifier: MIT */
/* Wraps lines of Markdown, and judges what was composed. */
#include "src/document/markdown_check.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/utf8.h"
#include "src/document/breaks.h"
#include "src/document/html_text.h"
#include "src/document/markdown_links.h"
#include "src/document/markdown_starts.h"

typedef struct tj_markdown_leaf_text leaf;

/* --- Lines -------------------------------------------------------------------------- */

/* The row that ends softly first; SIZE_MAX: none does. */
static size_t soft_row(const leaf *x)
{
	for (size_t i = 0; i < x->source.n_items; i++)
		if (x->source.items[i].type == TJ_MARKDOWN_SOFT)
			return tj_markdown_row_at(x, x->source.items[i].end - 1);
	return SIZE_MAX;
}

/* The characters of the longest line of the source. */
static size_t source_width(const leaf *x)
{
	size_t most = 0;
	for (size_t i = 0; i < x->n_rows; i++) {
		struct tj_document_range r = x->rows[i];
		while (r.end > r.first && tj_is_space(x->d->bytes[r.end - 1]))
			r.end--;
		size_t width = tj_text_width(x->d->bytes + r.first, r.end - r.first);
		most = width > most ? width : most;
	}
	return most;
}

/* Whether a line may end at a space: what is behind it must not look like the beginning of a block,
 * and a backslash before it would be a hard end. */
static int may_end(const leaf *x, size_t space)
{
	const char *text = x->out.data + space + 1;
	size_t n = x->out.n - space - 1, digits = 0;
	if (n == 0 || (space > 0 && strchr("\\ \t", x->out.data[space - 1]) != NULL) ||
	    text[0] == '\0' || strchr("#>+-*_=~`|:<[ \t\n", text[0]) != NULL)
		return 0;
	while (digits < n && text[digits] >= '0' && text[digits] <= '9')
		digits++;
	return digits == 0 || digits == n || (text[digits] != '.' && text[digits] != ')');
}

int tj_markdown_wrap(leaf *x, size_t *row)
{
	size_t room, first = 0, width = 0, at = 0, last = SIZE_MAX, last_width = 0;
	*row = x->n_rows > 1 ? soft_row(x) : SIZE_MAX;
	if (*row == SIZE_MAX)
		return 1;
	room = source_width(x);
	for (size_t k = 0; at < x->out.n; k++) {
		size_t space = k < x->n_spaces ? x->spaces[k] : x->out.n;
		/* Lines that end by themselves begin anew. */
		const char *newline;
		while ((newline = memchr(x->out.data + at, '\n', space - at)) != NULL) {
			size_t end = (size_t)(newline - x->out.data);
			width += tj_text_width(x->out.data + at, end - at);
			if (width > room && last != SIZE_MAX)
				x->out.data[last] = '\n';
			at = first = end + 1;
			width = 0;
			last = SIZE_MAX;
		}
		width += tj_text_width(x->out.data + at, space - at);
		if (width > room && last != SIZE_MAX) {
			x->out.data[last] = '\n';
			first = last + 1;
			width -= last_width + 1;
			last = SIZE_MAX;
		}
		if (space < x->out.n && may_end(x, space) && space > first) {
			last = space;
			last_width = width;
		}
		at = space;
	}
	return 1;
}

/* Whether all lines are such as a paragraph has. */
static int lines_hold(const leaf *x)
{
	struct tj_markdown_definition definition;
	const char *text = x->out.data;
	if (x->out.n == 0 || tj_markdown_definition(text, x->out.n, 0, &definition) ||
	    (x->kind == TJ_MARKDOWN_ITEM_TEXT && tj_markdown_box(text, x->out.n) > 0))
		return 0;
	for (size_t at = 0; at <= x->out.n;) {
		const char *newline = memchr(text + at, '\n', x->out.n - at);
		size_t end = newline != NULL ? (size_t)(newline - text) : x->out.n;
		if (tj_markdown_begins_block(text + at, end - at, at == 0) ||
		    tj_is_blank(text + at, end - at))
			return 0;
		at = end + 1;
	}
	return !tj_is_space(text[x->out.n - 1]);
}

/* Whether a cell stays one. */
static int cell_holds(const leaf *x)
{
	const char *text = x->out.data;
	size_t n = x->out.n;
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\n' || (text[i] == '|' && (i == 0 || text[i - 1] != '\\')))
			return 0;
	/* A backslash at the end would take the sign | behind it. */
	return n > 0 && text[n - 1] != '\\' &&
	       (x->kind != TJ_MARKDOWN_FIRST_CELL || !tj_markdown_begins_block(text, n, 1));
}

static int block_holds(const leaf *x)
{
	switch (x->kind) {
	case TJ_MARKDOWN_HEADING:
		return x->out.n > 0 && memchr(x->out.data, '\n', x->out.n) == NULL &&
		       tj_markdown_heading_end(x->out.data, x->out.n, 0) == x->out.n;
	case TJ_MARKDOWN_CELL:
	case TJ_MARKDOWN_FIRST_CELL:
		return cell_holds(x);
	default:
		return lines_hold(x);
	}
}

/* --- Text --------------------------------------------------------------------------- */

/* Reads a character at *at; white space is left out. Returns 0 at the end. */
static uint32_t next_character(const char *text, size_t n, size_t *at)
{
	static const char *const kept[] = { "&lt;", "&gt;", "&amp;" };
	uint32_t c;
	while (*at < n && tj_is_space(text[*at]) && text[*at] != '\n')
		++*at;
	if (*at == n)
		return 0;
	for (size_t i = 0; i < 3; i++)
		if (n - *at >= strlen(kept[i]) &&
		    memcmp(text + *at, kept[i], strlen(kept[i])) == 0) {
			*at += strlen(kept[i]);
			return (uint32_t)"<>&"[i];
		}
	size_t bytes = text[*at] == '&' ? tj_entity_read(text + *at, n - *at, &c) : 0;
	*at += bytes;
	return bytes > 0 ? c : tj_utf8_next(text, n, at);
}

/* Whether two texts say the same. */
static int says_same(const struct tj_string *a, const struct tj_string *b)
{
	size_t at_a = 0, at_b = 0;
	for (;;) {
		uint32_t c = next_character(a->data, a->n, &at_a);
		if (c != next_character(b->data, b->n, &at_b))
			return 0;
		if (c == 0 && (at_a == a->n || at_b == b->n))
			return at_a == a->n && at_b == b->n;
	}
}

/* Whether the marks that were read are those that were written; appends what is said. Returns as
 * tj_markdown_holds does. */
static int marks_hold(const leaf *x, const struct tj_markdown_inlines *read, struct tj_string *said)
{
	size_t k = 0;
	for (size_t i = 0; i < read->n_items; i++) {
		const struct tj_markdown_item *item = &read->items[i];
		if (item->kind == TJ_ITEM_TEXT) {
			if (item->n_said > 0 &&
			    !tj_string_append(said, read->said.data + item->said, item->n_said))
				return -1;
			continue;
		}
		const struct tj_markdown_item *mark = k < x->n_marks ? &x->marks[k] : NULL;
		if (mark == NULL || mark->first != item->first || mark->end != item->end ||
		    mark->kind != item->kind || mark->type != item->type)
			return 0;
		k++;
		if (!tj_string_append(said, "\n", 1))
			return -1;
	}
	return k == x->n_marks;
}

int tj_markdown_holds(const leaf *x)
{
	struct tj_markdown_inlines read = { .text = NULL };
	struct tj_string said = { NULL, 0, 0 };
	if (!block_holds(x))
		return 0;
	int holds = tj_markdown_inlines_read(&read, x->out.data, x->out.n, x->d->labels)
	                ? marks_hold(x, &read, &said)
	                : -1;
	if (holds > 0)
		holds = says_same(&said, &x->said);
	free(said.data);
	tj_markdown_inlines_release(&read);
	return holds;
}
