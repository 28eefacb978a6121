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
	trujaman_input input;
	char *bytes; /* the lines without their terminators, one after the other */
	size_t n, capacity;
	size_t *starts; /* [n_lines + 1]: byte offsets where lines begin; the last is n */
	size_t n_lines, line_capacity;
};

struct tj_pair_text {
	struct side sides[2];
};

static const char *name_of(const trujaman_input *input)
{
	char unused[1]; /* only a descriptor other than standard input has no name of its own */
	return tj_input_name(input, unused, sizeof unused);
}

static trujaman_status add_line(struct side *s, const struct tj_line *line, struct tj_error *err)
{
	if (!tj_reserve(&s->bytes, &s->capacity, s->n + line->n, 1))
		return tj_fail_memory(err, name_of(&s->input), s->n + line->n);
	if (!tj_reserve(&s->starts, &s->line_capacity, s->n_lines + 2, sizeof *s->starts))
		return tj_fail_memory(err, name_of(&s->input), s->n_lines * sizeof *s->starts);
	if (line->n > 0)
		memcpy(s->bytes + s->n, line->text, line->n);
	s->n += line->n;
	s->starts[++s->n_lines] = s->n;
	return TRUJAMAN_OK;
}

/* Waits for every line. The reader unpacks compressed files. */
static trujaman_status read_lines(struct side *s, struct tj_reader *r, struct tj_error *err)
{
	struct tj_line line;
	for (;;) {
		enum tj_read state = tj_reader_next(r, 1, &line, err);
		if (state == TJ_READ_END || state == TJ_READ_ERROR)
			return err->status;
		if (state == TJ_READ_LINE)
			tj_line_skip_mark(&line);
		if (state == TJ_READ_LINE && add_line(s, &line, err) != TRUJAMAN_OK)
			return err->status;
	}
}

static trujaman_status open_side(struct side *s, const char *path, int force_text,
                                 struct tj_error *err)
{
	s->input = (trujaman_input){ .path = path, .fd = STDIN_FILENO, .force_text = force_text };
	if (!tj_reserve(&s->starts, &s->line_capacity, 1, sizeof *s->starts))
		return tj_fail_memory(err, name_of(&s->input), sizeof *s->starts);
	s->starts[0] = 0;
	struct tj_reader *r = tj_reader_open(1, &s->input, SIZE_MAX, err);
	if (r == NULL)
		return err->status;
	read_lines(s, r, err);
	tj_reader_close(r);
	return err->status;
}

struct tj_pair_text *tj_pair_text_open(const char *source, const char *target, int force_text,
                                       struct tj_error *err)
{
	struct tj_pair_text *t = calloc(1, sizeof *t);
	if (t == NULL) {
		tj_fail_memory(err, source, sizeof *t);
		return NULL;
	}
	if (open_side(&t->sides[0], source, force_text, err) != TRUJAMAN_OK ||
	    open_side(&t->sides[1], target, force_text, err) != TRUJAMAN_OK) {
		tj_pair_text_close(t);
		return NULL;
	}
	if (t->sides[0].n_lines != t->sides[1].n_lines) {
		tj_fail(
		    err, TRUJAMAN_ERROR_INPUT,
		    "%s has %zu lines and %s has %zu; line for line they must be translations of "
		    "each other",
		    tj_pair_text_name(t, 0), t->sides[0].n_lines, tj_pair_text_name(t, 1),
		    t->sides[1].n_lines);
		tj_pair_text_close(t);
		return NULL;
	}
	return t;
}

void tj_pair_text_close(struct tj_pair_text *t)
{
	for (int i = 0; t != NULL && i < 2; i++) {
		free(t->sides[i].bytes);
		free(t->sides[i].starts);
	}
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
