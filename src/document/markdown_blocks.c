/* SPDX-License-Identifier: MIT */
/* Reads Markdown line by line, as the appendix of CommonMark says: which of the open containers go
 * on, what begins, and what is text. The stack of containers is on the heap, and a line costs no
 * more than its bytes. */
#include "src/document/markdown_blocks.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/document/lines.h"
#include "src/document/markdown_starts.h"

typedef struct tj_markdown_reader reader;

enum { TAB = 4, CODE_INDENT = 4 };

/* --- Columns ------------------------------------------------------------------------ */

/* Finds the first byte that is no white space. What was found before is used again. */
static void look(reader *x)
{
	if (x->text >= x->at && x->text_is_known)
		return;
	x->text = x->at;
	x->text_column = x->column;
	for (; x->text < x->end; x->text++) {
		char c = x->d->bytes[x->text];
		if (c != ' ' && c != '\t')
			break;
		x->text_column = c == '\t' ? (x->text_column / TAB + 1) * TAB : x->text_column + 1;
	}
	x->text_is_known = 1;
}

static size_t indent_of(const reader *x)
{
	return x->text_column - x->column;
}

static int is_empty(const reader *x)
{
	return x->text == x->end;
}

/* Goes on by n columns, or up to the end of the line. A tab may be used in part. */
static void advance(reader *x, size_t n)
{
	while (n > 0 && x->at < x->end) {
		size_t width = x->d->bytes[x->at] == '\t' ? TAB - x->column % TAB : 1;
		size_t used = width < n ? width : n;
		x->column += used;
		x->at += used == width;
		n -= used;
	}
}

/* Goes to the text, and n bytes further. */
static void skip(reader *x, size_t n)
{
	x->at = x->text + n;
	x->column = x->text_column + n;
}

static int is_blank_at(const reader *x)
{
	return x->at < x->end && (x->d->bytes[x->at] == ' ' || x->d->bytes[x->at] == '\t');
}

/* --- Containers --------------------------------------------------------------------- */

static int open_container(reader *x, struct tj_markdown_container container)
{
	if (!tj_reserve(&x->open, &x->open_capacity, x->n_open + 1, sizeof *x->open) ||
	    !tj_reserve(&x->quotes, &x->quotes_capacity, x->n_quotes + 1, sizeof *x->quotes))
		return 0;
	if (x->n_open > 0)
		x->open[x->n_open - 1].has_child = 1;
	if (container.kind == TJ_MARKDOWN_QUOTE)
		x->quotes[x->n_quotes++] = x->n_open;
	x->open[x->n_open++] = container;
	return 1;
}

/* Ends the text and all containers but the first n. Returns 0 if memory is short. */
static int close_to(reader *x, size_t n)
{
	int good = tj_markdown_end_leaf(x);
	x->n_open = n;
	while (x->n_quotes > 0 && x->quotes[x->n_quotes - 1] >= n)
		x->n_quotes--;
	return good;
}

/* How many containers an empty line goes on with: all up to the next quote. */
static size_t match_empty(const reader *x, size_t from)
{
	size_t low = 0, high = x->n_quotes;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (x->quotes[middle] < from)
			low = middle + 1;
		else
			high = middle;
	}
	size_t end = low < x->n_quotes ? x->quotes[low] : x->n_open;
	/* An item that began with an empty line ends with a second one. */
	if (end == x->n_open && end > from && x->open[end - 1].kind == TJ_MARKDOWN_ITEM &&
	    !x->open[end - 1].has_child)
		end--;
	return end;
}

/* Returns how many containers the line goes on with. */
static size_t match_containers(reader *x)
{
	for (size_t i = 0; i < x->n_open; i++) {
		const struct tj_markdown_container *c = &x->open[i];
		look(x);
		if (is_empty(x))
			return match_empty(x, i);
		if (c->kind == TJ_MARKDOWN_QUOTE) {
			if (indent_of(x) >= CODE_INDENT || x->d->bytes[x->text] != '>')
				return i;
			skip(x, 1);
			if (is_blank_at(x))
				advance(x, 1);
		} else if (indent_of(x) >= c->indent) {
			advance(x, c->indent);
		} else {
			return i;
		}
	}
	return x->n_open;
}

static int open_quote(reader *x)
{
	skip(x, 1);
	if (is_blank_at(x))
		advance(x, 1);
	return open_container(x, (struct tj_markdown_container){ .kind = TJ_MARKDOWN_QUOTE });
}

