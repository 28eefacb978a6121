/* SPDX-License-Identifier: MIT */
/* Text as Markdown writes it: with backslashes before signs that would be taken for markup. */
#ifndef TJ_DOCUMENT_MARKDOWN_ESCAPE_H
#define TJ_DOCUMENT_MARKDOWN_ESCAPE_H

#include <stddef.h>

#include "src/base/string.h"

struct tj_markdown_escaping {
	int is_heavy;      /* all signs that may be markup; else those that nearly always are */
	int is_cell;       /* of a table */
	int is_line_start; /* the text begins a line */
	int named_space;   /* U+00A0 is written as &nbsp; */
	int encodes_first; /* the first character is written as a number */
	const unsigned char *also; /* [128]: signs that the source has behind a backslash */
	char next;                 /* the byte that is written behind the text */
};

/* Appends n bytes of valid UTF-8 without line ends. Returns 0 if memory is short. */
int tj_markdown_escape(const char *text, size_t n, const struct tj_markdown_escaping *e,
                       struct tj_string *out);

/* Appends the text of an image or a title that ends with `quote` (0: an image). Returns 0 if memory
 * is short. */
int tj_markdown_escape_value(const char *text, size_t n, char quote, int is_cell,
                             struct tj_string *out);

#endif
