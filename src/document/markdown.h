/* SPDX-License-Identifier: MIT */
/* Markdown: CommonMark with the extensions of GitHub (tables, strikethrough, tasks, addresses,
 * notes). */
#ifndef TJ_DOCUMENT_MARKDOWN_H
#define TJ_DOCUMENT_MARKDOWN_H

#include "src/document/document.h"

/* What a segment of Markdown is, in its style. */
enum {
	TJ_MARKDOWN_KIND = 7, /* mask: the kind of its leaf */
	TJ_MARKDOWN_VALUE = 8 /* the text of an image, or a title */
};

/* Finds the segments: of each paragraph, heading and cell those between hard line breaks, and the
 * texts of images and titles of links. All but the last one of them are nested, so that it is
 * written as a whole; the rows of each are its lines, and one more that is the range of the last
 * segment for itself. */
trujaman_status tj_markdown_read(struct tj_document *d, struct tj_error *err);

#endif
