/* SPDX-License-Identifier: MIT */
/* The matcher of words that signs join or that touch a sign without a piece
 * (src/text/spans_scan.h): "AT&T", "C++", "I+D"; where "$" has no piece, "Ke$ha". */
#ifndef TJ_TEXT_SPANS_JOINED_H
#define TJ_TEXT_SPANS_JOINED_H

#include "src/text/spans_kinds.h"
#include "src/text/spans_known.h"

/* *kind: CODE, or UNKNOWN if it is one only because of characters without a piece. */
size_t tj_match_joined(const struct tj_known *k, const struct tj_scan *s, size_t at,
                       enum tj_fixed_kind *kind);

#endif
