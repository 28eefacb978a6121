/* SPDX-License-Identifier: MIT */
/* Opens outputs, and replaces files only by complete ones. */
#include "src/delivery/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static trujaman_status fail(const char *what, const char *name, struct tj_error *err)
{
	if (errno == ENOMEM)
		return tj_fail(err, TRUJAMAN_ERROR_MEMORY, "out of memory for a file name");
	return tj_fail_errno(err, errno, what, name);
}

int tj_output_fails_alone(const struct tj_error *err)
{
	static const int of_one[] = { EACCES,    EBUSY, EEXIST,  EILSEQ,       EINVAL,
		                      EISDIR,    ELOOP, ENOENT,  ENAMETOOLONG, ENXIO,
		                      ENOTEMPTY, EPERM, ENOTDIR, ETXTBSY };
	for (size_t i = 0; i < sizeof of_one / sizeof *of_one; i++)
		if (err->code == of_one[i])
			return 1;
	return 0;
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
static trujaman_status create_partial(struct tj_output *o, const struct stat *old,
                                      struct tj_error *err)
{
	if (!tj_replace_create(o->final, &o->partial, &o->fd))
		return fail("create", o->partial != NULL ? o->partial : o->final, err);
	remove_when_killed(o);
	if (old->st_nlink > 0 && !tj_output_inherit(o->fd, old))
		return fail("set the permissions of", o->partial, err);
	return TRUJAMAN_OK;
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

trujaman_status tj_output_find(const char *path, char **final, struct stat *old,
                               struct tj_error *err)
{
	struct stat out;
	*final = NULL;
	if (stat(path, old) != 0) {
		/* Refuse an empty name here; otherwise only rename would refuse it, at the end. */
		if (errno != ENOENT || *path == '\0')
			return fail("write", path, err);
		memset(old, 0, sizeof *old);
		/* A link to nothing stays, as for a shell, and what it leads to is made. */
		*final = tj_link_follow(path);
		return *final != NULL ? TRUJAMAN_OK : fail("write", path, err);
	}
	/* If the path is /dev/stdout and stdout is a file, that file must not be replaced. */
	if (!S_ISREG(old->st_mode) || (fstat(STDOUT_FILENO, &out) == 0 &&
	                               out.st_dev == old->st_dev && out.st_ino == old->st_ino))
		return TRUJAMAN_OK;
	/* Replacing a file must not bypass its permissions. */
	if (access(path, W_OK) != 0)
		return fail("write", path, err);
	/* If `path` is a link to a file, replace that file, not the link. */
	*final = realpath(path, NULL);
	return *final != NULL ? TRUJAMAN_OK : fail("find", path, err);
}

/* Open a path that is not a regular file: what stdout already is, a device or a pipe. */
static trujaman_status open_direct(struct tj_output *o, const char *path, const struct stat *there,
                                   struct tj_error *err)
{
	struct stat out;
	if (fstat(STDOUT_FILENO, &out) == 0 && out.st_dev == there->st_dev &&
	    out.st_ino == there->st_ino)
		return TRUJAMAN_OK;
	o->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return o->fd < 0 ? fail("write", path, err) : TRUJAMAN_OK;
}

trujaman_status tj_output_open(struct tj_output *o, const char *path, struct tj_error *err)
{
	*o = (struct tj_output){ .fd = STDOUT_FILENO, .name = "standard output" };
	if (is_stdout(path))
		return TRUJAMAN_OK;
	o->name = path;
	struct stat old;
	trujaman_status status = tj_output_find(path, &o->final, &old, err);
	if (status != TRUJAMAN_OK)
		return status;
	if (o->final == NULL)
		return open_direct(o, path, &old, err);
	status = create_partial(o, &old, err);
	if (status != TRUJAMAN_OK)
		tj_output_abandon(o);
	return status;
}

trujaman_status tj_output_publish(int fd, const char *partial, const char *final, const char *name,
                                  struct tj_error *err)
{
	int ok = partial != NULL ? tj_replace_close(fd) : close(fd) == 0;
	if (ok && partial != NULL)
		ok = tj_replace_rename(partial, final);
	return ok ? TRUJAMAN_OK : fail("write", name, err);
}

trujaman_status tj_output_commit(struct tj_output *o, struct tj_error *err)
{
	int fd = o->fd;
	o->fd = -1;
	char *final = o->final;
	trujaman_status status = tj_output_publish(fd, o->partial, final, o->name, err);
	if (status == TRUJAMAN_OK && final != NULL && !tj_folder_sync(final))
		status = fail("write the folder of", o->name, err);
	if (status == TRUJAMAN_OK)
		forget(o);
	else
		tj_output_abandon(o);
	return status;
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
