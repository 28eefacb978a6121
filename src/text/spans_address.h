/* SPDX-License-Identifier: MIT */
/* Matchers of addresses (src/text/spans_scan.h): URLs, domains, e-mail addresses,
 * @names and #tags. */
#ifndef TJ_TEXT_SPANS_ADDRESS_H
#define TJ_TEXT_SPANS_ADDRESS_H

#include "src/text/spans_scan.h"

size_t tj_match_url(const struct tj_scan *s, size_t at);
size_t tj_match_email(const struct tj_scan *s, size_t at);
/* Returns where the quoted name of a mailbox begins whose "@" is at `at`, not before `floor`; `at`
 * if there is none. */
size_t tj_email_quote(const struct tj_scan *s, size_t at, size_t floor);

size_t tj_match_name(const struct tj_scan *s, size_t at);

#endif
