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

/* Returns the bytes of the name behind the first "charset=", and sets *name to it; 0: there is
 * none. gettext, too, takes the first one of the header, wherever it stands. */
static size_t charset_in(const char *text, size_t n, const char **name)
{
	static const char key[] = "charset=";
	const char *at = n > 0 ? memmem(text, n, key, strlen(key)) : NULL;
	if (at == NULL)
		return 0;
	*name = at += strlen(key);
	while (at < text + n && memchr(" \t;\\\"\r\n", *at, 7) == NULL)
		at++;
	return (size_t)(at - *name);
}

static int is_listed(const char *const *names, const char *name, size_t n)
{
	for (; *names != NULL; names++)
		if (n == strlen(*names) && tj_same_letters(name, *names, n))
			return 1;
	return 0;
}

/* A file in another encoding would get translations in UTF-8. *ascii becomes the place of a name
 * that would no longer be true beside them: that of ASCII, and the "CHARSET" of templates. */
static trujaman_status check_header(const struct tj_document *d, const struct tj_po_entry *e,
                                    struct tj_document_range *ascii, struct tj_error *err)
{
	static const char *const good[] = { "utf-8", "utf8", NULL }, *const less[] = {
		"us-ascii", "ascii", "charset", NULL
	};
	struct tj_document_range r = e->forms[0];
	struct tj_string header = { NULL, 0, 0 };
	const char *name = NULL, *there = NULL;
	if (!tj_po_unescape(d, r, &header))
		return tj_fail_memory(err, "a document", d->n);
	size_t n = charset_in(header.data, header.n, &name);
	size_t n_there = charset_in(d->bytes + r.first, r.end - r.first, &there);
	size_t at = there != NULL ? (size_t)(there - d->bytes) : r.first;
	int is_utf8 = name == NULL || is_listed(good, name, n);
	if (!is_utf8 && !is_listed(less, name, n))
		(void)tj_document_fail(d, at,
		                       "the file is not in UTF-8; msgconv -t UTF-8 converts it",
		                       err);
	else if (!is_utf8 && n_there != n)
		(void)tj_document_fail(d, at,
		                       "the name of the character set is divided over strings; "
		                       "\"charset=UTF-8\" should stand in one",
		                       err);
	else if (!is_utf8 && ascii->end == 0)
		*ascii = (struct tj_document_range){ at, at + n };
	free(header.data);
	return err->status;
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
		if (e.n_forms > 0 && !e.has_context && is_empty(d, e.id) &&
		    check_header(d, &e, &charset.range, err) != TRUJAMAN_OK)
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
