/* SPDX-License-Identifier: MIT */
/* Reads pairs line by line; the translations of one line of an n-best list together. */
#include "src/api/pairs.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/stop.h"

static uint64_t count_rest(struct tj_reader *r, struct tj_error *err)
{
	struct tj_line line;
	uint64_t n = 0;
	while (tj_reader_next(r, 1, &line, err) == TJ_READ_LINE)
		n++;
	return n;
}

static int is_stopped(const struct tj_pairs *x)
{
	return tj_is_stopped(&x->stream->t->stop);
}

/* --- Two texts ------------------------------------------------------------------------ */

/* One text ended before the other: fail with a message that names both line counts. If the run is
 * stopped while they are counted, nobody waits for the counts any more. */
static enum tj_read fail_unequal(struct tj_pairs *x, int source_is_longer)
{
	char names[2][64];
	uint64_t counts[2] = { x->n_read, x->n_read };
	struct tj_error *err = &x->stream->pending;
	counts[!source_is_longer] += 1 + count_rest(source_is_longer ? x->source : x->target, err);
	if (is_stopped(x))
		return TJ_READ_DRY;
	tj_fail(err, TRUJAMAN_ERROR_INPUT,
	        "%s has %llu lines and %s has %llu: a score needs a pair of lines",
	        tj_input_name(x->inputs[0], names[0], sizeof names[0]),
	        (unsigned long long)counts[0],
	        tj_input_name(x->inputs[1], names[1], sizeof names[1]),
	        (unsigned long long)counts[1]);
	return TJ_READ_ERROR;
}

/* Read the next pair: x->source_line and *target, both valid until the next call. */
static enum tj_read next_pair(struct tj_pairs *x, int may_block, struct tj_line *target)
{
	struct tj_error *err = &x->stream->pending;
	if (!x->has_source) {
		enum tj_read got = tj_reader_next(x->source, may_block, &x->source_line, err);
		if (got == TJ_READ_END) {
			got = tj_reader_next(x->target, may_block, target, err);
			if (got == TJ_READ_LINE)
				got = fail_unequal(x, 0);
		} else if (got == TJ_READ_LINE) {
			tj_line_skip_mark(&x->source_line);
			x->has_source = 1;
		}
		if (!x->has_source)
			return got;
	}
	enum tj_read got = tj_reader_next(x->target, may_block, target, err);
	if (got == TJ_READ_END)
		return fail_unequal(x, 1);
	if (got == TJ_READ_LINE)
		tj_line_skip_mark(target);
	x->has_source = got != TJ_READ_LINE;
	return got;
}

/* Adds the pair of two lines to the chunk. Returns NULL, with an error, if that is not possible. */
static struct tj_chunk_line *add(struct tj_pairs *x, struct tj_chunk *chunk,
                                 const struct tj_line *source, const struct tj_line *target)
{
	struct tj_stream *s = x->stream;
	size_t invalid, invalid_target;
	struct tj_chunk_line *to = tj_chunk_add(chunk, source->text, source->n, target->text,
	                                        target->n, &invalid, &invalid_target);
	if (to == NULL) {
		tj_fail_memory(&s->pending, "lines", source->n);
		return NULL;
	}
	if ((invalid != SIZE_MAX && tj_stream_invalid(s, source, invalid)) ||
	    (invalid_target != SIZE_MAX && tj_stream_invalid(s, target, invalid_target))) {
		chunk->n_lines--;
		return NULL;
	}
	to->number = source->number;
	to->offset = source->offset;
	return to;
}

/* Keeps bytes for the output of a line, the last of the chunk. Returns 0, with an error and without
 * the line, if memory is short. */
static int keep(struct tj_pairs *x, struct tj_chunk *chunk, struct tj_chunk_line *line,
                const char *text, size_t n, enum tj_terminator terminator)
{
	line->first_kept = chunk->kept.n;
	line->n_kept = n;
	line->terminator = (uint8_t)terminator;
	if (n == 0 || tj_string_append(&chunk->kept, text, n))
		return 1;
	chunk->n_lines--;
	tj_fail_memory(&x->stream->pending, "lines", n);
	return 0;
}

static enum tj_read add_lines(struct tj_pairs *x, int may_block, struct tj_chunk *chunk)
{
	struct tj_line target;
	enum tj_read got = next_pair(x, may_block, &target);
	if (got != TJ_READ_LINE)
		return got;
	target.input = 1;
	struct tj_chunk_line *to = add(x, chunk, &x->source_line, &target);
	if (to == NULL)
		return TJ_READ_ERROR;
	to->number = ++x->n_read;
	return got;
}

