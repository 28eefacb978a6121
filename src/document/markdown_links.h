/* SPDX-License-Identifier: MIT */
/* Targets and labels of links in Markdown, by their offsets in a text without the marks of the
 * blocks around it. */
#ifndef TJ_DOCUMENT_MARKDOWN_LINKS_H
#define TJ_DOCUMENT_MARKDOWN_LINKS_H

#include <stddef.h>

#include "src/document/document.h"

struct tj_markdown_target {
	size_t end;
	struct tj_document_range title; /* without its quotes; empty: none */
	char quote;                     /* that ends the title */
};

/* Reads "(target "title")" at the "(" of n bytes. Returns 0 if none is there. */
int tj_markdown_target(const char *text, size_t n, size_t at, struct tj_markdown_target *target);

/* Returns the offset behind "[label]" at the "["; 0: none is there. */
size_t tj_markdown_label(const char *text, size_t n, size_t at);

struct tj_markdown_definition {
	struct tj_document_range label;
	size_t end; /* of its last line, with the newline */
};

/* Reads "[label]: target "title"" at `at`, where a paragraph or a line of one begins. Returns 0 if
 * none is there. */
int tj_markdown_definition(const char *text, size_t n, size_t at,
                           struct tj_markdown_definition *definition);

#endif
