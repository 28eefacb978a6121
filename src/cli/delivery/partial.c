/* SPDX-License-Identifier: MIT */
/* Opens, resumes, commits and leaves partial outputs. */
#define _GNU_SOURCE /* asprintf */
#include "src/cli/delivery/partial.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/cli/delivery/output.h"
#include "src/cli/show/message.h"
#include "src/io/names.h"
#include "src/io/replace.h"

static int fail(const char *what, const char *path)
{
	int code = errno;
	tj_cli_say("cannot %s %s: %s", what, path, strerror(code));
	return tj_output_failure(code);
}

static char *with_suffix(const char *final, const char *suffix)
{
	char *path;
	if (asprintf(&path, "%s%s", final, suffix) >= 0)
		return path;
	tj_cli_fail(TRUJAMAN_ERROR_MEMORY, "out of memory for a file name");
	return NULL;
}

char *tj_partial_path(const char *final)
{
	return with_suffix(final, TJ_NAME_PARTIAL);
}

char *tj_journal_path(const char *final)
{
	return with_suffix(final, TJ_NAME_JOURNAL);
}

/* --- How far an output has come ------------------------------------------------------- */

static int measure_lines(struct tj_partial *p)
{
	enum { BLOCK = 1 << 18 };
	uint64_t at = 0;
	ssize_t got;
	char *block = malloc(BLOCK);
	if (block == NULL)
		return tj_cli_fail(TRUJAMAN_ERROR_MEMORY, "out of memory for reading a file");
	while ((got = pread(p->fd, block, BLOCK, (off_t)at)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			break;
		const char *next = block, *end = block + got, *newline;
		while ((newline = memchr(next, '\n', (size_t)(end - next))) != NULL) {
			next = newline + 1;
			p->lines++;
			p->bytes = at + (uint64_t)(next - block);
		}
		at += (uint64_t)got;
	}
	free(block);
	return got == 0 ? TJ_EXIT_DONE : fail("read", p->path);
}

/* Each line begins with the number of its input line, and several lines may have the same number.
 * Whether the lines with the last number are all present cannot be known, so drop them. */
static int measure_numbers(struct tj_partial *p)
{
	int copy = dup(p->fd);
	FILE *f = copy >= 0 ? fdopen(copy, "r") : NULL;
	char *line = NULL;
	size_t capacity = 0;
	uint64_t at = 0, number = 0;
	ssize_t n;
	if (f == NULL) {
		if (copy >= 0)
			(void)close(copy);
		return fail("read", p->path);
	}
	rewind(f);
	while ((n = getline(&line, &capacity, f)) > 0 && line[n - 1] == '\n') {
		uint64_t found = strtoull(line, NULL, 10);
		if (found != number) {
			p->lines = number;
			p->bytes = at;
		}
		number = found;
		at += (uint64_t)n;
	}
	int status = ferror(f) ? fail("read", p->path) : TJ_EXIT_DONE;
	free(line);
	fclose(f);
	return status;
}

/* Find the last member that is complete. The notes after it describe lost data, so drop them. */
static int measure_members(struct tj_partial *p)
{
	struct stat st;
	size_t n_kept = 0;
	if (fstat(p->fd, &st) != 0)
		return fail("read", p->path);
	for (size_t i = 0; i < p->journal.n_notes; i++) {
		uint64_t bytes, lines;
		if (sscanf(p->journal.notes[i], "member %" SCNu64 " %" SCNu64, &bytes, &lines) !=
		        2 ||
		    bytes > (uint64_t)st.st_size)
			continue;
		p->bytes = bytes;
		p->lines = lines;
		n_kept = i + 1;
	}
	tj_journal_cut(&p->journal, n_kept);
	return TJ_EXIT_DONE;
}

/* Keep the "input" notes that the lines bear out. Drop the others and what follows them ("done"):
 * they count more than the file holds, or will be noted again. */
static int measure_part(struct tj_partial *p)
{
	size_t n = 0;
	int status = measure_lines(p);
	if (status != TJ_EXIT_DONE)
		return status;
	for (; n < p->journal.n_notes; n++) {
		uint64_t lines, bytes;
		if (sscanf(p->journal.notes[n], "input %" SCNu64 " %" SCNu64, &lines, &bytes) !=
		        2 ||
		    lines > p->lines - p->noted_lines || bytes > p->bytes - p->noted_bytes)
			break;
		p->noted_lines += lines;
		p->noted_bytes += bytes;
	}
	tj_journal_cut(&p->journal, n);
	return TJ_EXIT_DONE;
}

/* The same of a document, whose lines say nothing: only what is noted counts. */
static int measure_whole_part(struct tj_partial *p)
{
	struct stat st;
	uint64_t lines, bytes;
	size_t n = p->journal.n_notes > 0 ? 1 : 0;
	if (fstat(p->fd, &st) != 0)
		return fail("read", p->path);
	if (n > 0 &&
	    sscanf(p->journal.notes[0], "input %" SCNu64 " %" SCNu64, &lines, &bytes) == 2 &&
	    bytes <= (uint64_t)st.st_size) {
		p->lines = p->noted_lines = lines;
		p->bytes = p->noted_bytes = bytes;
	} else {
		n = 0;
	}
	tj_journal_cut(&p->journal, n);
	return TJ_EXIT_DONE;
}

/* --- Opening -------------------------------------------------------------------------- */

/* Lock the file. Returns 0 if another run has it or has just completed it; this has already been
 * reported. */
static int take_lock(const struct tj_partial *p)
{
	enum tj_lock lock = tj_lock(p->fd, p->path);
	if (lock == TJ_LOCK_TAKEN)
		tj_cli_say("another run is writing %s", p->path);
	else if (lock == TJ_LOCK_STALE)
		tj_cli_say("another run has just ended with %s; try again", p->final);
	return lock == TJ_LOCKED;
}

static int refuse(const struct tj_partial *p)
{
	tj_cli_say("%s is what another run has left; --resume goes on with it, --force begins anew",
	           p->path);
	return TJ_EXIT_FAILED;
}

static int measure(struct tj_partial *p, enum tj_content content)
{
	switch (content) {
	case TJ_CONTENT_PACKED:
		return measure_members(p);
	case TJ_CONTENT_NUMBERED:
		return measure_numbers(p);
	case TJ_CONTENT_PART:
		return measure_part(p);
	case TJ_CONTENT_WHOLE_PART:
		return measure_whole_part(p);
	default:
		return measure_lines(p);
	}
}

static int open_files(struct tj_partial *p, const char *identity, enum tj_start start,
                      enum tj_content content)
{
	struct stat there, old;
	int exists = lstat(p->path, &there) == 0 && there.st_size > 0;
	if (exists && start == TJ_START_NEW)
		return refuse(p);
	int resumes = exists && start == TJ_START_RESUME && identity != NULL;
	int status = resumes ? TJ_EXIT_DONE : tj_journal_check_place(p->journal.path);
	if (status != TJ_EXIT_DONE)
		return status;
	p->fd = open(p->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (p->fd < 0)
		return fail("create", p->path);
	if (!take_lock(p))
		return TJ_FAILED_ALONE;
	if (resumes) {
		status = tj_journal_read(&p->journal, identity);
		if (status == TJ_EXIT_DONE)
			status = measure(p, content);
	}
	if (status == TJ_EXIT_DONE && ftruncate(p->fd, (off_t)p->bytes) != 0)
		status = fail("cut the end of", p->path);
	if (status == TJ_EXIT_DONE && lseek(p->fd, (off_t)p->bytes, SEEK_SET) < 0)
		status = fail("write", p->path);
	if (status == TJ_EXIT_DONE && stat(p->final, &old) == 0 && !tj_output_inherit(p->fd, &old))
		status = fail("set the permissions of", p->path);
	if (status == TJ_EXIT_DONE && identity != NULL)
		status = tj_partial_begin_journal(p, identity);
	return status;
}

int tj_partial_begin_journal(struct tj_partial *p, const char *identity)
{
	return tj_journal_begin(&p->journal, identity);
}

static void forget(struct tj_partial *p)
{
	free(p->path);
	free(p->final);
	*p = (struct tj_partial){ .fd = -1 };
}

int tj_partial_open(struct tj_partial *p, char *final, const char *identity, enum tj_start start,
                    enum tj_content content)
{
	*p = (struct tj_partial){ .final = final, .path = tj_partial_path(final), .fd = -1 };
	char *journal = tj_journal_path(final);
	int status = TJ_EXIT_FAILED;
	if (p->path != NULL && journal != NULL &&
	    tj_journal_name(&p->journal, journal) == TJ_EXIT_DONE) {
		status = open_files(p, identity, start, content);
		if (status != TJ_EXIT_DONE) {
			tj_journal_close(&p->journal, 0);
			if (p->fd >= 0)
				(void)close(p->fd);
		}
	}
	free(journal);
	if (status != TJ_EXIT_DONE)
		forget(p);
	return status;
}

int tj_partial_commit(struct tj_partial *p, int keep_journal, int sync_folder)
{
	int status = tj_output_publish(p->fd, p->path, p->final, p->final);
	if (status == TJ_EXIT_DONE && sync_folder && !tj_folder_sync(p->final))
		status = fail("write the folder of", p->final);
	/* The journal goes only when the output is there to stay. */
	tj_journal_close(&p->journal, status == TJ_EXIT_DONE && !keep_journal);
	forget(p);
	return status;
}

void tj_partial_leave(struct tj_partial *p, uint64_t lines, int tell)
{
	struct stat st;
	int empty = fstat(p->fd, &st) == 0 && st.st_size == 0;
	/* Ignore a failed close: the run that resumes measures the file and cuts a torn end off. */
	(void)close(p->fd);
	if (empty && unlink(p->path) != 0)
		fail("remove", p->path);
	else if (!empty && tell && lines == 0)
		tj_cli_say("%s has nothing that a run could go on after; the same command with "
		           "--resume begins anew",
		           p->path);
	else if (!empty && tell)
		tj_cli_say("%s has the first %" PRIu64 " line%s; the same command with --resume "
		           "goes on from there",
		           p->path, lines, tj_plural(lines));
	tj_journal_close(&p->journal, empty);
	forget(p);
}

void tj_partial_tidy(const char *final)
{
	struct tj_journal j = { .fd = -1 };
	char *path = tj_journal_path(final);
	if (path != NULL && tj_journal_is(path) && tj_journal_name(&j, path) == TJ_EXIT_DONE)
		tj_journal_close(&j, 1);
	free(path);
}

static enum tj_left look(struct tj_partial *p, const char *identity, enum tj_content content)
{
	struct stat st;
	if (lstat(p->path, &st) != 0 || st.st_size == 0)
		return TJ_LEFT_NOTHING;
	if (access(p->journal.path, F_OK) != 0)
		return TJ_LEFT_ALONE;
	p->journal.quiet = 1;
	if (identity == NULL || !tj_journal_is(p->journal.path) ||
	    tj_journal_read(&p->journal, identity) != TJ_EXIT_DONE)
		return TJ_LEFT_OF_OTHER;
	p->fd = open(p->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (p->fd < 0) {
		fail("read", p->path);
		return TJ_LEFT_UNKNOWN;
	}
	int status = measure(p, content);
	(void)close(p->fd);
	return status == TJ_EXIT_DONE ? TJ_LEFT_OF_RUN : TJ_LEFT_UNKNOWN;
}

enum tj_left tj_partial_look(const char *final, const char *identity, enum tj_content content,
                             uint64_t *lines)
{
	struct tj_partial p = { .path = tj_partial_path(final), .fd = -1 };
	char *journal = tj_journal_path(final);
	enum tj_left left = TJ_LEFT_UNKNOWN;
	if (p.path != NULL && journal != NULL &&
	    tj_journal_name(&p.journal, journal) == TJ_EXIT_DONE)
		left = look(&p, identity, content);
	*lines = left == TJ_LEFT_OF_RUN ? p.lines : 0;
	tj_journal_close(&p.journal, 0);
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

int tj_partial_is_done(const char *final, const char *identity, int quiet)
{
	struct tj_journal j = { .fd = -1 };
	char *path = tj_journal_path(final);
	int done = path != NULL && access(final, F_OK) == 0 && tj_journal_is(path) &&
	           says_done(path) && tj_journal_name(&j, path) == TJ_EXIT_DONE;
	j.quiet = quiet;
	if (done && tj_journal_read(&j, identity) != TJ_EXIT_DONE)
		done = -1;
	tj_journal_close(&j, 0);
	free(path);
	return done;
}
