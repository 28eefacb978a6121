/* SPDX-License-Identifier: MIT */
/* Inline parts of Markdown, and what is found on the way to them. */
#ifndef TJ_DOCUMENT_MARKDOWN_ITEM_H
#define TJ_DOCUMENT_MARKDOWN_ITEM_H

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
	size_t first, end;      /* in the text */
	enum tj_item_kind kind; /* what divides is an OPENS that nothing closes */
	enum tj_markdown_type type;
	uint64_t name;       /* the same for the two of a pair */
	size_t partner;      /* EMPHASIS, LINK, IMAGE: index of the other one; else its own */
	size_t said, n_said; /* TEXT, SOFT: in what is said */
	size_t tail;         /* LINK and IMAGE that close: where "]" stands */
	struct tj_document_range alt, title; /* what is translated of them; empty: nothing */
	char quote;                          /* that ends the title */
};

struct tj_markdown_sign_run {
	size_t first, left; /* what is not yet used of it */
	size_t length;      /* as it was */
	size_t previous, next;
	char sign;
	uint8_t opens, closes;
};

struct tj_markdown_bracket {
	size_t at;       /* of "[" or "![" */
	size_t last_run; /* before it */
	size_t n_marks;  /* before it */
	uint8_t is_image, is_active, is_before_other;
};

/* What is found before it is put in order. */
struct tj_markdown_scratch {
	struct tj_markdown_item *marks;
	size_t n_marks, marks_capacity;
	struct tj_markdown_sign_run *runs;
	size_t n_runs, runs_capacity, last_run; /* SIZE_MAX: none */
	struct tj_markdown_bracket *brackets;
	size_t n_brackets, brackets_capacity;
	size_t *openers; /* by name */
	size_t openers_capacity;
	uint64_t n_names;
	const struct tj_markdown_labels *labels;
	size_t at, plain; /* where we are; behind the last mark or sign */
	struct tj_markdown_missing missing;
	size_t code_ends[81]; /* by the length of the run: the last one seen */
	int code_is_scanned;
};

struct tj_markdown_inlines { /* zero it before first use */
	const char *text;
	size_t n;
	struct tj_markdown_item *items; /* in order; they cover the text */
	size_t n_items, capacity;
	struct tj_string said; /* by all texts: without escapes; "<" of an escape is &lt; */
	struct tj_markdown_scratch *scratch;
};

#endif
