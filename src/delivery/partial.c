/* SPDX-License-Identifier: MIT */
/* Opens, resumes, commits and leaves partial outputs. */
#define _GNU_SOURCE /* asprintf */
#include "src/delivery/partial.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/string.h"
#include "src/delivery/output.h"
#include "src/io/names.h"
#include "src/io/replace.h"

static trujaman_status fail(const char *what, const char *path, struct tj_error *err)
{
	return tj_fail_errno(err, errno, what, path);
}

static char *with_suffix(const char *final, const char *suffix, struct tj_error *err)
{
	char *path;
	if (asprintf(&path, "%s%s", final, suffix) >= 0)
		return path;
	tj_fail(err, TRUJAMAN_ERROR_MEMORY, "out of memory for a file name");
	return NULL;
}

char *tj_partial_path(const char *final, struct tj_error *err)
{
	return with_suffix(final, TJ_NAME_PARTIAL, err);
}

char *tj_journal_path(const char *final, struct tj_error *err)
{
	return with_suffix(final, TJ_NAME_JOURNAL, err);
}

/* --- Opening -------------------------------------------------------------------------- */

static trujaman_status take_lock(const struct tj_partial *p, struct tj_error *err)
{
	enum tj_lock lock = tj_lock(p->fd, p->path);
	if (lock == TJ_LOCK_TAKEN)
		return tj_fail_as(err, EBUSY, "another run is writing %s", p->path);
	if (lock == TJ_LOCK_STALE)
		return tj_fail_as(err, EBUSY, "another run has just ended with %s; try again",
		                  p->final);
	return TRUJAMAN_OK;
}

static trujaman_status refuse(const struct tj_partial *p, struct tj_error *err)
{
	return tj_fail(err, TRUJAMAN_ERROR_INPUT,
	               "%s is what another run has left; --resume goes on with it, --force begins "
	               "anew",
	               p->path);
}

static trujaman_status measure(struct tj_partial *p, enum tj_content content, struct tj_error *err)
{
	return tj_measure(p->fd, p->path, &p->journal, content, &p->has, err);
}

/* Make the file ready to be continued behind what is kept of it. */
static trujaman_status cut(struct tj_partial *p, struct tj_error *err)
{
	struct stat old;
	if (ftruncate(p->fd, (off_t)p->has.bytes) != 0)
		return fail("cut the end of", p->path, err);
	if (lseek(p->fd, (off_t)p->has.bytes, SEEK_SET) < 0)
		return fail("write", p->path, err);
	if (stat(p->final, &old) == 0 && !tj_output_inherit(p->fd, &old))
		return fail("set the permissions of", p->path, err);
	return TRUJAMAN_OK;
}

