/* SPDX-License-Identifier: MIT */
/* One buffer holds what has been read and not yet given out: bytes [start, end),
 * no LF before `scanned`. A line is given out where it lies. The buffer grows
 * only while a line is longer than it, up to LOOKAHEAD + READ_BLOCK bytes more
 * than the longest stretch; short lines never make it grow.
 *
 * Where a long line is cut. Let `rest` be the bytes of the line not given out
 * yet, without terminator. If they are at most max_line_bytes they are the last
 * stretch. Else, of their first max_line_bytes, the stretch is all up to and
 * with the last space or tab; where there is none, all of them, less a UTF-8
 * sequence that would be split. Whether rest is longer than max_line_bytes
 * shows LOOKAHEAD bytes further at the latest (a CR there may be the
 * terminator's, a sequence may run on), so the reader decides only once it has
 * that many, or the end of the line: how reads fell cannot matter. */
#include "src/text/lines.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/text/utf8.h"

enum { READ_BLOCK = 256 << 10, LOOKAHEAD = 4, SHORTEST_LIMIT = 16 };

struct tj_reader {
	const trujaman_input *inputs;
	size_t n_inputs;
	size_t input; /* current, n_inputs after the last */

	int fd;        /* -1: the current input is not open yet */
	int wake_fd;   /* -1: none */
	const volatile int *stop; /* NULL: none */
	int owned;     /* opened, and so to be closed, by the reader */
	int regular;   /* a regular file: reading counts as never blocking */
	int exhausted; /* read returned 0 */

	char *buffer;
	size_t capacity, largest; /* now and at most */
	size_t start, end, scanned;
	size_t max_line_bytes;

	uint64_t number, column; /* of the byte at `start` */
	uint64_t offset;         /* likewise, in the input */
	uint64_t to;             /* lines that begin here or later are not ours */
	uint64_t skip;           /* lines to pass over yet */
	int seeking;             /* what comes up to the next LF is not ours */
	struct tj_error failure;
};

static int is_path(const trujaman_input *input)
{
	return input->path != NULL && strcmp(input->path, "-") != 0;
}

const char *tj_input_name(const trujaman_input *input, char *buffer, size_t n_bytes)
{
	if (is_path(input))
		return input->path;
	if (input->fd == STDIN_FILENO)
		return "standard input";
	snprintf(buffer, n_bytes, "descriptor %d", input->fd);
	return buffer;
}

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
	r->fd = r->wake_fd = -1;
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
	r->wake_fd = fd;
}

void tj_reader_stop_by(struct tj_reader *r, const volatile int *stop)
{
	r->stop = stop;
}

void tj_reader_skip(struct tj_reader *r, uint64_t n)
{
	r->skip = n;
}

/* The descriptor was only read from: whether close fails tells nothing. */
static void close_input(struct tj_reader *r)
{
	if (r->fd >= 0 && r->owned)
		(void)close(r->fd);
	r->fd = -1;
}

void tj_reader_close(struct tj_reader *r)
{
	if (r == NULL)
		return;
	close_input(r);
	free(r->buffer);
	free(r);
}

/* The functions below return TJ_READ_LINE where all is well so far. */
static enum tj_read fail_errno(struct tj_reader *r, int code, const char *what)
{
	char name[32];
	tj_fail_errno(&r->failure, code, what, tj_input_name(&r->inputs[r->input], name, sizeof name));
	return TJ_READ_ERROR;
}

