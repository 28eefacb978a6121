/* SPDX-License-Identifier: MIT */
/* The blocks of Markdown: which lines are text. Everything else, such as code, HTML and front
 * matter, is left out. */
#ifndef TJ_DOCUMENT_MARKDOWN_BLOCKS_H
#define TJ_DOCUMENT_MARKDOWN_BLOCKS_H

#include "src/document/document.h"
#include "src/document/markdown_labels.h"

enum tj_markdown_leaf_kind {
	TJ_MARKDOWN_PARAGRAPH, /* or a heading with a line beneath it */
	TJ_MARKDOWN_ITEM_TEXT, /* a paragraph that begins an item: no box of a task may begin it */
	TJ_MARKDOWN_HEADING,   /* with signs # */
	TJ_MARKDOWN_CELL,      /* of a table */
	TJ_MARKDOWN_FIRST_CELL /* which begins its line */
};

struct tj_markdown_leaf {
	enum tj_markdown_leaf_kind kind;
	/* Lines in the document's rows, without the marks of the blocks around, and without white
	 * space before them and at the end of the last one. */
	size_t first_row, n_rows;
};

struct tj_markdown_leaves {
	struct tj_markdown_leaf *items;
	size_t n, capacity;
};

/* Finds the text from `at` on, and the labels that links may have. Returns 0 if memory is short. */
int tj_markdown_blocks(struct tj_document *d, size_t at, struct tj_markdown_leaves *leaves,
                       struct tj_markdown_labels *labels);

/* Where front matter ends that begins at `at`; `at`: there is none. */
size_t tj_markdown_front_matter(const struct tj_document *d, size_t at);

/* Sets a text of lines, with \n between; `copy` has it if there are several. Returns 0 if memory is
 * short. */
int tj_markdown_join(const struct tj_document *d, const struct tj_document_range *rows, size_t n_rows,
                     struct tj_string *copy, const char **text, size_t *n);

#endif
