/* SPDX-License-Identifier: MIT */
/* Reads and writes the journal of an output. */
#define _GNU_SOURCE /* asprintf */
#include "src/cli/delivery/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/memory.h"
#include "src/cli/delivery/output.h"
#include "src/cli/show/message.h"
#include "src/io/names.h"
#include "src/io/replace.h"
#include "src/io/write.h"

static const char first_line[] = "trujaman journal 1";

/* A file longer than this cannot be a journal of this program. */
enum { MAX_JOURNAL_BYTES = 1 << 30 };

static int out_of_memory(void)
{
	return tj_cli_fail(TRUJAMAN_ERROR_MEMORY, "out of memory for a journal");
}

static int fail(const char *what, const char *path)
{
	int code = errno;
	tj_cli_say("cannot %s %s: %s", what, path, strerror(code));
	return tj_output_failure(code);
}

/* A line break in a value would begin a line of its own, which would pass for a note. */
void tj_journal_put_escaped(FILE *stream, const char *value)
{
	for (const unsigned char *c = (const unsigned char *)value; *c; c++)
		if (*c < 0x20 || *c == '\\' || *c == 0x7f)
			fprintf(stream, "\\x%02x", *c);
		else
			fputc(*c, stream);
}

/* --- Reading -------------------------------------------------------------------------- */

int tj_journal_name(struct tj_journal *j, const char *path)
{
	*j = (struct tj_journal){ .path = strdup(path), .fd = -1 };
	return j->path != NULL ? TJ_EXIT_DONE : out_of_memory();
}

int tj_journal_is(const char *path)
{
	char line[sizeof first_line];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd >= 0 ? read(fd, line, sizeof line) : -1;
	if (fd >= 0)
		(void)close(fd);
	return n == sizeof line && memcmp(line, first_line, sizeof line - 1) == 0 &&
	       line[sizeof line - 1] == '\n';
}

/* Whether the file at `path` is somebody else's: it is neither a journal of this program nor the
 * beginning of one, which a killed run may have left. -1, with errno set: it cannot be read. */
static int is_foreign(const char *path)
{
	char line[sizeof first_line];
	struct stat st;
	if (lstat(path, &st) != 0)
		return 0; /* whatever else hinders its use is reported when it is used */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	ssize_t n = -1;
	int is_other = fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode);
	while (fd >= 0 && !is_other && (n = read(fd, line, sizeof line)) < 0 && errno == EINTR)
		;
	int code = errno;
	if (fd >= 0)
		(void)close(fd);
	errno = code;
	if (n < 0)
		return is_other ? 1 : -1;
	return (n == sizeof line && line[--n] != '\n') || memcmp(line, first_line, (size_t)n) != 0;
}

static int check_name(const char *path)
{
	int is = is_foreign(path);
	if (is < 0)
		return fail("read", path);
	if (is > 0)
		tj_cli_say("%s exists and is no journal of trujaman; name another output", path);
	return is > 0 ? TJ_FAILED_ALONE : TJ_EXIT_DONE;
}

/* Returns the name of a journal that is yet to replace the one at `path`. The caller frees it;
 * NULL: out of memory, which has already been reported. */
static char *fresh_name(const char *path)
{
	char *fresh;
	if (asprintf(&fresh, "%s" TJ_NAME_NEW, path) >= 0)
		return fresh;
	out_of_memory();
	return NULL;
}

int tj_journal_check_place(const char *path)
{
	struct stat st;
	char *fresh = fresh_name(path);
	int status = fresh != NULL ? check_name(path) : TJ_EXIT_FAILED;
	/* A link there is replaced, and the file that it leads to is not touched. */
	if (status == TJ_EXIT_DONE && lstat(fresh, &st) == 0 && !S_ISLNK(st.st_mode))
		status = check_name(fresh);
	free(fresh);
	return status;
}

int tj_journal_is_of_run(const char *path, const char *run)
{
	size_t n = strlen(run);
	char *beginning = malloc(n + 1);
	FILE *f = fopen(path, "re");
	int is = beginning != NULL && f != NULL && fseek(f, sizeof first_line, SEEK_SET) == 0 &&
	         fread(beginning, 1, n, f) == n && memcmp(beginning, run, n) == 0;
	if (f != NULL)
		fclose(f);
	free(beginning);
	return is && tj_journal_is(path);
}

