/* SPDX-License-Identifier: MIT */
/* Attributes of HTML: those that are translated, those that say the language, and what they say of
 * the content of their element. */
#ifndef TJ_DOCUMENT_HTML_ATTRIBUTES_H
#define TJ_DOCUMENT_HTML_ATTRIBUTES_H

#include "src/document/html_names.h"
#include "src/document/html_tokens.h"
#include "src/document/inline_run.h"

struct tj_languages {
	const char *source, *target; /* codes; NULL: unknown */
};

struct tj_tag_facts {
	int is_kept; /* the element is not to be translated, or is in another language */
	int is_void; /* it has no content */
};

enum { TJ_STYLE_TEXT, TJ_STYLE_DOUBLE, TJ_STYLE_SINGLE, TJ_STYLE_BARE };

/* Looks at the attributes of a start tag: adds values to the run, edits to the document. Returns 0
 * if memory is short (err is OK then), or if the page is in an encoding that cannot be read. */
int tj_html_attributes(struct tj_run *run, const struct tj_token *tag, enum tj_element element,
                       const struct tj_languages *languages, struct tj_tag_facts *facts,
                       struct tj_error *err);

#endif
