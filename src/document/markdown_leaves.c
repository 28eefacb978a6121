/* SPDX-License-Identifier: MIT */
/* Adds the text of blocks. */
#include "src/document/markdown_leaves.h"

#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/document/lines.h"
#include "src/document/markdown_links.h"
#include "src/document/markdown_starts.h"

typedef struct tj_markdown_reader reader;

void tj_markdown_begin_state(reader *x, enum tj_markdown_state state)
{
	x->state = state;
	x->n_rows = 0;
	x->begins_item = 0;
	if (x->n_open > 0)
		x->open[x->n_open - 1].has_child = 1;
}

int tj_markdown_add_row(reader *x, struct tj_document_range row)
{
	if (!tj_reserve(&x->rows, &x->rows_capacity, x->n_rows + 1, sizeof row))
		return 0;
	x->rows[x->n_rows++] = row;
	return 1;
}

static int add_leaf(reader *x, enum tj_markdown_leaf_kind kind,
                    const struct tj_document_range *rows, size_t n)
{
	struct tj_markdown_leaves *l = x->leaves;
	struct tj_document_range last = { 0, 0 };
	for (; n > 0 && last.first == last.end; n--)
		last = tj_document_trim(x->d, rows[n - 1]);
	if (last.first == last.end)
		return 1;
	struct tj_markdown_leaf leaf = { .kind = kind, .first_row = x->d->n_rows, .n_rows = ++n };
	for (size_t i = 0; i < n; i++)
		if (!tj_document_add_row(x->d, i + 1 < n ? rows[i] : last))
			return 0;
	/* One more has the range of the last segment. */
	if (!tj_document_add_row(x->d, last))
		return 0;
	if (!tj_reserve(&l->items, &l->capacity, l->n + 1, sizeof leaf))
		return 0;
	l->items[l->n++] = leaf;
	return 1;
}

int tj_markdown_add_heading(reader *x, size_t marker)
{
	const char *line = x->d->bytes + x->text;
	struct tj_document_range row = { x->text + marker, x->text };
	row.end += tj_markdown_heading_end(line, x->end - x->text, marker);
	tj_markdown_begin_state(x, TJ_MARKDOWN_NO_LEAF);
	return row.first >= row.end || add_leaf(x, TJ_MARKDOWN_HEADING, &row, 1);
}

/* --- Paragraphs --------------------------------------------------------------------- */

int tj_markdown_join(const struct tj_document *d, const struct tj_document_range *rows,
                     size_t n_rows, struct tj_string *copy, const char **text, size_t *n)
{
	copy->n = 0;
	if (n_rows == 1) {
		*text = d->bytes + rows[0].first;
		*n = rows[0].end - rows[0].first;
		return 1;
	}
	for (size_t i = 0; i < n_rows; i++)
		if ((i > 0 && !tj_string_append(copy, "\n", 1)) ||
		    !tj_string_append(copy, d->bytes + rows[i].first, rows[i].end - rows[i].first))
			return 0;
	*text = copy->data != NULL ? copy->data : "";
	*n = copy->n;
	return 1;
}

int tj_markdown_take_definitions(reader *x)
{
	struct tj_markdown_definition definition;
	const char *text;
	size_t n, at = 0, taken = 0;
	if (x->n_rows == 0 || x->d->bytes[x->rows[0].first] != '[')
		return 1;
	if (!tj_markdown_join(x->d, x->rows, x->n_rows, &x->joined, &text, &n))
		return 0;
	while (tj_markdown_definition(text, n, at, &definition)) {
		const struct tj_document_range *label = &definition.label;
		if (!tj_markdown_labels_add(x->labels, text + label->first,
		                            label->end - label->first))
			return 0;
		for (size_t i = at; i < definition.end; i++)
			taken += text[i] == '\n';
		at = definition.end;
	}
	if (at == 0)
		return 1;
	taken = at == n ? x->n_rows : taken;
	x->n_rows -= taken;
	memmove(x->rows, x->rows + taken, x->n_rows * sizeof *x->rows);
	x->begins_item = 0;
	return 1;
}

/* Whether a line is "[!NOTE]", which says what kind of quote GitHub is to show. */
static int is_alert(const struct tj_document *d, struct tj_document_range row)
{
	row = tj_document_trim(d, row);
	const char *text = d->bytes + row.first;
	size_t n = row.end - row.first;
	if (n < 4 || text[0] != '[' || text[1] != '!' || text[n - 1] != ']')
		return 0;
	for (size_t i = 2; i + 1 < n; i++)
		if ((text[i] & ~0x20) < 'A' || (text[i] & ~0x20) > 'Z')
			return 0;
	return 1;
}

int tj_markdown_end_leaf(reader *x)
{
	int good = 1, is_paragraph = x->state == TJ_MARKDOWN_IN_PARAGRAPH;
	x->state = TJ_MARKDOWN_NO_LEAF;
	if (!is_paragraph)
		return 1;
	good = tj_markdown_take_definitions(x);
	size_t first = good && x->n_rows > 0 && x->n_open > 0 &&
	               x->open[x->n_open - 1].kind == TJ_MARKDOWN_QUOTE &&
	               is_alert(x->d, x->rows[0]);
	if (good && x->n_rows > first)
		good = add_leaf(x, x->begins_item ? TJ_MARKDOWN_ITEM_TEXT : TJ_MARKDOWN_PARAGRAPH,
		                x->rows + first, x->n_rows - first);
	x->n_rows = 0;
	return good;
}

/* --- Tables ------------------------------------------------------------------------- */

/* Reads the cell at *at of a row, and moves *at behind the sign | that ends it. */
static struct tj_document_range next_cell(const struct tj_document *d, size_t *at, size_t end)
{
	struct tj_document_range cell = { *at, *at };
	/* A backslash takes the meaning of the sign, even if it has a backslash before it. */
	while (cell.end < end &&
	       (d->bytes[cell.end] != '|' || (cell.end > *at && d->bytes[cell.end - 1] == '\\')))
		cell.end++;
	*at = cell.end + 1;
	return tj_document_trim(d, cell);
}

static size_t count_cells(const struct tj_document *d, struct tj_document_range row)
{
	size_t n = 0, at = row.first + (row.first < row.end && d->bytes[row.first] == '|');
	for (; at < row.end; n++)
		(void)next_cell(d, &at, row.end);
	return n;
}

int tj_markdown_add_cells(reader *x, struct tj_document_range row, size_t most)
{
	row = tj_document_trim(x->d, row);
	size_t at = row.first + (x->d->bytes[row.first] == '|');
	for (size_t i = 0; i < most && at < row.end; i++) {
		struct tj_document_range cell = next_cell(x->d, &at, row.end);
		enum tj_markdown_leaf_kind kind = cell.first == row.first ? TJ_MARKDOWN_FIRST_CELL
		                                                          : TJ_MARKDOWN_CELL;
		if (cell.first < cell.end && !add_leaf(x, kind, &cell, 1))
			return 0;
	}
	return 1;
}

int tj_markdown_begin_table(reader *x)
{
	size_t n = tj_markdown_columns(x->d->bytes + x->text, x->end - x->text);
	if (n == 0 || x->n_rows == 0)
		return 0;
	struct tj_document_range head = tj_document_trim(x->d, x->rows[x->n_rows - 1]);
	if (count_cells(x->d, head) != n)
		return 0;
	x->n_rows--;
	int good = tj_markdown_end_leaf(x);
	tj_markdown_begin_state(x, TJ_MARKDOWN_IN_TABLE);
	x->n_columns = n;
	return good && tj_markdown_add_cells(x, head, n) ? 1 : -1;
}
