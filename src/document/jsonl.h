/* SPDX-License-Identifier: MIT */
/* A line of JSON Lines: strings at given paths are translated. */
#ifndef TJ_DOCUMENT_JSONL_H
#define TJ_DOCUMENT_JSONL_H

#include "src/document/document.h"
#include "src/document/fields.h"

/* Finds the segments of one line, perhaps with its newline. What is not JSON (RFC 8259) is an
 * error; a blank line is none. */
trujaman_status tj_jsonl_read(struct tj_document *d, const struct tj_fields *fields,
                              struct tj_error *err);

/* Appends a translation as it is written in the place of the segment. Returns 0 if memory is
 * short. */
int tj_jsonl_write(const struct tj_document_segment *s, const struct tj_string *translation,
                   struct tj_string *out);

#endif
