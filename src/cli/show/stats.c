/* SPDX-License-Identifier: MIT */
/* Writes the statistics of a run as a JSON object (--stats). */
#include "src/cli/show/stats.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/number.h"
#include "src/cli/show/interrupt.h"
#include "src/io/link.h"
#include "src/io/replace.h"

static const struct {
	const char *name;
	size_t offset; /* of a uint64_t in trujaman_report */
} counters[] = {
#define COUNTER(name) { #name, offsetof(trujaman_report, name) }
	COUNTER(lines),        COUNTER(blank),          COUNTER(split),         COUNTER(short_rows),
	COUNTER(over_long),    COUNTER(sentences),      COUNTER(cached),        COUNTER(truncated),
	COUNTER(source_words), COUNTER(source_pieces),  COUNTER(target_pieces), COUNTER(invalid),
	COUNTER(foreign),      COUNTER(without_prefix),
};

static int fail(const char *what, const char *path)
{
	tj_cli_say("cannot %s %s: %s", what, path, strerror(errno));
	return TJ_EXIT_FAILED;
}

static int is_stdout(const char *path)
{
	return strcmp(path, "-") == 0;
}

int tj_stats_check(const char *path)
{
	struct stat st;
	if (path == NULL || is_stdout(path))
		return TJ_EXIT_DONE;
	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			errno = EISDIR;
		else if (access(path, W_OK) == 0)
			return TJ_EXIT_DONE;
		return fail("write", path);
	}
	if (errno != ENOENT || *path == '\0')
		return fail("write", path);
	/* The file will be made where a link to nothing leads. */
	char *folder = tj_link_follow(path), *slash = folder != NULL ? strrchr(folder, '/') : NULL;
	if (slash != NULL)
		slash[1] = '\0';
	int ok = folder != NULL && access(slash != NULL ? folder : ".", W_OK | X_OK) == 0;
	int code = errno;
	free(folder);
	errno = code;
	return ok ? TJ_EXIT_DONE : fail("write", path);
}

/* The functions below return NULL if they run out of memory. */

/* A file name may hold bytes that are not UTF-8; they become \xNN. */
static json_t *text(const char *s)
{
	char *escaped = NULL;
	size_t n;
	if (s == NULL)
		return json_null();
	json_t *whole = json_string(s);
	if (whole != NULL)
		return whole;
	FILE *f = open_memstream(&escaped, &n);
	if (f == NULL)
		return NULL;
	tj_cli_escape(f, s);
	if (fclose(f) == 0)
		whole = json_string(escaped);
	free(escaped);
	return whole;
}

static json_t *describe_model(const struct tj_stats *s, size_t i)
{
	if (s->infos == NULL)
		return json_pack("{s:o}", "path", text(s->models[i]));
	const trujaman_model_info *info = s->infos[i];
	return json_pack("{s:o, s:I, s:I, s:o, s:o, s:o}", "path", text(info->path), "file_bytes",
	                 (json_int_t)info->file_bytes, "parameters", (json_int_t)info->parameters,
	                 "precision", text(info->precision), "products", text(info->products),
	                 "isa", text(info->isa));
}