static trujaman_status open_files(struct tj_partial *p, const char *identity, enum tj_start start,
                                  enum tj_content content, struct tj_error *err)
{
	struct stat there;
	int exists = lstat(p->path, &there) == 0 && there.st_size > 0;
	if (exists && start == TJ_START_NEW)
		return refuse(p, err);
	int resumes = exists && start == TJ_START_RESUME && identity != NULL;
	trujaman_status status = resumes ? TRUJAMAN_OK
	                                 : tj_journal_check_place(p->journal.path, err);
	if (status != TRUJAMAN_OK)
		return status;
	p->fd = open(p->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (p->fd < 0)
		return fail("create", p->path, err);
	status = take_lock(p, err);
	if (status == TRUJAMAN_OK && resumes)
		status = tj_journal_read(&p->journal, identity, err);
	if (status == TRUJAMAN_OK && resumes)
		status = measure(p, content, err);
	if (status == TRUJAMAN_OK)
		status = cut(p, err);
	if (status == TRUJAMAN_OK && identity != NULL)
		status = tj_partial_begin_journal(p, identity, err);
	return status;
}

trujaman_status tj_partial_begin_journal(struct tj_partial *p, const char *identity,
                                         struct tj_error *err)
{
	return tj_journal_begin(&p->journal, identity, err);
}

static void forget(struct tj_partial *p)
{
	free(p->path);
	free(p->final);
	*p = (struct tj_partial){ .fd = -1 };
}

trujaman_status tj_partial_open(struct tj_partial *p, char *final, const char *identity,
                                enum tj_start start, enum tj_content content, struct tj_error *err)
{
	*p = (struct tj_partial){ .final = final, .path = tj_partial_path(final, err), .fd = -1 };
	char *journal = p->path != NULL ? tj_journal_path(final, err) : NULL;
	trujaman_status status = journal != NULL ? tj_journal_name(&p->journal, journal, err)
	                                         : err->status;
	if (status == TRUJAMAN_OK) {
		status = open_files(p, identity, start, content, err);
		if (status != TRUJAMAN_OK) {
			tj_journal_close(&p->journal);
			if (p->fd >= 0)
				(void)close(p->fd);
		}
	}
	free(journal);
	if (status != TRUJAMAN_OK)
		forget(p);
	return status;
}

/* Nobody needs the journal any more, so one that cannot be removed fails nothing. */
static void remove_journal(struct tj_journal *j, const struct tj_listener *listener)
{
	struct tj_error err = { 0 };
	if (tj_journal_remove(j, &err) != TRUJAMAN_OK)
		tj_tell(listener, TJ_NEWS_FAILURE, "%s", err.text);
}

trujaman_status tj_partial_commit(struct tj_partial *p, enum tj_journal_fate fate, int sync_folder,
                                  const struct tj_listener *listener, struct tj_error *err)
{
	trujaman_status status = tj_output_publish(p->fd, p->path, p->final, p->final, err);
	if (status == TRUJAMAN_OK && sync_folder && !tj_folder_sync(p->final))
		status = fail("write the folder of", p->final, err);
	/* The journal goes only when the output is there to stay. */
	if (status == TRUJAMAN_OK && fate == TJ_JOURNAL_GOES)
		remove_journal(&p->journal, listener);
	else
		tj_journal_close(&p->journal);
	forget(p);
	return status;
}

void tj_partial_leave(struct tj_partial *p, uint64_t lines, int tell,
                      const struct tj_listener *listener)
{
	struct stat st;
	int empty = fstat(p->fd, &st) == 0 && st.st_size == 0;
	/* Ignore a failed close: the run that resumes measures the file and cuts a torn end off. */
	(void)close(p->fd);
	if (empty && unlink(p->path) != 0)
		tj_tell(listener, TJ_NEWS_FAILURE, "cannot remove %s: %s", p->path,
		        strerror(errno));
	else if (!empty && tell && lines == 0)
		tj_tell(listener, TJ_NEWS_FAILURE,
		        "%s has nothing that a run could go on after; the same command with "
		        "--resume begins anew",
		        p->path);
	else if (!empty && tell)
		tj_tell(listener, TJ_NEWS_FAILURE,
		        "%s has the first %" PRIu64 " line%s; the same command with --resume "
		        "goes on from there",
		        p->path, lines, tj_plural(lines));
	if (empty)
		remove_journal(&p->journal, listener);
	else
		tj_journal_close(&p->journal);
	forget(p);
}

void tj_partial_tidy(const char *final, const struct tj_listener *listener)
{
	struct tj_journal j = { .fd = -1 };
	struct tj_error err = { 0 };
	char *path = tj_journal_path(final, &err);
	if (path != NULL && tj_journal_is(path) && tj_journal_name(&j, path, &err) == TRUJAMAN_OK)
		remove_journal(&j, listener);
	if (err.status != TRUJAMAN_OK)
		tj_tell(listener, TJ_NEWS_FAILURE, "%s", err.text);
	free(path);
}

static enum tj_left look(struct tj_partial *p, const char *identity, enum tj_content content,
                         struct tj_error *err)
{
	struct stat st;
	struct tj_error differs = { 0 };
	if (lstat(p->path, &st) != 0 || st.st_size == 0)
		return TJ_LEFT_NOTHING;
	if (access(p->journal.path, F_OK) != 0)
		return TJ_LEFT_ALONE;
	if (identity == NULL || !tj_journal_is(p->journal.path) ||
	    tj_journal_read(&p->journal, identity, &differs) != TRUJAMAN_OK)
		return TJ_LEFT_OF_OTHER;
	p->fd = open(p->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (p->fd < 0) {
		fail("read", p->path, err);
		return TJ_LEFT_UNKNOWN;
	}
	trujaman_status status = measure(p, content, err);
	(void)close(p->fd);
	return status == TRUJAMAN_OK ? TJ_LEFT_OF_RUN : TJ_LEFT_UNKNOWN;
}

enum tj_left tj_partial_look(const char *final, const char *identity, enum tj_content content,
                             uint64_t *lines, struct tj_error *err)
{
	struct tj_partial p = { .path = tj_partial_path(final, err), .fd = -1 };
	char *journal = tj_journal_path(final, err);
	enum tj_left left = TJ_LEFT_UNKNOWN;
	if (p.path != NULL && journal != NULL &&
	    tj_journal_name(&p.journal, journal, err) == TRUJAMAN_OK)
		left = look(&p, identity, content, err);
	*lines = left == TJ_LEFT_OF_RUN ? p.has.lines : 0;
	tj_journal_close(&p.journal);
	free(journal);
	free(p.path);
	return left;
}

/* Whether the last line of the journal says that the part is complete. */
static int says_done(const char *path)
{
	static const char done[] = "\n+ done\n";
	enum { N = sizeof done - 1 };
	char end[N];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	off_t bytes = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1;
	ssize_t n = bytes >= N ? pread(fd, end, N, bytes - N) : -1;
	if (fd >= 0)
		(void)close(fd);
	return n == N && memcmp(end, done, N) == 0;
}

int tj_partial_is_done(const char *final, const char *identity, struct tj_error *err)
{
	struct tj_journal j = { .fd = -1 };
	char *path = tj_journal_path(final, err);
	int done = path != NULL && access(final, F_OK) == 0 && tj_journal_is(path) &&
	           says_done(path) && tj_journal_name(&j, path, err) == TRUJAMAN_OK;
	if (done && tj_journal_read(&j, identity, err) != TRUJAMAN_OK)
		done = -1;
	tj_journal_close(&j);
	free(path);
	return done;
}
