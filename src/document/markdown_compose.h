/* SPDX-License-Identifier: MIT */
/* Puts translations between the marks of a leaf of Markdown. */
#ifndef TJ_DOCUMENT_MARKDOWN_COMPOSE_H
#define TJ_DOCUMENT_MARKDOWN_COMPOSE_H

#include "src/document/markdown_leaf_text.h"

/* Composes it from the translations. Returns 0 if memory is short. */
int tj_markdown_compose(struct tj_markdown_leaf_text *x);

#endif