static json_t *describe_models(const struct tj_stats *s)
{
	json_t *list = json_array();
	for (size_t i = 0; i < s->n_models; i++)
		if (json_array_append_new(list, describe_model(s, i)) != 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* The value of an option that is a number. */
static double number(const struct tj_stats *s, const char *option)
{
	double value = 0;
	const char *shown = trujaman_options_get(s->options, option);
	return shown != NULL && tj_number_read(shown, &value) ? value : 0;
}

static int whole(const struct tj_stats *s, const char *option)
{
	return (int)number(s, option);
}

static int is_on(const struct tj_stats *s, const char *option)
{
	return strcmp(trujaman_options_get(s->options, option), "true") == 0;
}

static json_t *describe_options(const struct tj_stats *s)
{
	return json_pack("{s:i, s:f, s:i, s:i, s:b, s:b, s:i, s:i}", "beam", whole(s, "beam"),
	                 "length_penalty", number(s, "length-penalty"), "n_best",
	                 whole(s, "n-best"), "max_pieces", whole(s, "max-pieces"), "strict",
	                 is_on(s, "strict"), "plain", is_on(s, "plain"), "memory",
	                 whole(s, "memory"), "threads",
	                 s->threads > 0 ? (int)s->threads : whole(s, "threads"));
}

static json_t *describe_counters(const trujaman_report *report)
{
	json_t *object = json_object();
	for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
		uint64_t n;
		memcpy(&n, (const char *)report + counters[i].offset, sizeof n);
		if (json_object_set_new(object, counters[i].name, json_integer((json_int_t)n)) !=
		    0) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *describe_invalid(const struct tj_stats *s)
{
	const trujaman_report *r = s->report;
	if (r->invalid == 0 || r->invalid_input >= s->n_inputs)
		return json_null();
	const char *path = s->inputs[r->invalid_input].path;
	return json_pack("{s:o, s:I, s:I}", "input", text(path != NULL ? path : "-"), "line",
	                 (json_int_t)r->invalid_line, "column", (json_int_t)r->invalid_column);
}

static json_t *describe_foreign(const struct tj_stats *s)
{
	const trujaman_report *r = s->report;
	if (r->foreign == 0 || r->foreign_input >= s->n_inputs)
		return json_null();
	const char *path = s->inputs[r->foreign_input].path;
	return json_pack("{s:o, s:o}", "input", text(path != NULL ? path : "-"), "language",
	                 text(r->foreign_language));
}

static char *compose(const struct tj_stats *s)
{
	int by_signal = s->exit_status > 128;
	const char *ended = s->exit_status == TJ_EXIT_DONE ? "done"
	                    : by_signal                    ? "interrupted"
	                                                   : "failed";
	json_t *object = json_pack("{s:s, s:s, s:s, s:i, s:o, s:f, s:o, s:o, s:I, s:o, s:o, s:o}",
	                           "trujaman", trujaman_version(), "command", s->command, "ended",
	                           ended, "exit_status", s->exit_status, "signal",
	                           text(by_signal ? tj_interrupt_name(s->exit_status - 128) : NULL),
	                           "seconds", s->seconds, "model", describe_model(s, 0), "options",
	                           describe_options(s), "inputs", (json_int_t)s->n_inputs,
	                           "counters", describe_counters(s->report), "first_invalid",
	                           describe_invalid(s), "first_foreign", describe_foreign(s));
	if (s->n_models > 1 && json_object_set_new(object, "ensemble", describe_models(s)) != 0) {
		json_decref(object);
		object = NULL;
	}
	char *line = object != NULL ? json_dumps(object, JSON_INDENT(2) | JSON_REAL_PRECISION(9))
	                            : NULL;
	json_decref(object);
	return line;
}

/* Writes to the descriptor and closes it. Returns 0 on failure and sets errno. */
static int write_content(int fd, const char *content)
{
	FILE *f = fdopen(fd, "w");
	if (f == NULL) {
		int failed = errno;
		(void)close(fd);
		errno = failed;
		return 0;
	}
	int ok = fputs(content, f) >= 0 && fputc('\n', f) != EOF && fflush(f) == 0 &&
	         /* EINVAL: a device or pipe, which cannot fsync. */
	         (fsync(fileno(f)) == 0 || errno == EINVAL);
	int code = errno;
	if (fclose(f) != 0 && ok) {
		ok = 0;
		code = errno;
	}
	errno = code;
	return ok;
}

/* Same for a device or a pipe. */
static int write_device(const char *path, const char *content)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	return fd >= 0 && write_content(fd, content);
}

/* Same for a file, which appears only when it is complete. */
static int replace_file(const char *path, const char *content)
{
	char *partial;
	int fd, code;
	int ok = tj_replace_create(path, &partial, &fd);
	if (ok) {
		ok = write_content(fd, content) && tj_replace_rename(partial, path);
		code = errno;
		if (!ok)
			(void)unlink(partial);
		errno = code;
		ok = ok && tj_folder_sync(path);
	}
	code = errno;
	free(partial);
	errno = code;
	return ok;
}

/* What stdout already is must not be replaced: it may hold results. */
static int leads_to_stdout(const char *path)
{
	struct stat st, out;
	return stat(path, &st) == 0 && fstat(STDOUT_FILENO, &out) == 0 && st.st_dev == out.st_dev &&
	       st.st_ino == out.st_ino;
}

int tj_stats_write(const char *path, const struct tj_stats *s)
{
	struct stat st;
	if (path == NULL)
		return s->exit_status;
	int status = s->exit_status == TJ_EXIT_DONE ? TJ_EXIT_FAILED : s->exit_status;
	char *content = compose(s);
	if (content == NULL) {
		tj_cli_say("out of memory for the statistics %s", path);
		return status;
	}
	if (is_stdout(path) || leads_to_stdout(path)) {
		fputs(content, stdout);
		putchar('\n');
		free(content);
		return tj_cli_close_stdout() == TJ_EXIT_DONE ? s->exit_status : status;
	}
	int there = stat(path, &st) == 0;
	/* If `path` is a link to a file, replace that file, not the link. */
	char *final = !there                ? tj_link_follow(path)
	              : S_ISREG(st.st_mode) ? realpath(path, NULL)
	                                    : strdup(path);
	int ok = final != NULL && (there && !S_ISREG(st.st_mode) ? write_device(final, content)
	                                                         : replace_file(final, content));
	if (!ok)
		fail("write", path);
	free(final);
	free(content);
	return ok ? s->exit_status : status;
}
