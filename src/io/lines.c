/* SPDX-License-Identifier: MIT */
/* Splits inputs into lines, and long lines into stretches.
 *
 * One buffer holds the bytes that were read but not given out yet: [start, end), with no LF before
 * `scanned`. A line is given out in place, without a copy. The buffer grows only if a line is
 * longer than the buffer, to at most LOOKAHEAD + READ_BLOCK bytes more than the longest stretch;
 * short lines never make it grow.
 *
 * A line longer than max_line_bytes is cut (src/io/line_cut.h) only when the buffer holds its end,
 * or LOOKAHEAD bytes more than the limit, so the sizes of the reads do not matter. */
#include "src/io/lines.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/base/stop.h"
#include "src/base/utf8.h"
#include "src/io/line_cut.h"
#include "src/io/not_text.h"

enum { READ_BLOCK = 256 << 10, LOOKAHEAD = TJ_LINE_CUT_LOOKAHEAD, SHORTEST_LIMIT = 16 };

struct tj_reader {
	const trujaman_input *inputs;
	size_t n_inputs;
	size_t input; /* the current one; n_inputs after the last */

	struct tj_source *source; /* NULL: the current input is not open yet */
	struct tj_waiting waiting;
	int exhausted; /* 1: the source has no more bytes */
	int judged;    /* 1: the current input passes for text */

	char *buffer;
	size_t capacity, largest; /* bytes: now, and at most */
	size_t start, end, scanned;
	size_t max_line_bytes;

	uint64_t number, column; /* of the byte at `start` */
	uint64_t offset;         /* of the same byte in the uncompressed input */
	uint64_t unpacked;       /* compressed bytes unpacked so far; 0: the input is plain */
	uint64_t to;             /* lines that begin at this offset or later are not given out */
	uint64_t skip;           /* lines still to skip, of all inputs together */
	uint64_t input_skip;     /* lines still to skip, of the current input */
	int seeking;             /* 1: drop the bytes up to and including the next LF */
	struct tj_error
	    late; /* what the source said while the input was judged; the next fill says it */
	struct tj_error failure;
};

struct tj_reader *tj_reader_open(size_t n_inputs, const trujaman_input *inputs,
                                 size_t max_line_bytes, struct tj_error *err)
{
	assert(max_line_bytes >= SHORTEST_LIMIT);
	struct tj_reader *r = calloc(1, sizeof *r);
	char *buffer = malloc(READ_BLOCK);
	if (r == NULL || buffer == NULL) {
		free(r);
		free(buffer);
		tj_fail_memory(err, "the line reader", sizeof *r + READ_BLOCK);
		return NULL;
	}
	r->inputs = inputs;
	r->n_inputs = n_inputs;
	r->waiting.wake_fd = -1;
	r->buffer = buffer;
	r->capacity = READ_BLOCK;
	r->max_line_bytes = max_line_bytes;
	if (__builtin_add_overflow(max_line_bytes, READ_BLOCK + LOOKAHEAD, &r->largest))
		r->largest = SIZE_MAX;
	r->number = 1;
	return r;
}

void tj_reader_wake_by(struct tj_reader *r, int fd)
{
	r->waiting.wake_fd = fd;
}

void tj_reader_stop_by(struct tj_reader *r, const volatile int *stop)
{
	r->waiting.stop = stop;
}

void tj_reader_skip(struct tj_reader *r, uint64_t n)
{
	r->skip = n;
}

void tj_reader_close(struct tj_reader *r)
{
	if (r == NULL)
		return;
	tj_source_close(r->source);
	free(r->buffer);
	free(r);
}

/* The functions below that return tj_read return TJ_READ_SOME on success. */
static enum tj_read open_input(struct tj_reader *r)
{
	const trujaman_input *input = &r->inputs[r->input];
	r->source = tj_source_open(input, &r->waiting, &r->failure);
	if (r->source == NULL)
		return TJ_READ_ERROR;
	r->exhausted = 0;
	r->number = 1;
	r->input_skip = input->skip;
	r->column = r->unpacked = 0;
	r->to = input->to > 0 ? input->to : UINT64_MAX;
	/* A line begins at `from` if the byte before it is a LF, so start one byte earlier. */
	r->seeking = input->from > 0;
	r->judged = input->force_text || r->seeking; /* the source has judged a part */
	r->offset = r->seeking ? input->from - 1 : 0;
	return TJ_READ_SOME;
}

static void leave_input(struct tj_reader *r)
{
	tj_source_close(r->source);
	r->source = NULL;
	r->input++;
	r->start = r->end = r->scanned = 0;
	tj_error_clear(&r->late);
}

static enum tj_read end_input(struct tj_reader *r)
{
	char name[32];
	if (r->input_skip > 0) {
		tj_fail(&r->failure, TRUJAMAN_ERROR_INPUT,
		        "%s has %llu lines less than were to be passed over",
		        tj_input_name(&r->inputs[r->input], name, sizeof name),
		        (unsigned long long)r->input_skip);
		return TJ_READ_ERROR;
	}
	leave_input(r);
	return TJ_READ_SOME;
}

