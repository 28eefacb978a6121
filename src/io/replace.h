/* SPDX-License-Identifier: MIT */
/* Replaces a file by a complete one: under its name lies either what was there or what is new, at
 * any moment and also after a power loss. The new content is written beside it, flushed to the disk
 * and renamed, and then the folder is flushed. Also what two processes need that write one file: a
 * lock, and the removal of what killed ones have left. Any thread.
 *
 * The functions return 1; on failure 0, with errno set. */
#ifndef TJ_IO_REPLACE_H
#define TJ_IO_REPLACE_H

/* Creates a file beside `path`, PATH.partial-PID, or PATH.partial-PID-I if that name is taken:
 * never through a link. Stores its name in *partial, from malloc, also on failure (NULL: out of
 * memory), and its descriptor, open for writing, in *fd. */
int tj_replace_create(const char *path, char **partial, int *fd);

/* Flushes the file to the disk and closes it, in any case. What cannot be flushed, such as a pipe,
 * is only closed. */
int tj_replace_close(int fd);

/* Gives the complete file its final name. tj_folder_sync makes that last. */
int tj_replace_rename(const char *partial, const char *path);

/* Flushes the folder in which `path` lies, so that the names in it outlast a power loss. A folder
 * that must not be read, or that cannot be flushed, is none of the caller's faults: that is no
 * failure. */
int tj_folder_sync(const char *path);

/* Removes the files that tj_replace_create has made for `path` in processes that were killed,
 * except `own` (NULL: none). Also what was in turn made for such a file. It is only tidying up: a
 * file that cannot be removed stays. */
void tj_replace_sweep(const char *path, const char *own);

/* Locks the open file, so that only one process writes what is called `path`. The system releases
 * the lock when the file is closed or the process is killed. On a file system without locks, the
 * caller has it. */
enum tj_lock {
	TJ_LOCKED,
	TJ_LOCK_TAKEN, /* another process has it */
	TJ_LOCK_STALE  /* `path` names another file by now: who had the lock has renamed or removed
	                  it */
};
enum tj_lock tj_lock(int fd, const char *path);

#endif
