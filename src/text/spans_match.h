/* SPDX-License-Identifier: MIT */
/* Asks all matchers. */
#ifndef TJ_TEXT_SPANS_MATCH_H
#define TJ_TEXT_SPANS_MATCH_H

#include "src/text/spans_kinds.h"
#include "src/text/spans_known.h"

/* Returns the bytes of the longest span that begins at `at`, and its kind; 0: none begins there. Of
 * equal ones the first kind counts. The character before `at` is not of the same word. */
size_t tj_match_longest(const struct tj_known *k, const struct tj_scan *s, size_t at,
                        enum tj_fixed_kind *kind);

#endif
