/* SPDX-License-Identifier: MIT */
/* Where results go: stdout, or a file that appears either complete or not at all. */
#ifndef TJ_DELIVERY_OUTPUT_H
#define TJ_DELIVERY_OUTPUT_H

#include <sys/stat.h>

#include "src/base/status.h"

/* Whether only this one output cannot be written, so that a run with several can go on with the
 * others: by its code, the failure to open, create or rename a file is due to its name or to what
 * has that name. Other files would fail, too, because of a full disk. */
int tj_output_fails_alone(const struct tj_error *err);

struct tj_output {
	int fd;
	const char *name; /* for messages */
	/* The path being written, and the name that the file will get. NULL if results go straight
	 * to fd; otherwise both are allocated with malloc. */
	char *partial, *final;
	int is_ours; /* the partial file was created */
};

/* So many may be open at a time: results, and the attention. */
enum { TJ_MOST_OUTPUTS = 2 };

/* Finds out where `path` leads. *final, which the caller frees, is the file to replace or create,
 * and *old describes the existing file (st_nlink 0: there is none). *final is NULL if the path is
 * not a file but a device, a pipe, or what stdout already is. */
trujaman_status tj_output_find(const char *path, char **final, struct stat *old,
                               struct tj_error *err);

/* Gives a new file the group and permissions of the file that it will replace and, if possible, the
 * owner. Returns 0 on failure and sets errno. */
int tj_output_inherit(int fd, const struct stat *old);

/* Flushes the file `partial` to disk, closes fd and renames the file to `final`; only
 * tj_folder_sync (src/io/replace.h) makes the new name outlast a power loss. If `partial` is NULL
 * it only closes fd. `name` is for the error message. After a failure the file keeps its name. */
trujaman_status tj_output_publish(int fd, const char *partial, const char *final, const char *name,
                                  struct tj_error *err);

/* Stores in *st what `path` (NULL or "-": stdout) leads to now. Returns 0 if there is nothing. */
int tj_output_stat(const char *path, struct stat *st);

/* Returns whether the output is the same file or FIFO as `input`. Devices and sockets never count,
 * because they can be read and written at the same time. A file would be lost or grow forever, and
 * a FIFO would wait for itself. */
int tj_output_is(const struct stat *output, const struct stat *input);

/* Opens an output for `path`, which must outlive it. A regular or new file is written as
 * PATH.partial-PID in the same folder; anything else (a device, a pipe, what stdout already is) is
 * written directly. A signal that ends the process removes the partial file. A failure leaves
 * nothing to close. At most TJ_MOST_OUTPUTS may be open at a time. */
trujaman_status tj_output_open(struct tj_output *o, const char *path, struct tj_error *err);

/* Closes the output. A file gets its final name once it is on the disk, and that is flushed, too.
 * After a failure the output is abandoned. */
trujaman_status tj_output_commit(struct tj_output *o, struct tj_error *err);

/* Closes the output and removes its partial file. An existing file with the final name stays. */
void tj_output_abandon(struct tj_output *o);

#endif
