/* SPDX-License-Identifier: MIT */
/* The inline parts of a paragraph, a heading or a cell of Markdown, as CommonMark and GitHub define
 * them. Linear in time, and nothing recurs. */
#ifndef TJ_DOCUMENT_MARKDOWN_INLINES_H
#define TJ_DOCUMENT_MARKDOWN_INLINES_H

#include "src/document/inline_run.h"
#include "src/document/markdown_labels.h"
#include "src/document/markdown_tags.h"

enum tj_markdown_type {
	TJ_MARKDOWN_TEXT,
	TJ_MARKDOWN_SOFT, /* the end of a line, which is a space */
	TJ_MARKDOWN_BREAK,
	TJ_MARKDOWN_EMPHASIS,
	TJ_MARKDOWN_LINK,
	TJ_MARKDOWN_IMAGE,
	TJ_MARKDOWN_HTML,
	TJ_MARKDOWN_KEPT /* code, an address, the mark of a note */
};

struct tj_markdown_item {
	size_t first, end;       /* in the text */
	enum tj_item_kind kind;  /* what divides is an OPENS that nothing closes */
	enum tj_markdown_type type;
	uint64_t name;           /* the same for the two of a pair */
	size_t partner;          /* EMPHASIS, LINK, IMAGE: index of the other one; else its own */
	size_t said, n_said;     /* TEXT, SOFT: in what is said */
	size_t tail;             /* LINK and IMAGE that close: where "]" stands */
	struct tj_document_range alt, title; /* what is translated of them; empty: nothing */
	char quote;                          /* that ends the title */
};

struct tj_markdown_scratch;

struct tj_markdown_inlines { /* zero it before first use */
	const char *text;
	size_t n;
	struct tj_markdown_item *items; /* in order; they cover the text */
	size_t n_items, capacity;
	struct tj_string said; /* by all texts: without escapes; "<" of an escape is &lt; */
	struct tj_markdown_scratch *scratch;
};

/* Reads n bytes, lines with \n between, without white space at the ends of the text. Returns 0 if
 * memory is short. */
int tj_markdown_inlines_read(struct tj_markdown_inlines *x, const char *text, size_t n,
                             const struct tj_markdown_labels *labels);
void tj_markdown_inlines_release(struct tj_markdown_inlines *x);

#endif
