/* SPDX-License-Identifier: MIT */
/* What all readers and writers of documents need. */
#include "src/document/document.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/document/markdown_labels.h"

void tj_document_free(struct tj_document *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; d->translations != NULL && i < d->n_segments; i++)
		free(d->translations[i].data);
	free(d->translations);
	free(d->bytes);
	free(d->text.data);
	free(d->segments);
	free(d->marks);
	free(d->rows);
	free(d->edits);
	tj_markdown_labels_free(d->labels);
	free(d);
}

void tj_document_place(const struct tj_document *d, size_t at, uint64_t *line, uint64_t *column)
{
	size_t first = 0;
	*line = d->first_line;
	for (const char *newline; first < at; first = (size_t)(newline - d->bytes) + 1) {
		newline = memchr(d->bytes + first, '\n', at - first);
		if (newline == NULL)
			break;
		++*line;
	}
	*column = at - first + 1;
}

trujaman_status tj_document_fail(const struct tj_document *d, size_t at, const char *what,
                                 struct tj_error *err)
{
	uint64_t line, column;
	tj_document_place(d, at, &line, &column);
	return tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s:%llu:%llu: %s", d->name,
	               (unsigned long long)line, (unsigned long long)column, what);
}

int tj_document_end_text(struct tj_document *d, struct tj_document_segment *s)
{
	s->n_text = d->text.n - s->text;
	const char *text = s->n_text > 0 ? d->text.data + s->text : "";
	size_t good = tj_utf8_valid_prefix(text, s->n_text);
	if (good == s->n_text)
		return 1;
	if (d->invalid == SIZE_MAX)
		d->invalid = s->range.first + tj_utf8_valid_prefix(d->bytes + s->range.first,
		                                                   s->range.end - s->range.first);
	char *copy = s->n_text > SIZE_MAX / 3 ? NULL : malloc(3 * s->n_text);
	if (copy == NULL)
		return 0;
	size_t n = tj_utf8_repair(text, s->n_text, copy);
	d->text.n = s->text;
	int good_memory = tj_string_append(&d->text, copy, n);
	free(copy);
	s->n_text = n;
	return good_memory;
}

int tj_document_add(struct tj_document *d, const struct tj_document_segment *s)
{
	if (!tj_reserve(&d->segments, &d->segments_capacity, d->n_segments + 1, sizeof *s))
		return 0;
	d->segments[d->n_segments++] = *s;
	return 1;
}

int tj_document_add_row(struct tj_document *d, struct tj_document_range row)
{
	if (!tj_reserve(&d->rows, &d->rows_capacity, d->n_rows + 1, sizeof row))
		return 0;
	d->rows[d->n_rows++] = row;
	return 1;
}

int tj_document_add_mark(struct tj_document *d, const struct tj_document_mark *mark)
{
	if (!tj_reserve(&d->marks, &d->marks_capacity, d->n_marks + 1, sizeof *mark))
		return 0;
	d->marks[d->n_marks++] = *mark;
	return 1;
}

int tj_document_add_edit(struct tj_document *d, const struct tj_document_edit *edit)
{
	if (!tj_reserve(&d->edits, &d->edits_capacity, d->n_edits + 1, sizeof *edit))
		return 0;
	d->edits[d->n_edits++] = *edit;
	return 1;
}

/* The index of the first edit that does not lie before a byte. */
static size_t first_edit(const struct tj_document *d, size_t at)
{
	size_t low = 0, high = d->n_edits;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (d->edits[middle].range.first < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int tj_document_copy(const struct tj_document *d, struct tj_document_range range,
                     struct tj_string *out)
{
	for (size_t i = first_edit(d, range.first);
	     i < d->n_edits && d->edits[i].range.end <= range.end; i++) {
		const struct tj_document_edit *e = &d->edits[i];
		if (!tj_string_append(out, d->bytes + range.first, e->range.first - range.first) ||
		    !tj_string_append(out, e->bytes, strlen(e->bytes)))
			return 0;
		range.first = e->range.end;
	}
	return range.first == range.end ||
	       tj_string_append(out, d->bytes + range.first, range.end - range.first);
}

int tj_document_is_new(const struct tj_document *d, size_t segment)
{
	const struct tj_document_segment *s = &d->segments[segment];
	const struct tj_string *translation = &d->translations[segment];
	return translation->n > 0 &&
	       (translation->n != s->n_text ||
	        memcmp(translation->data, d->text.data + s->text, s->n_text) != 0);
}
