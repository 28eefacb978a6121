/* SPDX-License-Identifier: MIT */
/* Tests of the byte source: inputs that are compressed or look compressed; sound, truncated and
 * damaged. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/packed_text.h"

#define FOR_ALL(packing) \
	for (enum tj_packing packing = TJ_PACK_GZIP; packing <= TJ_PACK_ZSTD; packing++)

/* ---- sound inputs ---- */

Test(source, members)
{
	struct bytes parts[] = { some_text(1000, 1), some_text(0, 1), some_text(1, 2),
		                 some_text(1500000, 3), some_text(0, 1) };
	FOR_ALL(packing)
	{
		struct bytes packed = { NULL, 0 }, want = { NULL, 0 }, got;
		for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
			struct bytes member = pack(packing, &parts[i]);
			struct tj_error err;
			packed.p = realloc(packed.p, packed.n + member.n);
			memcpy(packed.p + packed.n, member.p, member.n);
			packed.n += member.n;
			want.p = realloc(want.p, want.n + parts[i].n + 1);
			memcpy(want.p + want.n, parts[i].p, parts[i].n);
			want.n += parts[i].n;
			cr_expect_eq(unpack(&packed, &got, &err), TJ_READ_END, "%s", err.text);
			cr_expect(same_bytes(&want, &got), "%s, %zu members",
			          tj_packing_name(packing), i + 1);
			free(got.p);
			free(member.p);
		}
		free(packed.p);
		free(want.p);
	}
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		free(parts[i].p);
}

Test(source, text_that_begins_like_an_archive_stays)
{
	static const char *const texts[] = {
		"",      "\n",       "\x1f",    "\x1f\n",     "B",           "BZh",
		"BZ\n",  "BZh9\n",   "BZh0123", "BZh91A\n",   "BZh91AY&Sy",  "(\n",
		"(\xb5", "(\xb5/\n", "\xfd",    "\xfd\x37\n", "\xfd\x37zXy", "plain text"
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct bytes text = { (char *)texts[i], strlen(texts[i]) }, got;
		struct tj_error err;
		cr_expect_eq(unpack(&text, &got, &err), TJ_READ_END);
		cr_expect(same_bytes(&text, &got), "%s", texts[i]);
		free(got.p);
	}
}

/* Sends a text through a pipe byte by byte. The source must deliver every LF without waiting for
 * another byte, and must lose nothing. */
Test(source, a_line_is_never_waited_for)
{
	static const char *const texts[] = { "BZh9\nBZh9", "\x1f\n\x8b", "B\n", "(\xb5\n(\xb5/\xfd",
		                             "\xfd\x37zX\n" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct bytes want = { (char *)texts[i], strlen(texts[i]) }, got = { NULL, 0 };
		struct tj_error err = { 0 };
		int fds[2];
		cr_assert_eq(pipe(fds), 0);
		trujaman_input input = { .fd = fds[0] };
		struct tj_source *s = tj_source_open(&input, &patiently, &err);
		cr_assert_not_null(s);
		for (size_t at = 0; at < want.n; at++) {
			cr_assert_eq(write(fds[1], texts[i] + at, 1), 1);
			cr_expect_eq(drain_source(s, 0, &got, &err), TJ_READ_DRY);
			if (memchr(texts[i], '\n', at + 1) != NULL)
				cr_expect_eq(got.n, at + 1, "%s at %zu", texts[i], at);
		}
		close(fds[1]);
		cr_expect_eq(drain_source(s, 1, &got, &err), TJ_READ_END);
		cr_expect(same_bytes(&want, &got));
		tj_source_close(s);
		close(fds[0]);
		free(got.p);
	}
}

