/* SPDX-License-Identifier: MIT */
/* Text of HTML: its entities, and how text is written. */
#ifndef TJ_DOCUMENT_HTML_TEXT_H
#define TJ_DOCUMENT_HTML_TEXT_H

#include "src/document/document.h"

/* Reads the entity at the "&" of n bytes. Returns its bytes; 0: none begins here, or one that is to
 * stay as it is written. *c gets its character. */
size_t tj_entity_read(const char *text, size_t n, uint32_t *c);

/* Returns the bytes of what looks like an entity and is to stay as it is written; 0: nothing
 * does. */
size_t tj_entity_kept(const char *text, size_t n);

/* Appends text for a range, or for a value between quotes (`quote` 0: none). Returns 0 if memory is
 * short. */
int tj_html_escape(const struct tj_document *d, const char *text, size_t n, char quote,
                   struct tj_string *out);

/* Appends what n bytes of HTML without tags say, with a space for white space in a row. Returns 0
 * if memory is short. */
int tj_html_unescape(const char *html, size_t n, struct tj_string *out);

#endif
