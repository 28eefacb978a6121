/* SPDX-License-Identifier: MIT */
/* Tests of the packer: round trips, members, failing descriptors; and of the names of formats. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "tests/packed_text.h"

#define FOR_ALL(packing) \
	for (enum tj_packing packing = TJ_PACK_GZIP; packing <= TJ_PACK_ZSTD; packing++)

static void write_to(struct tj_packer *p, const void *bytes, size_t n)
{
	struct tj_error err = { 0 };
	cr_assert_eq(tj_packer_write(p, bytes, n, &err), TRUJAMAN_OK, "%s", err.text);
}

static void end_member_of(struct tj_packer *p)
{
	struct tj_error err = { 0 };
	cr_assert_eq(tj_packer_end_member(p, &err), TRUJAMAN_OK, "%s", err.text);
}

static void close_packer(struct tj_packer *p)
{
	struct tj_error err = { 0 };
	cr_assert_eq(tj_packer_close(p, &err), TRUJAMAN_OK, "%s", err.text);
}

static void expect_text(const struct bytes *packed, const struct bytes *text, const char *what)
{
	struct bytes got;
	struct tj_error err;
	cr_expect_eq(unpack(packed, &got, &err), TJ_READ_END, "%s: %s", what, err.text);
	cr_expect(same_bytes(text, &got), "%s", what);
	free(got.p);
}

Test(packer, there_and_back)
{
	static const size_t sizes[] = { 0, 1, 1000, 262143, 262144, 262145, 2000000 };
	FOR_ALL(packing)
	{
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			struct bytes text = some_text(sizes[i], 1), packed = pack(packing, &text);
			cr_expect_eq(tj_packing_of_content(packed.p, packed.n, 1), (int)packing);
			expect_text(&packed, &text, tj_packing_name(packing));
			free(text.p);
			free(packed.p);
		}
	}
}

/* The compressed bytes do not depend on how the text is split into writes. */
Test(packer, writes_do_not_show)
{
	struct bytes text = some_text(900000, 2);
	FOR_ALL(packing)
	{
		struct bytes want = pack(packing, &text);
		for (uint32_t seed = 3; seed < 6; seed++) {
			int fd = memory_file();
			struct tj_packer *p = open_packer(fd, packing);
			uint32_t state = seed;
			for (size_t at = 0, n; at < text.n; at += n) {
				n = next_random(&state) % (seed == 3 ? 100 : 400000);
				n = n < text.n - at ? n : text.n - at;
				write_to(p, text.p + at, n);
			}
			close_packer(p);
			struct bytes got = bytes_of(fd);
			cr_expect(same_bytes(&want, &got), "%s", tj_packing_name(packing));
			close(fd);
			free(got.p);
		}
		free(want.p);
	}
	free(text.p);
}

/* After any member the file may be cut and continued by another packer, with the same bytes. */
Test(packer, members)
{
	enum { MEMBERS = 4, PART = 50000 };
	struct bytes text = some_text(MEMBERS * PART, 7);
	FOR_ALL(packing)
	{
		off_t ends[MEMBERS];
		int fd = memory_file();
		struct tj_packer *p = open_packer(fd, packing);
		for (size_t i = 0; i < MEMBERS; i++) {
			write_to(p, text.p + i * PART, PART);
			end_member_of(p);
			end_member_of(p); /* nothing was written since: no new member */
			ends[i] = lseek(fd, 0, SEEK_CUR);
			cr_expect_eq(tj_packer_bytes(p), (uint64_t)ends[i]);
		}
		close_packer(p);
		struct bytes whole = bytes_of(fd);
		cr_expect_eq((off_t)whole.n, ends[MEMBERS - 1], "nothing more at the end");
		expect_text(&whole, &text, tj_packing_name(packing));
		for (size_t i = 0; i < MEMBERS; i++) {
			struct bytes part = { whole.p, (size_t)ends[i] },
				     read = { text.p, (i + 1) * PART };
			expect_text(&part, &read, tj_packing_name(packing));
			cr_assert_eq(ftruncate(fd, ends[i]), 0);
			cr_assert_eq(lseek(fd, ends[i], SEEK_SET), ends[i]);
			p = open_packer(fd, packing);
			for (size_t k = i + 1; k < MEMBERS; k++) {
				write_to(p, text.p + k * PART, PART);
				end_member_of(p);
			}
			close_packer(p);
			struct bytes again = bytes_of(fd);
			cr_expect(same_bytes(&whole, &again), "%s gone on with after member %zu",
			          tj_packing_name(packing), i);
			free(again.p);
		}
		close(fd);
		free(whole.p);
	}
	free(text.p);
}

