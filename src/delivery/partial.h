/* SPDX-License-Identifier: MIT */
/* An output file that is not complete: OUT.partial, and OUT.journal beside it. Both outlive a run
 * that is killed or fails, so that another run can resume it. Every line of input gives one line of
 * output, and always the same one. So the file itself records how far the run has come, and the
 * journal says which run it was. */
#ifndef TJ_DELIVERY_PARTIAL_H
#define TJ_DELIVERY_PARTIAL_H

#include "src/delivery/listener.h"
#include "src/delivery/measure.h"

enum tj_start {
	TJ_START_NEW,    /* partial output of another run is an error */
	TJ_START_RESUME, /* resume the partial output; if there is none, begin */
	TJ_START_AGAIN   /* begin anew and replace what exists */
};

struct tj_partial {
	char *final, *path; /* from malloc; path NULL: not open */
	struct tj_journal journal;
	int fd;
	struct tj_extent has; /* what was in it when it was opened */
};

/* Opens the partial file of `final`, which comes from malloc and is taken over in any case. A torn
 * end is cut off. If `identity` is NULL, there is no journal yet (tj_partial_begin_journal creates
 * it) and nothing to resume. A lock is held, so that only one run writes the file.
 * tj_output_fails_alone (output.h) tells whether this file alone has failed. */
trujaman_status tj_partial_open(struct tj_partial *p, char *final, const char *identity,
                                enum tj_start start, enum tj_content content, struct tj_error *err);

/* Creates the journal if tj_partial_open was given no identity. */
trujaman_status tj_partial_begin_journal(struct tj_partial *p, const char *identity,
                                         struct tj_error *err);

/* What becomes of the journal of a complete output. */
enum tj_journal_fate { TJ_JOURNAL_GOES, TJ_JOURNAL_STAYS };

/* Closes the file and gives it its final name; with sync_folder also so that the name outlasts a
 * power loss. The journal is removed, or stays as FINAL.journal. Tells the listener if it cannot be
 * removed: the output is complete all the same. */
trujaman_status tj_partial_commit(struct tj_partial *p, enum tj_journal_fate fate, int sync_folder,
                                  const struct tj_listener *listener, struct tj_error *err);

/* Closes the file and the journal, and leaves both for another run; with `tell` it tells the
 * listener so. If the file is empty, removes both instead. `lines` is the number of input lines
 * that a run could go on after. */
void tj_partial_leave(struct tj_partial *p, uint64_t lines, int tell,
                      const struct tj_listener *listener);

/* Removes the journal that lies beside a complete output if the run was killed just after it had
 * given the output its name. */
void tj_partial_tidy(const char *final, const struct tj_listener *listener);

/* What lies beside an output that is not complete. */
enum tj_left {
	TJ_LEFT_NOTHING,  /* no partial file, or an empty one */
	TJ_LEFT_ALONE,    /* a partial file without a journal: it was small */
	TJ_LEFT_OF_RUN,   /* a partial file of the run with this identity */
	TJ_LEFT_OF_OTHER, /* a partial file of another run */
	TJ_LEFT_UNKNOWN   /* a failure */
};

/* Finds out what an earlier run has left of `final`, and changes nothing. For TJ_LEFT_OF_RUN,
 * *lines is the number of lines of input that need not be translated again. A difference from the
 * identity is no failure; NULL is the identity of no run. */
enum tj_left tj_partial_look(const char *final, const char *identity, enum tj_content content,
                             uint64_t *lines, struct tj_error *err);

/* Whether `final` is a part that is complete and whose journal has this identity: 1, 0, or -1 if it
 * is complete but of another run, and the error says how that differs. */
int tj_partial_is_done(const char *final, const char *identity, struct tj_error *err);

/* Return the names "FINAL.partial" and "FINAL.journal", which the caller frees. NULL: out of
 * memory. */
char *tj_partial_path(const char *final, struct tj_error *err);
char *tj_journal_path(const char *final, struct tj_error *err);

#endif
