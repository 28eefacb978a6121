/* SPDX-License-Identifier: MIT */
/* What the elements of HTML mean for the text in them. */
#ifndef TJ_DOCUMENT_HTML_NAMES_H
#define TJ_DOCUMENT_HTML_NAMES_H

#include <stddef.h>

enum tj_element {
	TJ_ELEMENT_INLINE,     /* belongs to the sentence around it; unknown names too */
	TJ_ELEMENT_VOID,       /* the same, without content */
	TJ_ELEMENT_BLOCK,      /* ends a sentence */
	TJ_ELEMENT_KEPT,       /* its content is not translated; stands in a sentence */
	TJ_ELEMENT_KEPT_BLOCK, /* the same, and ends a sentence */
	TJ_ELEMENT_RAW,        /* its content is no markup, and is not translated */
	TJ_ELEMENT_TITLE,      /* its content is no markup, and is translated */
	TJ_ELEMENT_META
};

/* Whatever the letter case of the name. */
enum tj_element tj_element_of(const char *name, size_t n);

/* Whether an element may end without an end tag where the next one of its name begins. */
int tj_element_ends_alone(const char *name, size_t n);

#endif
