/* SPDX-License-Identifier: MIT */
/* Reads what was composed for a leaf of Markdown: it must be what it is meant to be. */
#ifndef TJ_DOCUMENT_MARKDOWN_CHECK_H
#define TJ_DOCUMENT_MARKDOWN_CHECK_H

#include "src/document/markdown_leaf_text.h"

/* Ends lines so that they are as long as those of the source, if that has several. `row` gets the
 * row of the source whose end is to stand there; SIZE_MAX: no line was ended. Returns 0 if memory
 * is short. */
int tj_markdown_wrap(struct tj_markdown_leaf_text *x, size_t *row);

/* Whether the leaf reads as the same kind of block, with the same marks in it, and says what it is
 * to say. Returns 1; 0: it does not; -1: memory is short. */
int tj_markdown_holds(const struct tj_markdown_leaf_text *x);

#endif
