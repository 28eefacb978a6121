/* SPDX-License-Identifier: MIT */
/* The matcher of telephone numbers (src/text/spans_scan.h) that white space or brackets divide. */
#ifndef TJ_TEXT_SPANS_PHONE_H
#define TJ_TEXT_SPANS_PHONE_H

#include "src/text/spans_scan.h"

size_t tj_match_phone(const struct tj_scan *s, size_t at);

#endif
