/* SPDX-License-Identifier: MIT */
/* The texts of an entry of a PO file: which source a form has, and its lines. */
#ifndef TJ_DOCUMENT_PO_TEXT_H
#define TJ_DOCUMENT_PO_TEXT_H

#include "src/document/po_entry.h"

/* Form 0 is for one thing, unless it is the only one; the others are for several. */
struct tj_document_range tj_po_source(const struct tj_po_entry *e, size_t form);

struct tj_po_line {
	size_t first, n; /* its text, without white space at the ends */
	int has_letter;
};

/* Reads the line at *at, below n, and moves *at behind it. */
struct tj_po_line tj_po_line(const char *text, size_t n, size_t *at);

/* Appends text as strings in quotes, as gettext's tools break them. Returns 0 if memory is short.
 */
int tj_po_quote(const char *text, size_t n, const char *line_end, struct tj_string *out);

#endif
