/* SPDX-License-Identifier: MIT */
/* The blocks of Markdown: which lines are text. Everything else, such as code, HTML and front
 * matter, is left out. */
#ifndef TJ_DOCUMENT_MARKDOWN_BLOCKS_H
#define TJ_DOCUMENT_MARKDOWN_BLOCKS_H

#include "src/document/markdown_leaves.h"

/* Finds the text from `at` on, and the labels that links may have. Returns 0 if memory is short. */
int tj_markdown_blocks(struct tj_document *d, size_t at, struct tj_markdown_leaves *leaves,
                       struct tj_markdown_labels *labels);

#endif
