/* SPDX-License-Identifier: MIT */
/* Where a sentence that has too many pieces is cut. */
#ifndef TJ_DECODE_CUT_H
#define TJ_DECODE_CUT_H

#include "src/text/spans.h"

/* A sentence in pieces. */
struct tj_cuttable {
	const char *text;
	size_t n_bytes;
	const size_t *starts; /* [n_ids], the byte at which each piece begins */
	size_t n_ids, max_pieces;
	const struct tj_fixed *spans; /* [n_spans], in order: no cut lies inside of one */
	size_t n_spans;
};

/* Returns the piece at which the part that begins with piece `from` ends: n_ids if the rest is not
 * too long. The cut comes after a clause in the second half of the max_pieces pieces, otherwise
 * between words, otherwise between characters; in each case as late as possible. Returns `from` if
 * every place for it lies inside a span. */
size_t tj_cut(const struct tj_cuttable *x, size_t from);

#endif
