/* SPDX-License-Identifier: MIT */
/* Composes a target from its source: the stretches that are segments are replaced by translations,
 * and everything else, such as codes between them, is copied. */
#include "src/document/xliff_write.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/utf8.h"
#include "src/document/marks.h"
#include "src/document/xliff.h"
#include "src/document/xml_text.h"
#include "src/document/xml_tokens.h"

struct xliff_writer {
	const struct tj_document *d;
	const struct tj_document_range *rows; /* of the last segment */
	struct tj_xml_token token;            /* of the source, where the copying is */
	struct tj_string content;             /* of the target */
};

static int append(const struct tj_document *d, size_t first, size_t end, struct tj_string *out)
{
	return first >= end || tj_string_append(out, d->bytes + first, end - first);
}

static int append_text(struct tj_string *out, const char *text)
{
	return tj_string_append(out, text, strlen(text));
}

/* --- Content ------------------------------------------------------------------------ */

/* Appends what of a token lies in a range. A section of CDATA becomes text, and comments go. */
static int copy_token(struct xliff_writer *x, struct tj_document_range r)
{
	const struct tj_xml_token *t = &x->token;
	struct tj_document_range from = t->kind == TJ_XML_CDATA ? t->inner : t->range;
	if (from.first < r.first)
		from.first = r.first;
	if (from.end > r.end)
		from.end = r.end;
	if (from.first >= from.end || t->kind == TJ_XML_OTHER)
		return 1;
	return t->kind == TJ_XML_CDATA ? tj_xml_escape_bytes(x->d->bytes + from.first,
	                                                     from.end - from.first, &x->content)
	                               : append(x->d, from.first, from.end, &x->content);
}

/* Passes the tokens that begin in a range, and copies them or not. */
static int pass(struct xliff_writer *x, struct tj_document_range r, int copies)
{
	size_t end = x->rows[TJ_XLIFF_CONTENT].end;
	while (x->token.kind != TJ_XML_NONE && x->token.range.first < r.end) {
		if (copies && !copy_token(x, r))
			return 0;
		if (x->token.range.end > r.end)
			break;
		x->token = tj_xml_next(x->d, x->token.range.end, end);
	}
	return 1;
}

/* Returns 1; 0: memory is short; -1: there is no translation that holds the marks. */
static int write_translation(struct xliff_writer *x, size_t segment)
{
	const struct tj_document *d = x->d;
	struct tj_string *translation = &d->translations[segment];
	size_t n;
	if (translation->n == 0)
		return -1;
	struct tj_marked *pieces = tj_marks_divide(d, &d->segments[segment], translation, &n);
	if (pieces == NULL)
		return n == 1 ? -1 : 0;
	int good = 1;
	for (size_t i = 0; good && i < n; i++) {
		const struct tj_marked *p = &pieces[i];
		good = p->mark == SIZE_MAX
		           ? tj_xml_escape(d, translation->data + p->first, p->n, &x->content)
		           : append(d, d->marks[p->mark].range.first, d->marks[p->mark].range.end,
		                    &x->content);
	}
	free(pieces);
	return good;
}

/* Composes the content of the target. Returns the same. */
static int compose(struct xliff_writer *x, size_t first, size_t last)
{
	struct tj_document_range content = x->rows[TJ_XLIFF_CONTENT], kept = content;
	int good = 1;
	x->token = tj_xml_next(x->d, content.first, content.end);
	for (size_t i = first; good == 1 && i <= last; i++) {
		struct tj_document_range stretch = x->d->rows[x->d->segments[i].first_row];
		kept.end = stretch.first;
		good = pass(x, kept, 1);
		if (good == 1)
			good = write_translation(x, i);
		if (good == 1)
			good = pass(x, stretch, 0);
		kept.first = stretch.end;
	}
	kept.end = content.end;
	return good == 1 ? pass(x, kept, 1) : good;
}

/* --- Tags --------------------------------------------------------------------------- */

