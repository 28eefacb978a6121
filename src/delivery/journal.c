/* SPDX-License-Identifier: MIT */
/* Reads and writes the journal of an output. */
#define _GNU_SOURCE /* asprintf */
#include "src/delivery/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/memory.h"
#include "src/io/names.h"
#include "src/io/replace.h"
#include "src/io/whole.h"
#include "src/io/write.h"

static const char first_line[] = "trujaman journal 1";

/* A file longer than this cannot be a journal of this program. */
enum { MOST_MIB = 1 << 10 };

static trujaman_status out_of_memory(struct tj_error *err)
{
	return tj_fail(err, TRUJAMAN_ERROR_MEMORY, "out of memory for a journal");
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

trujaman_status tj_journal_name(struct tj_journal *j, const char *path, struct tj_error *err)
{
	*j = (struct tj_journal){ .path = strdup(path), .fd = -1 };
	return j->path != NULL ? TRUJAMAN_OK : out_of_memory(err);
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

int tj_journal_begins(const char *path)
{
	return is_foreign(path) == 0;
}

static trujaman_status check_name(const char *path, struct tj_error *err)
{
	int is = is_foreign(path);
	if (is < 0)
		return tj_fail_errno(err, errno, "read", path);
	if (is > 0)
		return tj_fail_as(err, EEXIST,
		                  "%s exists and is no journal of trujaman; name another output",
		                  path);
	return TRUJAMAN_OK;
}

/* Returns the name of a journal that is yet to replace the one at `path`. The caller frees it;
 * NULL: out of memory. */
static char *fresh_name(const char *path)
{
	char *fresh;
	return asprintf(&fresh, "%s" TJ_NAME_NEW, path) >= 0 ? fresh : NULL;
}

trujaman_status tj_journal_check_place(const char *path, struct tj_error *err)
{
	struct stat st;
	char *fresh = fresh_name(path);
	trujaman_status status = fresh != NULL ? check_name(path, err) : out_of_memory(err);
	/* A link there is replaced, and the file that it leads to is not touched. */
	if (status == TRUJAMAN_OK && lstat(fresh, &st) == 0 && !S_ISLNK(st.st_mode))
		status = check_name(fresh, err);
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

/* Whether runs of one version may have more or fewer lines of this key. Of any other, each has one,
 * in the same place. */
static int may_be_missing(const char *line)
{
	static const char *const keys[] = { "model ", "precision ", "shard ", "input " };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strncmp(line, keys[i], strlen(keys[i])) == 0)
			return 1;
	return 0;
}

/* Tell how two lines "= KEY VALUE" differ. NULL: there is no such line. */
static trujaman_status differs(const struct tj_journal *j, const char *was, const char *is,
                               struct tj_error *err)
{
	const char *w = was != NULL ? was + 2 : NULL, *i = is != NULL ? is + 2 : NULL;
	if (w != NULL && i != NULL && key_bytes(w) == key_bytes(i) &&
	    strncmp(w, i, (size_t)key_bytes(w)) == 0)
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "%s is of another run: %.*s was%s, is%s; --force begins anew",
		               j->path, key_bytes(w), w, w + key_bytes(w), i + key_bytes(i));
	/* It lacks an option that this version has, or has another one: not the user's doing. */
	if (w != NULL && i != NULL && !may_be_missing(w) && !may_be_missing(i))
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "%s was made by another version of trujaman, which has other "
		               "options; --force begins anew",
		               j->path);
	return tj_fail(err, TRUJAMAN_ERROR_INPUT,
	               "%s is of another run: it has \"%s\" where this run has \"%s\"; "
	               "--force begins anew",
	               j->path, w != NULL ? w : "nothing more", i != NULL ? i : "nothing more");
}

trujaman_status tj_journal_take(struct tj_journal *j, const char *note, struct tj_error *err)
{
	if (!tj_reserve(&j->notes, &j->capacity, j->n_notes + 1, sizeof *j->notes))
		return out_of_memory(err);
	char *copy = strdup(note);
	if (copy == NULL)
		return out_of_memory(err);
	j->notes[j->n_notes++] = copy;
	return TRUJAMAN_OK;
}

static trujaman_status parse(struct tj_journal *j, char *text, char *identity, struct tj_error *err)
{
	char *line = next_line(&text), *wanted;
	if (line == NULL || strcmp(line, first_line) != 0)
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
		               "%s is no journal of this version of trujaman", j->path);
	line = next_line(&text);
	while ((wanted = next_line(&identity)) != NULL) {
		if (line == NULL || line[0] != '=' || strcmp(line, wanted) != 0)
			return differs(j, line != NULL && line[0] == '=' ? line : NULL, wanted,
			               err);
		line = next_line(&text);
	}
	if (line != NULL && line[0] == '=')
		return differs(j, line, NULL, err);
	trujaman_status status = TRUJAMAN_OK;
	for (; line != NULL && status == TRUJAMAN_OK; line = next_line(&text))
		if (strncmp(line, "+ ", 2) == 0)
			status = tj_journal_take(j, line + 2, err);
	return status;
}

trujaman_status tj_journal_read(struct tj_journal *j, const char *identity, struct tj_error *err)
{
	struct tj_string text;
	trujaman_status status = tj_whole_read(j->path, MOST_MIB, &text, err);
	char *wanted = strdup(identity);
	if (status == TRUJAMAN_OK)
		status = wanted != NULL ? parse(j, text.data, wanted, err) : out_of_memory(err);
	j->is_known |= status == TRUJAMAN_OK;
	free(text.data);
	free(wanted);
	return status;
}

