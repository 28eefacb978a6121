/* SPDX-License-Identifier: MIT */
#include "src/cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/cli/cli.h"

/* The partial file, for the signal handler: it has no other way to know it. */
static _Atomic(const char *) doomed;

static void remove_and_die(int signal_number)
{
	const char *path = atomic_load(&doomed);
	if (path)
		unlink(path);
	/* SA_RESETHAND has put the default back: this kills on return. */
	raise(signal_number);
}

static void remove_when_killed(const char *path)
{
	static const int deadly[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGXCPU, SIGXFSZ };
	atomic_store(&doomed, path);
	for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
		struct sigaction act;
		/* What the parent has ignored (nohup) stays ignored. */
		if (sigaction(deadly[i], NULL, &act) != 0 || act.sa_handler != SIG_DFL)
			continue;
		memset(&act, 0, sizeof act);
		act.sa_handler = remove_and_die;
		act.sa_flags = SA_RESETHAND;
		sigemptyset(&act.sa_mask);
		(void)sigaction(deadly[i], &act, NULL); /* cannot fail for these */
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

static void forget(struct tj_output *o)
{
	atomic_store(&doomed, NULL);
	free(o->partial);
	free(o->final);
	o->partial = o->final = NULL;
}

/* `old`: the file that will be replaced, NULL if none. */
static int create_partial(struct tj_output *o, const struct stat *old)
{
	enum { MAX_TRIES = 100 };
	size_t n_bytes = strlen(o->final) + 64;
	o->partial = malloc(n_bytes);
	if (o->partial == NULL)
		return fail("name", o->final);
	/* A killed run that had this number may have left its file: it may be of
	 * use to somebody, so take the next name. */
	for (int i = 0; i < MAX_TRIES; i++) {
		snprintf(o->partial, n_bytes, i ? "%s.partial-%ld-%d" : "%s.partial-%ld", o->final,
		         (long)getpid(), i);
		o->fd = open(o->partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (o->fd >= 0 || errno != EEXIST)
			break;
	}
	if (o->fd < 0)
		return fail("create", o->partial);
	remove_when_killed(o->partial);
	/* The owner can be kept only by root: not keeping it is no failure, but
	 * then others must not gain by the group's permissions. */
	if (old) {
		mode_t mode = old->st_mode & 0777;
		if (fchown(o->fd, old->st_uid, old->st_gid) != 0 &&
		    fchown(o->fd, (uid_t)-1, old->st_gid) != 0)
			mode &= ~(mode_t)070;
		if (fchmod(o->fd, mode) != 0)
			return fail("set the permissions of", o->partial);
	}
	return TJ_EXIT_DONE;
}

static int open_file(struct tj_output *o, const char *path, const struct stat *old)
{
	/* Replacing a name must not be a way round its permissions. */
	if (old && access(path, W_OK) != 0)
		return fail("write", path);
	/* Where a link leads to a file, that file is replaced, not the link. */
	o->final = old ? realpath(path, NULL) : strdup(path);
	if (o->final == NULL)
		return fail("find", path);
	int status = create_partial(o, old);
	if (status != TJ_EXIT_DONE)
		tj_output_abandon(o);
	return status;
}

int tj_output_open(struct tj_output *o, const char *path)
{
	*o = (struct tj_output){ .fd = STDOUT_FILENO, .name = "standard output" };
	if (is_stdout(path))
		return TJ_EXIT_DONE;
	o->name = path;
	struct stat there, out;
	if (stat(path, &there) != 0) {
		/* An empty name would be refused only at the end, by rename. */
		if (errno != ENOENT || *path == '\0')
			return fail("write", path);
		return open_file(o, path, NULL);
	}
	/* /dev/stdout with stdout in a file: that file is not ours to replace. */
	if (fstat(STDOUT_FILENO, &out) == 0 && out.st_dev == there.st_dev && out.st_ino == there.st_ino)
		return TJ_EXIT_DONE;
	if (S_ISREG(there.st_mode))
		return open_file(o, path, &there);
	o->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return o->fd < 0 ? fail("write", path) : TJ_EXIT_DONE;
}

int tj_output_commit(struct tj_output *o)
{
	/* EINVAL: a file system that cannot fsync; what is there must do. */
	int ok = o->partial == NULL || fsync(o->fd) == 0 || errno == EINVAL;
	int code = errno;
	if (close(o->fd) != 0 && ok) {
		ok = 0;
		code = errno;
	}
	o->fd = -1;
	if (ok && o->partial && rename(o->partial, o->final) != 0) {
		ok = 0;
		code = errno;
	}
	if (ok) {
		forget(o);
		return TJ_EXIT_DONE;
	}
	tj_output_abandon(o);
	errno = code;
	return fail("write", o->name);
}

void tj_output_abandon(struct tj_output *o)
{
	int code = errno;
	if (o->fd >= 0 && o->fd != STDOUT_FILENO)
		close(o->fd);
	/* A partial name that is not doomed: creating it failed, it is not ours. */
	if (atomic_load(&doomed))
		unlink(o->partial);
	forget(o);
	errno = code;
}
