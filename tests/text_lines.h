/* SPDX-License-Identifier: MIT */
/* Helpers for the tests of the line reader: scratch files, and a log of lines as text, so that
 * memcmp can compare the lines of two sources. */
#ifndef TJ_TESTS_TEXT_LINES_H
#define TJ_TESTS_TEXT_LINES_H

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/io/lines.h"

/* ---- scratch ---- */

static char folder[256];

static inline void make_folder(void)
{
	const char *tmp = getenv("TMPDIR");
	snprintf(folder, sizeof folder, "%s/tj_lines_XXXXXX", tmp ? tmp : "/tmp");
	cr_assert_not_null(mkdtemp(folder));
}

static inline void remove_folder(void)
{
	static const char *const names[] = { "a", "b", "c", "fifo", "dir" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[300];
		snprintf(path, sizeof path, "%s/%s", folder, names[i]);
		remove(path);
	}
	rmdir(folder);
}

struct path {
	char text[300];
};

static inline struct path in_folder(const char *name)
{
	struct path path;
	snprintf(path.text, sizeof path.text, "%s/%s", folder, name);
	return path;
}

static inline struct path write_file(const char *name, const char *bytes, size_t n)
{
	struct path path = in_folder(name);
	FILE *f = fopen(path.text, "wb");
	cr_assert_not_null(f);
	cr_assert_eq(fwrite(bytes, 1, n, f), n);
	cr_assert_eq(fclose(f), 0);
	return path;
}

static inline void put(int fd, const char *bytes, size_t n)
{
	cr_assert_eq(write(fd, bytes, n), (ssize_t)n);
}

/* ---- a log of lines as text ---- */

struct log {
	char *p;
	size_t n, capacity;
};

static inline void log_line(struct log *log, const struct tj_line *line)
{
	char head[128];
	int n = snprintf(head, sizeof head, "[%zu:%llu+%llu %zu%s%s]", line->input,
	                 (unsigned long long)line->number, (unsigned long long)line->column,
	                 line->n, line->continues ? " .." : "",
	                 line->terminator == TJ_CRLF ? " crlf"
	                 : line->terminator == TJ_LF ? " lf"
	                                             : "");
	if (log->n + (size_t)n + line->n > log->capacity) {
		log->capacity = 2 * (log->n + (size_t)n + line->n);
		log->p = realloc(log->p, log->capacity);
		cr_assert_not_null(log->p);
	}
	memcpy(log->p + log->n, head, (size_t)n);
	log->n += (size_t)n;
	if (line->n > 0)
		memcpy(log->p + log->n, line->text, line->n);
	log->n += line->n;
}

static inline int same(const struct log *a, const struct log *b)
{
	return a->n == b->n && (a->n == 0 || memcmp(a->p, b->p, a->n) == 0);
}

/* Returns the length of the next stretch of a line: the rule of src/io/lines.h, written as
 * plainly as possible for text that is completely in memory. */
static inline size_t stretch_of(const char *text, size_t rest, size_t limit)
{
	if (rest <= limit)
		return rest;
	for (size_t n = limit; n > 0; n--)
		if (memchr("\t\v\f\r\0", text[n - 1], 5) != NULL)
			return n;
	for (size_t n = limit; n > 0; n--)
		if (text[n - 1] == ' ')
			return n;
	/* The texts of this test contain no other multi-byte sequences than é, the euro sign and
	 * a globe. Their invalid bytes begin no sequence. */
	static const char *const sequences[] = { "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x8C\x8D" };
	for (size_t i = 0; i < 3; i++) {
		size_t length = strlen(sequences[i]);
		for (size_t back = 1; back < length; back++)
			if (limit - back + length <= rest &&
			    memcmp(text + limit - back, sequences[i], length) == 0)
				return limit - back;
	}
	return limit;
}

static inline void expect_lines(struct log *log, const char *text, size_t n, size_t limit,
                                size_t input)
{
	struct tj_line line = { .input = input, .number = 1 };
	while (n > 0) {
		const char *newline = memchr(text, '\n', n);
		size_t whole = newline ? (size_t)(newline - text) : n, content = whole;
		line.column = 0;
		if (newline && content > 0 && text[content - 1] == '\r')
			content--;
		for (size_t at = 0;; at += line.n) {
			line.text = text + at;
			line.column = at;
			line.n = stretch_of(text + at, content - at, limit);
			line.continues = at + line.n < content;
			line.terminator = line.continues || !newline ? TJ_NO_NEWLINE
			                  : content < whole          ? TJ_CRLF
			                                             : TJ_LF;
			log_line(log, &line);
			if (!line.continues)
				break;
		}
		line.number++;
		text += whole + (newline != NULL);
		n -= whole + (newline != NULL);
	}
}

static inline enum tj_read drain(struct tj_reader *r, int may_block, struct log *log)
{
	struct tj_line line;
	struct tj_error err = { 0 };
	enum tj_read state;
	while ((state = tj_reader_next(r, may_block, &line, &err)) == TJ_READ_LINE)
		log_line(log, &line);
	cr_assert_eq(state == TJ_READ_ERROR, err.status != TRUJAMAN_OK);
	return state;
}

static inline struct tj_reader *open_reader(size_t n, const trujaman_input *inputs, size_t limit)
{
	struct tj_error err = { 0 };
	struct tj_reader *r = tj_reader_open(n, inputs, limit, &err);
	cr_assert_not_null(r, "%s", err.text);
	return r;
}

/* ---- a writer in its own thread ---- */

struct writer {
	int fd;
	const char *text;
	size_t n, portion;
};

static inline void *write_all(void *argument)
{
	struct writer *w = argument;
	for (size_t at = 0; at < w->n;) {
		size_t portion = w->portion < w->n - at ? w->portion : w->n - at;
		ssize_t wrote = write(w->fd, w->text + at, portion);
		if (wrote < 0)
			break;
		at += (size_t)wrote;
	}
	close(w->fd);
	return NULL;
}

#endif
