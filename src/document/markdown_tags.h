/* SPDX-License-Identifier: MIT */
/* HTML and addresses within a line of Markdown, as CommonMark defines them. */
#ifndef TJ_DOCUMENT_MARKDOWN_TAGS_H
#define TJ_DOCUMENT_MARKDOWN_TAGS_H

#include <stddef.h>

/* Signs of ASCII that a backslash may stand before. */
int tj_markdown_is_sign(char c);

/* What was looked for up to the end of a text in vain; it need not be looked for again. */
struct tj_markdown_missing {
	unsigned char ends[4];
};

/* The bytes of an open or closing tag at the "<" of n bytes; 0: none is there. */
size_t tj_markdown_tag(const char *text, size_t n);

/* The same of any markup of HTML: a tag, a comment, an instruction. */
size_t tj_markdown_markup(const char *text, size_t n, struct tj_markdown_missing *missing);

/* The bytes of "<address>" at the "<"; 0: none is there. */
size_t tj_markdown_autolink(const char *text, size_t n);

/* Finds an address that stands without brackets: at the ":" or the "w" at `at` of n bytes. Returns
 * where it ends, and sets *first to where it begins, `from` at least; 0: none is there. */
size_t tj_markdown_address(const char *text, size_t n, size_t from, size_t at, size_t *first);

#endif