Test(packer, abandoned)
{
	struct bytes text = some_text(300000, 8);
	FOR_ALL(packing)
	{
		int fd = memory_file();
		struct tj_packer *p = open_packer(fd, packing);
		tj_packer_abandon(p);
		cr_expect_eq(lseek(fd, 0, SEEK_CUR), 0);
		p = open_packer(fd, packing);
		write_to(p, text.p, text.n);
		uint64_t written = tj_packer_bytes(p);
		tj_packer_abandon(p);
		cr_expect_eq(lseek(fd, 0, SEEK_CUR), (off_t)written);
		close(fd);
	}
	tj_packer_abandon(NULL);
	cr_expect_eq(tj_packer_close(NULL, NULL), TRUJAMAN_OK);
	free(text.p);
}

/* ---- failures ---- */

/* When the descriptor fails, that call and every later one report it, tj_packer_close included. */
static void expect_failure(int fd, enum tj_packing packing, trujaman_status status,
                           const char *reason)
{
	struct bytes text = some_text(100, 9);
	struct tj_error errors[4] = { { 0 } };
	struct tj_packer *p = open_packer(fd, packing);
	write_to(p, text.p, text.n);
	cr_expect_eq(tj_packer_end_member(p, &errors[0]), status);
	cr_expect_eq(tj_packer_write(p, text.p, text.n, &errors[1]), status);
	cr_expect_eq(tj_packer_end_member(p, &errors[2]), status);
	cr_expect_eq(tj_packer_close(p, &errors[3]), status);
	for (size_t i = 0; i < 4; i++) {
		cr_expect_eq(errors[i].status, status);
		cr_expect(strstr(errors[i].text, "packed text") && strstr(errors[i].text, reason),
		          "%s", errors[i].text);
	}
	free(text.p);
}

Test(packer, failing_descriptors)
{
	signal(SIGPIPE, SIG_IGN);
	FOR_ALL(packing)
	{
		int fds[2], full = open("/dev/full", O_WRONLY);
		cr_assert(full >= 0 && pipe(fds) == 0);
		close(fds[0]);
		expect_failure(full, packing, TRUJAMAN_ERROR_IO, strerror(ENOSPC));
		expect_failure(fds[1], packing, TRUJAMAN_ERROR_CLOSED, "gone");
		expect_failure(-1, packing, TRUJAMAN_ERROR_IO, strerror(EBADF));
		close(fds[1]);
		close(full);
	}
}

/* A failure in the middle of a long text, when the compressor itself has started to write. */
Test(packer, a_full_disk_half_way)
{
	struct bytes text = some_text(3000000, 10);
	FOR_ALL(packing)
	{
		struct tj_error err = { 0 }, again = { 0 };
		int fd = open("/dev/full", O_WRONLY);
		struct tj_packer *p = open_packer(fd, packing);
		cr_expect_eq(tj_packer_write(p, text.p, text.n, &err), TRUJAMAN_ERROR_IO, "%s",
		             tj_packing_name(packing));
		cr_expect(strstr(err.text, strerror(ENOSPC)), "%s", err.text);
		cr_expect_eq(tj_packer_bytes(p), 0);
		cr_expect_eq(tj_packer_close(p, &again), TRUJAMAN_ERROR_IO);
		cr_expect_str_eq(again.text, err.text);
		close(fd);
	}
	free(text.p);
}

/* ---- names ---- */

Test(packing, names)
{
	static const struct {
		const char *path;
		enum tj_packing packing;
	} cases[] = { { "a.gz", TJ_PACK_GZIP },    { "b/c.d.bz2", TJ_PACK_BZIP2 },
		      { "x.xz", TJ_PACK_XZ },      { "x.txt.zst", TJ_PACK_ZSTD },
		      { "x", TJ_PACK_NONE },       { ".gz", TJ_PACK_NONE },
		      { "x.gz.en", TJ_PACK_NONE }, { "xgz", TJ_PACK_NONE },
		      { "", TJ_PACK_NONE } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_expect_eq(tj_packing_of_path(cases[i].path), cases[i].packing, "%s",
		             cases[i].path);
	for (enum tj_packing packing = TJ_PACK_NONE; packing <= TJ_PACK_ZSTD; packing++)
		cr_expect_eq(tj_packing_by_name(tj_packing_name(packing)), (int)packing);
	cr_expect_eq(tj_packing_by_name("lz4"), -1);
	cr_expect_eq(tj_packing_by_name(""), -1);
}
