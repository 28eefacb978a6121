/* SPDX-License-Identifier: MIT */
/* Opens outputs, and replaces files only by complete ones. */
#include "src/cli/delivery/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/cli/show/message.h"
#include "src/io/link.h"
#include "src/io/replace.h"

/* The paths of the partial files that the signal handler removes; NULL: none. A global is the only
 * way for the handler to know them. */
static _Atomic(const char *) doomed[TJ_MOST_OUTPUTS];

static void remove_and_die(int signal_number)
{
	for (size_t i = 0; i < TJ_MOST_OUTPUTS; i++) {
		const char *path = atomic_load(&doomed[i]);
		if (path)
			unlink(path);
	}
	/* SA_RESETHAND has restored the default action, so this kills the process when the handler
	 * returns. */
	raise(signal_number);
}

static void remove_when_killed(struct tj_output *o)
{
	static const int deadly[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGXCPU, SIGXFSZ };
	size_t slot = 0;
	while (slot + 1 < TJ_MOST_OUTPUTS && atomic_load(&doomed[slot]) != NULL)
		slot++;
	atomic_store(&doomed[slot], o->partial);
	o->is_ours = 1;
	for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
		struct sigaction act;
		/* A signal that the parent has set to be ignored (nohup) stays ignored. */
		if (sigaction(deadly[i], NULL, &act) != 0 || act.sa_handler != SIG_DFL)
			continue;
		memset(&act, 0, sizeof act);
		act.sa_handler = remove_and_die;
		act.sa_flags = SA_RESETHAND;
		sigemptyset(&act.sa_mask);
		(void)sigaction(deadly[i], &act, NULL); /* cannot fail for these signals */
	}
}

static int is_stdout(const char *path)
{
	return path == NULL || strcmp(path, "-") == 0;
}

int tj_output_stat(const char *path, struct stat *st)
{
	return (is_stdout(path) ? fstat(STDOUT_FILENO, st) : stat(path, st)) == 0;
}

int tj_output_is(const struct stat *a, const struct stat *b)
{
	return (S_ISREG(a->st_mode) || S_ISFIFO(a->st_mode)) && a->st_dev == b->st_dev &&
	       a->st_ino == b->st_ino;
}

static int fail(const char *what, const char *name)
{
	if (errno == ENOMEM)
		return tj_cli_fail(TRUJAMAN_ERROR_MEMORY, "out of memory for a file name");
	tj_cli_say("cannot %s %s: %s", what, name, strerror(errno));
	return TJ_EXIT_FAILED;
}

int tj_output_failure(int code)
{
	static const int of_one[] = { EACCES,    EBUSY, EEXIST,  EILSEQ,       EINVAL,
		                      EISDIR,    ELOOP, ENOENT,  ENAMETOOLONG, ENXIO,
		                      ENOTEMPTY, EPERM, ENOTDIR, ETXTBSY };
	for (size_t i = 0; i < sizeof of_one / sizeof *of_one; i++)
		if (code == of_one[i])
			return TJ_FAILED_ALONE;
	return TJ_EXIT_FAILED;
}

static void forget(struct tj_output *o)
{
	for (size_t i = 0; o->partial != NULL && i < TJ_MOST_OUTPUTS; i++)
		if (atomic_load(&doomed[i]) == o->partial)
			atomic_store(&doomed[i], NULL);
	free(o->partial);
	free(o->final);
	o->partial = o->final = NULL;
	o->is_ours = 0;
}

/* `old` describes the file that will be replaced; its st_nlink is 0 if there is none. */
static int create_partial(struct tj_output *o, const struct stat *old)
{
	if (!tj_replace_create(o->final, &o->partial, &o->fd))
		return fail("create", o->partial != NULL ? o->partial : o->final);
	remove_when_killed(o);
	if (old->st_nlink > 0 && !tj_output_inherit(o->fd, old))
		return fail("set the permissions of", o->partial);
	return TJ_EXIT_DONE;
}

