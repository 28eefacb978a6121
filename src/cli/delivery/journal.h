/* SPDX-License-Identifier: MIT */
/* A journal: a small text file beside an output that is not done. It says which run the
 * output is of, and notes what has been reached, so that another run can go on.
 *
 *   trujaman journal 1
 *   = KEY VALUE           the identity: everything that the bytes of the output depend on
 *   + NOTE                appended as the run proceeds
 *
 * Control characters and backslashes in values are written as \xNN. */
#ifndef TJ_CLI_DELIVERY_JOURNAL_H
#define TJ_CLI_DELIVERY_JOURNAL_H

#include <stdint.h>
#include <stdio.h>

/* Lines "= KEY VALUE\n". Begin, add, end; the text is malloc's and the caller's. */
struct tj_run_identity {
	FILE *stream;
	char *text;
	size_t n;
	int failed;
};

/* Exit status; failure has been told. */
int tj_run_identity_begin(struct tj_run_identity *id);
void tj_run_identity_add(struct tj_run_identity *id, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int tj_run_identity_end(struct tj_run_identity *id);

struct tj_journal {
	char *path;   /* malloc's */
	int fd;       /* -1: not open for notes */
	char **notes; /* what was noted before, in order; malloc's */
	size_t n_notes;
};

/* Take the name (copied) of a journal that is neither read nor written yet. Exit status. */
int tj_journal_name(struct tj_journal *j, const char *path);

/* Read what is there into `notes` and check that it is of the same run: where not, say what
 * differs. A torn last line is left out. Exit status, failure having been told. */
int tj_journal_read(struct tj_journal *j, const char *identity);

/* Forget the notes from the n-th on. */
void tj_journal_cut(struct tj_journal *j, size_t n);

/* Begin anew, with the identity and the notes held, in place of what was there. Exit status,
 * failure having been told. */
int tj_journal_begin(struct tj_journal *j, const char *identity);

/* Append a note, one line without its newline. Exit status, failure having been told. */
int tj_journal_note(struct tj_journal *j, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Close, and remove the file if asked to; failing to remove it is told. */
void tj_journal_close(struct tj_journal *j, int and_remove);

#endif