size_t tj_reader_input(const struct tj_reader *r)
{
	return r->input;
}

size_t tj_reader_pass(struct tj_reader *r)
{
	size_t input = r->input;
	if (input < r->n_inputs)
		leave_input(r);
	r->column = r->skip = 0;
	tj_error_clear(&r->failure);
	return input;
}

/* Drops the buffered bytes up to and including the next LF; 0 if there is no LF yet. */
static int seek_line(struct tj_reader *r)
{
	const char *from = r->buffer + r->start;
	const char *newline = r->end > r->start ? memchr(from, '\n', r->end - r->start) : NULL;
	size_t n = newline != NULL ? (size_t)(newline - from) + 1 : r->end - r->start;
	r->start += n;
	r->offset += n;
	r->scanned = r->start;
	r->seeking = newline == NULL;
	return !r->seeking;
}

/* Makes room at `end`. Bytes are moved to the front only if that frees at least half the buffer or
 * if the buffer may not grow. Each byte therefore moves a bounded number of times, however small
 * the reads are. */
static enum tj_read make_room(struct tj_reader *r)
{
	size_t held = r->end - r->start;
	if (r->end < r->capacity && held > 0)
		return TJ_READ_SOME;
	if (held <= r->capacity / 2 || r->capacity == r->largest) {
		memmove(r->buffer, r->buffer + r->start, held);
		r->scanned -= r->start;
		r->start = 0;
		r->end = held;
		return TJ_READ_SOME;
	}
	size_t grown = r->capacity <= r->largest / 2 ? 2 * r->capacity : r->largest;
	char *buffer = realloc(r->buffer, grown);
	if (buffer == NULL) {
		char name[32];
		tj_fail(&r->failure, TRUJAMAN_ERROR_MEMORY,
		        "%s:%llu: out of memory for a long line (%zu bytes)",
		        tj_input_name(&r->inputs[r->input], name, sizeof name),
		        (unsigned long long)r->number, grown);
		return TJ_READ_ERROR;
	}
	r->buffer = buffer;
	r->capacity = grown;
	return TJ_READ_SOME;
}

static int is_stopped(const struct tj_reader *r)
{
	return tj_is_stopped(r->waiting.stop);
}

/* Reads once: SOME if there are more bytes or the input is exhausted. */
static enum tj_read fill(struct tj_reader *r, int may_block)
{
	if (r->late.status != TRUJAMAN_OK) {
		r->failure = r->late;
		return TJ_READ_ERROR;
	}
	enum tj_read state = make_room(r);
	if (state != TJ_READ_SOME)
		return state;
	size_t room = r->capacity - r->end, n;
	state = tj_source_read(r->source, r->buffer + r->end, room < READ_BLOCK ? room : READ_BLOCK,
	                       &n, may_block, &r->failure);
	if (state == TJ_READ_SOME)
		r->end += n;
	r->exhausted = state == TJ_READ_END;
	r->unpacked = tj_source_unpacked(r->source);
	return r->exhausted ? TJ_READ_SOME : state;
}

/* Like fill, but a failure waits until the bytes read before it have been given out. */
static enum tj_read fill_to_judge(struct tj_reader *r, int may_block)
{
	enum tj_read state = fill(r, may_block);
	if (state != TJ_READ_ERROR || r->end == r->start)
		return state;
	r->late = r->failure;
	tj_error_clear(&r->failure);
	return TJ_READ_SOME;
}

/* Decides whether the input is text, before any of it is given out. For a pipe, no more is read
 * once a line is complete, except what has already arrived if the NULs tell against it. */
static enum tj_read judge(struct tj_reader *r, int may_block)
{
	size_t held = r->end - r->start;
	struct tj_not_text found;
	int enough = held >= TJ_NOT_TEXT_HEAD || r->exhausted || r->late.status != TRUJAMAN_OK;
	if (!enough && (tj_source_never_waits(r->source) ||
	                memchr(r->buffer + r->scanned, '\n', r->end - r->scanned) == NULL)) {
		r->scanned = r->end;
		return fill_to_judge(r, may_block);
	}
	r->scanned = r->start;
	int not_text = tj_not_text_find(r->buffer + r->start, held, &found);
	if (not_text && found.by_nuls && !enough) {
		enum tj_read state = fill_to_judge(r, 0);
		if (state != TJ_READ_DRY)
			return state;
	}
	r->judged = !not_text;
	if (not_text)
		tj_source_refuse(&r->inputs[r->input], &found, &r->failure);
	return not_text ? TJ_READ_ERROR : TJ_READ_SOME;
}

