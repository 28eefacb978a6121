/* SPDX-License-Identifier: MIT */
/* Two text files, held in RAM with an index of their lines. */
#include "src/train/data/pair_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/io/not_text.h"

struct side {
	const char *path;
	char *bytes;
	size_t n, capacity;
	size_t *starts; /* [n_lines + 1]: byte offsets where lines begin; the last is n */
	size_t n_lines, line_capacity;
};

struct tj_pair_text {
	struct side sides[2];
};

/* Reads a regular file in one go, anything else in pieces as they arrive. */
static trujaman_status read_all(struct side *s, int fd, struct tj_error *err)
{
	struct stat st;
	size_t step = 1 << 20;
	if (fstat(fd, &st) != 0)
		return tj_fail_errno(err, errno, "look at", s->path);
	if (S_ISDIR(st.st_mode))
		return tj_fail_errno(err, EISDIR, "read", s->path);
	if (S_ISREG(st.st_mode) && st.st_size > 0)
		step = (size_t)st.st_size + 1;
	for (;;) {
		if (!tj_reserve(&s->bytes, &s->capacity, s->n + step, 1))
			return tj_fail_memory(err, s->path, s->n + step);
		ssize_t got = read(fd, s->bytes + s->n, s->capacity - s->n);
		if (got == 0)
			return TRUJAMAN_OK;
		if (got < 0 && errno != EINTR)
			return tj_fail_errno(err, errno, "read", s->path);
		if (got > 0)
			s->n += (size_t)got;
		step = 1;
	}
}

static trujaman_status check_text(const struct side *s, struct tj_error *err)
{
	struct tj_not_text found;
	if (!tj_not_text_find(s->bytes, s->n, &found))
		return TRUJAMAN_OK;
	return tj_not_text_refuse(&found, s->path, 1, err);
}

static trujaman_status index_lines(struct side *s, struct tj_error *err)
{
	size_t at = 0;
	while (at < s->n || s->n_lines == 0) {
		if (!tj_reserve(&s->starts, &s->line_capacity, s->n_lines + 2, sizeof *s->starts))
			return tj_fail_memory(err, s->path, s->n_lines * sizeof *s->starts);
		if (at >= s->n)
			break;
		s->starts[s->n_lines++] = at;
		const char *end = memchr(s->bytes + at, '\n', s->n - at);
		at = end != NULL ? (size_t)(end - s->bytes) + 1 : s->n;
	}
	s->starts[s->n_lines] = s->n;
	s->starts[0] += tj_utf8_mark(s->bytes, s->n);
	return TRUJAMAN_OK;
}

static trujaman_status open_side(struct side *s, const char *path, int force_text,
                                 struct tj_error *err)
{
	s->path = path;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return tj_fail_errno(err, errno, "open", path);
	if (read_all(s, fd, err) == TRUJAMAN_OK &&
	    (force_text || check_text(s, err) == TRUJAMAN_OK))
		index_lines(s, err);
	if (close(fd) != 0 && err->status == TRUJAMAN_OK)
		tj_fail_errno(err, errno, "close", path);
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
		    source, t->sides[0].n_lines, target, t->sides[1].n_lines);
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
	size_t begin = s->starts[i], end = s->starts[i + 1];
	if (end > begin && s->bytes[end - 1] == '\n') {
		end--;
		if (end > begin && s->bytes[end - 1] == '\r')
			end--;
	}
	*n = end - begin;
	return s->bytes + begin;
}
