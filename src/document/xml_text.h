/* SPDX-License-Identifier: MIT */
/* Text of XML: escapes, and back. */
#ifndef TJ_DOCUMENT_XML_TEXT_H
#define TJ_DOCUMENT_XML_TEXT_H

#include "src/document/document.h"

/* Appends what n bytes of text say, as a line for the network: white space becomes a space, and
 * references to characters what they stand for, but for "<", ">" and what could be taken for
 * markup, which stay as they are written, or come to be written so, if they are of a section of
 * CDATA. Returns 0 if memory is short. */
int tj_xml_unescape(const char *xml, size_t n, int is_cdata, struct tj_string *out);

/* Appends a text of the network, in which such references have stayed. Characters that XML forbids
 * are left out. Returns 0 if memory is short. */
int tj_xml_escape(const struct tj_document *d, const char *text, size_t n, struct tj_string *out);

/* Appends bytes of a section of CDATA as text outside of one. Returns 0 if memory is short. */
int tj_xml_escape_bytes(const char *text, size_t n, struct tj_string *out);

#endif
