/* SPDX-License-Identifier: MIT */
/* Placeables: in the text for the network each span that must not change is one character,
 * U+F0000 + k. k counts the different values of a sentence, from 0. */
#ifndef TJ_TEXT_PLACEABLES_H
#define TJ_TEXT_PLACEABLES_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"
#include "src/base/string.h"
#include "src/text/mapped.h"
#include "src/text/spans.h"

enum { TJ_PLACEABLE_FIRST = 0xF0000, TJ_PLACEABLE_BYTES = 4, TJ_PLACEABLES_MOST = 256 };

struct tj_placeable {
	const char *value; /* points to where the spans' values do */
	size_t n_value, count;
};

/* One occurrence in the source. */
struct tj_placeable_use {
	size_t item;
	const char *before, *after; /* white space beside it in the source; NULL: it is at the
	                               sentence's end or beginning; points into the text */
	size_t n_before, n_after;
	int touches_before, touches_after; /* a letter or digit touches it in the source */
	int is_opened; /* an opening bracket or quote stands before it in the source */
};

struct tj_placeables { /* zero it before first use; for the next sentence set n and n_uses to 0 */
	struct tj_placeable *items;
	size_t n, capacity;
	struct tj_placeable_use *uses; /* in the order of the source */
	size_t n_uses, uses_capacity;
};

/* Appends to *m the text [first, first + n) of `text` with its spans replaced. `spans` are those of
 * the whole text (tj_finder_find); none lies partly in the range. White space before a placeable is
 * left out, so that it needs no piece of its own; white space behind it becomes one space. Stops
 * before the span that would be value number `max` (1 to TJ_PLACEABLES_MOST) + 1, and at most
 * TJ_PLACEABLES_MOST uses: *used gets the bytes taken, n if it is all. `p` refers to `text` and the
 * spans' values, which must stay. */
trujaman_status tj_placeables_take(struct tj_placeables *p, const char *text, size_t first,
                                   size_t n, const struct tj_fixed *spans, size_t n_spans,
                                   size_t max, struct tj_mapped *m, size_t *used,
                                   struct tj_error *err);

/* Appends to *m (which maps into `translated`, n bytes of valid UTF-8) the translated text with
 * each placeable replaced by its value. The k-th use of a value gets the white space that the k-th
 * in the source has: before it, unless it stands at the beginning or behind an opening bracket or
 * quote; behind it where `translated` has a space. Where the source has none, nothing is inserted
 * unless a letter or digit would touch the value or two values would touch that do not in the
 * source. Numbers from p->n on stay as they are. */
trujaman_status tj_placeables_restore(const struct tj_placeables *p, const char *translated,
                                      size_t n, struct tj_mapped *m, struct tj_error *err);

void tj_placeables_release(struct tj_placeables *p);

#endif
