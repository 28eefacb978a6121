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
	uint64_t noted_lines, noted_bytes; /* those of them that "input" notes cover (PART) */
};

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

/* Opens the partial file of `final`, which comes from malloc and is taken over in any case. A torn
 * end is cut off. If `identity` is NULL, there is no journal yet (tj_partial_begin_journal creates
 * it) and nothing to resume. A lock is held, so that only one run writes the file. Returns an exit
 * status; a failure has already been reported; TJ_FAILED_ALONE (output.h) if this file alone has
 * failed. */
int tj_partial_open(struct tj_partial *p, char *final, const char *identity, enum tj_start start,
                    enum tj_content content);

/* Creates the journal if tj_partial_open was given no identity. Returns an exit status; a failure
 * has already been reported. */
int tj_partial_begin_journal(struct tj_partial *p, const char *identity);

/* Closes the file and gives it its final name; with sync_folder also so that the name outlasts a
 * power loss. Removes the journal, or with keep_journal leaves it as FINAL.journal. Returns the
 * same as tj_output_publish. */
int tj_partial_commit(struct tj_partial *p, int keep_journal, int sync_folder);

/* Closes the file and the journal, and leaves both for another run; with `tell` it prints a message
 * that says so. If the file is empty, removes both instead. `lines` is the number of input lines
 * that a run could go on after. */
void tj_partial_leave(struct tj_partial *p, uint64_t lines, int tell);

/* Removes the journal that lies beside a complete output if the run was killed just after it had
 * given the output its name. */
void tj_partial_tidy(const char *final);

/* What lies beside an output that is not complete. */
enum tj_left {
	TJ_LEFT_NOTHING,  /* no partial file, or an empty one */
	TJ_LEFT_ALONE,    /* a partial file without a journal: it was small */
	TJ_LEFT_OF_RUN,   /* a partial file of the run with this identity */
	TJ_LEFT_OF_OTHER, /* a partial file of another run */
	TJ_LEFT_UNKNOWN   /* a failure, which has already been reported */
};

/* Finds out what an earlier run has left of `final`, and changes nothing. For TJ_LEFT_OF_RUN,
 * *lines is the number of lines of input that need not be translated again. A difference from the
 * identity is not reported; NULL is the identity of no run. */
enum tj_left tj_partial_look(const char *final, const char *identity, enum tj_content content,
                             uint64_t *lines);

/* Whether `final` is a part that is complete and whose journal has this identity: 1, 0, or -1 if it
 * is complete but of another run, which has been reported unless `quiet`. */
int tj_partial_is_done(const char *final, const char *identity, int quiet);

/* Return the names "FINAL.partial" and "FINAL.journal", which the caller frees. NULL: out of
 * memory, which has already been reported. */
char *tj_partial_path(const char *final);
char *tj_journal_path(const char *final);

#endif
