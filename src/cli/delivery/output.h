/* SPDX-License-Identifier: MIT */
/* Where results go: stdout, or a file that appears either complete or not at all. */
#ifndef TJ_CLI_DELIVERY_OUTPUT_H
#define TJ_CLI_DELIVERY_OUTPUT_H

#include <sys/stat.h>

/* Is no exit status of the program: some functions below src/cli/delivery return it where only this
 * one output cannot be written, so that a run with several outputs can go on with the others. */
enum { TJ_FAILED_ALONE = 3 };

/* Returns TJ_FAILED_ALONE if this errno of opening, creating or renaming a file is due to its name
 * or to what has that name; TJ_EXIT_FAILED if other files would fail, too (a full disk). */
int tj_output_failure(int code);

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
 * not a file but a device, a pipe, or what stdout already is. Returns an exit status; a failure has
 * already been reported. */
int tj_output_find(const char *path, char **final, struct stat *old);

/* Gives a new file the group and permissions of the file that it will replace and, if possible, the
 * owner. Returns 0 on failure and sets errno. */
int tj_output_inherit(int fd, const struct stat *old);

/* Flushes the file `partial` to disk, closes fd and renames the file to `final`; only
 * tj_folder_sync (src/io/replace.h) makes the new name outlast a power loss. If `partial` is NULL
 * it only closes fd. `name` is for the error message. Returns an exit status; a failure has already
 * been reported, and the file keeps its name; TJ_FAILED_ALONE if it alone has failed. */
int tj_output_publish(int fd, const char *partial, const char *final, const char *name);

/* Stores in *st what `path` (NULL or "-": stdout) leads to now. Returns 0 if there is nothing. */
int tj_output_stat(const char *path, struct stat *st);

/* Returns whether the output is the same file or FIFO as `input`. Devices and sockets never count,
 * because they can be read and written at the same time. A file would be lost or grow forever, and
 * a FIFO would wait for itself. */
int tj_output_is(const struct stat *output, const struct stat *input);

/* Opens an output for `path`, which must outlive it. A regular or new file is written as
 * PATH.partial-PID in the same folder; anything else (a device, a pipe, what stdout already is) is
 * written directly. A signal that ends the process removes the partial file. Returns an exit
 * status; a failure has already been reported and leaves nothing to close. At most
 * TJ_MOST_OUTPUTS may be open at a time. */
int tj_output_open(struct tj_output *o, const char *path);

/* Closes the output. A file gets its final name once it is on the disk, and that is flushed, too.
 * Returns an exit status; a failure has already been reported, and the output is abandoned. */
int tj_output_commit(struct tj_output *o);

/* Closes the output and removes its partial file. An existing file with the final name stays. */
void tj_output_abandon(struct tj_output *o);

#endif
