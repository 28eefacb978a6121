/* SPDX-License-Identifier: MIT */
/* Reads the pairs that are to be scored: from two texts, from columns of one, or from a text and a
 * list of translations of its lines. */
#ifndef TJ_API_PAIRS_H
#define TJ_API_PAIRS_H

#include "src/api/stream.h"

enum {
	/* The most translations of a line in an n-best list: they are ranked in memory. */
	TJ_MOST_RANKED = 1024
};

/* A translation that waits until those of its line are complete. */
struct tj_entry {
	size_t first, n, column; /* bytes in `texts`; where they begin in their line */
	uint64_t number;         /* of that line */
	enum tj_terminator terminator;
};

struct tj_pairs {
	struct tj_stream *stream;
	enum trujaman_pairs_kind kind;
	const trujaman_input *inputs[2];
	struct tj_reader *source, *target; /* target NULL: columns of the source */
	int columns[2];                    /* from 1 */
	struct tj_line source_line;        /* kept while its target line is not available yet */
	int has_source;                    /* source_line waits for its target line */
	uint64_t n_read;                   /* pairs read */
	/* Of an n-best list: */
	struct tj_line entry; /* the line of the list that comes next */
	int has_entry;
	uint64_t entry_number, group_number; /* lines of the source: entry's, and that of `group` */
	size_t entry_text;                   /* where its translation begins in its line */
	struct tj_string texts;
	struct tj_entry group[TJ_MOST_RANKED];
	size_t n_group;
};

/* Opens the readers. Close it also after a failure. */
trujaman_status tj_pairs_open(struct tj_pairs *x, struct tj_error *err);
void tj_pairs_close(struct tj_pairs *x);

/* Adds pairs to an empty chunk, as a job's read does (workers.h). All translations of a line are in
 * one chunk. */
enum tj_supply tj_pairs_read(struct tj_pairs *x, int may_block, struct tj_chunk *chunk,
                             struct tj_error *err);

#endif
