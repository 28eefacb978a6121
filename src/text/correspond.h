/* SPDX-License-Identifier: MIT */
/* Finds which bytes of one text correspond to which of another that was made from it: by
 * normalising, in another letter case, with placeables for spans, in pieces. */
#ifndef TJ_TEXT_CORRESPOND_H
#define TJ_TEXT_CORRESPOND_H

#include <stddef.h>

#include "src/base/status.h"

struct tj_range {
	size_t first, end;
};

/* Sets ranges[i], for each of the n_made bytes of `made`, to the bytes of `given` to which its
 * character corresponds. A longest common subsequence of characters decides, in which the letter
 * case does not count, all white space is alike, and so are quotation marks and dashes of different
 * kinds. A character that only `made` has corresponds to all that `given` has at its place, which
 * may be nothing. Texts that differ in more than some thousand characters correspond in proportion
 * there. Both are valid UTF-8. Any thread. */
trujaman_status tj_correspond(const char *given, size_t n_given, const char *made, size_t n_made,
                              struct tj_range *ranges, struct tj_error *err);

#endif
