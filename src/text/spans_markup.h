/* SPDX-License-Identifier: MIT */
/* Matchers of markup (src/text/spans_scan.h): tags and entities. */
#ifndef TJ_TEXT_SPANS_MARKUP_H
#define TJ_TEXT_SPANS_MARKUP_H

#include "src/text/spans_scan.h"

size_t tj_match_tag(const struct tj_scan *s, size_t at);
size_t tj_match_entity(const struct tj_scan *s, size_t at);

/* What a tag does, and its name. */
enum tj_tag_role { TJ_TAG_OPENS, TJ_TAG_CLOSES, TJ_TAG_ALONE };
enum tj_tag_role tj_tag_role_of(const char *tag, size_t n, const char **name, size_t *n_name);

#endif
