/* SPDX-License-Identifier: MIT */
/* Two text files, held in RAM with an index of their lines. */
#include "src/train/data/pair_text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/memory.h"
#include "src/io/lines.h"

struct side {
	trujaman_input input; /* the first one */
	char *bytes;          /* the lines without their terminators, one after the other */
	size_t n, capacity;
	size_t *starts; /* [n_lines + 1]: byte offsets where lines begin; the last is n */
	size_t n_lines, line_capacity;
};

struct tj_pair_text {
	struct side sides[2];
	const struct tj_corpus_files *files; /* [n_files]; NULL: one pair without tag */
	size_t n_files, *ends;               /* [n_files]: the line behind the last one */
};

static const char *name_of(const trujaman_input *input)
{
	char unused[1]; /* only a descriptor other than standard input has no name of its own */
	return tj_input_name(input, unused, sizeof unused);
}

static trujaman_status add_line(struct side *s, const char *name, const struct tj_line *line,
                                struct tj_error *err)
{
	if (!tj_reserve(&s->bytes, &s->capacity, s->n + line->n, 1))
		return tj_fail_memory(err, name, s->n + line->n);
	if (!tj_reserve(&s->starts, &s->line_capacity, s->n_lines + 2, sizeof *s->starts))
		return tj_fail_memory(err, name, s->n_lines * sizeof *s->starts);
	if (line->n > 0)
		memcpy(s->bytes + s->n, line->text, line->n);
	s->n += line->n;
	s->starts[++s->n_lines] = s->n;
	return TRUJAMAN_OK;
}

/* Waits for every line. The reader unpacks compressed files. */
static trujaman_status read_lines(struct side *s, const char *name, struct tj_reader *r,
                                  struct tj_error *err)
{
	struct tj_line line;
	for (;;) {
		enum tj_read state = tj_reader_next(r, 1, &line, err);
		if (state == TJ_READ_END || state == TJ_READ_ERROR)
			return err->status;
		if (state == TJ_READ_LINE)
			tj_line_skip_mark(&line);
		if (state == TJ_READ_LINE && add_line(s, name, &line, err) != TRUJAMAN_OK)
			return err->status;
	}
}

static trujaman_status read_file(struct side *s, const char *path, int force_text,
                                 struct tj_error *err)
{
	const trujaman_input input = { .path = path, .fd = STDIN_FILENO, .force_text = force_text };
	if (s->input.path == NULL)
		s->input = input;
	if (!tj_reserve(&s->starts, &s->line_capacity, s->n_lines + 1, sizeof *s->starts))
		return tj_fail_memory(err, name_of(&input), sizeof *s->starts);
	s->starts[s->n_lines] = s->n;
	struct tj_reader *r = tj_reader_open(1, &input, SIZE_MAX, err);
	if (r == NULL)
		return err->status;
	read_lines(s, name_of(&input), r, err);
	tj_reader_close(r);
	return err->status;
}

/* Reads pair k, behind those before it. */
static trujaman_status read_pair(struct tj_pair_text *t, size_t k, const char *source,
                                 const char *target, int force_text, struct tj_error *err)
{
	const trujaman_input inputs[2] = { { .path = source, .fd = STDIN_FILENO },
		                           { .path = target, .fd = STDIN_FILENO } };
	const size_t before = t->sides[0].n_lines;
	if (read_file(&t->sides[0], source, force_text, err) != TRUJAMAN_OK ||
	    read_file(&t->sides[1], target, force_text, err) != TRUJAMAN_OK)
		return err->status;
	t->ends[k] = t->sides[0].n_lines;
	if (t->sides[0].n_lines == t->sides[1].n_lines)
		return TRUJAMAN_OK;
	return tj_fail(
	    err, TRUJAMAN_ERROR_INPUT,
	    "%s has %zu lines and %s has %zu; line for line they must be translations of each other",
	    name_of(&inputs[0]), t->sides[0].n_lines - before, name_of(&inputs[1]),
	    t->sides[1].n_lines - before);
}

static struct tj_pair_text *alloc(size_t n, struct tj_error *err)
{
	struct tj_pair_text *t = calloc(1, sizeof *t);
	size_t *ends = calloc(n, sizeof *ends);
	if (t == NULL || ends == NULL) {
		free(t);
		free(ends);
		tj_fail_memory(err, "the texts", n * sizeof *ends);
		return NULL;
	}
	t->n_files = n;
	t->ends = ends;
	return t;
}

static struct tj_pair_text *close_if_failed(struct tj_pair_text *t, const struct tj_error *err)
{
	if (err->status == TRUJAMAN_OK)
		return t;
	tj_pair_text_close(t);
	return NULL;
}

struct tj_pair_text *tj_pair_text_open(const char *source, const char *target, int force_text,
                                       struct tj_error *err)
{
	struct tj_pair_text *t = alloc(1, err);
	if (t == NULL)
		return NULL;
	read_pair(t, 0, source, target, force_text, err);
	return close_if_failed(t, err);
}

struct tj_pair_text *tj_pair_texts_open(const struct tj_corpus_files *files, size_t n,
                                        int force_text, struct tj_error *err)
{
	struct tj_pair_text *t = alloc(n, err);
	if (t == NULL)
		return NULL;
	t->files = files;
	for (size_t k = 0; k < n && err->status == TRUJAMAN_OK; k++)
		read_pair(t, k, files[k].source, files[k].target, force_text, err);
	return close_if_failed(t, err);
}

void tj_pair_text_close(struct tj_pair_text *t)
{
	for (int i = 0; t != NULL && i < 2; i++) {
		free(t->sides[i].bytes);
		free(t->sides[i].starts);
	}
	if (t != NULL)
		free(t->ends);
	free(t);
}

size_t tj_pair_text_lines(const struct tj_pair_text *t)
{
	return t->sides[0].n_lines;
}

const char *tj_pair_text_line(const struct tj_pair_text *t, int side, size_t i, size_t *n)
{
	const struct side *s = &t->sides[side];
	*n = s->starts[i + 1] - s->starts[i];
	return *n > 0 ? s->bytes + s->starts[i] : "";
}

const char *tj_pair_text_name(const struct tj_pair_text *t, int side)
{
	return name_of(&t->sides[side].input);
}

const char *tj_pair_text_others(const struct tj_pair_text *t)
{
	return t->n_files > 1 ? " (and the other texts)" : "";
}

size_t tj_pair_text_files(const struct tj_pair_text *t)
{
	return t->n_files;
}

const struct tj_corpus_files *tj_pair_text_file(const struct tj_pair_text *t, size_t k)
{
	return t->files != NULL ? &t->files[k] : NULL;
}

size_t tj_pair_text_end(const struct tj_pair_text *t, size_t k)
{
	return t->ends[k];
}

size_t tj_pair_text_file_of(const struct tj_pair_text *t, size_t i)
{
	size_t low = 0, high = t->n_files - 1;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (t->ends[middle] <= i)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const char *tj_pair_text_tag(const struct tj_pair_text *t, size_t i)
{
	return t->files != NULL ? t->files[tj_pair_text_file_of(t, i)].tag : NULL;
}
