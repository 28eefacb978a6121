/* SPDX-License-Identifier: MIT */
/* The matcher of format placeholders (src/text/spans_scan.h): of printf, Python, Java, JavaScript,
 * the shell, Qt, Mustache, Jinja and ICU messages; and of escapes such as \n. */
#ifndef TJ_TEXT_SPANS_FORMAT_H
#define TJ_TEXT_SPANS_FORMAT_H

#include "src/text/spans_scan.h"

size_t tj_match_format(const struct tj_scan *s, size_t at);

#endif
