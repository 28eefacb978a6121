/* SPDX-License-Identifier: MIT */
/* XLIFF 1.x and 2.x: sources without a target get one. */
#ifndef TJ_DOCUMENT_XLIFF_H
#define TJ_DOCUMENT_XLIFF_H

#include "src/document/document.h"

/* Rows of a segment: the stretch of the source that it is. Those of a unit (<trans-unit>,
 * <segment>) are nested in its last one, which has all of these. */
enum {
	TJ_XLIFF_STRETCH,
	TJ_XLIFF_CONTENT, /* of the source */
	TJ_XLIFF_TARGET,  /* the element that is replaced; empty: where one is put */
	TJ_XLIFF_SOURCE,  /* the source's tag */
	TJ_XLIFF_ROWS
};

enum { TJ_XLIFF_1, TJ_XLIFF_2 }; /* style of a segment; its range begins with the tag <segment> */

/* Finds the segments. Languages are codes, NULL: unknown. What is not well formed, or declares
 * entities or other languages than these, is an error. Nothing is fetched. */
trujaman_status tj_xliff_read(struct tj_document *d, const char *source_language,
                              const char *target_language, struct tj_error *err);

#endif
