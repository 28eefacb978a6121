/* SPDX-License-Identifier: MIT */
/* The matcher of code (src/text/spans_scan.h): identifiers, calls, options, assignments, text
 * between back quotes, and codes of letters and digits. */
#ifndef TJ_TEXT_SPANS_CODE_H
#define TJ_TEXT_SPANS_CODE_H

#include "src/text/spans_scan.h"

size_t tj_match_code(const struct tj_scan *s, size_t at);

#endif
