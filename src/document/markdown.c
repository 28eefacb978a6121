/* SPDX-License-Identifier: MIT */
/* Makes segments of the text of Markdown. */
#define _GNU_SOURCE /* memmem */
#include "src/document/markdown.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/utf8.h"
#include "src/document/character.h"
#include "src/document/markdown_blocks.h"
#include "src/document/markdown_front.h"
#include "src/document/markdown_inlines.h"
#include "src/document/markdown_items.h"

struct markdown {
	struct tj_document *d;
	struct tj_run run;
	struct tj_markdown_inlines inlines;
	struct tj_string joined;
	/* Of the leaf: its lines, and where we are among them. */
	const struct tj_document_range *rows;
	size_t row, row_start; /* row_start: offset of this row in the leaf's text */
};

/* The offset in the document of one in the leaf's text, which is not smaller than those before. */
static size_t place(struct markdown *x, size_t at)
{
	for (;;) {
		size_t size = x->rows[x->row].end - x->rows[x->row].first;
		if (at <= x->row_start + size)
			return x->rows[x->row].first + at - x->row_start;
		x->row_start += size + 1;
		x->row++;
	}
}

/* Adds a text of an image or a title as a value. */
static int add_value(struct markdown *x, struct tj_document_range range)
{
	struct tj_run *run = &x->run;
	struct tj_value v = { .text = run->text.n, .style = TJ_MARKDOWN_VALUE };
	const char *text = x->inlines.text + range.first;
	size_t n = range.end - range.first;
	if (n == 0 || tj_utf8_valid_prefix(text, n) < n)
		return 1;
	v.range.first = place(x, range.first);
	v.range.end = place(x, range.end);
	if (!tj_markdown_unescape(text, n, &run->text))
		return 0;
	v.n = run->text.n - v.text;
	if (!tj_has_letter_in(run->text.data + v.text, v.n)) {
		run->text.n = v.text;
		return 1;
	}
	return tj_run_add_value(run, &v);
}

static int add_item(struct markdown *x, const struct tj_markdown_item *item)
{
	struct tj_item to = { .kind = item->kind, .name = item->name, .value = x->run.n_values };
	to.range.first = place(x, item->first);
	if (!add_value(x, item->alt) || !add_value(x, item->title))
		return 0;
	to.n_values = x->run.n_values - to.value;
	to.range.end = place(x, item->end);
	if (item->kind == TJ_ITEM_TEXT) {
		to.text = x->run.text.n;
		to.n = item->n_said;
		if (item->n_said > 0 &&
		    !tj_string_append(&x->run.text, x->inlines.said.data + item->said,
		                      item->n_said))
			return 0;
	}
	return tj_run_add(&x->run, &to);
}

/* Makes the segments from `first` on those of a leaf. */
static void own(struct markdown *x, const struct tj_markdown_leaf *leaf, size_t first)
{
	struct tj_document *d = x->d;
	for (size_t i = first; i < d->n_segments; i++) {
		struct tj_document_segment *s = &d->segments[i];
		s->style |= (uint8_t)leaf->kind;
		s->is_nested = 1;
		s->first_row = leaf->first_row;
		s->n_rows = leaf->n_rows;
	}
	if (d->n_segments == first)
		return;
	struct tj_document_segment *last = &d->segments[d->n_segments - 1];
	struct tj_document_range *rows = &d->rows[leaf->first_row];
	rows[leaf->n_rows] = last->range;
	last->range = (struct tj_document_range){ rows[0].first, rows[leaf->n_rows - 1].end };
	last->is_nested = 0;
}

static int read_leaf(struct markdown *x, const struct tj_markdown_leaf *leaf)
{
	struct tj_document *d = x->d;
	const char *text;
	size_t n, first = d->n_segments;
	x->rows = d->rows + leaf->first_row;
	x->row = x->row_start = 0;
	if (!tj_markdown_join(d, x->rows, leaf->n_rows, &x->joined, &text, &n) ||
	    !tj_markdown_inlines_read(&x->inlines, text, n, d->labels))
		return 0;
	for (size_t i = 0; i < x->inlines.n_items; i++)
		if (!add_item(x, &x->inlines.items[i]))
			return 0;
	if (!tj_run_end(&x->run))
		return 0;
	own(x, leaf, first);
	return 1;
}

trujaman_status tj_markdown_read(struct tj_document *d, struct tj_error *err)
{
	struct markdown x = { .d = d, .run = { .d = d } };
	struct tj_markdown_leaves leaves = { NULL, 0, 0 };
	size_t at = tj_markdown_front_matter(d, tj_utf8_mark(d->bytes, d->n));
	d->named_space = d->n > 0 && memmem(d->bytes, d->n, "&nbsp;", 6) != NULL;
	d->labels = calloc(1, sizeof *d->labels);
	int good = d->labels != NULL && tj_markdown_blocks(d, at, &leaves, d->labels);
	if (good)
		tj_markdown_labels_sort(d->labels);
	for (size_t i = 0; good && i < leaves.n; i++)
		good = read_leaf(&x, &leaves.items[i]);
	tj_run_release(&x.run);
	tj_markdown_inlines_release(&x.inlines);
	free(x.joined.data);
	free(leaves.items);
	return good ? TRUJAMAN_OK : tj_fail_memory(err, "a document", d->n);
}
