/* SPDX-License-Identifier: MIT */
/* Writes text of Markdown with translations in its place. */
#ifndef TJ_DOCUMENT_MARKDOWN_WRITE_H
#define TJ_DOCUMENT_MARKDOWN_WRITE_H

#include "src/document/document.h"

/* Appends the leaf to which a segment that is not nested belongs: with translations if it stays
 * what it is with them, else as it was. A paragraph of several lines is wrapped again. Returns 0 if
 * memory is short. */
int tj_markdown_write(const struct tj_document *d, size_t segment, struct tj_string *out);

#endif
