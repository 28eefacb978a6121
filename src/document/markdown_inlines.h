/* SPDX-License-Identifier: MIT */
/* The inline parts of a paragraph, a heading or a cell of Markdown, as CommonMark and GitHub define
 * them. Linear in time, and nothing recurs. */
#ifndef TJ_DOCUMENT_MARKDOWN_INLINES_H
#define TJ_DOCUMENT_MARKDOWN_INLINES_H

#include "src/document/markdown_item.h"

/* Reads n bytes, lines with \n between, without white space at the ends of the text. Returns 0 if
 * memory is short. */
int tj_markdown_inlines_read(struct tj_markdown_inlines *x, const char *text, size_t n,
                             const struct tj_markdown_labels *labels);
void tj_markdown_inlines_release(struct tj_markdown_inlines *x);

#endif
