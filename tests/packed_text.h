/* SPDX-License-Identifier: MIT */
/* Helpers for the tests of compressed text: sample texts, and functions that compress them and
 * read them back through a descriptor. */
#ifndef TJ_TESTS_PACKED_TEXT_H
#define TJ_TESTS_PACKED_TEXT_H

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "src/io/packer.h"
#include "src/io/source.h"

struct bytes {
	char *p;
	size_t n;
};

static inline struct bytes new_bytes(size_t n)
{
	struct bytes b = { malloc(n + 1), n };
	cr_assert_not_null(b.p);
	return b;
}

static inline struct bytes join(const struct bytes *a, const void *b, size_t n_b)
{
	struct bytes both = new_bytes(a->n + n_b);
	memcpy(both.p, a->p, a->n);
	if (n_b > 0)
		memcpy(both.p + a->n, b, n_b);
	return both;
}

static inline int same_bytes(const struct bytes *a, const struct bytes *b)
{
	return a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

static inline uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Makes lines of words of random letters: neither uniform nor incompressible. */
static inline struct bytes some_text(size_t n, uint32_t seed)
{
	struct bytes text = new_bytes(n);
	for (size_t i = 0; i < n; i++) {
		uint32_t x = next_random(&seed) >> 8;
		text.p[i] = (char)(x % 61 == 0 ? '\n' : x % 7 == 0 ? ' ' : 'a' + x % 26);
	}
	return text;
}

static inline int memory_file(void)
{
	int fd = memfd_create("packed", 0);
	cr_assert_geq(fd, 0);
	return fd;
}

static inline int file_of(const struct bytes *b)
{
	int fd = memory_file();
	cr_assert_eq(pwrite(fd, b->p, b->n, 0), (ssize_t)b->n);
	return fd;
}

static inline struct bytes bytes_of(int fd)
{
	off_t n = lseek(fd, 0, SEEK_END);
	cr_assert_geq(n, 0);
	struct bytes b = new_bytes((size_t)n);
	cr_assert_eq(pread(fd, b.p, b.n, 0), (ssize_t)b.n);
	return b;
}

static inline struct tj_packer *open_packer(int fd, enum tj_packing packing)
{
	struct tj_error err = { 0 };
	struct tj_packer *p = tj_packer_open(fd, "packed text", packing, &err);
	cr_assert_not_null(p, "%s", err.text);
	return p;
}

/* Compresses the text into one member. */
static inline struct bytes pack(enum tj_packing packing, const struct bytes *text)
{
	struct tj_error err = { 0 };
	int fd = memory_file();
	struct tj_packer *p = open_packer(fd, packing);
	cr_assert_eq(tj_packer_write(p, text->p, text->n, &err), TRUJAMAN_OK, "%s", err.text);
	cr_assert_eq(tj_packer_close(p, &err), TRUJAMAN_OK, "%s", err.text);
	struct bytes packed = bytes_of(fd);
	close(fd);
	return packed;
}

/* Reads until the source returns something other than bytes. Appends the bytes to *text. */
static inline enum tj_read drain_source(struct tj_source *s, int may_block, struct bytes *text,
                                        struct tj_error *err)
{
	enum { ROOM = 300000 };
	for (;;) {
		size_t n = 0;
		text->p = realloc(text->p, text->n + ROOM);
		cr_assert_not_null(text->p);
		memset(text->p + text->n, '?', ROOM); /* a source must not rely on the contents */
		enum tj_read state = tj_source_read(s, text->p + text->n, ROOM, &n, may_block, err);
		if (state != TJ_READ_SOME)
			return state;
		cr_assert(n > 0 && n <= ROOM);
		text->n += n;
	}
}

static const struct tj_waiting patiently = { .wake_fd = -1 };

static inline enum tj_read unpack(const struct bytes *packed, struct bytes *text,
                                  struct tj_error *err)
{
	trujaman_input input = { .fd = file_of(packed) };
	*text = (struct bytes){ NULL, 0 };
	*err = (struct tj_error){ 0 };
	struct tj_source *s = tj_source_open(&input, &patiently, err);
	cr_assert_not_null(s, "%s", err->text);
	enum tj_read state = drain_source(s, 0, text, err);
	cr_assert_eq(state == TJ_READ_ERROR, err->status != TRUJAMAN_OK);
	if (state == TJ_READ_END)
		cr_assert(tj_source_unpacked(s) == 0 || tj_source_unpacked(s) == packed->n);
	tj_source_close(s);
	close(input.fd);
	return state;
}

#endif
