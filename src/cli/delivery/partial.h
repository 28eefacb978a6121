/* SPDX-License-Identifier: MIT */
/* An output file that is not complete: OUT.partial, and OUT.journal beside it. Both outlive a run
 * that is killed or fails, so that another run can resume it. Every line of input gives one line of
 * output, and always the same one. So the file itself records how far the run has come, and the
 * journal says which run it was. */
#ifndef TJ_CLI_DELIVERY_PARTIAL_H
#define TJ_CLI_DELIVERY_PARTIAL_H

#include "src/cli/delivery/journal.h"

enum tj_start {
	TJ_START_NEW,    /* partial output of another run is an error */
	TJ_START_RESUME, /* resume the partial output; if there is none, begin */
	TJ_START_AGAIN   /* begin anew and replace what exists */
};

struct tj_partial {
	char *final, *path; /* from malloc; path NULL: not open */
	struct tj_journal journal;
	int fd;
	uint64_t lines, bytes; /* complete lines of input in it when opened, and their bytes */
};

/* What an output consists of. LINES: one line for each input line. NUMBERED: each line begins with
 * the number of its input line and a tab, and several lines may have the same number (n-best).
 * PACKED: compressed members; the journal has a note "member BYTES LINES" for the end of each. */
enum tj_content { TJ_CONTENT_LINES, TJ_CONTENT_NUMBERED, TJ_CONTENT_PACKED };

/* Opens the partial file of `final`, which comes from malloc and is taken over in any case. A torn
 * end is cut off. If `identity` is NULL, there is no journal yet (tj_partial_begin_journal creates
 * it) and nothing to resume. A lock is held, so that only one run writes the file. Returns an exit
 * status; a failure has already been reported. */
int tj_partial_open(struct tj_partial *p, char *final, const char *identity, enum tj_start start,
                    enum tj_content content);

/* Creates the journal if tj_partial_open was given no identity. Returns an exit status; a failure
 * has already been reported. */
int tj_partial_begin_journal(struct tj_partial *p, const char *identity);

/* Closes the file and gives it its final name. Removes the journal, or with keep_journal leaves it
 * as FINAL.journal. Returns an exit status; a failure has already been reported. */
int tj_partial_commit(struct tj_partial *p, int keep_journal);

/* Closes the file and the journal, leaves both for another run and prints a message that says so.
 * If the file is empty, removes both instead. `lines` is the number of input lines that the file
 * now holds. */
void tj_partial_leave(struct tj_partial *p, uint64_t lines);

/* Return the names "FINAL.partial" and "FINAL.journal", which the caller frees. NULL: out of
 * memory, which has already been reported. */
char *tj_partial_path(const char *final);
char *tj_journal_path(const char *final);

#endif