static char *read_whole(const char *path)
{
	char *text = NULL;
	size_t n = 0, capacity = 0;
	FILE *f = fopen(path, "re");
	if (f == NULL) {
		fail("read", path);
		return NULL;
	}
	for (;;) {
		if (n > MAX_JOURNAL_BYTES || !tj_reserve(&text, &capacity, n + (64 << 10), 1)) {
			out_of_memory();
			break;
		}
		size_t got = fread(text + n, 1, capacity - n - 1, f);
		n += got;
		if (got > 0)
			continue;
		if (ferror(f)) {
			fail("read", path);
			break;
		}
		fclose(f);
		text[n] = '\0';
		return text;
	}
	fclose(f);
	free(text);
	return NULL;
}

/* Returns the next complete line, with its newline replaced by NUL. NULL: the text ends here, or
 * the last line is torn. */
static char *next_line(char **at)
{
	char *line = *at, *newline = strchr(line, '\n');
	if (newline == NULL)
		return NULL;
	*newline = '\0';
	*at = newline + 1;
	return line;
}

static int key_bytes(const char *line)
{
	return (int)strcspn(line, " ");
}

/* Report how two lines "= KEY VALUE" differ. NULL: there is no such line. */
static int differs(const struct tj_journal *j, const char *was, const char *is)
{
	const char *w = was != NULL ? was + 2 : NULL, *i = is != NULL ? is + 2 : NULL;
	if (j->quiet)
		return TJ_EXIT_FAILED;
	if (w != NULL && i != NULL && key_bytes(w) == key_bytes(i) &&
	    strncmp(w, i, (size_t)key_bytes(w)) == 0)
		tj_cli_say("%s is of another run: %.*s was%s, is%s; --force begins anew", j->path,
		           key_bytes(w), w, w + key_bytes(w), i + key_bytes(i));
	else
		tj_cli_say("%s is of another run: it has \"%s\" where this run has \"%s\"; "
		           "--force begins anew",
		           j->path, w != NULL ? w : "nothing more", i != NULL ? i : "nothing more");
	return TJ_EXIT_FAILED;
}

int tj_journal_take(struct tj_journal *j, const char *note)
{
	if (!tj_reserve(&j->notes, &j->capacity, j->n_notes + 1, sizeof *j->notes))
		return out_of_memory();
	j->notes[j->n_notes] = strdup(note);
	return j->notes[j->n_notes++] != NULL ? TJ_EXIT_DONE : out_of_memory();
}

static int parse(struct tj_journal *j, char *text, char *identity)
{
	char *line = next_line(&text), *wanted;
	if (line == NULL || strcmp(line, first_line) != 0) {
		tj_cli_say("%s is no journal of this version of trujaman", j->path);
		return TJ_EXIT_FAILED;
	}
	line = next_line(&text);
	while ((wanted = next_line(&identity)) != NULL) {
		if (line == NULL || line[0] != '=' || strcmp(line, wanted) != 0)
			return differs(j, line != NULL && line[0] == '=' ? line : NULL, wanted);
		line = next_line(&text);
	}
	if (line != NULL && line[0] == '=')
		return differs(j, line, NULL);
	int status = TJ_EXIT_DONE;
	for (; line != NULL && status == TJ_EXIT_DONE; line = next_line(&text))
		if (strncmp(line, "+ ", 2) == 0)
			status = tj_journal_take(j, line + 2);
	return status;
}

int tj_journal_read(struct tj_journal *j, const char *identity)
{
	char *text = read_whole(j->path), *wanted = strdup(identity);
	int status = TJ_EXIT_FAILED;
	if (text != NULL && wanted != NULL)
		status = parse(j, text, wanted);
	else if (text != NULL)
		status = out_of_memory();
	j->is_known |= status == TJ_EXIT_DONE;
	free(text);
	free(wanted);
	return status;
}

/* --- Writing -------------------------------------------------------------------------- */

static int append(struct tj_journal *j, const char *text)
{
	struct tj_error err = { 0 };
	tj_write_all(j->fd, j->path, text, strlen(text), &err);
	return tj_cli_fail(err.status, err.text);
}

