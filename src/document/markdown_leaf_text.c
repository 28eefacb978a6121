/* SPDX-License-Identifier: MIT */
/* Reads a leaf of Markdown again, and finds places in it. */
#include "src/document/markdown_leaf_text.h"

#include <stdlib.h>
#include <string.h>

#include "src/document/markdown.h"

typedef struct tj_markdown_leaf_text leaf;

/* --- Places ------------------------------------------------------------------------- */

size_t tj_markdown_row_at(const leaf *x, size_t at)
{
	size_t low = 0, high = x->n_rows;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (x->row_starts[middle] <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

size_t tj_markdown_to_document(const leaf *x, size_t at)
{
	size_t row = tj_markdown_row_at(x, at);
	return x->rows[row].first + at - x->row_starts[row];
}

size_t tj_markdown_to_text(const leaf *x, size_t place)
{
	size_t low = 0, high = x->n_rows;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (x->rows[middle].first <= place)
			low = middle;
		else
			high = middle;
	}
	return x->row_starts[low] + place - x->rows[low].first;
}

struct tj_document_range tj_markdown_own_range(const leaf *x, size_t segment)
{
	return segment == x->last ? x->rows[x->n_rows] : x->d->segments[segment].range;
}

size_t tj_markdown_item_at(const leaf *x, size_t at)
{
	size_t low = 0, high = x->source.n_items;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (x->source.items[middle].end <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t tj_markdown_value_at(const leaf *x, size_t place)
{
	size_t low = 0, high = x->n_values;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (tj_markdown_own_range(x, x->values[middle]).first < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* --- Beginning and end -------------------------------------------------------------- */

static void note_escapes(leaf *x)
{
	for (size_t i = 0; i + 1 < x->source.n; i++)
		if (x->source.text[i] == '\\') {
			unsigned char c = (unsigned char)x->source.text[++i];
			if (c < 128 && memchr("*_[]~$", c, 6) != NULL)
				x->also[c] = 1;
		}
}

int tj_markdown_leaf_open(leaf *x, const struct tj_document *d, size_t segment)
{
	const struct tj_document_segment *s = &d->segments[segment];
	const char *text;
	size_t n;
	x->d = d;
	x->first = x->last = segment;
	while (x->first > 0 && d->segments[x->first - 1].is_nested)
		x->first--;
	x->rows = d->rows + s->first_row;
	x->n_rows = s->n_rows;
	x->kind = (enum tj_markdown_leaf_kind)(s->style & TJ_MARKDOWN_KIND);
	if (!tj_markdown_join(d, x->rows, x->n_rows, &x->joined, &text, &n) ||
	    !tj_markdown_inlines_read(&x->source, text, n, d->labels))
		return 0;
	x->row_starts = calloc(x->n_rows, sizeof *x->row_starts);
	x->values = calloc(x->last - x->first + 1, sizeof *x->values);
	x->starts = calloc(x->source.n_items + 1, sizeof *x->starts);
	if (x->row_starts == NULL || x->values == NULL || x->starts == NULL)
		return 0;
	for (size_t i = 0; i + 1 < x->n_rows; i++)
		x->row_starts[i + 1] = x->row_starts[i] + x->rows[i].end - x->rows[i].first + 1;
	for (size_t i = x->first; i <= x->last; i++)
		if (d->segments[i].style & TJ_MARKDOWN_VALUE)
			x->values[x->n_values++] = i;
	note_escapes(x);
	return 1;
}

void tj_markdown_leaf_close(leaf *x)
{
	tj_markdown_inlines_release(&x->source);
	free(x->row_starts);
	free(x->values);
	free(x->starts);
	free(x->joined.data);
	free(x->out.data);
	free(x->marks);
	free(x->said.data);
	free(x->newlines);
	free(x->spaces);
}
