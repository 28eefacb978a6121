/* SPDX-License-Identifier: MIT */
/* Composes the forms of an entry from the translations of their lines. */
#include "src/document/po_write.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/utf8.h"
#include "src/document/po_entry.h"
#include "src/document/po_format.h"
#include "src/document/po_text.h"

struct po_writer {
	const struct tj_document *d;
	struct tj_po_entry e;
	size_t segment; /* the next one */
	struct tj_string *out;
};

/* Appends the translation of a line. Returns as tj_po_directives does. */
static int write_line(struct po_writer *x, const char *text, size_t n, int is_only,
                      struct tj_string *to)
{
	const struct tj_string *translation = &x->d->translations[x->segment++];
	if (translation->n == 0)
		return -1;
	if (!x->e.is_c && !x->e.is_python)
		return tj_string_append(to, translation->data, translation->n);
	return tj_po_directives(text, n, translation->data, translation->n, x->e.is_c && is_only,
	                        to);
}

/* Appends what a form says: translated lines, and what stands between them. */
static int compose(struct po_writer *x, size_t form, struct tj_string *to)
{
	struct tj_string source = { NULL, 0, 0 };
	size_t from = 0;
	int good = tj_po_unescape(x->d, tj_po_source(&x->e, form), &source);
	int is_only = source.n > 0 && memchr(source.data, '\n', source.n - 1) == NULL;
	for (size_t at = 0; good == 1 && at < source.n;) {
		struct tj_po_line line = tj_po_line(source.data, source.n, &at);
		if (!line.has_letter)
			continue;
		good = line.first == from ||
		       tj_string_append(to, source.data + from, line.first - from);
		if (good == 1)
			good = write_line(x, source.data + line.first, line.n, is_only, to);
		from = line.first + line.n;
	}
	if (good == 1 && from < source.n)
		good = tj_string_append(to, source.data + from, source.n - from);
	free(source.data);
	return good;
}

/* The end of the line at an offset. */
static const char *line_end_at(const struct tj_document *d, size_t at)
{
	const char *newline = memchr(d->bytes + at, '\n', d->n - at);
	return newline != NULL && newline > d->bytes + at && newline[-1] == '\r' ? "\r\n" : "\n";
}

/* Whether something stands before `at` in its line, so that no comment can begin there. */
static int is_within_line(const struct tj_document *d, size_t at)
{
	size_t first = tj_utf8_mark(d->bytes, d->n);
	while (at > first && (d->bytes[at - 1] == ' ' || d->bytes[at - 1] == '\t'))
		at--;
	return at > first && d->bytes[at - 1] != '\n' && d->bytes[at - 1] != '\r';
}

/* Appends the entry up to where its flags stand, marked fuzzy. Sets *from behind that. */
static int write_flags(struct po_writer *x, const char *line_end, size_t *from)
{
	const struct tj_po_entry *e = &x->e;
	struct tj_document_range before = { e->range.first, e->flags > 0 ? e->flags : e->mark };
	*from = before.first;
	if (e->is_fuzzy)
		return 1;
	*from = before.end;
	if (!tj_document_copy(x->d, before, x->out))
		return 0;
	if (e->flags > 0)
		return tj_string_append(x->out, " fuzzy,", 7);
	return (!is_within_line(x->d, before.end) ||
	        tj_string_append(x->out, line_end, strlen(line_end))) &&
	       tj_string_append(x->out, "#, fuzzy", 8) &&
	       tj_string_append(x->out, line_end, strlen(line_end));
}

static int write_entry(struct po_writer *x, const struct tj_string *forms)
{
	const char *line_end = line_end_at(x->d, x->e.mark);
	size_t from;
	if (!write_flags(x, line_end, &from))
		return 0;
	for (size_t i = 0; i < x->e.n_forms; i++) {
		struct tj_document_range before = { from, x->e.forms[i].first };
		if (!tj_document_copy(x->d, before, x->out) ||
		    !tj_po_quote(forms[i].data, forms[i].n, line_end, x->out))
			return 0;
		from = x->e.forms[i].end;
	}
	return 1;
}

int tj_po_write(const struct tj_document *d, size_t segment, struct tj_string *out)
{
	struct po_writer x = { .d = d, .segment = segment, .out = out };
	struct tj_string forms[TJ_PO_FORMS] = { { NULL, 0, 0 } };
	struct tj_error err = { 0 };
	size_t at = d->segments[segment].range.first;
	int good = tj_po_entry(d, &at, &x.e, &err) > 0 ? 1 : -1;
	while (x.segment > 0 && d->segments[x.segment - 1].is_nested)
		x.segment--;
	for (size_t i = 0; good == 1 && i < x.e.n_forms; i++)
		good = compose(&x, i, &forms[i]);
	if (good == 1)
		good = write_entry(&x, forms);
	else if (good < 0)
		good = tj_document_copy(d, d->segments[segment].range, out);
	for (size_t i = 0; i < TJ_PO_FORMS; i++)
		free(forms[i].data);
	return good;
}
