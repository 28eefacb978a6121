/* SPDX-License-Identifier: MIT */
/* Runs of the signs * _ ~ in Markdown, and which of them belong together. */
#ifndef TJ_DOCUMENT_MARKDOWN_EMPHASIS_H
#define TJ_DOCUMENT_MARKDOWN_EMPHASIS_H

#include "src/document/markdown_item.h"

/* Adds what was found: [first, end). Returns it, or NULL if memory is short. */
struct tj_markdown_item *tj_markdown_add_mark(struct tj_markdown_scratch *s, size_t first,
                                              size_t end, enum tj_item_kind kind,
                                              enum tj_markdown_type type);

/* Adds the run at s->at. Returns 0 if memory is short. */
int tj_markdown_add_run(struct tj_markdown_scratch *s, const char *text, size_t n);

/* Pairs the runs above `bottom` (SIZE_MAX: all), and drops them. Returns 0 if memory is short. */
int tj_markdown_pair_runs(struct tj_markdown_scratch *s, size_t bottom);

#endif
