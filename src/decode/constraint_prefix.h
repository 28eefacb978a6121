/* SPDX-License-Identifier: MIT */
/* What a translation must begin with. All pieces but those of the last word are prescribed; the
 * last word is prescribed as text, because it may be only the beginning of a longer one, which the
 * vocabulary writes in other pieces. */
#ifndef TJ_DECODE_CONSTRAINT_PREFIX_H
#define TJ_DECODE_CONSTRAINT_PREFIX_H

#include <stddef.h>
#include <stdint.h>

enum { TJ_MOST_TAIL = 255 };

struct tj_prefix {          /* zeros: none */
	const int32_t *ids; /* [n_ids] */
	size_t n_ids;
	const char *tail; /* [n_tail]: what follows them, as pieces write it, U+2581 for a space */
	size_t n_tail;    /* at most TJ_MOST_TAIL */
};

/* Whether a hypothesis of n_pieces pieces, which have written `done` bytes of the tail, has all of
 * the prefix. */
static inline int tj_prefix_is_whole(const struct tj_prefix *p, size_t n_pieces, size_t done)
{
	return n_pieces >= p->n_ids && done == p->n_tail;
}

/* Whether n bytes, the text of a piece, may follow `done` bytes of the tail: they go on with it or
 * have all the rest of it at their beginning. *goes_beyond: there is more behind that. */
int tj_prefix_fits(const struct tj_prefix *p, size_t done, const char *text, size_t n,
                   int *goes_beyond);

#endif
