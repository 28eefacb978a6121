/* SPDX-License-Identifier: MIT */
/* Puts the inline parts of Markdown that were found in order, with the text between them. */
#ifndef TJ_DOCUMENT_MARKDOWN_ITEMS_H
#define TJ_DOCUMENT_MARKDOWN_ITEMS_H

#include "src/document/markdown_item.h"

/* Makes the items from the marks. Returns 0 if memory is short. */
int tj_markdown_order_items(struct tj_markdown_inlines *x);

/* Appends what n bytes say. Returns 0 if memory is short. */
int tj_markdown_unescape(const char *text, size_t n, struct tj_string *out);

#endif