int tj_output_inherit(int fd, const struct stat *old)
{
	/* Only root can keep the owner, so losing the owner is not a failure. But if the group is
	 * lost too, the new group must not get the permissions of the old one. */
	mode_t mode = old->st_mode & 0777;
	if (fchown(fd, old->st_uid, old->st_gid) != 0 && fchown(fd, (uid_t)-1, old->st_gid) != 0)
		mode &= ~(mode_t)070;
	return fchmod(fd, mode) == 0;
}

int tj_output_find(const char *path, char **final, struct stat *old)
{
	struct stat out;
	*final = NULL;
	if (stat(path, old) != 0) {
		/* Refuse an empty name here; otherwise only rename would refuse it, at the end. */
		if (errno != ENOENT || *path == '\0')
			return fail("write", path);
		memset(old, 0, sizeof *old);
		/* A link to nothing stays, as for a shell, and what it leads to is made. */
		*final = tj_link_follow(path);
		return *final != NULL ? TJ_EXIT_DONE : fail("write", path);
	}
	/* If the path is /dev/stdout and stdout is a file, that file must not be replaced. */
	if (!S_ISREG(old->st_mode) || (fstat(STDOUT_FILENO, &out) == 0 &&
	                               out.st_dev == old->st_dev && out.st_ino == old->st_ino))
		return TJ_EXIT_DONE;
	/* Replacing a file must not bypass its permissions. */
	if (access(path, W_OK) != 0)
		return fail("write", path);
	/* If `path` is a link to a file, replace that file, not the link. */
	*final = realpath(path, NULL);
	return *final != NULL ? TJ_EXIT_DONE : fail("find", path);
}

/* Open a path that is not a regular file: what stdout already is, a device or a pipe. */
static int open_direct(struct tj_output *o, const char *path, const struct stat *there)
{
	struct stat out;
	if (fstat(STDOUT_FILENO, &out) == 0 && out.st_dev == there->st_dev &&
	    out.st_ino == there->st_ino)
		return TJ_EXIT_DONE;
	o->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return o->fd < 0 ? fail("write", path) : TJ_EXIT_DONE;
}

int tj_output_open(struct tj_output *o, const char *path)
{
	*o = (struct tj_output){ .fd = STDOUT_FILENO, .name = "standard output" };
	if (is_stdout(path))
		return TJ_EXIT_DONE;
	o->name = path;
	struct stat old;
	int status = tj_output_find(path, &o->final, &old);
	if (status != TJ_EXIT_DONE)
		return status;
	if (o->final == NULL)
		return open_direct(o, path, &old);
	status = create_partial(o, &old);
	if (status != TJ_EXIT_DONE)
		tj_output_abandon(o);
	return status;
}

int tj_output_publish(int fd, const char *partial, const char *final, const char *name)
{
	int ok = partial != NULL ? tj_replace_close(fd) : close(fd) == 0;
	if (ok && partial != NULL)
		ok = tj_replace_rename(partial, final);
	int code = errno;
	if (!ok)
		(void)fail("write", name);
	return ok ? TJ_EXIT_DONE : tj_output_failure(code);
}

int tj_output_commit(struct tj_output *o)
{
	int fd = o->fd;
	o->fd = -1;
	char *final = o->final;
	int status = tj_output_publish(fd, o->partial, final, o->name);
	if (status == TJ_EXIT_DONE && final != NULL && !tj_folder_sync(final))
		status = fail("write the folder of", o->name);
	if (status == TJ_EXIT_DONE)
		forget(o);
	else
		tj_output_abandon(o);
	return status == TJ_EXIT_DONE ? TJ_EXIT_DONE : TJ_EXIT_FAILED;
}

void tj_output_abandon(struct tj_output *o)
{
	int code = errno;
	if (o->fd >= 0 && o->fd != STDOUT_FILENO)
		close(o->fd);
	/* If creating the partial file failed, a file of that name belongs to somebody else. */
	if (o->is_ours)
		unlink(o->partial);
	forget(o);
	errno = code;
}
