/* SPDX-License-Identifier: MIT */
/* Where results go: stdout, or a file that appears whole or not at all. */
#ifndef TJ_CLI_DELIVERY_OUTPUT_H
#define TJ_CLI_DELIVERY_OUTPUT_H

#include <sys/stat.h>

struct tj_output {
	int fd;
	const char *name; /* for messages */
	/* NULL where results go straight to fd; else both are malloc's: what is
	 * being written, and the name that it will have. */
	char *partial, *final;
};

/* Where `path` leads: *final (malloc's) is the file to replace or make, *old what it is now
 * (st_nlink 0: nothing); or *final is NULL: it is no file but a device, a pipe, or what
 * stdout already is. Exit status, failure having been told. */
int tj_output_find(const char *path, char **final, struct stat *old);

/* Give a new file the owner and permissions of the one that it will replace. 0: errno. */
int tj_output_inherit(int fd, const struct stat *old);

/* The file under `partial` gets the name `final` once it is on the disk; closes fd. `name`
 * is for the message. Exit status; on failure the file keeps its name. */
int tj_output_publish(int fd, const char *partial, const char *final, const char *name);

/* What `path` (NULL or "-": stdout) leads to now; 0 when there is nothing. */
int tj_output_stat(const char *path, struct stat *st);

/* Whether an output is the file `input`. Devices and sockets can be read and written at
 * once; a file would be lost, or grow for ever, and a FIFO would wait for itself. */
int tj_output_is(const struct stat *output, const struct stat *input);

/* Opens an output for `path`, which must outlive it. A regular or new file is
 * written beside its name as PATH.partial-PID; all else (device, pipe, what
 * stdout already is) directly. A signal that ends the process removes the
 * partial file. Returns an exit status; one that is not TJ_EXIT_DONE has been
 * told and leaves nothing to close. One output is open at a time. */
int tj_output_open(struct tj_output *o, const char *path);

/* Closes, and gives a file its name once it is on the disk. Exit status. */
int tj_output_commit(struct tj_output *o);

/* Closes and removes a partial file; what had the final name stays. */
void tj_output_abandon(struct tj_output *o);

#endif