static enum tj_read open_input(struct tj_reader *r)
{
	const trujaman_input *input = &r->inputs[r->input];
	r->owned = is_path(input);
	if (r->owned) {
		/* Non-blocking, lest opening a FIFO wait for its writer while lines
		 * already given out wait for the caller; reads are polled for. */
		do {
			r->fd = open(input->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		} while (r->fd < 0 && errno == EINTR);
		if (r->fd < 0)
			return fail_errno(r, errno, "open");
	} else {
		r->fd = input->fd;
	}
	struct stat st;
	int flags = fcntl(r->fd, F_GETFL);
	if (flags < 0 || fstat(r->fd, &st) != 0)
		return fail_errno(r, errno, "read");
	/* Such a one never becomes ready: it would be waited for without end. */
	if ((flags & O_ACCMODE) == O_WRONLY)
		return fail_errno(r, EBADF, "read");
	r->regular = S_ISREG(st.st_mode);
	r->exhausted = 0;
	r->number = 1;
	r->column = r->offset = 0;
	r->to = input->to > 0 ? input->to : UINT64_MAX;
	/* Where the byte before is a LF, a line begins at `from`. */
	r->seeking = input->from > 0;
	if (r->seeking) {
		r->offset = input->from - 1;
		if (input->from - 1 > INT64_MAX || lseek(r->fd, (off_t)r->offset, SEEK_SET) < 0)
			return fail_errno(r, errno, "seek in");
	}
	return TJ_READ_LINE;
}

static void end_input(struct tj_reader *r)
{
	close_input(r);
	r->input++;
	r->start = r->end = r->scanned = 0;
}

/* Drop what is in the buffer up to and with the next LF; 0 when that has not come yet. */
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

/* Room at `end` for more. Bytes are moved down only where that frees at least
 * half the buffer or it may not grow, so that each byte moves a bounded number
 * of times however small the reads are. */
static enum tj_read make_room(struct tj_reader *r)
{
	size_t held = r->end - r->start;
	if (r->end < r->capacity && held > 0)
		return TJ_READ_LINE;
	if (held <= r->capacity / 2 || r->capacity == r->largest) {
		memmove(r->buffer, r->buffer + r->start, held);
		r->scanned -= r->start;
		r->start = 0;
		r->end = held;
		return TJ_READ_LINE;
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
	return TJ_READ_LINE;
}

static int is_stopped(const struct tj_reader *r)
{
	return r->stop != NULL && *r->stop;
}

/* Wait until read(2) will not block, or until woken. A poll that fails otherwise
 * than by a signal leaves it to read to say what is wrong. */
static enum tj_read await(const struct tj_reader *r, int may_block)
{
	enum { STOP_MS = 100 }; /* a signal may have come to another thread */
	int timeout = !may_block ? 0 : r->stop != NULL ? STOP_MS : -1;
	struct pollfd ready[2] = {{.fd = r->fd, .events = POLLIN},
	                          {.fd = r->wake_fd, .events = POLLIN}}; /* poll skips -1 */
	int n;
	do {
		n = poll(ready, 2, timeout);
	} while (!is_stopped(r) && ((n < 0 && errno == EINTR) || (n == 0 && timeout > 0)));
	if (is_stopped(r))
		return TJ_READ_DRY;
	return n == 0 || (n > 0 && ready[0].revents == 0) ? TJ_READ_DRY : TJ_READ_LINE;
}

/* One read: LINE when there are more bytes or the input is exhausted. */
static enum tj_read fill(struct tj_reader *r, int may_block)
{
	enum tj_read state = make_room(r);
	while (state == TJ_READ_LINE) {
		if (!r->regular && (state = await(r, may_block)) != TJ_READ_LINE)
			break;
		size_t room = r->capacity - r->end;
		ssize_t got = read(r->fd, r->buffer + r->end, room < READ_BLOCK ? room : READ_BLOCK);
		if (got >= 0) {
			r->exhausted = got == 0;
			r->end += (size_t)got;
			break;
		}
		/* EAGAIN: another reader of a shared descriptor was quicker. */
		if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
			state = fail_errno(r, errno, "read");
	}
	return state;
}

/* Bytes of the stretch to cut from `rest` bytes, more than the limit allows. */
static size_t cut(const struct tj_reader *r, size_t rest)
{
	const char *text = r->buffer + r->start;
	for (size_t i = r->max_line_bytes; i > 0; i--)
		if (text[i - 1] == ' ' || text[i - 1] == '\t')
			return i;
	return tj_utf8_floor(text, r->max_line_bytes, rest);
}

/* Give out n bytes that end with `terminator`, or that the line goes on after. */
static void give(struct tj_reader *r, struct tj_line *line, size_t n, int continues,
                 enum tj_terminator terminator)
{
	static const size_t terminator_bytes[] = {[TJ_NO_NEWLINE] = 0, [TJ_LF] = 1, [TJ_CRLF] = 2};
	*line = (struct tj_line){.text = r->buffer + r->start,
	                         .n = n,
	                         .number = r->number,
	                         .column = r->column,
	                         .input = r->input,
	                         .continues = continues,
	                         .terminator = terminator};
	r->start += n + terminator_bytes[terminator];
	r->offset += n + terminator_bytes[terminator];
	line->offset = r->offset;
	if (r->scanned < r->start)
		r->scanned = r->start;
	r->column = continues ? r->column + n : 0;
	r->number += !continues;
}

/* A line or stretch out of the buffer alone; 0 when it takes more reading. */
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
		give(r, line, cut(r, rest), 1, TJ_NO_NEWLINE);
		return 1;
	}
	return 0;
}

static enum tj_read next(struct tj_reader *r, int may_block, struct tj_line *line)
{
	while (r->input < r->n_inputs && !is_stopped(r)) {
		enum tj_read state = TJ_READ_LINE;
		if (r->fd < 0) {
			state = open_input(r);
		} else if (r->seeking && !r->exhausted && !seek_line(r)) {
			state = fill(r, may_block);
		} else if (r->column == 0 && r->offset >= r->to) {
			end_input(r);
		} else if (take(r, line)) {
			if (r->skip == 0)
				return TJ_READ_LINE;
			r->skip -= !line->continues;
		} else if (r->exhausted) {
			end_input(r);
		} else {
			state = fill(r, may_block);
		}
		if (state != TJ_READ_LINE)
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
