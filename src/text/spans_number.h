/* SPDX-License-Identifier: MIT */
/* The matcher of numbers (src/text/spans_scan.h): of three or more digits, or with a separator,
 * sign, unit or currency; dates, times, versions and telephone numbers are such numbers. */
#ifndef TJ_TEXT_SPANS_NUMBER_H
#define TJ_TEXT_SPANS_NUMBER_H

#include "src/text/spans_scan.h"

size_t tj_match_number(const struct tj_scan *s, size_t at);

/* Returns where the currency begins that stands before the number at `at`, white space in between
 * ("USD 20"); `at` if none does. */
size_t tj_number_start(const struct tj_scan *s, size_t at);

#endif