/* A member that has arrived is unpacked without waiting for what may follow. */
Test(source, a_pipe_gives_what_has_arrived)
{
	struct bytes text = some_text(500, 4);
	FOR_ALL(packing)
	{
		struct bytes member = pack(packing, &text), got = { NULL, 0 };
		struct tj_error err = { 0 };
		int fds[2];
		cr_assert_eq(pipe(fds), 0);
		trujaman_input input = { .fd = fds[0] };
		struct tj_source *s = tj_source_open(&input, &patiently, &err);
		for (size_t round = 1; round <= 3; round++) {
			for (size_t at = 0; at < member.n; at++) {
				cr_assert_eq(write(fds[1], member.p + at, 1), 1);
				cr_expect_eq(drain_source(s, 0, &got, &err), TJ_READ_DRY);
			}
			cr_expect_eq(got.n, round * text.n, "%s: %zu", tj_packing_name(packing),
			             got.n);
			cr_expect_eq(memcmp(got.p + got.n - text.n, text.p, text.n), 0);
			cr_expect_eq(tj_source_unpacked(s), round * member.n);
		}
		close(fds[1]);
		cr_expect_eq(drain_source(s, 1, &got, &err), TJ_READ_END);
		tj_source_close(s);
		close(fds[0]);
		free(got.p);
		free(member.p);
	}
	free(text.p);
}

Test(source, woken_and_stopped)
{
	static const char gzip_begins[] = "\x1f\x8b\x08";
	int fds[2], wake[2];
	volatile int stop = 0;
	struct bytes got = { NULL, 0 };
	struct tj_error err = { 0 };
	cr_assert(pipe(fds) == 0 && pipe(wake) == 0);
	struct tj_waiting waiting = { wake[0], &stop };
	trujaman_input input = { .fd = fds[0] };
	struct tj_source *s = tj_source_open(&input, &waiting, &err);
	cr_assert_eq(write(fds[1], gzip_begins, 3), 3);
	cr_assert_eq(write(wake[1], "x", 1), 1);
	cr_expect_eq(drain_source(s, 1, &got, &err), TJ_READ_DRY, "woken");
	char c;
	cr_assert_eq(read(wake[0], &c, 1), 1);
	stop = 1;
	cr_expect_eq(drain_source(s, 1, &got, &err), TJ_READ_DRY, "stopped");
	tj_source_close(s);
	free(got.p);
}

/* ---- cut short ---- */

static void expect_corrupt(const struct tj_error *err, size_t least, size_t most)
{
	unsigned long long at = 0;
	const char *where = strstr(err->text, ": corrupt at byte ");
	cr_expect_eq(err->status, TRUJAMAN_ERROR_FORMAT, "%s", err->text);
	cr_expect(strncmp(err->text, "descriptor ", 11) == 0, "%s", err->text);
	cr_assert(where != NULL && sscanf(where, ": corrupt at byte %llu: ", &at) == 1, "%s",
	          err->text);
	cr_expect(at >= least && at <= most, "%s: not in %zu to %zu", err->text, least, most);
}

Test(source, cut_at_every_byte)
{
	static const size_t least[] = {
		[TJ_PACK_GZIP] = 2, [TJ_PACK_BZIP2] = 5, [TJ_PACK_XZ] = 3, [TJ_PACK_ZSTD] = 3
	};
	struct bytes text = some_text(700, 5);
	struct bytes twice = join(&text, text.p, text.n);
	FOR_ALL(packing)
	{
		struct bytes member = pack(packing, &text);
		struct bytes packed = join(&member, member.p, member.n);
		for (size_t n = 0; n <= packed.n; n++) {
			struct bytes part = { packed.p, n }, got;
			struct tj_error err;
			enum tj_read state = unpack(&part, &got, &err);
			int is_whole = n == member.n || n == packed.n || n < least[packing];
			cr_expect_eq(state, is_whole ? TJ_READ_END : TJ_READ_ERROR, "%s cut to %zu",
			             tj_packing_name(packing), n);
			if (n >= least[packing]) {
				cr_expect(got.n <= twice.n && memcmp(got.p, twice.p, got.n) == 0);
				cr_expect(n < member.n || got.n >= text.n,
				          "what came before is kept");
			}
			if (!is_whole)
				expect_corrupt(&err, n, n);
			free(got.p);
		}
		free(packed.p);
		free(member.p);
	}
	free(text.p);
	free(twice.p);
}

/* The source must deliver everything that can be decoded, not only full buffers. If the last of
 * three zstd blocks is damaged or cut, that is the two blocks before it. bzip2 has only one
 * block here, so nothing can be decoded. */
