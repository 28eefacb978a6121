/* SPDX-License-Identifier: MIT */
/* Spans are hidden in the order of the text: any placeable character will do. */
#include "src/decode/hide.h"

#include <string.h>

/* U+F0000 to U+F00FF in UTF-8 are F3 B0 80 to 83 and one byte more. */
size_t tj_placeable_find(const char *text, size_t n)
{
	const char *at = text, *end = text + n;
	while (at < end && (at = memchr(at, 0xf3, (size_t)(end - at))) != NULL) {
		if (end - at >= TJ_PLACEABLE_BYTES && (unsigned char)at[1] == 0xb0 &&
		    (unsigned char)at[2] >= 0x80 && (unsigned char)at[2] <= 0x83)
			return (size_t)(at - text);
		at++;
	}
	return n;
}

int tj_hide(const char *text, size_t first, size_t end, const struct tj_fixed *spans,
            size_t n_spans, struct tj_mapped *m)
{
	static const char placeable[] = "\xf3\xb0\x80\x80";
	for (size_t i = 0; i < n_spans; i++) {
		size_t after = spans[i].first + spans[i].n;
		if (!tj_mapped_append(m, text + first, spans[i].first - first, first,
		                      spans[i].first) ||
		    !tj_mapped_append(m, placeable, TJ_PLACEABLE_BYTES, spans[i].first, after))
			return 0;
		first = after;
	}
	return tj_mapped_append(m, text + first, end - first, first, end);
}

int tj_unhide(const char *hidden, size_t n, const struct tj_fixed *spans, size_t n_spans,
              struct tj_string *out)
{
	size_t from = 0;
	if (n == 0)
		return n_spans == 0 ? 1 : -1;
	for (size_t i = 0;; i++) {
		size_t to = from + tj_placeable_find(hidden + from, n - from);
		if (!tj_string_append(out, hidden + from, to - from))
			return 0;
		if (to == n)
			return i == n_spans ? 1 : -1;
		if (i == n_spans)
			return -1;
		if (!tj_string_append(out, spans[i].value, spans[i].n_value))
			return 0;
		from = to + TJ_PLACEABLE_BYTES;
	}
}
