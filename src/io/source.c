/* SPDX-License-Identifier: MIT */
/* Reads an input with poll(2) and read(2), or from memory, recognises compression and decompresses.
 */
#include "src/io/source.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/stop.h"
#include "src/io/not_text.h"
#include "src/io/unpacker.h"

enum { IN_BLOCK = 256 << 10 };

struct tj_source {
	const trujaman_input *input;
	const struct tj_waiting *waiting;
	int fd;
	int owned;     /* 1: the source opened fd and closes it */
	int regular;   /* 1: a regular file, whose reads count as never blocking */
	int exhausted; /* 1: read returned 0 */
	uint64_t at;   /* of input->bytes: where reading goes on */

	int told;                            /* 1: whether and how it is packed is known */
	unsigned char head[TJ_PACKING_HEAD]; /* the bytes read until then */
	size_t n_head;

	struct tj_unpacker *unpacker; /* NULL: plain */
	unsigned char *in;            /* IN_BLOCK bytes; [start, end) are not unpacked yet */
	size_t start, end;
	uint64_t unpacked;       /* compressed bytes before `start` */
	struct tj_error failure; /* reported after the bytes unpacked before it */
};

static int is_path(const trujaman_input *input)
{
	return input->path != NULL && strcmp(input->path, "-") != 0;
}

const char *tj_input_name(const trujaman_input *input, char *buffer, size_t n_bytes)
{
	if (is_path(input))
		return input->path;
	if (input->bytes != NULL)
		return "document";
	if (input->fd == STDIN_FILENO)
		return "standard input";
	snprintf(buffer, n_bytes, "descriptor %d", input->fd);
	return buffer;
}

void tj_source_refuse(const trujaman_input *input, const struct tj_not_text *found,
                      struct tj_error *err)
{
	char name[32];
	tj_not_text_refuse(found, tj_input_name(input, name, sizeof name), is_path(input), err);
}

static enum tj_read fail_errno(const struct tj_source *s, int code, const char *what,
                               struct tj_error *err)
{
	char name[32];
	tj_fail_errno(err, code, what, tj_input_name(s->input, name, sizeof name));
	return TJ_READ_ERROR;
}

/* Opens without blocking: otherwise opening a FIFO would wait for its writer, while the caller
 * still has earlier lines to process. Reads wait with poll. */
static int open_path(const char *path)
{
	int fd;
	do {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	} while (fd < 0 && errno == EINTR);
	return fd;
}

/* Reads up to n bytes at the beginning of a regular file. Returns their number, or -1 with errno
 * set. */
static ssize_t read_beginning(int fd, char *to, size_t n)
{
	size_t at = 0;
	while (at < n) {
		ssize_t got = pread(fd, to + at, n - at, (off_t)at);
		if (got == 0)
			break;
		if (got < 0 && errno != EINTR)
			return -1;
		at += got > 0 ? (size_t)got : 0;
	}
	return (ssize_t)at;
}

/* The same with bytes in memory, from an offset on. */
static size_t copy_bytes(const trujaman_input *input, uint64_t at, void *to, size_t n)
{
	size_t left = input->n_bytes > at ? input->n_bytes - (size_t)at : 0;
	n = left < n ? left : n;
	if (n > 0)
		memcpy(to, (const char *)input->bytes + at, n);
	return n;
}

static enum tj_read refuse_part(const struct tj_source *s, struct tj_error *err)
{
	char name[32];
	tj_fail(err, TRUJAMAN_ERROR_USAGE, "%s is compressed: no part of it can be read by itself",
	        tj_input_name(s->input, name, sizeof name));
	return TJ_READ_ERROR;
}

/* Refuses a part of a file that is compressed or no text. The beginning of the file decides, so
 * that all parts agree. */
static enum tj_read check_beginning(const struct tj_source *s, char *head, struct tj_error *err)
{
	struct tj_not_text found;
	ssize_t n = s->input->bytes != NULL
	                ? (ssize_t)copy_bytes(s->input, 0, head, TJ_NOT_TEXT_HEAD)
	                : read_beginning(s->fd, head, TJ_NOT_TEXT_HEAD);
	if (n < 0)
		return fail_errno(s, errno, "read", err);
	if (tj_packing_of_content(head, (size_t)n, 1) != TJ_PACK_NONE)
		return refuse_part(s, err);
	if (s->input->force_text || !tj_not_text_find(head, (size_t)n, &found))
		return TJ_READ_SOME;
	tj_source_refuse(s->input, &found, err);
	return TJ_READ_ERROR;
}

