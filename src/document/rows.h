/* SPDX-License-Identifier: MIT */
/* Segments that stand in several rows: the lines of a cue, or of several cues. A translation is
 * divided among the rows as the source is, between words. */
#ifndef TJ_DOCUMENT_ROWS_H
#define TJ_DOCUMENT_ROWS_H

#include "src/document/document.h"

/* Appends text as the format writes it. Returns 0 if memory is short. */
typedef int tj_escaper(const struct tj_document *d, const char *text, size_t n,
                       struct tj_string *out);

/* Appends the translation of a segment in its rows. What stands between two rows is kept, but for
 * the end of a line behind which no words are left. Returns 0 if memory is short. */
int tj_rows_write(const struct tj_document *d, size_t segment, tj_escaper *escape,
                  struct tj_string *out);

#endif
