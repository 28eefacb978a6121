/* SPDX-License-Identifier: MIT */
/* How far an output that is not complete has come. */
#ifndef TJ_DELIVERY_MEASURE_H
#define TJ_DELIVERY_MEASURE_H

#include <stdint.h>

#include "src/delivery/journal.h"

/* What an output consists of. LINES: one line for each input line. NUMBERED: each line begins with
 * the number of its input line and a tab, and several lines may have the same number (n-best).
 * PACKED: compressed members, or a document; the journal has a note "member BYTES LINES" for the
 * end of each member, and for segments of a document.
 * PART: lines of a shard; the journal has a note "input LINES BYTES ADDED" for the end of each
 * input (sink.h). WHOLE_PART: the same, with a document, which lies in one part as a whole. */
enum tj_content {
	TJ_CONTENT_LINES,
	TJ_CONTENT_NUMBERED,
	TJ_CONTENT_PACKED,
	TJ_CONTENT_PART,
	TJ_CONTENT_WHOLE_PART
};

/* What is kept of an output. */
struct tj_extent {
	uint64_t lines, bytes;             /* of the input, complete; their bytes in the output */
	uint64_t noted_lines, noted_bytes; /* those of them that "input" notes cover (PART) */
};

/* Measures the open file `fd`, called `path`, of which the journal was read. Notes that describe
 * what the file does not hold are dropped from the journal. */
trujaman_status tj_measure(int fd, const char *path, struct tj_journal *journal,
                           enum tj_content content, struct tj_extent *has, struct tj_error *err);

#endif
