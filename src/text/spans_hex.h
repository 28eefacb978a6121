/* SPDX-License-Identifier: MIT */
/* The matcher of groups of hexadecimal digits (src/text/spans_scan.h). */
#ifndef TJ_TEXT_SPANS_HEX_H
#define TJ_TEXT_SPANS_HEX_H

#include "src/text/spans_scan.h"

/* Addresses of IPv6, with zone or length of the prefix, and of hardware; UUIDs. */
size_t tj_match_hex(const struct tj_scan *s, size_t at);

#endif
