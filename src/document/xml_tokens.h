/* SPDX-License-Identifier: MIT */
/* Tokens of a stretch of XML that is known to be well formed, such as the content of an element
 * that an XML parser has read. It has no DTD in it. */
#ifndef TJ_DOCUMENT_XML_TOKENS_H
#define TJ_DOCUMENT_XML_TOKENS_H

#include "src/document/document.h"

enum tj_xml_kind {
	TJ_XML_NONE,      /* the end */
	TJ_XML_TEXT,      /* with references to characters, such as &#10; and &lt; */
	TJ_XML_CDATA,     /* a section; `inner` is its text */
	TJ_XML_REFERENCE, /* to an entity of a DTD */
	TJ_XML_START,     /* a tag; `inner` is its name without a prefix */
	TJ_XML_END,       /* the same */
	TJ_XML_OTHER      /* a comment or an instruction */
};

struct tj_xml_token {
	enum tj_xml_kind kind;
	struct tj_document_range range, inner;
	uint8_t is_empty; /* a START that is its end, too: <x/> */
};

/* Reads the token at `at`, in a stretch that ends at `end`. */
struct tj_xml_token tj_xml_next(const struct tj_document *d, size_t at, size_t end);

/* Where an element ends of which `start` is the tag. */
size_t tj_xml_element_end(const struct tj_document *d, const struct tj_xml_token *start,
                          size_t end);

struct tj_xml_attribute {
	struct tj_document_range name,
	    value; /* the name with its prefix, the value without quotes */
};

/* Reads the attribute behind *at, which is within the tag behind its name, and moves *at behind it.
 * Returns 0: there is none. */
int tj_xml_attribute(const struct tj_document *d, const struct tj_xml_token *tag, size_t *at,
                     struct tj_xml_attribute *a);

/* Whether the bytes of a range are this word. */
int tj_xml_is(const struct tj_document *d, struct tj_document_range r, const char *word);

#endif