/* --- Writing -------------------------------------------------------------------------- */

static trujaman_status append(struct tj_journal *j, const char *text, struct tj_error *err)
{
	return tj_write_all(j->fd, j->path, text, strlen(text), err);
}

char *tj_journal_escaped_note(const char *key, const char *value, struct tj_error *err)
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
	out_of_memory(err);
	return NULL;
}

trujaman_status tj_journal_note(struct tj_journal *j, struct tj_error *err, const char *format, ...)
{
	char *note = NULL, *line = NULL;
	va_list args;
	va_start(args, format);
	int n = vasprintf(&note, format, args);
	va_end(args);
	if (n < 0)
		return out_of_memory(err);
	/* Append the line in one write, so that only the last line of a file can be torn. */
	n = asprintf(&line, "+ %s\n", note);
	free(note);
	if (n < 0)
		return out_of_memory(err);
	trujaman_status status = append(j, line, err);
	free(line);
	return status;
}

trujaman_status tj_journal_sync(struct tj_journal *j, struct tj_error *err)
{
	/* EINVAL: the file system cannot do it. */
	return fsync(j->fd) == 0 || errno == EINVAL ? TRUJAMAN_OK
	                                            : tj_fail_errno(err, errno, "write", j->path);
}

static trujaman_status write_beginning(struct tj_journal *j, const char *identity,
                                       struct tj_error *err)
{
	trujaman_status status = append(j, first_line, err);
	if (status == TRUJAMAN_OK)
		status = append(j, "\n", err);
	if (status == TRUJAMAN_OK)
		status = append(j, identity, err);
	for (size_t i = 0; i < j->n_notes && status == TRUJAMAN_OK; i++)
		status = tj_journal_note(j, err, "%s", j->notes[i]);
	return status;
}

void tj_journal_cut(struct tj_journal *j, size_t n)
{
	for (; j->n_notes > n; j->n_notes--)
		free(j->notes[j->n_notes - 1]);
}

/* Create the file `fresh`, write it and give it its name. It gets that only when it contains
 * everything that was noted before, on the disk. */
static trujaman_status replace(struct tj_journal *j, const char *fresh, const char *identity,
                               struct tj_error *err)
{
	static const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_APPEND | O_CLOEXEC;
	/* What lies there is what a killed run has left, or a link, which must not be followed. */
	if (unlink(fresh) != 0 && errno != ENOENT && errno != ENOTDIR)
		return tj_fail_errno(err, errno, "remove", fresh);
	j->fd = open(fresh, flags, 0666);
	if (j->fd < 0)
		return tj_fail_errno(err, errno, "create", fresh);
	trujaman_status status = write_beginning(j, identity, err);
	if (status == TRUJAMAN_OK)
		status = tj_journal_sync(j, err);
	if (status == TRUJAMAN_OK && !tj_replace_rename(fresh, j->path))
		status = tj_fail_errno(err, errno, "write", j->path);
	if (status != TRUJAMAN_OK) {
		(void)unlink(fresh);
		(void)close(j->fd);
		j->fd = -1;
	}
	return status;
}

trujaman_status tj_journal_begin(struct tj_journal *j, const char *identity, struct tj_error *err)
{
	trujaman_status status = tj_journal_check_place(j->path, err);
	if (status != TRUJAMAN_OK)
		return status;
	char *fresh = fresh_name(j->path);
	status = fresh != NULL ? replace(j, fresh, identity, err) : out_of_memory(err);
	j->is_known |= status == TRUJAMAN_OK;
	free(fresh);
	return status;
}

/* A file that no longer exists is not a failure. Nor is a journal that an earlier run has left in a
 * folder that was made read-only since: the outputs are complete, and it does no harm. */
static trujaman_status remove_file(const char *path, int is_own, struct tj_error *err)
{
	if (access(path, F_OK) != 0 || unlink(path) == 0 || errno == ENOENT)
		return TRUJAMAN_OK;
	if (is_own || (errno != EACCES && errno != EPERM && errno != EROFS))
		return tj_fail_errno(err, errno, "remove", path);
	return TRUJAMAN_OK;
}

void tj_journal_close(struct tj_journal *j)
{
	if (j->fd >= 0)
		(void)close(j->fd);
	tj_journal_cut(j, 0);
	free(j->notes);
	free(j->path);
	*j = (struct tj_journal){ .fd = -1 };
}

/* Remove the journal and what a killed run has left of a new one, but no file of somebody else. */
trujaman_status tj_journal_remove(struct tj_journal *j, struct tj_error *err)
{
	trujaman_status status = TRUJAMAN_OK, of_fresh = TRUJAMAN_OK;
	int is_own = j->fd >= 0;
	char *fresh = j->path != NULL ? fresh_name(j->path) : NULL;
	if (j->path != NULL && (j->is_known || is_foreign(j->path) == 0))
		status = remove_file(j->path, is_own, err);
	if (fresh != NULL && is_foreign(fresh) == 0)
		of_fresh = remove_file(fresh, is_own, err);
	free(fresh);
	tj_journal_close(j);
	return status != TRUJAMAN_OK ? status : of_fresh;
}
