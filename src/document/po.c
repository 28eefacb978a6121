/* SPDX-License-Identifier: MIT */
/* Reads the entries of a PO file that lack a translation. */
#define _GNU_SOURCE /* memmem */
#include "src/document/po.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/utf8.h"
#include "src/document/character.h"
#include "src/document/po_entry.h"
#include "src/document/po_text.h"

/* Whether strings say nothing. */
static int is_empty(const struct tj_document *d, struct tj_document_range strings)
{
	int inside = 0;
	for (size_t at = strings.first; at < strings.end; at++) {
		if (d->bytes[at] == '"')
			inside = !inside;
		else if (inside)
			return 0;
	}
	return 1;
}

static int is_wanted(const struct tj_document *d, const struct tj_po_entry *e, int fuzzy)
{
	if (e->is_obsolete || e->n_forms == 0 || is_empty(d, e->id))
		return 0;
	for (size_t i = 0; i < e->n_forms; i++)
		if (!is_empty(d, e->forms[i]) && !(fuzzy && e->is_fuzzy))
			return 0;
	return 1;
}

/* Sets the range of the character set's name in a header; empty if this entry is none. */
static struct tj_document_range charset_of(const struct tj_document *d, const struct tj_po_entry *e)
{
	struct tj_document_range none = { 0, 0 }, r = e->forms[0];
	if (!is_empty(d, e->id) || e->n_forms == 0)
		return none;
	const char *at = memmem(d->bytes + r.first, r.end - r.first, "charset=", 8);
	if (at == NULL)
		return none;
	r.first = (size_t)(at - d->bytes) + 8;
	for (at += 8; at < d->bytes + r.end && memchr(" \t;\\\"\r\n", *at, 7) == NULL;)
		at++;
	r.end = (size_t)(at - d->bytes);
	return r;
}

static int is_name(const struct tj_document *d, struct tj_document_range r, const char *name)
{
	return r.end - r.first == strlen(name) &&
	       tj_same_letters(d->bytes + r.first, name, r.end - r.first);
}

/* A file in another encoding would get translations in UTF-8. *ascii becomes the place of a name
 * that would no longer be true beside them: that of ASCII, and the "CHARSET" of templates. */
static trujaman_status check_charset(const struct tj_document *d, const struct tj_po_entry *e,
                                     struct tj_document_range *ascii, struct tj_error *err)
{
	struct tj_document_range r = charset_of(d, e);
	if (r.end == 0 || is_name(d, r, "utf-8") || is_name(d, r, "utf8"))
		return TRUJAMAN_OK;
	if (!is_name(d, r, "us-ascii") && !is_name(d, r, "ascii") && !is_name(d, r, "charset"))
		return tj_document_fail(d, r.first,
		                        "the file is not in UTF-8; msgconv -t UTF-8 converts it",
		                        err);
	if (ascii->end == 0)
		*ascii = r;
	return TRUJAMAN_OK;
}

/* Adds segments for the lines of a form. */
static int add_lines(struct tj_document *d, const struct tj_po_entry *e, size_t form)
{
	struct tj_string source = { NULL, 0, 0 };
	int good = tj_po_unescape(d, tj_po_source(e, form), &source);
	for (size_t at = 0; good && at < source.n;) {
		struct tj_po_line line = tj_po_line(source.data, source.n, &at);
		struct tj_document_segment s = { .range = e->range,
			                         .text = d->text.n,
			                         .is_nested = 1 };
		if (!line.has_letter)
			continue;
		good = tj_string_append(&d->text, source.data + line.first, line.n) &&
		       tj_document_end_text(d, &s) && tj_document_add(d, &s);
	}
	free(source.data);
	return good;
}

trujaman_status tj_po_read(struct tj_document *d, int fuzzy, struct tj_error *err)
{
	size_t at = tj_utf8_mark(d->bytes, d->n);
	struct tj_po_entry e;
	struct tj_document_edit charset = { .bytes = "UTF-8" };
	for (int got; (got = tj_po_entry(d, &at, &e, err)) > 0;) {
		size_t first = d->n_segments;
		int good = 1;
		if (check_charset(d, &e, &charset.range, err) != TRUJAMAN_OK)
			break;
		for (size_t i = 0; good && is_wanted(d, &e, fuzzy) && i < e.n_forms; i++)
			good = add_lines(d, &e, i);
		if (!good)
			return tj_fail_memory(err, "a document", d->n);
		if (d->n_segments > first)
			d->segments[d->n_segments - 1].is_nested = 0;
	}
	if (err->status == TRUJAMAN_OK && charset.range.end > 0 && d->n_segments > 0 &&
	    !tj_document_add_edit(d, &charset))
		return tj_fail_memory(err, "a document", d->n);
	return err->status;
}
