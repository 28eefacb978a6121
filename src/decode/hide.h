/* SPDX-License-Identifier: MIT */
/* Hides the spans of a text behind placeable characters, one for each, so that what changes the
 * text around them leaves them alone. */
#ifndef TJ_DECODE_HIDE_H
#define TJ_DECODE_HIDE_H

#include "src/text/mapped.h"
#include "src/text/placeables.h"

/* Appends the bytes [first, end) of `text` to *m, which maps to offsets in `text`, with each of the
 * spans, which all lie in that range, replaced by a placeable character. Returns 0 if memory is
 * short. */
int tj_hide(const char *text, size_t first, size_t end, const struct tj_fixed *spans,
            size_t n_spans, struct tj_mapped *m);

/* Appends `hidden` to *out with its placeable characters replaced by the values of the spans, in
 * their order. Returns 1; 0 if memory is short; -1 if `hidden` has not as many of them. */
int tj_unhide(const char *hidden, size_t n, const struct tj_fixed *spans, size_t n_spans,
              struct tj_string *out);

/* The number of bytes up to the next placeable character, n if there is none. */
size_t tj_placeable_find(const char *text, size_t n);

#endif
