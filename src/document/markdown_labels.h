/* SPDX-License-Identifier: MIT */
/* The labels that links of a Markdown document may refer to. */
#ifndef TJ_DOCUMENT_MARKDOWN_LABELS_H
#define TJ_DOCUMENT_MARKDOWN_LABELS_H

#include <stddef.h>

#include "src/base/string.h"

struct tj_markdown_label_place {
	size_t first, end;
};

struct tj_markdown_labels {    /* zero it before first use */
	struct tj_string text; /* of all, as they are compared */
	struct tj_markdown_label_place *items;
	size_t n, capacity;
};

/* Adds a label. Returns 0 if memory is short. */
int tj_markdown_labels_add(struct tj_markdown_labels *l, const char *label, size_t n);

/* Call it when all are added, before any is looked for. */
void tj_markdown_labels_sort(struct tj_markdown_labels *l);

/* Returns 1: it is there; 0: it is not; -1: memory is short. */
int tj_markdown_labels_has(const struct tj_markdown_labels *l, const char *label, size_t n);
void tj_markdown_labels_free(struct tj_markdown_labels *l); /* from malloc */

#endif
