/* SPDX-License-Identifier: MIT */
/* Finds what the user's patterns name. */
#ifndef TJ_TEXT_SPANS_KEEP_H
#define TJ_TEXT_SPANS_KEEP_H

#include <stddef.h>

#include "src/base/status.h"

struct tj_keep; /* one thread at a time */

/* Compiles n bytes of regular expressions of ICU, one a line; blank lines mean nothing. `name` is
 * for messages: an error names it and the line. Returns NULL on failure. */
struct tj_keep *tj_keep_open(const char *name, const char *data, size_t n, struct tj_error *err);
void tj_keep_close(struct tj_keep *k);

struct tj_keep_match {
	size_t first, end;
};

/* Finds the matches in n bytes of valid UTF-8 (below 2^30), in order and not overlapping: of those
 * that do, the one that begins first counts, then the longer one. White space at their ends is
 * left out. A match with a separator (src/base/separators.h) in it is none. *matches is valid until
 * the next call. A pattern that needs too many steps on this text is an error; the number of steps
 * depends on pattern and text alone. */
trujaman_status tj_keep_find(struct tj_keep *k, const char *text, size_t n,
                             const struct tj_keep_match **matches, size_t *n_matches,
                             struct tj_error *err);

#endif