static enum tj_read seek(struct tj_source *s, struct tj_error *err)
{
	uint64_t to = s->input->from - 1;
	if (s->regular) {
		char *head = malloc(TJ_NOT_TEXT_HEAD);
		if (head == NULL) {
			tj_fail_memory(err, "the beginning of an input", TJ_NOT_TEXT_HEAD);
			return TJ_READ_ERROR;
		}
		enum tj_read state = check_beginning(s, head, err);
		free(head);
		if (state != TJ_READ_SOME)
			return state;
	}
	if (to > INT64_MAX)
		return fail_errno(s, EOVERFLOW, "seek in", err);
	s->at = to;
	if (s->input->bytes == NULL && lseek(s->fd, (off_t)to, SEEK_SET) < 0)
		return fail_errno(s, errno, "seek in", err);
	s->told = 1;
	return TJ_READ_SOME;
}

static enum tj_read prepare(struct tj_source *s, struct tj_error *err)
{
	struct stat st;
	s->regular = s->input->bytes != NULL;
	if (s->regular)
		return s->input->from > 0 ? seek(s, err) : TJ_READ_SOME;
	s->owned = is_path(s->input);
	s->fd = s->owned ? open_path(s->input->path) : s->input->fd;
	if (s->owned && s->fd < 0)
		return fail_errno(s, errno, "open", err);
	int flags = fcntl(s->fd, F_GETFL);
	if (flags < 0 || fstat(s->fd, &st) != 0)
		return fail_errno(s, errno, "read", err);
	/* A write-only descriptor never becomes readable: poll would wait forever. */
	if ((flags & O_ACCMODE) == O_WRONLY)
		return fail_errno(s, EBADF, "read", err);
	s->regular = S_ISREG(st.st_mode);
	return s->input->from > 0 ? seek(s, err) : TJ_READ_SOME;
}

struct tj_source *tj_source_open(const trujaman_input *input, const struct tj_waiting *waiting,
                                 struct tj_error *err)
{
	struct tj_source *s = calloc(1, sizeof *s);
	if (s == NULL) {
		tj_fail_memory(err, "an input", sizeof *s);
		return NULL;
	}
	s->input = input;
	s->waiting = waiting;
	if (prepare(s, err) == TJ_READ_SOME)
		return s;
	tj_source_close(s);
	return NULL;
}

void tj_source_close(struct tj_source *s)
{
	if (s == NULL)
		return;
	/* The descriptor was only read from, so a failure of close does not matter. */
	if (s->owned && s->fd >= 0)
		(void)close(s->fd);
	tj_unpacker_close(s->unpacker);
	free(s->in);
	free(s);
}

uint64_t tj_source_unpacked(const struct tj_source *s)
{
	return s->unpacked;
}

int tj_source_never_waits(const struct tj_source *s)
{
	return s->regular;
}

static int is_stopped(const struct tj_source *s)
{
	return tj_is_stopped(s->waiting->stop);
}

/* Waits until read(2) will not block, or until woken. If poll fails for another reason than a
 * signal, the following read reports the error. */
static enum tj_read await(const struct tj_source *s, int may_block)
{
	enum { STOP_MS = 100 }; /* another thread may have received the signal */
	int timeout = !may_block ? 0 : s->waiting->stop != NULL ? STOP_MS : -1;
	struct pollfd ready[2] = {
		{ .fd = s->fd, .events = POLLIN }, { .fd = s->waiting->wake_fd, .events = POLLIN }
	}; /* poll skips fd -1 */
	int n;
	do {
		n = poll(ready, 2, timeout);
	} while (!is_stopped(s) && ((n < 0 && errno == EINTR) || (n == 0 && timeout > 0)));
	if (is_stopped(s))
		return TJ_READ_DRY;
	return n == 0 || (n > 0 && ready[0].revents == 0) ? TJ_READ_DRY : TJ_READ_SOME;
}

/* Reads from the descriptor once. */
static enum tj_read fetch(struct tj_source *s, void *to, size_t room, size_t *n, int may_block,
                          struct tj_error *err)
{
	*n = 0;
	if (s->input->bytes != NULL) {
		*n = copy_bytes(s->input, s->at, to, room);
		s->at += *n;
		return *n > 0 ? TJ_READ_SOME : TJ_READ_END;
	}
	while (!s->exhausted) {
		if (!s->regular && await(s, may_block) != TJ_READ_SOME)
			return TJ_READ_DRY;
		ssize_t got = read(s->fd, to, room);
		if (got > 0) {
			*n = (size_t)got;
			return TJ_READ_SOME;
		}
		s->exhausted = got == 0;
		/* EAGAIN: another reader of a shared descriptor took the bytes first. */
		if (got < 0 && errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK)
			return fail_errno(s, errno, "read", err);
	}
	return TJ_READ_END;
}

