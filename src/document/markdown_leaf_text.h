/* SPDX-License-Identifier: MIT */
/* A leaf of Markdown that is to be written: its source, as one text without the marks of the blocks
 * around it, and what is composed. */
#ifndef TJ_DOCUMENT_MARKDOWN_LEAF_TEXT_H
#define TJ_DOCUMENT_MARKDOWN_LEAF_TEXT_H

#include "src/document/markdown_inlines.h"
#include "src/document/markdown_leaves.h"

struct tj_markdown_newline {
	size_t at;  /* in what is composed */
	size_t row; /* that ends there in the source */
};

struct tj_markdown_leaf_text {
	const struct tj_document *d;
	size_t first, last; /* segments */
	const struct tj_document_range *rows;
	size_t n_rows;
	enum tj_markdown_leaf_kind kind;
	size_t *row_starts; /* [n_rows], in the source's text */
	size_t *values;     /* [n_values]: segments that are values, in order */
	size_t n_values;
	unsigned char also[128]; /* signs that the source has behind a backslash */
	struct tj_string joined;
	struct tj_markdown_inlines source;
	/* What is composed, and what it should be read as. */
	int is_heavy;
	struct tj_string out;
	struct tj_markdown_item
	    *marks; /* with offsets in out, and items of the source as partners */
	size_t n_marks, marks_capacity;
	size_t *starts;        /* [source.n_items]: where an item ends that was written */
	struct tj_string said; /* texts, with \n where a mark is */
	struct tj_markdown_newline *newlines;
	size_t n_newlines, newlines_capacity;
	size_t *spaces; /* where a line may end */
	size_t n_spaces, spaces_capacity;
	/* Between two texts of a translation. */
	int has_space, drops_space, encodes_next;
	size_t text_end; /* of out, if text was written last */
};

/* Reads the source of a leaf, to which the segment that is not nested belongs. `x` is zeroed
 * before. Returns 0 if memory is short. */
int tj_markdown_leaf_open(struct tj_markdown_leaf_text *x, const struct tj_document *d,
                          size_t segment);
void tj_markdown_leaf_close(struct tj_markdown_leaf_text *x);

/* The row that an offset of the source's text is in; that offset in the document; and back. */
size_t tj_markdown_row_at(const struct tj_markdown_leaf_text *x, size_t at);
size_t tj_markdown_to_document(const struct tj_markdown_leaf_text *x, size_t at);
size_t tj_markdown_to_text(const struct tj_markdown_leaf_text *x, size_t place);

/* The range of a segment for itself. */
struct tj_document_range tj_markdown_own_range(const struct tj_markdown_leaf_text *x,
                                               size_t segment);

/* The first item that ends behind an offset, and the first value that does not begin before a place
 * in the document. */
size_t tj_markdown_item_at(const struct tj_markdown_leaf_text *x, size_t at);
size_t tj_markdown_value_at(const struct tj_markdown_leaf_text *x, size_t place);

#endif