Test(source, what_came_before_is_given_out)
{
	enum { KNOWN = 2 * (128 << 10) };
	struct bytes text = some_text(KNOWN + 50000, 6);
	FOR_ALL(packing)
	{
		struct bytes packed = pack(packing, &text), got;
		struct tj_error err;
		size_t at = packed.n - 2000, known = packing == TJ_PACK_BZIP2 ? 0 : KNOWN;
		for (int is_cut = 0; is_cut < 2; is_cut++) {
			memset(packed.p + at, 0x55, packed.n - at);
			cr_expect_eq(unpack(&packed, &got, &err), TJ_READ_ERROR);
			cr_expect(got.n >= known && memcmp(got.p, text.p, known) == 0, "%s: %zu",
			          tj_packing_name(packing), got.n);
			expect_corrupt(&err, is_cut ? at : 0, packed.n);
			free(got.p);
			packed.n = at;
		}
		free(packed.p);
	}
	free(text.p);
}

/* ---- what follows a member ---- */

Test(source, zeros_and_garbage)
{
	static const struct {
		const char *more;
		size_t n;
		int is_fine[TJ_PACK_ZSTD + 1];
	} cases[] = {
		{ "\0", 1, { [TJ_PACK_GZIP] = 1 } },
		{ "\0\0\0\0\0\0\0\0", 8, { [TJ_PACK_GZIP] = 1, [TJ_PACK_XZ] = 1 } },
		{ "\0\0\0\0!", 5, { 0 } },
		{ "garbage", 7, { 0 } },
		{ "\n", 1, { 0 } },
		{ "\x1f\x8b", 2, { 0 } },
	};
	struct bytes text = some_text(300, 7);
	FOR_ALL(packing)
	{
		struct bytes member = pack(packing, &text);
		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
			struct bytes packed = join(&member, cases[i].more, cases[i].n), got;
			struct tj_error err;
			int is_fine = cases[i].is_fine[packing];
			cr_expect_eq(unpack(&packed, &got, &err),
			             is_fine ? TJ_READ_END : TJ_READ_ERROR, "%s, case %zu",
			             tj_packing_name(packing), i);
			cr_expect(same_bytes(&text, &got), "%s, case %zu", tj_packing_name(packing),
			          i);
			if (!is_fine)
				expect_corrupt(&err, member.n, packed.n);
			free(packed.p);
			free(got.p);
		}
		free(member.p);
	}
	free(text.p);
}

/* xz allows zeros between its streams, gzip does not. */
Test(source, zeros_between)
{
	struct bytes text = some_text(300, 8);
	struct bytes twice = join(&text, text.p, text.n);
	FOR_ALL(packing)
	{
		struct bytes member = pack(packing, &text), got;
		struct bytes padded = join(&member, "\0\0\0\0", 4);
		struct bytes packed = join(&padded, member.p, member.n);
		struct tj_error err;
		cr_expect_eq(unpack(&packed, &got, &err),
		             packing == TJ_PACK_XZ ? TJ_READ_END : TJ_READ_ERROR);
		cr_expect(same_bytes(packing == TJ_PACK_XZ ? &twice : &text, &got));
		free(got.p);
		free(packed.p);
		free(padded.p);
		free(member.p);
	}
	free(text.p);
	free(twice.p);
}

/* ---- damage ---- */

/* Damaged bytes must give an error or the right text. If the beginning no longer looks like an
 * archive, the bytes themselves are the text. */
static void check_damaged(const struct bytes *damaged, const struct bytes *text, const char *what)
{
	struct bytes got;
	struct tj_error err;
	int is_plain = tj_packing_of_content(damaged->p, damaged->n, 1) == TJ_PACK_NONE;
	if (unpack(damaged, &got, &err) == TJ_READ_END)
		cr_expect(same_bytes(is_plain ? damaged : text, &got), "%s", what);
	else
		expect_corrupt(&err, 0, damaged->n);
	free(got.p);
}

Test(source, every_byte_changed)
{
	static const unsigned char changes[] = { 0x01, 0x80, 0xff, 0x10 };
	struct bytes text = some_text(400, 9);
	struct bytes twice = join(&text, text.p, text.n);
	FOR_ALL(packing)
	{
		struct bytes member = pack(packing, &text);
		struct bytes packed = join(&member, member.p, member.n);
		for (size_t i = 0; i < packed.n; i++)
			for (size_t c = 0; c < sizeof changes; c++) {
				char what[64];
				snprintf(what, sizeof what, "%s, byte %zu changed by %x",
				         tj_packing_name(packing), i, changes[c]);
				packed.p[i] = (char)(packed.p[i] ^ changes[c]);
				check_damaged(&packed, &twice, what);
				packed.p[i] = (char)(packed.p[i] ^ changes[c]);
			}
		free(packed.p);
		free(member.p);
	}
	free(text.p);
	free(twice.p);
}

