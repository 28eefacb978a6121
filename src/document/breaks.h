/* SPDX-License-Identifier: MIT */
/* Places to break a text: at a space, between two ideographs. */
#ifndef TJ_DOCUMENT_BREAKS_H
#define TJ_DOCUMENT_BREAKS_H

#include <stddef.h>

struct tj_break {
	size_t at, n; /* the n bytes of white space there vanish */
	size_t width; /* characters before it */
};

struct tj_breaks {
	struct tj_break *items; /* in order; from malloc */
	size_t n, capacity;
	size_t width; /* of all of the text */
};

/* Adds the places in n bytes of valid UTF-8 at `at`; call it for each piece of a text in order.
 * Returns 0 if memory is short. */
int tj_breaks_add(struct tj_breaks *b, const char *text, size_t at, size_t n);

/* Chooses where each of n_rows rows but the last ends, of at least n_rows - 1 places: ends[i] gets
 * an index. widths[i]: the characters that the source has in row i; stops[i]: it ends a sentence
 * there, and so should the translation. */
void tj_breaks_choose(const struct tj_breaks *b, const char *text, const size_t *widths,
                      const unsigned char *stops, size_t n_rows, size_t *ends);

/* The characters of n bytes. */
size_t tj_text_width(const char *text, size_t n);

#endif
