/* SPDX-License-Identifier: MIT */
/* HTML: the text of blocks with their inline elements, values of alt, title and placeholder, the
 * title and the description of a page. */
#ifndef TJ_DOCUMENT_HTML_H
#define TJ_DOCUMENT_HTML_H

#include "src/document/document.h"

/* Finds the segments, and where the language of the source is named (codes such as "en"; NULL:
 * unknown). A page that is not in UTF-8 and says so is an error. */
trujaman_status tj_html_read(struct tj_document *d, const char *source_language,
                             const char *target_language, struct tj_error *err);

#endif
