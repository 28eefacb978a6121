/* SPDX-License-Identifier: MIT */
/* The journal: a small text file beside an output that is not complete. It says which run the
 * output belongs to, and notes how far that run has come, so that another run can resume it.
 *
 *   trujaman journal 1
 *   = KEY VALUE           the identity: everything that the bytes of the output depend on
 *   + NOTE                appended as the run proceeds
 *
 * Control characters and backslashes in values and in names are written as \xNN. */
#ifndef TJ_DELIVERY_JOURNAL_H
#define TJ_DELIVERY_JOURNAL_H

#include <stdio.h>

#include "src/base/status.h"

struct tj_journal {
	char *path;   /* from malloc; NULL: no journal */
	int fd;       /* -1: not open for notes */
	char **notes; /* earlier notes, in order; from malloc, as is the array */
	size_t n_notes, capacity;
	int is_known; /* this run has read or written it, so it is nobody else's */
};

/* Whether the file `path` is a journal of this program, of whatever run. */
int tj_journal_is(const char *path);

/* Whether it is one or the beginning of one, perhaps empty: what a run leaves that was killed while
 * it wrote a new one. */
int tj_journal_begins(const char *path);

/* Sets the path (copied) of a journal that is neither read nor written yet. */
trujaman_status tj_journal_name(struct tj_journal *j, const char *path, struct tj_error *err);

/* Reads the existing journal into `notes`, and checks that it belongs to the same run; if not, the
 * error (TRUJAMAN_ERROR_INPUT) says what differs. A torn last line is ignored. */
trujaman_status tj_journal_read(struct tj_journal *j, const char *identity, struct tj_error *err);

/* Adds a note to `notes`, but not to the file. */
trujaman_status tj_journal_take(struct tj_journal *j, const char *note, struct tj_error *err);

/* Whether the identity in the journal `path` begins with the lines of `run`: then it is of that
 * run, whatever its inputs. */
int tj_journal_is_of_run(const char *path, const char *run);

/* Checks that neither at `path` nor where the journal is written before it gets that name lies a
 * file that is no journal of this program: it must be neither replaced nor removed. */
trujaman_status tj_journal_check_place(const char *path, struct tj_error *err);

/* Returns the note "KEY VALUE" with the value escaped, for tj_journal_note and tj_journal_take. The
 * caller frees it. NULL: out of memory. */
char *tj_journal_escaped_note(const char *key, const char *value, struct tj_error *err);

/* Writes a value as it stands in a journal. */
void tj_journal_put_escaped(FILE *stream, const char *value);

/* Drops the notes from number n (from 0) on. */
void tj_journal_cut(struct tj_journal *j, size_t n);

/* Replaces the journal by a new one with this identity and the notes in `notes`, and opens it for
 * more notes. Fails as tj_journal_check_place does. */
trujaman_status tj_journal_begin(struct tj_journal *j, const char *identity, struct tj_error *err);

/* Appends a note, which is one line without its newline. */
trujaman_status tj_journal_note(struct tj_journal *j, struct tj_error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Flushes the notes to the disk. */
trujaman_status tj_journal_sync(struct tj_journal *j, struct tj_error *err);

/* Closes the journal; the file stays. */
void tj_journal_close(struct tj_journal *j);

/* Closes the journal and removes the file, unless it is no journal. That it cannot be removed is a
 * failure only if this run has written it. */
trujaman_status tj_journal_remove(struct tj_journal *j, struct tj_error *err);

#endif