/* Inserts, deletes and overwrites bytes, at one to three places. */
static void mutate(struct bytes *b, size_t room, uint32_t *state)
{
	for (uint32_t n = 1 + next_random(state) % 3; n > 0; n--) {
		size_t at = next_random(state) % b->n, length = 1 + next_random(state) % 9;
		uint32_t kind = next_random(state) % 3;
		if (length > b->n - at)
			length = b->n - at;
		if (kind == 0 && b->n + length <= room) {
			memmove(b->p + at + length, b->p + at, b->n - at);
			b->n += length;
		} else if (kind == 1 && b->n > 2 * length) {
			memmove(b->p + at, b->p + at + length, b->n - at - length);
			b->n -= length;
		} else {
			for (size_t i = 0; i < length; i++)
				b->p[at + i] = (char)next_random(state);
		}
	}
}

Test(source, random_mutations)
{
	enum { ROUNDS = 500, MORE = 100 };
	struct bytes text = some_text(600, 10);
	uint32_t state = 11;
	FOR_ALL(packing)
	{
		struct bytes member = pack(packing, &text);
		struct bytes damaged = new_bytes(member.n + MORE);
		for (int round = 0; round < ROUNDS; round++) {
			char what[64];
			snprintf(what, sizeof what, "%s, round %d", tj_packing_name(packing),
			         round);
			memcpy(damaged.p, member.p, member.n);
			damaged.n = member.n;
			mutate(&damaged, member.n + MORE, &state);
			check_damaged(&damaged, &text, what);
		}
		free(damaged.p);
		free(member.p);
	}
	free(text.p);
}

/* ---- parts, and tj_source_packing ---- */

Test(source, no_part_of_a_compressed_input)
{
	static const uint64_t parts[][2] = { { 10, 0 }, { 0, 10 }, { 5, 20 } };
	struct bytes text = some_text(300, 12);
	struct bytes packed = pack(TJ_PACK_GZIP, &text);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct tj_error err = { 0 };
		trujaman_input input = { .fd = file_of(&packed),
			                 .from = parts[i][0],
			                 .to = parts[i][1] };
		struct tj_source *s = tj_source_open(&input, &patiently, &err);
		if (s != NULL) {
			struct bytes got = { NULL, 0 };
			cr_expect_eq(drain_source(s, 1, &got, &err), TJ_READ_ERROR);
			cr_expect_eq(got.n, 0);
			free(got.p);
		}
		cr_expect_eq(err.status, TRUJAMAN_ERROR_USAGE, "%s", err.text);
		tj_source_close(s);
		close(input.fd);
	}
	free(text.p);
	free(packed.p);
}

struct path {
	char text[64];
};

static struct path path_of(int fd)
{
	struct path path;
	snprintf(path.text, sizeof path.text, "/proc/self/fd/%d", fd);
	return path;
}

Test(source, packing_of_a_file)
{
	struct bytes text = some_text(50, 13);
	struct tj_error err = { 0 };
	int fd = file_of(&text), fds[2];
	cr_expect_eq(tj_source_packing(path_of(fd).text, &err), 0);
	close(fd);
	FOR_ALL(packing)
	{
		struct bytes packed = pack(packing, &text);
		fd = file_of(&packed);
		cr_expect_eq(tj_source_packing(path_of(fd).text, &err), (int)packing);
		cr_expect_eq(lseek(fd, 0, SEEK_CUR), 0, "nothing was read");
		close(fd);
		free(packed.p);
	}
	cr_assert_eq(pipe(fds), 0);
	cr_assert_eq(write(fds[1], "\x1f\x8b\x08", 3), 3);
	cr_expect_eq(tj_source_packing(path_of(fds[0]).text, &err), 0, "a pipe is left alone");
	cr_expect_eq(err.status, TRUJAMAN_OK, "%s", err.text);
	cr_expect_eq(tj_source_packing("/nonexistent/file", &err), -1);
	cr_expect_eq(err.status, TRUJAMAN_ERROR_IO);
	cr_expect(strstr(err.text, strerror(ENOENT)), "%s", err.text);
	free(text.p);
}
