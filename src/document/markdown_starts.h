/* SPDX-License-Identifier: MIT */
/* What may begin a block of Markdown, as CommonMark and GitHub define it. All of these look at n
 * bytes of a line, from its first byte that is no white space to its end. */
#ifndef TJ_DOCUMENT_MARKDOWN_STARTS_H
#define TJ_DOCUMENT_MARKDOWN_STARTS_H

#include <stddef.h>

/* The bytes of "## " with its white space; 0: no heading. */
size_t tj_markdown_heading(const char *line, size_t n);

/* Where the text of a heading ends: before signs # that close it, and white space. `first`: where
 * it begins. */
size_t tj_markdown_heading_end(const char *line, size_t n, size_t first);

/* The length of a fence that opens code; 0: none. And whether one closes it. */
size_t tj_markdown_fence(const char *line, size_t n);
int tj_markdown_fence_closes(const char *line, size_t n, char sign, size_t length);

/* The kind of an HTML block, 1 to 7, that begins; 0: none. And whether it ends in this line: kinds
 * 6 and 7 end at a blank line. */
int tj_markdown_html(const char *line, size_t n, int in_paragraph);
int tj_markdown_html_ends(const char *line, size_t n, int kind);

/* Whether a line makes the paragraph above it a heading; whether it is a rule. *other: where the
 * first sign stands that a rule cannot have; 0: the first one. */
int tj_markdown_underline(const char *line, size_t n);
int tj_markdown_rule(const char *line, size_t n, size_t *other);

/* The bytes of a list's marker, and of "[^label]:" with white space; 0: none. */
size_t tj_markdown_list(const char *line, size_t n, int in_paragraph);
size_t tj_markdown_note(const char *line, size_t n);

/* The bytes of "[ ]" or "[x]", the box of a task; 0: none. */
size_t tj_markdown_box(const char *line, size_t n);

/* The columns that the second row of a table says; 0: it is none. */
size_t tj_markdown_columns(const char *line, size_t n);

/* Whether a line may be something else than the text of a paragraph. `is_first`: of the
 * paragraph. */
int tj_markdown_begins_block(const char *line, size_t n, int is_first);

#endif
