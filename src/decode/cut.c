/* SPDX-License-Identifier: MIT */
/* Cuts at the best of the last max_pieces seams. */
#include "src/decode/cut.h"

#include "src/text/sentences.h"

static int inside_span(const struct tj_cuttable *x, size_t byte)
{
	size_t low = 0, high = x->n_spans; /* the last one that begins before it */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (x->spans[middle].first < byte)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && byte < x->spans[low - 1].first + x->spans[low - 1].n;
}

size_t tj_cut(const struct tj_cuttable *x, size_t from)
{
	size_t max = x->max_pieces, best = from;
	enum tj_seam found = TJ_SEAM_NONE;
	if (x->n_ids - from <= max)
		return x->n_ids;
	for (size_t at = from + max; at > from; at--) {
		if (found == TJ_SEAM_SPACE && at <= from + max / 2)
			break;
		/* Pieces that begin at the same byte belong to one character: do not cut it. */
		if (x->starts[at] == x->starts[at - 1] || x->starts[at] >= x->n_bytes)
			continue;
		if (x->n_spans > 0 && inside_span(x, x->starts[at]))
			continue;
		enum tj_seam seam = tj_seam_at(x->text, x->n_bytes, x->starts[at]);
		if (seam == TJ_SEAM_CLAUSE && at <= from + max / 2)
			seam = TJ_SEAM_SPACE;
		if (seam > found) {
			found = seam;
			best = at;
		}
		if (found == TJ_SEAM_CLAUSE)
			break;
	}
	/* Nothing but seams within a character, or in a combining sequence. */
	return best > from || x->n_spans > 0 ? best : from + max;
}