/* Opens an item. If the box of a task stands in it, only text is behind that. */
static int open_item(reader *x, size_t marker)
{
	enum { MOST_SPACES = 4 };
	struct tj_markdown_container item = { .kind = TJ_MARKDOWN_ITEM,
		                              .indent = indent_of(x) + marker };
	skip(x, marker);
	look(x);
	size_t spaces = indent_of(x);
	if (is_empty(x) || spaces > MOST_SPACES)
		spaces = spaces > 0;
	item.indent += is_empty(x) ? 1 : spaces;
	advance(x, spaces);
	x->item_line = x->line;
	look(x);
	size_t box = spaces <= MOST_SPACES
	                 ? tj_markdown_box(x->d->bytes + x->text, x->end - x->text)
	                 : 0;
	x->has_box = box > 0;
	if (box > 0) {
		skip(x, box);
		look(x);
	}
	return open_container(x, item);
}

/* --- Lines -------------------------------------------------------------------------- */

enum line_outcome { GOES_ON, IS_DONE, IS_TEXT, FAILS };

static enum line_outcome done(int good)
{
	return good ? IS_DONE : FAILS;
}

/* Whether the rest of the line is a rule. In "- - - a", what is wrong is looked for once. */
static int is_rule(reader *x)
{
	char sign = x->d->bytes[x->text];
	size_t other;
	if (sign == x->no_rule && x->text < x->no_rule_at)
		return 0;
	if (tj_markdown_rule(x->d->bytes + x->text, x->end - x->text, &other))
		return 1;
	x->no_rule = sign;
	x->no_rule_at = x->text + other;
	return 0;
}

/* Looks whether a block begins, in the containers that are matched. The paragraph or table of
 * `state` is theirs. */
static enum line_outcome begin_leaf(reader *x, size_t n, enum tj_markdown_state state)
{
	const char *line = x->d->bytes + x->text;
	size_t size = x->end - x->text, length;
	int kind, in_paragraph = state == TJ_MARKDOWN_IN_PARAGRAPH;
	if ((length = tj_markdown_heading(line, size)) > 0)
		return done(close_to(x, n) && tj_markdown_add_heading(x, length));
	if ((length = tj_markdown_fence(line, size)) > 0) {
		int good = close_to(x, n);
		tj_markdown_begin_state(x, TJ_MARKDOWN_IN_FENCE);
		x->fence = line[0];
		x->n_fence = length;
		return done(good);
	}
	if ((kind = tj_markdown_html(line, size, in_paragraph)) > 0) {
		int good = close_to(x, n);
		x->html = kind;
		tj_markdown_begin_state(x, tj_markdown_html_ends(line, size, kind)
		                               ? TJ_MARKDOWN_NO_LEAF
		                               : TJ_MARKDOWN_IN_HTML);
		return done(good);
	}
	if (in_paragraph && tj_markdown_underline(line, size)) {
		size_t before = x->n_rows;
		if (!tj_markdown_take_definitions(x))
			return FAILS;
		if (x->n_rows > 0 || before == 0)
			return done(close_to(x, n));
		return IS_TEXT;
	}
	if (is_rule(x)) {
		int good = close_to(x, n);
		tj_markdown_begin_state(x, TJ_MARKDOWN_NO_LEAF);
		return done(good);
	}
	return GOES_ON;
}

/* Opens what begins in a line behind n containers that go on; moves on behind it. */
static enum line_outcome begin_block(reader *x, size_t n, enum tj_markdown_state state)
{
	look(x);
	if (is_empty(x))
		return IS_TEXT;
	if (indent_of(x) >= CODE_INDENT) {
		if (x->may_be_lazy)
			return IS_TEXT;
		int good = close_to(x, n);
		tj_markdown_begin_state(x, TJ_MARKDOWN_IN_CODE);
		return done(good);
	}
	const char *line = x->d->bytes + x->text;
	size_t size = x->end - x->text, marker;
	if (line[0] == '>')
		return close_to(x, n) && open_quote(x) ? GOES_ON : FAILS;
	enum line_outcome leaf = begin_leaf(x, n, state);
	if (leaf != GOES_ON)
		return leaf;
	if ((marker = tj_markdown_note(line, size)) > 0) {
		const struct tj_markdown_container note = { .kind = TJ_MARKDOWN_NOTE,
			                                    .indent = CODE_INDENT };
		if (!close_to(x, n) || !open_container(x, note))
			return FAILS;
		skip(x, marker);
		return GOES_ON;
	}
	if ((marker = tj_markdown_list(line, size, state == TJ_MARKDOWN_IN_PARAGRAPH)) > 0) {
		if (!close_to(x, n) || !open_item(x, marker))
			return FAILS;
		return x->has_box ? IS_TEXT : GOES_ON;
	}
	return IS_TEXT;
}

