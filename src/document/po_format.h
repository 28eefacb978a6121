/* SPDX-License-Identifier: MIT */
/* Directives of printf in messages, "%s" or "%(name)s": a translation must have those of its
 * source, in their order or with numbers. */
#ifndef TJ_DOCUMENT_PO_FORMAT_H
#define TJ_DOCUMENT_PO_FORMAT_H

#include <stddef.h>

#include "src/base/string.h"

/* Appends a translation, with numbers in its directives ("%2$s") if they have moved and may_number.
 * Returns 1; 0: memory is short; -1: it does not have the directives of the source as it must. */
int tj_po_directives(const char *source, size_t n, const char *translation, size_t n_translation,
                     int may_number, struct tj_string *out);

#endif
