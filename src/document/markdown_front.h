/* SPDX-License-Identifier: MIT */
/* Front matter of Markdown: YAML between lines "---", or TOML between lines "+++". */
#ifndef TJ_DOCUMENT_MARKDOWN_FRONT_H
#define TJ_DOCUMENT_MARKDOWN_FRONT_H

#include "src/document/document.h"

/* Where front matter ends that begins at `at`; `at`: there is none. */
size_t tj_markdown_front_matter(const struct tj_document *d, size_t at);

#endif
