/* SPDX-License-Identifier: MIT */
/* One entry of a PO file, by its offsets. */
#ifndef TJ_DOCUMENT_PO_ENTRY_H
#define TJ_DOCUMENT_PO_ENTRY_H

#include "src/document/document.h"

enum { TJ_PO_FORMS = 8 }; /* plural forms; Arabic has six */

struct tj_po_entry {
	struct tj_document_range range; /* from its first comment to the end of its last string */
	size_t flags;                   /* behind the "#," of its flags; 0: it has none */
	size_t mark;                    /* where a line with flags may stand */
	struct tj_document_range id, plural, forms[TJ_PO_FORMS]; /* quotes included */
	size_t n_forms;
	uint8_t has_context, has_plural, is_fuzzy, is_c, is_python, is_obsolete;
};

/* Reads the entry that begins at *at, and moves *at behind it. Returns 1; 0: there is none; -1: an
 * error that is told. */
int tj_po_entry(const struct tj_document *d, size_t *at, struct tj_po_entry *e,
                struct tj_error *err);

/* Appends what the strings of a range say. Returns 0 if memory is short. */
int tj_po_unescape(const struct tj_document *d, struct tj_document_range strings,
                   struct tj_string *out);

#endif
