/* SPDX-License-Identifier: MIT */
/* A translation with marks: pieces of text, and marks in between. */
#ifndef TJ_DOCUMENT_MARKS_H
#define TJ_DOCUMENT_MARKS_H

#include "src/document/document.h"

struct tj_marked {
	size_t first, n; /* bytes of the translation */
	size_t mark;     /* index in the document's marks; SIZE_MAX: it is text */
};

/* Divides a translation of a segment. White space at a mark goes to the side where the source has
 * it. Returns the pieces, from malloc, and sets *n; NULL, *n 0: memory is short; NULL, *n 1: the
 * translation lacks a mark, has one twice, or they are not well nested. */
struct tj_marked *tj_marks_divide(const struct tj_document *d, const struct tj_document_segment *s,
                                  struct tj_string *translation, size_t *n);

#endif
