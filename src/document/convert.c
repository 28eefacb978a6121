/* SPDX-License-Identifier: MIT */
/* Chooses the reader and the writer of a format. */
#include "src/document/convert.h"

#include <stdlib.h>
#include <string.h>

#include "src/document/html.h"
#include "src/document/html_write.h"
#include "src/document/jsonl.h"
#include "src/document/markdown.h"
#include "src/document/markdown_write.h"
#include "src/document/paragraphs.h"
#include "src/document/po.h"
#include "src/document/po_write.h"
#include "src/document/subtitles.h"
#include "src/document/wrap.h"
#include "src/document/xliff.h"
#include "src/document/xliff_write.h"

/* What begins as UTF-16 does is no format's business. */
static int is_utf16(const struct tj_document *d)
{
	const char *b = d->bytes;
	return d->n >= 4 && ((memcmp(b, "\xFF\xFE", 2) == 0 && b[3] == 0) ||
	                     (memcmp(b, "\xFE\xFF", 2) == 0 && b[2] == 0));
}

static trujaman_status read_format(struct tj_document *d, const struct tj_reading_options *o,
                                   struct tj_error *err)
{
	if (is_utf16(d))
		return tj_document_fail(d, 0,
		                        "this is UTF-16; iconv -f UTF-16 -t UTF-8 converts it",
		                        err);
	switch (d->format) {
	case TJ_FORMAT_JSONL:
		return tj_jsonl_read(d, o->fields, err);
	case TJ_FORMAT_HTML:
		return tj_html_read(d, o->source_language, o->target_language, err);
	case TJ_FORMAT_SRT:
	case TJ_FORMAT_VTT:
		return tj_subtitles_read(d, err);
	case TJ_FORMAT_PARAGRAPHS:
		return tj_paragraphs_read(d, err);
	case TJ_FORMAT_PO:
		return tj_po_read(d, o->fuzzy, err);
	case TJ_FORMAT_XLIFF:
		return tj_xliff_read(d, o->source_language, o->target_language, err);
	case TJ_FORMAT_MARKDOWN:
		return tj_markdown_read(d, err);
	default:
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "%s is no format of documents",
		               tj_format_name(d->format));
	}
}

struct tj_document *tj_document_read(enum tj_format format, const char *name, uint64_t first_line,
                                     char *bytes, size_t n, const struct tj_reading_options *o,
                                     struct tj_error *err)
{
	struct tj_document *d = calloc(1, sizeof *d);
	if (d == NULL) {
		free(bytes);
		tj_fail_memory(err, "a document", sizeof *d);
		return NULL;
	}
	d->format = format;
	d->name = name;
	d->first_line = first_line;
	d->bytes = bytes;
	d->n = n;
	d->invalid = SIZE_MAX;
	if (read_format(d, o, err) == TRUJAMAN_OK && d->n_segments > 0) {
		d->translations = calloc(d->n_segments, sizeof *d->translations);
		if (d->translations == NULL)
			tj_fail_memory(err, "translations", d->n_segments);
	}
	if (err->status == TRUJAMAN_OK)
		return d;
	tj_document_free(d);
	return NULL;
}

int tj_document_translate(struct tj_document *d, size_t segment, const char *text, size_t n)
{
	struct tj_string *to = &d->translations[segment];
	to->n = 0;
	return tj_string_append(to, text, n);
}

/* Where the segment before this one ends that is not nested. */
static size_t end_before(const struct tj_document *d, size_t segment)
{
	while (segment > 0 && d->segments[segment - 1].is_nested)
		segment--;
	return segment > 0 ? d->segments[segment - 1].range.end : 0;
}

/* Whether segments are nested in this one: they may have changed, even if it has not. */
static int has_nested(const struct tj_document *d, size_t segment)
{
	return segment > 0 && d->segments[segment - 1].is_nested;
}

/* Appends what stands in the place of a segment. */
static int write_segment(const struct tj_document *d, size_t segment, struct tj_string *out)
{
	const struct tj_document_segment *s = &d->segments[segment];
	const struct tj_string *translation = &d->translations[segment];
	/* In a PO file, and in XLIFF, a text that stays the same is a translation. */
	int keeps_source = d->format == TJ_FORMAT_PO || d->format == TJ_FORMAT_XLIFF;
	if (!keeps_source && !tj_document_is_new(d, segment) && !has_nested(d, segment))
		return tj_document_copy(d, s->range, out);
	switch (d->format) {
	case TJ_FORMAT_JSONL:
		return tj_jsonl_write(s, translation, out);
	case TJ_FORMAT_HTML:
		return tj_html_write(d, segment, out);
	case TJ_FORMAT_SRT:
	case TJ_FORMAT_VTT:
		return tj_subtitles_write(d, segment, out);
	case TJ_FORMAT_PARAGRAPHS:
		return tj_wrap_write(d, segment, out);
	case TJ_FORMAT_PO:
		return tj_po_write(d, segment, out);
	case TJ_FORMAT_XLIFF:
		return tj_xliff_write(d, segment, out);
	case TJ_FORMAT_MARKDOWN:
		return tj_markdown_write(d, segment, out);
	default:
		return tj_document_copy(d, s->range, out);
	}
}

int tj_document_write(const struct tj_document *d, size_t segment, struct tj_string *out)
{
	const struct tj_document_segment *s = &d->segments[segment];
	if (s->is_nested)
		return 1;
	struct tj_document_range before = { end_before(d, segment), s->range.first };
	return tj_document_copy(d, before, out) && write_segment(d, segment, out) &&
	       (segment + 1 < d->n_segments || tj_document_write_rest(d, out));
}

int tj_document_write_rest(const struct tj_document *d, struct tj_string *out)
{
	struct tj_document_range rest = { end_before(d, d->n_segments), d->n };
	return tj_document_copy(d, rest, out);
}