/* Appends a tag with its state set, up to its end. A subState belongs to the state before. */
static int write_tag(const struct tj_document *d, size_t at, const char *state,
                     struct tj_string *out)
{
	struct tj_xml_token t = tj_xml_next(d, at, d->n);
	struct tj_xml_attribute a;
	size_t from = t.range.first, end = t.range.end - 1 - t.is_empty, next = t.inner.end;
	int has_state = 0;
	while (tj_xml_attribute(d, &t, &next, &a)) {
		size_t space = a.name.first;
		int is_state = tj_xml_is(d, a.name, "state");
		if (is_state && (!append(d, from, a.value.first, out) || !append_text(out, state)))
			return 0;
		if (is_state)
			from = a.value.end;
		has_state |= is_state;
		if (!tj_xml_is(d, a.name, "subState"))
			continue;
		while (space > from && tj_is_space(d->bytes[space - 1]))
			space--;
		if (!append(d, from, space, out))
			return 0;
		from = a.value.end + 1;
	}
	while (end > from && tj_is_space(d->bytes[end - 1]))
		end--;
	return append(d, from, end, out) &&
	       (has_state || (append_text(out, " state=\"") && append_text(out, state) &&
	                      append_text(out, "\"")));
}

/* Appends the name of a tag's element with its prefix; or only that, with ":". */
static int write_name(const struct tj_document *d, size_t at, int only_prefix,
                      struct tj_string *out)
{
	struct tj_xml_token t = tj_xml_next(d, at, d->n);
	return append(d, t.range.first + 1, only_prefix ? t.inner.first : t.inner.end, out);
}

/* Appends a target where there is none: on a line of its own, if the source is. */
static int write_new(const struct xliff_writer *x, const char *state, struct tj_string *out)
{
	const struct tj_document *d = x->d;
	size_t source = x->rows[TJ_XLIFF_SOURCE].first, space = source;
	while (space > 0 && tj_is_space(d->bytes[space - 1]))
		space--;
	return append(d, space, source, out) && append_text(out, "<") &&
	       write_name(d, source, 1, out) && append_text(out, "target") &&
	       (state == NULL || (append_text(out, " state=\"") && append_text(out, state) &&
	                          append_text(out, "\""))) &&
	       append_text(out, ">") && tj_string_append(out, x->content.data, x->content.n) &&
	       append_text(out, "</") && write_name(d, source, 1, out) &&
	       append_text(out, "target>");
}

/* Appends a target in the place of an empty one. */
static int write_filled(const struct xliff_writer *x, const char *state, struct tj_string *out)
{
	size_t at = x->rows[TJ_XLIFF_TARGET].first;
	struct tj_xml_token t = tj_xml_next(x->d, at, x->d->n);
	size_t end = t.range.end - 1 - t.is_empty;
	while (tj_is_space(x->d->bytes[end - 1]))
		end--;
	return (state != NULL ? write_tag(x->d, at, state, out) : append(x->d, at, end, out)) &&
	       append_text(out, ">") && tj_string_append(out, x->content.data, x->content.n) &&
	       append_text(out, "</") && write_name(x->d, at, 0, out) && append_text(out, ">");
}

/* Version 1 has the state in the target, version 2 in the segment's tag. */
static int write_unit(const struct xliff_writer *x, const struct tj_document_segment *s,
                      struct tj_string *out)
{
	const struct tj_document *d = x->d;
	struct tj_document_range target = x->rows[TJ_XLIFF_TARGET];
	const char *state = s->style == TJ_XLIFF_1 ? "needs-review-translation" : NULL;
	if (s->style == TJ_XLIFF_2) {
		struct tj_xml_token t = tj_xml_next(d, s->range.first, d->n);
		if (!write_tag(d, s->range.first, "translated", out) || !append_text(out, ">") ||
		    !append(d, t.range.end, target.first, out))
			return 0;
	}
	return target.first == target.end ? write_new(x, state, out) : write_filled(x, state, out);
}

int tj_xliff_write(const struct tj_document *d, size_t segment, struct tj_string *out)
{
	const struct tj_document_segment *s = &d->segments[segment];
	struct xliff_writer x = { .d = d, .rows = &d->rows[s->first_row] };
	size_t first = segment;
	while (first > 0 && d->segments[first - 1].is_nested)
		first--;
	int good = compose(&x, first, segment);
	if (good == 1)
		good = write_unit(&x, s, out);
	else if (good < 0)
		good = append(d, s->range.first, s->range.end, out);
	free(x.content.data);
	return good;
}