char *tj_journal_escaped_note(const char *key, const char *value)
{
	char *note = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&note, &n);
	if (f != NULL) {
		fprintf(f, "%s ", key);
		tj_journal_put_escaped(f, value);
		int failed = ferror(f);
		if (fclose(f) == 0 && !failed)
			return note;
		free(note);
	}
	out_of_memory();
	return NULL;
}

int tj_journal_note(struct tj_journal *j, const char *format, ...)
{
	char *note = NULL, *line = NULL;
	va_list args;
	va_start(args, format);
	int n = vasprintf(&note, format, args);
	va_end(args);
	if (n < 0)
		return out_of_memory();
	/* Append the line in one write, so that only the last line of a file can be torn. */
	n = asprintf(&line, "+ %s\n", note);
	free(note);
	if (n < 0)
		return out_of_memory();
	int status = append(j, line);
	free(line);
	return status;
}

int tj_journal_sync(struct tj_journal *j)
{
	/* EINVAL: the file system cannot do it. */
	return fsync(j->fd) == 0 || errno == EINVAL ? TJ_EXIT_DONE : fail("write", j->path);
}

static int write_beginning(struct tj_journal *j, const char *identity)
{
	int status = append(j, first_line);
	if (status == TJ_EXIT_DONE)
		status = append(j, "\n");
	if (status == TJ_EXIT_DONE)
		status = append(j, identity);
	for (size_t i = 0; i < j->n_notes && status == TJ_EXIT_DONE; i++)
		status = tj_journal_note(j, "%s", j->notes[i]);
	return status;
}

void tj_journal_cut(struct tj_journal *j, size_t n)
{
	for (; j->n_notes > n; j->n_notes--)
		free(j->notes[j->n_notes - 1]);
}

int tj_journal_begin(struct tj_journal *j, const char *identity)
{
	static const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_APPEND | O_CLOEXEC;
	int status = tj_journal_check_place(j->path);
	char *fresh = status == TJ_EXIT_DONE ? fresh_name(j->path) : NULL;
	if (fresh == NULL)
		return status != TJ_EXIT_DONE ? status : TJ_EXIT_FAILED;
	/* What lies there is what a killed run has left, or a link, which must not be followed. */
	if (unlink(fresh) != 0 && errno != ENOENT && errno != ENOTDIR)
		status = fail("remove", fresh);
	else if ((j->fd = open(fresh, flags, 0666)) < 0)
		status = fail("create", fresh);
	else
		status = write_beginning(j, identity);
	/* Give it its name only when it contains everything that was noted before, on the disk. */
	if (status == TJ_EXIT_DONE)
		status = tj_journal_sync(j);
	if (status == TJ_EXIT_DONE && !tj_replace_rename(fresh, j->path))
		status = fail("write", j->path);
	j->is_known |= status == TJ_EXIT_DONE;
	if (status != TJ_EXIT_DONE && j->fd >= 0) {
		(void)unlink(fresh);
		(void)close(j->fd);
		j->fd = -1;
	}
	free(fresh);
	return status;
}

/* A file that no longer exists is not a failure. Nor is a journal that an earlier run has left in a
 * folder that was made read-only since: the outputs are complete, and it does no harm. */
static void remove_file(const char *path, int is_own)
{
	if (access(path, F_OK) != 0 || unlink(path) == 0 || errno == ENOENT)
		return;
	if (is_own || (errno != EACCES && errno != EPERM && errno != EROFS))
		fail("remove", path);
}

/* Remove the journal and what a killed run has left of a new one, but no file of somebody else. */
static void remove_files(const struct tj_journal *j, int is_own)
{
	char *fresh = fresh_name(j->path);
	if (j->is_known || is_foreign(j->path) == 0)
		remove_file(j->path, is_own);
	if (fresh != NULL && is_foreign(fresh) == 0)
		remove_file(fresh, is_own);
	free(fresh);
}

void tj_journal_close(struct tj_journal *j, int and_remove)
{
	int is_own = j->fd >= 0;
	if (is_own)
		(void)close(j->fd);
	if (and_remove && j->path != NULL)
		remove_files(j, is_own);
	tj_journal_cut(j, 0);
	free(j->notes);
	free(j->path);
	*j = (struct tj_journal){ .fd = -1 };
}
