/* SPDX-License-Identifier: MIT */
/* Compares a finished output with its inputs: times, lines and compression. */
#include "src/delivery/complete.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/delivery/formats.h"
#include "src/io/source.h"

enum { BLOCK = 1 << 18 };

/* Counts the lines of a text as they pass. `numbered`: only a line whose number differs from that
 * of the line before counts (n-best). */
struct counter {
	int numbered, in_line, in_number;
	uint64_t lines, number, last;
};

static void end_number(struct counter *c)
{
	c->in_number = 0;
	c->lines += c->number != c->last;
	c->last = c->number;
}

static void count(struct counter *c, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!c->in_line) {
			c->in_line = 1;
			c->in_number = c->numbered;
			c->number = 0;
			c->lines += !c->numbered;
		}
		if (c->in_number && bytes[i] >= '0' && bytes[i] <= '9') {
			c->number = c->number * 10 + (uint64_t)(bytes[i] - '0');
			continue;
		}
		if (c->in_number)
			end_number(c);
		const char *newline = memchr(bytes + i, '\n', n - i);
		if (newline == NULL)
			return;
		i = (size_t)(newline - bytes);
		c->in_line = 0;
	}
}

/* Returns 0 if the file cannot be read, or is damaged. */
static int count_file(const char *path, struct counter *c)
{
	const trujaman_input input = { .path = path };
	const struct tj_waiting waiting = { .wake_fd = -1 };
	struct tj_error err = { 0 };
	enum tj_read state = TJ_READ_ERROR;
	size_t n;
	char *block = malloc(BLOCK);
	struct tj_source *s = block != NULL ? tj_source_open(&input, &waiting, &err) : NULL;
	while (s != NULL && (state = tj_source_read(s, block, BLOCK, &n, 1, &err)) == TJ_READ_SOME)
		count(c, block, n);
	tj_source_close(s);
	free(block);
	return state == TJ_READ_END;
}

static int is_older(const struct stat *a, const struct stat *b)
{
	if (a->st_mtim.tv_sec != b->st_mtim.tv_sec)
		return a->st_mtim.tv_sec < b->st_mtim.tv_sec;
	return a->st_mtim.tv_nsec < b->st_mtim.tv_nsec;
}

int tj_complete_is_newer(const char *path, const char *than)
{
	struct stat a, b;
	return stat(path, &a) == 0 && stat(than, &b) == 0 && !is_older(&a, &b);
}

/* Look at the times only: no file is read yet. */
static enum tj_complete judge_times(const char *path, const struct tj_inputs *inputs, size_t from,
                                    size_t n, const char *model, const char **culprit)
{
	struct stat out, in;
	*culprit = path;
	if (stat(path, &out) != 0 || !S_ISREG(out.st_mode))
		return TJ_COMPLETE_UNKNOWN;
	for (size_t i = from; i < from + n; i++) {
		*culprit = inputs->items[i].path;
		if (tj_is_stdin(*culprit) || stat(*culprit, &in) != 0 || !S_ISREG(in.st_mode))
			return TJ_COMPLETE_UNKNOWN;
		if (is_older(&out, &in))
			return TJ_COMPLETE_OLDER;
	}
	*culprit = model;
	return tj_complete_is_newer(path, model) ? TJ_COMPLETE : TJ_COMPLETE_OLDER;
}

enum tj_complete tj_complete_judge(const char *path, const struct tj_destination *to,
                                   const struct tj_inputs *inputs, size_t from, size_t n,
                                   const char *model, const char **culprit)
{
	struct counter in = { .lines = 0 },
		       out = { .numbered = to->output == TRUJAMAN_OUTPUT_N_BEST };
	enum tj_complete judgement = judge_times(path, inputs, from, n, model, culprit);
	if (judgement != TJ_COMPLETE)
		return judgement;
	*culprit = path;
	struct tj_error err = { 0 };
	int packing = tj_source_packing(path, &err);
	if (packing < 0 || !count_file(path, &out))
		return TJ_COMPLETE_UNKNOWN;
	if (packing != to->packing)
		return TJ_COMPLETE_DIFFERS;
	/* The lines of a document say nothing. */
	if (n == 1 && tj_is_document(&inputs->items[from]))
		return TJ_COMPLETE;
	for (size_t i = from; i < from + n; i++) {
		*culprit = inputs->items[i].path;
		in.in_line = 0; /* in an output, each input begins a new line */
		if (!count_file(*culprit, &in))
			return TJ_COMPLETE_UNKNOWN;
	}
	return in.lines == out.lines ? TJ_COMPLETE : TJ_COMPLETE_DIFFERS;
}
