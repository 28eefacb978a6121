/* SPDX-License-Identifier: MIT */
/* Writes translations of wrapped text. */
#ifndef TJ_DOCUMENT_WRAP_H
#define TJ_DOCUMENT_WRAP_H

#include "src/document/document.h"

/* Appends a translation in lines as wide as the segment says. Lines begin as the second one of the
 * segment does; if there is none, with the marks and as far inside as the first. Returns 0 if
 * memory is short. */
int tj_wrap_write(const struct tj_document *d, size_t segment, struct tj_string *out);

#endif
