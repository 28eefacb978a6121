/* SPDX-License-Identifier: MIT */
/* An output file that is not done: OUT.partial, and OUT.journal beside it, which outlive
 * the run if it is killed or fails, so that another one goes on. Because a line of output
 * is made for every line of input, and always the same one, the file is its own record of
 * how far the run has come; the journal says which run it was. */
#ifndef TJ_CLI_DELIVERY_PARTIAL_H
#define TJ_CLI_DELIVERY_PARTIAL_H

#include "src/cli/delivery/journal.h"

enum tj_start {
	TJ_START_NEW,    /* what another run has left is an error */
	TJ_START_RESUME, /* go on with it; where there is none, begin */
	TJ_START_AGAIN   /* begin, whatever is there */
};

struct tj_partial {
	char *final, *path; /* malloc's; path NULL: not open */
	struct tj_journal journal;
	int fd;
	uint64_t lines, bytes; /* whole lines of input in it when opened, and their bytes */
};

/* What an output consists of. NUMBERED: each line has the number of its input line before a
 * tab, and may be one of several (n-best). PACKED: compressed members; the journal notes
 * "member BYTES LINES" where each ends. */
enum tj_content { TJ_CONTENT_LINES, TJ_CONTENT_NUMBERED, TJ_CONTENT_PACKED };

/* Open the partial file of `final`, whose ownership passes over in any case. A torn end is
 * cut off. `identity` NULL: there is no journal yet (tj_partial_begin_journal makes it), and
 * nothing to go on with. One run at a time: a lock is held. Exit status, failure told. */
int tj_partial_open(struct tj_partial *p, char *final, const char *identity, enum tj_start start,
                    enum tj_content content);

/* Where tj_partial_open was given no identity. Exit status, failure told. */
int tj_partial_begin_journal(struct tj_partial *p, const char *identity);

/* Close; the file gets its name, the journal is removed unless it is to be kept: then it
 * gets the name of the output with ".journal". Exit status, failure having been told. */
int tj_partial_commit(struct tj_partial *p, int keep_journal);

/* Close and leave both for another run, saying so; or, where there is nothing in it, remove
 * both. lines: of input that are in it now. */
void tj_partial_leave(struct tj_partial *p, uint64_t lines);

/* The names "FINAL.partial" and "FINAL.journal": malloc's; NULL: no memory, told. */
char *tj_partial_path(const char *final);
char *tj_journal_path(const char *final);

#endif