/* Gives out n bytes, which either end with `terminator` or continue in the next stretch. */
static void give(struct tj_reader *r, struct tj_line *line, size_t n, int continues,
                 enum tj_terminator terminator)
{
	static const size_t terminator_bytes[] = {
		[TJ_NO_NEWLINE] = 0, [TJ_LF] = 1, [TJ_CRLF] = 2
	};
	*line = (struct tj_line){ .text = r->buffer + r->start,
		                  .n = n,
		                  .number = r->number,
		                  .column = r->column,
		                  .input = r->input,
		                  .continues = continues,
		                  .terminator = terminator };
	r->start += n + terminator_bytes[terminator];
	r->offset += n + terminator_bytes[terminator];
	line->offset = r->unpacked > 0 ? r->unpacked : r->offset;
	line->place = r->offset;
	if (r->scanned < r->start)
		r->scanned = r->start;
	r->column = continues ? r->column + n : 0;
	r->number += !continues;
}

/* Takes a line or stretch from the buffer; 0 if more bytes must be read first. */
static int take(struct tj_reader *r, struct tj_line *line)
{
	const char *newline = NULL;
	if (r->scanned < r->end)
		newline = memchr(r->buffer + r->scanned, '\n', r->end - r->scanned);
	r->scanned = newline != NULL ? (size_t)(newline - r->buffer) : r->end;

	size_t rest = r->scanned - r->start;
	enum tj_terminator terminator = newline != NULL ? TJ_LF : TJ_NO_NEWLINE;
	if (newline != NULL && rest > 0 && newline[-1] == '\r') {
		terminator = TJ_CRLF;
		rest--;
	}
	int whole = newline != NULL || r->exhausted;
	if (whole && rest <= r->max_line_bytes) {
		if (newline == NULL && rest == 0)
			return 0;
		give(r, line, rest, 0, terminator);
		return 1;
	}
	if (whole || (rest > r->max_line_bytes && rest - r->max_line_bytes >= LOOKAHEAD)) {
		size_t n = tj_line_cut(r->buffer + r->start, r->max_line_bytes, rest);
		give(r, line, n, 1, TJ_NO_NEWLINE);
		return 1;
	}
	return 0;
}

static enum tj_read next(struct tj_reader *r, int may_block, struct tj_line *line)
{
	while (r->input < r->n_inputs && !is_stopped(r)) {
		enum tj_read state = TJ_READ_SOME;
		if (r->source == NULL) {
			state = open_input(r);
		} else if (r->seeking && !r->exhausted && !seek_line(r)) {
			state = fill(r, may_block);
		} else if (!r->judged) {
			state = judge(r, may_block);
		} else if (r->column == 0 && r->offset >= r->to) {
			state = end_input(r);
		} else if (take(r, line)) {
			uint64_t *skip = r->skip > 0 ? &r->skip : &r->input_skip;
			if (*skip == 0)
				return TJ_READ_LINE;
			*skip -= !line->continues;
		} else if (r->exhausted) {
			state = end_input(r);
		} else {
			state = fill(r, may_block);
		}
		if (state != TJ_READ_SOME)
			return state;
	}
	if (is_stopped(r))
		return TJ_READ_DRY;
	if (r->skip == 0)
		return TJ_READ_END;
	tj_fail(&r->failure, TRUJAMAN_ERROR_INPUT,
	        "the inputs have %llu lines less than were to be passed over",
	        (unsigned long long)r->skip);
	return TJ_READ_ERROR;
}

enum tj_read tj_reader_next(struct tj_reader *r, int may_block, struct tj_line *line,
                            struct tj_error *err)
{
	enum tj_read state = TJ_READ_ERROR;
	if (r->failure.status == TRUJAMAN_OK)
		state = next(r, may_block, line);
	if (state == TJ_READ_ERROR)
		tj_fail(err, r->failure.status, "%s", r->failure.text);
	return state;
}

trujaman_status tj_reader_check(const trujaman_input *input, struct tj_error *err)
{
	struct stat st;
	if (input->force_text || input->bytes != NULL || input->path == NULL ||
	    stat(input->path, &st) != 0 || !S_ISREG(st.st_mode))
		return TRUJAMAN_OK;
	struct tj_reader *r = tj_reader_open(1, input, SHORTEST_LIMIT, err);
	if (r == NULL)
		return err->status;
	enum tj_read state = open_input(r);
	while (state == TJ_READ_SOME && !r->judged)
		state = judge(r, 1);
	if (state == TJ_READ_ERROR && r->failure.status == TRUJAMAN_ERROR_INPUT)
		tj_fail(err, r->failure.status, "%s", r->failure.text);
	tj_reader_close(r);
	return err->status;
}

void tj_line_skip_mark(struct tj_line *line)
{
	size_t n = line->number == 1 && line->column == 0 ? tj_utf8_mark(line->text, line->n) : 0;
	line->text += n;
	line->n -= n;
	line->column += n;
}
