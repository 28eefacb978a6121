/* SPDX-License-Identifier: MIT */
/* Writes text of HTML, values of attributes, and the tags in between. */
#include "src/document/html_write.h"

#include <stdlib.h>

#include "src/document/html_attributes.h"
#include "src/document/html_text.h"
#include "src/document/marks.h"

/* Appends the value of an attribute. One without quotes gets some. */
static int write_value(const struct tj_document *d, const struct tj_document_segment *s,
                       const struct tj_string *text, struct tj_string *out)
{
	int is_bare = s->style == TJ_STYLE_BARE;
	char quote = s->style == TJ_STYLE_SINGLE ? '\'' : '"';
	return (!is_bare || tj_string_append(out, "\"", 1)) &&
	       tj_html_escape(d, text->data, text->n, quote, out) &&
	       (!is_bare || tj_string_append(out, "\"", 1));
}

/* Appends a range as it is, but for the n segments from `nested` on that lie in it: values of
 * attributes. */
static int write_range(const struct tj_document *d, struct tj_document_range range, size_t nested,
                       size_t n, struct tj_string *out)
{
	struct tj_document_range before = { range.first, range.first };
	for (size_t i = nested; i < nested + n; i++) {
		const struct tj_document_segment *s = &d->segments[i];
		before.end = s->range.first;
		if (!tj_document_copy(d, before, out) ||
		    !(tj_document_is_new(d, i) ? write_value(d, s, &d->translations[i], out)
		                               : tj_document_copy(d, s->range, out)))
			return 0;
		before.first = s->range.end;
	}
	before.end = range.end;
	return tj_document_copy(d, before, out);
}

/* The same for a segment that keeps its text. */
static int write_same(const struct tj_document *d, size_t segment, struct tj_string *out)
{
	size_t nested = segment;
	while (nested > 0 && d->segments[nested - 1].is_nested)
		nested--;
	return write_range(d, d->segments[segment].range, nested, segment - nested, out);
}

int tj_html_write(const struct tj_document *d, size_t segment, struct tj_string *out)
{
	const struct tj_document_segment *s = &d->segments[segment];
	struct tj_string *translation = &d->translations[segment];
	size_t n;
	if (!tj_document_is_new(d, segment))
		return write_same(d, segment, out);
	if (s->style != TJ_STYLE_TEXT)
		return write_value(d, s, translation, out);
	struct tj_marked *pieces = tj_marks_divide(d, s, translation, &n);
	if (pieces == NULL)
		return n == 1 && write_same(d, segment, out);
	int good = 1;
	for (size_t i = 0; good && i < n; i++) {
		const struct tj_marked *p = &pieces[i];
		good = p->mark == SIZE_MAX
		           ? tj_html_escape(d, translation->data + p->first, p->n, 0, out)
		           : write_range(d, d->marks[p->mark].range, d->marks[p->mark].nested,
		                         d->marks[p->mark].n_nested, out);
	}
	free(pieces);
	return good;
}
