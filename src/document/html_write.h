/* SPDX-License-Identifier: MIT */
/* Writes translations with marks where tags were: HTML. */
#ifndef TJ_DOCUMENT_HTML_WRITE_H
#define TJ_DOCUMENT_HTML_WRITE_H

#include "src/document/document.h"

/* Appends a translation as it is written in the place of the segment. Returns 0 if memory is
 * short. */
int tj_html_write(const struct tj_document *d, size_t segment, struct tj_string *out);

#endif
