/* SPDX-License-Identifier: MIT */
/* Helpers for the tests of whole inputs through descriptors: inputs written to scratch files, and
 * outputs read back. */
#ifndef TJ_TESTS_STREAM_CASE_H
#define TJ_TESTS_STREAM_CASE_H

#include <fcntl.h>
#include <signal.h>

#include "tests/api_support.h"

static inline void start(void)
{
	make_scratch();
	signal(SIGPIPE, SIG_IGN);
}

struct bytes {
	char *data;
	size_t n;
};

static inline void append(struct bytes *b, const void *data, size_t n)
{
	b->data = realloc(b->data, b->n + n + 1);
	cr_assert_not_null(b->data);
	if (n > 0)
		memcpy(b->data + b->n, data, n);
	b->n += n;
	b->data[b->n] = '\0';
}

static inline void append_text(struct bytes *b, const char *text)
{
	append(b, text, strlen(text));
}

static inline struct bytes read_all(const char *path)
{
	struct bytes b = { NULL, 0 };
	char block[4096];
	int fd = open(path, O_RDONLY);
	ssize_t n;
	cr_assert_geq(fd, 0);
	append(&b, "", 0);
	while ((n = read(fd, block, sizeof block)) > 0)
		append(&b, block, (size_t)n);
	cr_assert_eq(n, 0);
	close(fd);
	return b;
}

static inline trujaman_input put_input(const char *name, const void *data, size_t n)
{
	static char paths[8][PATH_MAX + 260];
	static unsigned turn;
	char *path = paths[turn++ % 8];
	snprintf(path, sizeof paths[0], "%s", in_scratch(name));
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	cr_assert_geq(fd, 0);
	for (size_t at = 0; at < n;) {
		ssize_t wrote = write(fd, (const char *)data + at, n - at);
		cr_assert_gt(wrote, 0);
		at += (size_t)wrote;
	}
	cr_assert_eq(close(fd), 0);
	return (trujaman_input){ .path = path, .fd = -1 };
}

static inline trujaman_input put_text(const char *name, const char *text)
{
	return put_input(name, text, strlen(text));
}

static inline void expect_bytes(const struct bytes *found, const struct bytes *wanted)
{
	cr_assert_eq(found->n, wanted->n, "%zu bytes, wanted %zu", found->n, wanted->n);
	cr_assert(same_bytes(found->data, wanted->data, wanted->n));
}

#endif
