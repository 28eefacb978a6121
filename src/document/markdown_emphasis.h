/* SPDX-License-Identifier: MIT */
/* Runs of the signs * _ ~ in Markdown, and which of them belong together. */
#ifndef TJ_DOCUMENT_MARKDOWN_EMPHASIS_H
#define TJ_DOCUMENT_MARKDOWN_EMPHASIS_H

#include "src/document/markdown_inlines.h"

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

/* Adds what was found: [first, end). Returns it, or NULL if memory is short. */
struct tj_markdown_item *tj_markdown_add_mark(struct tj_markdown_scratch *s, size_t first,
                                              size_t end, enum tj_item_kind kind,
                                              enum tj_markdown_type type);

/* Adds the run at s->at. Returns 0 if memory is short. */
int tj_markdown_add_run(struct tj_markdown_scratch *s, const char *text, size_t n);

/* Pairs the runs above `bottom` (SIZE_MAX: all), and drops them. Returns 0 if memory is short. */
int tj_markdown_pair_runs(struct tj_markdown_scratch *s, size_t bottom);

#endif
