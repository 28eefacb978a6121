/* SPDX-License-Identifier: MIT */
/* The text of blocks of Markdown: paragraphs, headings, tables, and definitions of links. */
#ifndef TJ_DOCUMENT_MARKDOWN_LEAVES_H
#define TJ_DOCUMENT_MARKDOWN_LEAVES_H

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

enum tj_markdown_container_kind { TJ_MARKDOWN_QUOTE, TJ_MARKDOWN_ITEM, TJ_MARKDOWN_NOTE };

struct tj_markdown_container {
	enum tj_markdown_container_kind kind;
	size_t indent; /* ITEM, NOTE: of what belongs to it */
	int has_child;
};

enum tj_markdown_state { /* in the innermost container */
	                 TJ_MARKDOWN_NO_LEAF,
	                 TJ_MARKDOWN_IN_PARAGRAPH,
	                 TJ_MARKDOWN_IN_TABLE,
	                 TJ_MARKDOWN_IN_FENCE,
	                 TJ_MARKDOWN_IN_CODE,
	                 TJ_MARKDOWN_IN_HTML
};

struct tj_markdown_reader {
	struct tj_document *d;
	struct tj_markdown_leaves *leaves;
	struct tj_markdown_labels *labels;
	struct tj_markdown_container *open;
	size_t n_open, open_capacity;
	size_t *quotes; /* indices of those that are quotes */
	size_t n_quotes, quotes_capacity;
	enum tj_markdown_state state;
	char fence;
	size_t n_fence;
	int html;
	size_t n_columns;
	struct tj_document_range *rows; /* of the paragraph */
	size_t n_rows, rows_capacity;
	int begins_item, may_be_lazy;
	size_t item_line; /* where the line begins that has the marker of the last item */
	/* The line: where it begins, where we are, its first byte that is no white space. */
	size_t line, at, end, column, text, text_column;
	int text_is_known, has_box;
	char no_rule; /* a sign of which no rule begins before no_rule_at */
	size_t no_rule_at;
	struct tj_string joined; /* scratch */
};

/* Begins a state, in which no text has been read. */
void tj_markdown_begin_state(struct tj_markdown_reader *x, enum tj_markdown_state state);

/* These return 0 if memory is short. */
int tj_markdown_add_row(struct tj_markdown_reader *x, struct tj_document_range row);
int tj_markdown_add_heading(struct tj_markdown_reader *x, size_t marker);
int tj_markdown_add_cells(struct tj_markdown_reader *x, struct tj_document_range row, size_t most);

/* Takes definitions of links from the beginning of the paragraph. */
int tj_markdown_take_definitions(struct tj_markdown_reader *x);

/* Adds what the paragraph is, if one is open, and ends the state. */
int tj_markdown_end_leaf(struct tj_markdown_reader *x);

/* If the line is the second one of a table whose first one is the paragraph's last: begins the
 * table. Returns 1; 0: it is none; -1: memory is short. */
int tj_markdown_begin_table(struct tj_markdown_reader *x);

/* Sets a text of lines, with \n between; `copy` has it if there are several. Returns 0 if memory is
 * short. */
int tj_markdown_join(const struct tj_document *d, const struct tj_document_range *rows,
                     size_t n_rows, struct tj_string *copy, const char **text, size_t *n);

#endif
