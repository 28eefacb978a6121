/* SPDX-License-Identifier: MIT */
/* Writes targets of XLIFF. */
#ifndef TJ_DOCUMENT_XLIFF_WRITE_H
#define TJ_DOCUMENT_XLIFF_WRITE_H

#include "src/document/document.h"

/* Appends what becomes of the unit that ends with a segment. Returns 0 if memory is short. */
int tj_xliff_write(const struct tj_document *d, size_t segment, struct tj_string *out);

#endif
