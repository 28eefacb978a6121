/* SPDX-License-Identifier: MIT */
/* A text made from another one, and where each of its bytes came from. */
#ifndef TJ_TEXT_MAPPED_H
#define TJ_TEXT_MAPPED_H

#include <stddef.h>

#include "src/base/string.h"

struct tj_mapped { /* zero it before first use */
	struct tj_string text;
	size_t
	    *from; /* [text.n + 1]: byte offset in the original, nondecreasing; the last is where
	              the original's bytes end that have been taken; NULL: nothing appended yet */
	size_t capacity; /* of from */
};

/* Appends n bytes that come from the bytes [first, end) of the original, first <= end and not
 * before what was appended earlier. Equal lengths map one to one, otherwise all n bytes map to
 * `first`. With n == 0 it only records that the original's bytes up to `end` have been taken.
 * Returns 1, or 0 if out of memory; nothing has changed then. */
int tj_mapped_append(struct tj_mapped *m, const void *bytes, size_t n, size_t first, size_t end);

/* Empties it and keeps its memory. */
void tj_mapped_clear(struct tj_mapped *m);
void tj_mapped_release(struct tj_mapped *m);

#endif
