/* SPDX-License-Identifier: MIT */
/* The lines of a document: \n, \r\n or \r ends one. */
#ifndef TJ_DOCUMENT_LINES_H
#define TJ_DOCUMENT_LINES_H

#include "src/document/document.h"

struct tj_document_line {
	struct tj_document_range range; /* without its end */
	size_t next;                    /* where the one behind it begins */
};

/* Reads the line at `at`, which is below d->n. */
struct tj_document_line tj_document_line(const struct tj_document *d, size_t at);

/* Takes white space from both ends of a range. */
struct tj_document_range tj_document_trim(const struct tj_document *d, struct tj_document_range r);

#endif