/* --- Columns -------------------------------------------------------------------------- */

/* Makes *column the stretch of a line that is its column number `number`, from 1. Returns 0 if the
 * line has fewer. */
static int find_column(const struct tj_line *line, int number, struct tj_line *column)
{
	const char *text = line->text, *end = text + line->n, *tab;
	*column = *line;
	while (--number > 0) {
		tab = text < end ? memchr(text, '\t', (size_t)(end - text)) : NULL;
		if (tab == NULL)
			return 0;
		text = tab + 1;
	}
	tab = text < end ? memchr(text, '\t', (size_t)(end - text)) : NULL;
	column->text = text;
	column->n = (size_t)((tab != NULL ? tab : end) - text);
	column->column = (uint64_t)(text - line->text);
	return 1;
}

static enum tj_read add_row(struct tj_pairs *x, int may_block, struct tj_chunk *chunk)
{
	struct tj_line row, sides[2];
	enum tj_read got = tj_reader_next(x->source, may_block, &row, &x->stream->pending);
	if (got != TJ_READ_LINE)
		return got;
	tj_line_skip_mark(&row);
	int has_both = find_column(&row, x->columns[0], &sides[0]) &
	               find_column(&row, x->columns[1], &sides[1]);
	for (int i = 0; i < 2 && !has_both; i++)
		sides[i].n = 0;
	struct tj_chunk_line *to = add(x, chunk, &sides[0], &sides[1]);
	if (to == NULL)
		return TJ_READ_ERROR;
	to->short_row = !has_both;
	if (!keep(x, chunk, to, row.text, row.n, row.terminator))
		return TJ_READ_ERROR;
	return got;
}

/* --- N-best lists --------------------------------------------------------------------- */

static enum tj_read refuse(struct tj_pairs *x, const char *what)
{
	char name[64];
	tj_fail(&x->stream->pending, TRUJAMAN_ERROR_INPUT, "%s:%llu: %s",
	        tj_input_name(x->inputs[1], name, sizeof name), (unsigned long long)x->entry.number,
	        what);
	return TJ_READ_ERROR;
}

/* Takes apart x->entry: line number, tab, score, tab, text. */
static enum tj_read parse_entry(struct tj_pairs *x)
{
	const struct tj_line *line = &x->entry;
	const char *at = line->text, *end = at + line->n;
	uint64_t number = 0;
	for (; at < end && *at >= '0' && *at <= '9' && number < UINT64_MAX / 100; at++)
		number = 10 * number + (uint64_t)(*at - '0');
	if (at == line->text || at == end || *at != '\t' || number == 0)
		return refuse(x, "wanted a line of an n-best list: number, tab, score, tab, text");
	at++;
	const char *tab = at < end ? memchr(at, '\t', (size_t)(end - at)) : NULL;
	if (tab == NULL)
		return refuse(x, "wanted a line of an n-best list: number, tab, score, tab, text");
	if (number < x->group_number || (x->n_group == 0 && number == x->group_number))
		return refuse(x, "the line numbers of an n-best list must rise");
	x->entry_number = number;
	x->entry_text = (size_t)(tab + 1 - line->text);
	x->has_entry = 1;
	return TJ_READ_LINE;
}

/* Reads the source up to the line that x->entry translates. */
static enum tj_read find_source(struct tj_pairs *x, int may_block)
{
	while (!x->has_source || x->source_line.number < x->entry_number) {
		enum tj_read got = tj_reader_next(x->source, may_block, &x->source_line,
		                                  &x->stream->pending);
		if (got == TJ_READ_END)
			return refuse(x, "the source has fewer lines than this number");
		if (got != TJ_READ_LINE)
			return got;
		tj_line_skip_mark(&x->source_line);
		x->has_source = 1;
	}
	return TJ_READ_LINE;
}

static enum tj_read take_entry(struct tj_pairs *x)
{
	const struct tj_line *line = &x->entry;
	if (x->n_group == TJ_MOST_RANKED)
		return refuse(x, "more than 1024 translations of one line");
	x->group[x->n_group++] = (struct tj_entry){ x->texts.n, line->n - x->entry_text,
		                                    x->entry_text, line->number, line->terminator };
	x->group_number = x->entry_number;
	x->has_entry = 0;
	if (line->n > x->entry_text &&
	    !tj_string_append(&x->texts, line->text + x->entry_text, line->n - x->entry_text)) {
		tj_fail_memory(&x->stream->pending, "lines", line->n);
		return TJ_READ_ERROR;
	}
	return TJ_READ_LINE;
}

