/* SPDX-License-Identifier: MIT */
/* Messages of gettext: entries without a translation get one, and are marked fuzzy. */
#ifndef TJ_DOCUMENT_PO_H
#define TJ_DOCUMENT_PO_H

#include "src/document/document.h"

/* Finds the segments: the lines of the messages of an entry, all but the last one nested, so that
 * the entry is written as a whole. With `fuzzy`, entries that are marked so are translated anew.
 * What is no PO is an error. */
trujaman_status tj_po_read(struct tj_document *d, int fuzzy, struct tj_error *err);

#endif
