/* SPDX-License-Identifier: MIT */
/* Tags in the text of subtitles. */
#ifndef TJ_DOCUMENT_SUBTITLE_TAGS_H
#define TJ_DOCUMENT_SUBTITLE_TAGS_H

#include <stddef.h>
#include <stdint.h>

#include "src/document/inline_run.h"

/* Reads the tag at the beginning of n bytes, 1 at least. Returns its bytes; 0: none is there. Sets
 * the kind and the name of an item. */
size_t tj_subtitle_tag(const char *text, size_t n, enum tj_format format, struct tj_item *item);

#endif
