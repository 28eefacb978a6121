/* SPDX-License-Identifier: MIT */
/* The matcher of paths and names of files (src/text/spans_scan.h). */
#ifndef TJ_TEXT_SPANS_PATH_H
#define TJ_TEXT_SPANS_PATH_H

#include "src/text/spans_scan.h"

size_t tj_match_path(const struct tj_scan *s, size_t at);

#endif
