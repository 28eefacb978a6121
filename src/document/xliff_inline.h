/* SPDX-License-Identifier: MIT */
/* Inline codes in a source of XLIFF, of both versions. */
#ifndef TJ_DOCUMENT_XLIFF_INLINE_H
#define TJ_DOCUMENT_XLIFF_INLINE_H

#include "src/document/inline_run.h"

/* Adds the segments of the content of a source. `preserve`: its white space counts, so that a line
 * break ends a segment. Returns 0 if memory is short. */
int tj_xliff_segments(struct tj_run *run, struct tj_document_range content, int preserve);

#endif
