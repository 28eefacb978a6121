/* SPDX-License-Identifier: MIT */
/* Plain text whose lines are wrapped: books, mail. */
#ifndef TJ_DOCUMENT_PARAGRAPHS_H
#define TJ_DOCUMENT_PARAGRAPHS_H

#include "src/document/document.h"

/* Finds the segments: lines of a paragraph that a sentence may cross. Lines without a letter, and
 * those of tables, are none. */
trujaman_status tj_paragraphs_read(struct tj_document *d, struct tj_error *err);

#endif
