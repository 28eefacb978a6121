/* SPDX-License-Identifier: MIT */
/* The beginning that a line's translation is to have, given in a column of the line: as pieces for
 * the search, and as text for what it finds. */
#ifndef TJ_DECODE_LINE_PREFIX_H
#define TJ_DECODE_LINE_PREFIX_H

#include "src/decode/chunk.h"
#include "src/decode/line_plan.h"

struct tj_part_prefix {
	struct tj_prefix pieces;
	const char *text;    /* [n_text], as it was given */
	const char *written; /* [n_written]: what the pieces decode to */
	size_t n_text, n_written;
};

/* Returns the bytes of a line's prefix, without white space before it, and sets *text; 0: it has
 * none. */
size_t tj_line_prefix(const struct tj_chunk *c, const struct tj_chunk_line *line,
                      const struct tj_language *l, const char **text);

/* Makes the prefix of a part of n bytes of valid UTF-8 without separators. With a reading, which
 * the part is of, the network sees it as it sees the reading: normalised, and with its placeables.
 * *prefix, in the chunk's blocks, is NULL if that is more than max_pieces or no text. */
trujaman_status tj_part_prefix_make(struct tj_chunk *c, const struct tj_language *l,
                                    const struct tj_reading *r, const char *text, size_t n,
                                    struct tj_tools *tools, const struct tj_part_prefix **prefix,
                                    struct tj_error *err);

/* If *text begins with the n bytes `written`, puts what was given in their place. Returns 0 if
 * memory is short. */
int tj_part_prefix_put(const struct tj_part_prefix *p, const char *written, size_t n,
                       struct tj_string *text);

/* Whether a translation of the line, with all its columns, has the line's prefix. */
int tj_line_has_prefix(const struct tj_chunk *c, const struct tj_chunk_line *line,
                       const struct tj_language *l, const struct tj_string *translated);

#endif