static enum tj_read begin_unpacking(struct tj_source *s, enum tj_packing packing, const void *bytes,
                                    size_t n, struct tj_error *err)
{
	if (s->input->to > 0)
		return refuse_part(s, err);
	s->unpacker = tj_unpacker_open(packing, err);
	s->in = malloc(IN_BLOCK);
	if (s->in == NULL)
		tj_fail_memory(err, "unpacking", IN_BLOCK);
	if (s->unpacker == NULL || s->in == NULL)
		return TJ_READ_ERROR;
	memcpy(s->in, bytes, n);
	s->end = n;
	return TJ_READ_SOME;
}

/* Reads until it is known whether the input is packed. Plain bytes are left in `buffer`: *n of
 * them, perhaps none. */
static enum tj_read tell(struct tj_source *s, char *buffer, size_t room, size_t *n, int may_block,
                         struct tj_error *err)
{
	assert(room >= sizeof s->head);
	if (room > IN_BLOCK)
		room = IN_BLOCK;
	while (!s->told) {
		size_t got;
		enum tj_read state = fetch(s, buffer + s->n_head, room - s->n_head, &got, may_block,
		                           err);
		if (state == TJ_READ_DRY || state == TJ_READ_ERROR)
			return state;
		memcpy(buffer, s->head, s->n_head);
		*n = s->n_head + got;
		int packing = tj_packing_of_content(buffer, *n, state == TJ_READ_END);
		s->told = packing >= 0;
		if (packing > TJ_PACK_NONE) {
			size_t n_packed = *n;
			*n = 0;
			return begin_unpacking(s, (enum tj_packing)packing, buffer, n_packed, err);
		}
		if (!s->told) {
			memcpy(s->head, buffer, *n);
			s->n_head = *n;
		}
	}
	return TJ_READ_SOME;
}

static enum tj_read fail_corrupt(const struct tj_source *s, trujaman_status status,
                                 struct tj_error *err)
{
	char name[32];
	tj_fail(err, status, "%s: %s at byte %llu: %s", tj_input_name(s->input, name, sizeof name),
	        status == TRUJAMAN_ERROR_FORMAT ? "corrupt" : "cannot unpack it",
	        (unsigned long long)s->unpacked, tj_unpacker_reason(s->unpacker));
	return TJ_READ_ERROR;
}

static enum tj_read read_packed(struct tj_source *s, char *buffer, size_t room, size_t *n,
                                int may_block, struct tj_error *err)
{
	while (s->failure.status == TRUJAMAN_OK) {
		if (is_stopped(s))
			return TJ_READ_DRY;
		size_t used = s->end - s->start;
		*n = room;
		trujaman_status status = tj_unpack(s->unpacker, s->in + s->start, &used, buffer, n);
		s->start += used;
		s->unpacked += used;
		if (status != TRUJAMAN_OK)
			fail_corrupt(s, status, &s->failure);
		if (*n > 0)
			return TJ_READ_SOME;
		if (status != TRUJAMAN_OK)
			break;
		enum tj_read state = fetch(s, s->in, IN_BLOCK, &s->end, may_block, &s->failure);
		s->start = 0;
		if (state == TJ_READ_DRY)
			return state;
		if (state == TJ_READ_END) {
			status = tj_unpacker_end(s->unpacker);
			if (status == TRUJAMAN_OK)
				return state;
			fail_corrupt(s, status, &s->failure);
		}
	}
	tj_fail(err, s->failure.status, "%s", s->failure.text);
	return TJ_READ_ERROR;
}

enum tj_read tj_source_read(struct tj_source *s, char *buffer, size_t room, size_t *n,
                            int may_block, struct tj_error *err)
{
	if (!s->told) {
		enum tj_read state = tell(s, buffer, room, n, may_block, err);
		if (state != TJ_READ_SOME || *n > 0)
			return state;
	}
	if (s->unpacker != NULL)
		return read_packed(s, buffer, room, n, may_block, err);
	return fetch(s, buffer, room, n, may_block, err);
}

int tj_source_packing(const char *path, struct tj_error *err)
{
	struct stat st;
	if (stat(path, &st) != 0) {
		tj_fail_errno(err, errno, "open", path);
		return -1;
	}
	if (!S_ISREG(st.st_mode)) /* opening a FIFO would be visible to its writer */
		return TJ_PACK_NONE;
	int fd = open_path(path);
	if (fd < 0) {
		tj_fail_errno(err, errno, "open", path);
		return -1;
	}
	char head[TJ_PACKING_HEAD];
	ssize_t n = read_beginning(fd, head, sizeof head);
	if (n < 0)
		tj_fail_errno(err, errno, "read", path);
	(void)close(fd);
	return n < 0 ? -1 : tj_packing_of_content(head, (size_t)n, 1);
}
