/* SPDX-License-Identifier: MIT */
/* The journal: a small text file beside an output that is not complete. It says which run the
 * output belongs to, and notes how far that run has come, so that another run can resume it.
 *
 *   trujaman journal 1
 *   = KEY VALUE           the identity: everything that the bytes of the output depend on
 *   + NOTE                appended as the run proceeds
 *
 * Control characters and backslashes in values and in names are written as \xNN. */
#ifndef TJ_CLI_DELIVERY_JOURNAL_H
#define TJ_CLI_DELIVERY_JOURNAL_H

#include <stdint.h>
#include <stdio.h>

struct tj_journal {
	char *path;   /* from malloc; NULL: no journal */
	int fd;       /* -1: not open for notes */
	char **notes; /* earlier notes, in order; from malloc, as is the array */
	size_t n_notes, capacity;
	int is_known; /* this run has read or written it, so it is nobody else's */
	int quiet;    /* tj_journal_read does not say that a journal belongs to another run */
};

/* Whether the file `path` is a journal of this program, of whatever run. */
int tj_journal_is(const char *path);

/* Sets the path (copied) of a journal that is neither read nor written yet. Returns an exit status;
 * a failure has already been reported. */
int tj_journal_name(struct tj_journal *j, const char *path);

/* Reads the existing journal into `notes`, and checks that it belongs to the same run; if not, says
 * what differs. A torn last line is ignored. Returns an exit status; a failure has already been
 * reported. */
int tj_journal_read(struct tj_journal *j, const char *identity);

/* Adds a note to `notes`, but not to the file. Returns an exit status; a failure has already been
 * reported. */
int tj_journal_take(struct tj_journal *j, const char *note);

/* Whether the identity in the journal `path` begins with the lines of `run`: then it is of that
 * run, whatever its inputs. Reports nothing. */
int tj_journal_is_of_run(const char *path, const char *run);

/* Checks that neither at `path` nor where the journal is written before it gets that name lies a
 * file that is no journal of this program: it must be neither replaced nor removed. Returns an exit
 * status; a failure has already been reported. */
int tj_journal_check_place(const char *path);

/* Returns the note "KEY VALUE" with the value escaped, for tj_journal_note and tj_journal_take. The
 * caller frees it. NULL: out of memory, which has already been reported. */
char *tj_journal_escaped_note(const char *key, const char *value);

/* Writes a value as it stands in a journal. */
void tj_journal_put_escaped(FILE *stream, const char *value);

/* Drops the notes from number n (from 0) on. */
void tj_journal_cut(struct tj_journal *j, size_t n);

/* Replaces the journal by a new one with this identity and the notes in `notes`, and opens it for
 * more notes. Fails as tj_journal_check_place does. Returns an exit status; a failure has already
 * been reported. */
int tj_journal_begin(struct tj_journal *j, const char *identity);

/* Appends a note, which is one line without its newline. Returns an exit status; a failure has
 * already been reported. */
int tj_journal_note(struct tj_journal *j, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Flushes the notes to the disk. Returns an exit status; a failure has already been reported. */
int tj_journal_sync(struct tj_journal *j);

/* Closes the journal, and removes the file if and_remove is set, unless it is no journal. A failure
 * to remove it is reported if this run has written it. */
void tj_journal_close(struct tj_journal *j, int and_remove);

#endif
