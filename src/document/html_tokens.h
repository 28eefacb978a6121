/* SPDX-License-Identifier: MIT */
/* The tokens of HTML, as the WHATWG standard defines them, by their offsets. A token is never
 * larger than the document, and no nesting is followed: any input takes linear time. */
#ifndef TJ_DOCUMENT_HTML_TOKENS_H
#define TJ_DOCUMENT_HTML_TOKENS_H

#include "src/document/document.h"

enum tj_token_kind { TJ_TOKEN_TEXT, TJ_TOKEN_START, TJ_TOKEN_END, TJ_TOKEN_OTHER, TJ_TOKEN_NONE };

struct tj_token {
	enum tj_token_kind kind; /* OTHER: a comment, a doctype, an instruction; NONE: the end */
	struct tj_document_range range;
	struct tj_document_range name; /* of a tag */
	int is_void;                   /* START: it ends with "/>" */
};

/* Reads the token at `at`. With is_xml, "<![CDATA[" begins a section that ends with "]]>". */
struct tj_token tj_token_next(const struct tj_document *d, size_t at, int is_xml);

/* An attribute of a tag. */
struct tj_attribute {
	struct tj_document_range name, value; /* value without quotes; empty: none */
	char quote;                           /* 0: none */
	int has_value;
};

/* Reads the attribute at *at within a start tag, and moves *at behind it. Begin behind the name of
 * the tag. Returns 0 at the end of the tag. */
int tj_attribute_next(const struct tj_document *d, const struct tj_token *tag, size_t *at,
                      struct tj_attribute *a);

/* Returns where the end tag begins that ends the raw text of an element from `at` on; the end of
 * the document: there is none. `is_script`: as scripts have it. */
size_t tj_raw_end(const struct tj_document *d, size_t at, const char *name, size_t n,
                  int is_script);

#endif