/* Whether the leaf goes on in a line that goes on with all containers; what is no text is then
 * done. */
static int continue_leaf(reader *x)
{
	const char *line = x->d->bytes + x->text;
	size_t size = x->end - x->text;
	switch (x->state) {
	case TJ_MARKDOWN_IN_FENCE:
		if (indent_of(x) < CODE_INDENT &&
		    tj_markdown_fence_closes(line, size, x->fence, x->n_fence))
			x->state = TJ_MARKDOWN_NO_LEAF;
		return 1;
	case TJ_MARKDOWN_IN_HTML:
		if (is_empty(x) && x->html >= 6)
			return 0;
		if (tj_markdown_html_ends(line, size, x->html))
			x->state = TJ_MARKDOWN_NO_LEAF;
		return 1;
	case TJ_MARKDOWN_IN_CODE:
		return is_empty(x) || indent_of(x) >= CODE_INDENT;
	default:
		return 0;
	}
}

/* Adds a line that is text in n containers, or is empty. `was_open`: nothing began in it. */
static int add_text(reader *x, size_t n, int was_open, enum tj_markdown_state state)
{
	int is_paragraph = x->state == TJ_MARKDOWN_IN_PARAGRAPH;
	struct tj_document_range row = { x->text, x->end };
	/* A line may go on with a paragraph without the marks of the containers around it. */
	if (is_paragraph && was_open && !is_empty(x)) {
		int is_table = state == TJ_MARKDOWN_IN_PARAGRAPH && indent_of(x) < CODE_INDENT
		                   ? tj_markdown_begin_table(x)
		                   : 0;
		return is_table != 0 ? is_table > 0 : tj_markdown_add_row(x, row);
	}
	if (x->state == TJ_MARKDOWN_IN_TABLE && state == TJ_MARKDOWN_IN_TABLE && was_open &&
	    !is_empty(x))
		return tj_markdown_add_cells(x, row, x->n_columns);
	if (!close_to(x, n))
		return 0;
	if (is_empty(x))
		return 1;
	tj_markdown_begin_state(x, TJ_MARKDOWN_IN_PARAGRAPH);
	x->begins_item = x->item_line == x->line && x->open[n - 1].kind == TJ_MARKDOWN_ITEM;
	return tj_markdown_add_row(x, row);
}

static int read_line(reader *x, const struct tj_document_line *line)
{
	x->line = x->at = line->range.first;
	x->end = line->range.end;
	x->column = 0;
	x->text_is_known = x->has_box = 0;
	size_t n = match_containers(x), first_n = n;
	look(x);
	int all = n == x->n_open;
	if (all && continue_leaf(x))
		return 1;
	enum tj_markdown_state state = TJ_MARKDOWN_NO_LEAF;
	if (all && !is_empty(x))
		state = x->state;
	if (state != TJ_MARKDOWN_IN_PARAGRAPH && state != TJ_MARKDOWN_IN_TABLE)
		state = TJ_MARKDOWN_NO_LEAF;
	x->may_be_lazy = x->state == TJ_MARKDOWN_IN_PARAGRAPH;
	enum line_outcome outcome;
	while ((outcome = begin_block(x, n, state)) == GOES_ON) {
		n = x->n_open;
		state = TJ_MARKDOWN_NO_LEAF;
		x->may_be_lazy = 0;
	}
	if (outcome != IS_TEXT)
		return outcome == IS_DONE;
	return add_text(x, x->has_box ? x->n_open : n, n == first_n && !x->has_box, state);
}

/* --- The document ------------------------------------------------------------------- */

int tj_markdown_blocks(struct tj_document *d, size_t at, struct tj_markdown_leaves *leaves,
                       struct tj_markdown_labels *labels)
{
	reader x = { .d = d, .leaves = leaves, .labels = labels, .item_line = SIZE_MAX };
	int good = 1;
	while (good && at < d->n) {
		struct tj_document_line line = tj_document_line(d, at);
		good = read_line(&x, &line);
		at = line.next;
	}
	good = good && close_to(&x, 0);
	free(x.open);
	free(x.quotes);
	free(x.rows);
	free(x.joined.data);
	return good;
}
