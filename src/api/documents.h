/* SPDX-License-Identifier: MIT */
/* Documents among the inputs of a stream. Reading: the lines of a document are gathered until it is
 * complete, then its segments go into chunks like lines of text. Writing: what becomes of a segment
 * is composed in order, and a document whose last segment is written is let go. */
#ifndef TJ_API_DOCUMENTS_H
#define TJ_API_DOCUMENTS_H

#include "src/api/flying.h"
#include "src/api/stream.h"

struct tj_documents {
	struct tj_stream *stream; /* not owned, as the next two */
	struct tj_reader *reader;
	uint8_t *formats; /* [inputs] an enum tj_format; owned; NULL: there are no documents */
	struct tj_reading_options options;
	trujaman_input *inputs; /* [inputs] for the reader; owned */
	uint64_t *skips;        /* [inputs] segments not to give out; owned */
	/* What belongs to the reader. */
	struct tj_line line; /* read, but not used yet */
	int has_line;
	int gathers; /* 1: a document of this input has begun: */
	size_t input;
	struct tj_string gathered;
	uint64_t first_line, first_byte, offset;
	struct tj_flying *current; /* its segments from `next` on are not in a chunk yet */
	size_t next;
	int unended;             /* what was given out last does not end with a newline */
	struct tj_flight flight; /* what reader and writer share */
};

/* Finds out which of n inputs are documents; `skip` as in trujaman_sink. Close it in any case.
 * USAGE: a format is unknown, or documents do not go with what is wanted. */
trujaman_status tj_documents_open(struct tj_documents *d, struct tj_stream *stream, size_t n,
                                  uint64_t *skip, enum trujaman_output output,
                                  struct tj_error *err);
void tj_documents_close(struct tj_documents *d);

/* Takes one step: reads a line, or gathers it, or adds a segment to the chunk. Sets *is_text if
 * d->line is of a text: the caller takes it and clears d->has_line. Returns what tj_reader_next
 * does. */
enum tj_read tj_documents_next(struct tj_documents *d, int may_block, struct tj_chunk *chunk,
                               int *is_text, struct tj_error *err);

/* Makes a waiting tj_documents_next return. */
void tj_documents_wake(struct tj_documents *d);

/* Keeps the translation of a chunk's line that is a segment. */
trujaman_status tj_documents_keep(const struct tj_chunk *c, const struct tj_chunk_line *line,
                                  struct tj_error *err);

/* Composes the lines of a chunk that are segments, in the chunk's `out`. */
trujaman_status tj_documents_compose(struct tj_documents *d, struct tj_chunk *c,
                                     struct tj_error *err);

#endif