/* Reads all translations of the next line that has some. */
static enum tj_read next_group(struct tj_pairs *x, int may_block)
{
	enum tj_read got = TJ_READ_LINE;
	while (got == TJ_READ_LINE) {
		if (!x->has_entry) {
			got = tj_reader_next(x->target, may_block, &x->entry, &x->stream->pending);
			if (got == TJ_READ_END)
				return x->n_group > 0 ? TJ_READ_LINE : TJ_READ_END;
			if (got == TJ_READ_LINE) {
				tj_line_skip_mark(&x->entry);
				got = parse_entry(x);
			}
			if (got != TJ_READ_LINE)
				return got;
		}
		if (x->n_group > 0 && x->entry_number != x->group_number)
			return TJ_READ_LINE;
		if (x->n_group == 0)
			got = find_source(x, may_block);
		if (got == TJ_READ_LINE)
			got = take_entry(x);
	}
	return got;
}

static enum tj_read add_group(struct tj_pairs *x, int may_block, struct tj_chunk *chunk)
{
	enum tj_read got = next_group(x, may_block);
	size_t first = chunk->n_lines;
	if (got != TJ_READ_LINE)
		return got;
	for (size_t i = 0; i < x->n_group; i++) {
		const struct tj_entry *e = &x->group[i];
		const char *text = e->n > 0 ? x->texts.data + e->first : "";
		const struct tj_line target = { .text = text,
			                        .n = e->n,
			                        .number = e->number,
			                        .column = e->column,
			                        .input = 1 };
		struct tj_line source = x->source_line;
		if (i > 0)
			source.n = 0;
		struct tj_chunk_line *to = add(x, chunk, &source, &target);
		if (to == NULL || !keep(x, chunk, to, text, e->n, e->terminator)) {
			chunk->n_lines = first; /* none is ranked without the others */
			return TJ_READ_ERROR;
		}
		/* All share the source. */
		to->first_byte = chunk->lines[first].first_byte;
		to->n_bytes = to->n_field = chunk->lines[first].n_bytes;
	}
	x->n_group = 0;
	x->texts.n = 0;
	return got;
}

/* --- Reading -------------------------------------------------------------------------- */

enum tj_supply tj_pairs_read(struct tj_pairs *x, int may_block, struct tj_chunk *chunk,
                             struct tj_error *err)
{
	static enum tj_read (*const adders[])(struct tj_pairs *, int, struct tj_chunk *) = {
		[TRUJAMAN_PAIRS_LINES] = add_lines,
		[TRUJAMAN_PAIRS_TSV] = add_row,
		[TRUJAMAN_PAIRS_N_BEST] = add_group
	};
	struct tj_stream *s = x->stream;
	enum tj_read got = TJ_READ_LINE;
	while (got == TJ_READ_LINE && s->pending.status == TRUJAMAN_OK &&
	       chunk->n_lines < s->chunk_lines &&
	       chunk->text.n + chunk->kept.n < STREAM_CHUNK_BYTES)
		got = adders[x->kind](x, may_block && chunk->n_lines == 0, chunk);
	if (chunk->n_lines > 0)
		return TJ_SUPPLY_LINES;
	*err = s->pending;
	if (got == TJ_READ_DRY && is_stopped(x)) {
		s->report.stopped = 1;
		return TJ_SUPPLY_END;
	}
	return got == TJ_READ_DRY && err->status == TRUJAMAN_OK ? TJ_SUPPLY_DRY : TJ_SUPPLY_END;
}

trujaman_status tj_pairs_open(struct tj_pairs *x, struct tj_error *err)
{
	struct tj_stream *s = x->stream;
	struct tj_reader **const readers[2] = { &x->source, &x->target };
	int n = x->kind == TRUJAMAN_PAIRS_TSV ? 1 : 2;
	for (int i = 0; i < n; i++) {
		struct tj_reader *r = tj_reader_open(1, x->inputs[i], SIZE_MAX, err);
		if (r == NULL)
			return err->status;
		*readers[i] = r;
		tj_reader_wake_by(r, s->wake_fd);
		tj_reader_stop_by(r, &s->t->stop);
		if (s->sink != NULL)
			tj_reader_skip(r, s->sink->skip);
	}
	return TRUJAMAN_OK;
}

void tj_pairs_close(struct tj_pairs *x)
{
	tj_reader_close(x->target);
	tj_reader_close(x->source);
	free(x->texts.data);
}
