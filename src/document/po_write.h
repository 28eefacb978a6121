/* SPDX-License-Identifier: MIT */
/* Writes entries of PO files. */
#ifndef TJ_DOCUMENT_PO_WRITE_H
#define TJ_DOCUMENT_PO_WRITE_H

#include "src/document/document.h"

/* Appends the entry to which a segment that is not nested belongs: with translations and marked
 * fuzzy, or as it is if one of them does not hold. Returns 0 if memory is short. */
int tj_po_write(const struct tj_document *d, size_t segment, struct tj_string *out);

#endif
