/* SPDX-License-Identifier: MIT */
/* Tests of the line reader: short and long lines, several inputs, reads that end anywhere. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include <criterion/criterion.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/text_lines.h"

TestSuite(lines, .init = make_folder, .fini = remove_folder);

static void check_file(const char *text, size_t n, size_t limit)
{
	struct log want = { 0 }, got = { 0 };
	int fd = memfd_create("lines", 0); /* a regular file without disk delays */
	cr_assert_geq(fd, 0);
	put(fd, text, n);
	cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
	trujaman_input input = { .path = NULL, .fd = fd, .force_text = 1 };
	struct tj_reader *r = open_reader(1, &input, limit);
	expect_lines(&want, text, n, limit, 0);
	cr_expect_eq(drain(r, 0, &got), TJ_READ_END, "a file is never dry");
	cr_expect(same(&want, &got), "limit %zu, text %.*s: got %.*s", limit, (int)n, text,
	          (int)got.n, got.p);
	tj_reader_close(r);
	close(fd);
	free(want.p);
	free(got.p);
}

/* ---- short lines ---- */

struct text {
	const char *p;
	size_t n;
};
#define TEXT(literal) { literal, sizeof(literal) - 1 }

static const struct text texts[] = {
	TEXT(""),
	TEXT("\n"),
	TEXT("\r\n"),
	TEXT("\r"),
	TEXT("one"),
	TEXT("one\n"),
	TEXT("one\r"),
	TEXT("one\r\n"),
	TEXT("one\r\r\n"),
	TEXT("\n\n\r\n\n"),
	TEXT("a\rb\nc\r\nd\n\re"),
	TEXT("nul\0within\n\0\n\0"),
	TEXT("\xFF\xFE broken\n\xC3\n  \n\t\n"),
	TEXT(
	    "a line\r\nof \xC3\xA9\xE2\x82\xAC\xF0\x9F\x8C\x8D text with more than sixteen bytes\r\n"),
};
enum { N_TEXTS = sizeof texts / sizeof *texts };

Test(lines, files)
{
	for (size_t i = 0; i < N_TEXTS; i++) {
		check_file(texts[i].p, texts[i].n, SIZE_MAX);
		check_file(texts[i].p, texts[i].n, 16);
		check_file(texts[i].p, texts[i].n, 17);
	}
}

/* Compares one log literally, to test the reference (expect_lines) too. */
Test(lines, what_a_line_says)
{
	static const char want[] = "[0:1+0 1 lf]a[0:2+0 0 crlf][0:3+0 2 crlf]b\r"
				   "[0:4+0 14 ..]0123456789012 [0:4+14 8]34567890";
	struct path path = write_file("a", "a\n\r\nb\r\r\n0123456789012 34567890", 30);
	trujaman_input input = { .path = path.text, .fd = -1 };
	struct tj_reader *r = open_reader(1, &input, 16);
	struct log got = { 0 };
	cr_expect_eq(drain(r, 1, &got), TJ_READ_END);
	cr_expect(got.n == strlen(want) && memcmp(got.p, want, got.n) == 0, "%.*s", (int)got.n,
	          got.p);
	tj_reader_close(r);
	free(got.p);
}

Test(lines, several_inputs)
{
	struct path a = write_file("a", "one\ntwo", 7), b = write_file("b", "", 0);
	struct path c = write_file("c", "three\r\n\n", 8);
	int fds[2];
	cr_assert_eq(pipe(fds), 0);
	put(fds[1], "piped\nlast", 10);
	close(fds[1]);
	trujaman_input inputs[] = { { .path = a.text, .fd = -1 },
		                    { .path = b.text, .fd = -1 },
		                    { .path = "-", .fd = fds[0] },
		                    { .path = c.text, .fd = -1 },
		                    { .path = a.text, .fd = 7 } };
	struct tj_reader *r = open_reader(5, inputs, 1000);
	struct log want = { 0 }, got = { 0 };
	expect_lines(&want, "one\ntwo", 7, 1000, 0);
	expect_lines(&want, "piped\nlast", 10, 1000, 2);
	expect_lines(&want, "three\r\n\n", 8, 1000, 3);
	expect_lines(&want, "one\ntwo", 7, 1000, 4);
	cr_expect_eq(drain(r, 1, &got), TJ_READ_END);
	cr_expect(same(&want, &got), "%.*s", (int)got.n, got.p);
	cr_expect_eq(drain(r, 1, &got), TJ_READ_END, "the end stays the end");
	tj_reader_close(r);
	cr_expect_neq(fcntl(fds[0], F_GETFD), -1, "a descriptor given is left open");
	close(fds[0]);
	r = open_reader(0, NULL, 1000);
	cr_expect_eq(drain(r, 1, &got), TJ_READ_END);
	tj_reader_close(r);
	free(want.p);
	free(got.p);
}

/* ---- long lines ---- */

Test(lines, around_the_limit)
{
	static const char *const fillers[] = {
		"x",    " ",  "\t", "\xC3\xA9",  "\xE2\x82\xAC", "\xF0\x9F\x8C\x8D",
		"\x80", "\r", "x ", "xxxxxxxxx "
	};
	static const char *const ends[] = { "", "\n", "\r\n", "\r", "\r\r\n", "\nnext\n" };
	char text[200];
	for (size_t limit = 16; limit <= 21; limit++)
		for (size_t length = limit - 2; length <= 3 * limit + 5; length++)
			for (size_t f = 0; f < sizeof fillers / sizeof *fillers; f++)
				for (size_t offset = 0; offset < 4; offset++)
					for (size_t e = 0; e < sizeof ends / sizeof *ends; e++) {
						size_t step = strlen(fillers[f]), n = offset;
						memset(text, 'o', offset);
						for (; n < length; n += step)
							memcpy(text + n, fillers[f], step);
						n = length; /* may split a sequence */
						memcpy(text + n, ends[e], strlen(ends[e]));
						if (offset > 0 && (length + f + e) % 5 > 1)
							continue;
						check_file(text, n + strlen(ends[e]), limit);
					}
}

Test(lines, a_line_of_the_limit_is_whole)
{
	static const char *const ends[] = { "\n", "\r\n", "" };
	for (size_t e = 0; e < 3; e++)
		for (size_t n = 15; n <= 17; n++) {
			char text[32];
			memset(text, 'x', sizeof text);
			memcpy(text + n, ends[e], strlen(ends[e]));
			struct path path = write_file("a", text, n + strlen(ends[e]));
			trujaman_input input = { .path = path.text, .fd = -1 };
			struct tj_reader *r = open_reader(1, &input, 16);
			struct tj_line line;
			struct tj_error err = { 0 };
			cr_assert_eq(tj_reader_next(r, 1, &line, &err), TJ_READ_LINE);
			cr_expect_eq(line.n, n < 16 ? n : 16);
			cr_expect_eq(line.continues, n > 16);
			tj_reader_close(r);
		}
}

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static size_t random_text(char *text, size_t n, uint32_t *state)
{
	static const struct text atoms[] = { TEXT("a"),
		                             TEXT("bcdefg"),
		                             TEXT(" "),
		                             TEXT("\xC3\xA9"),
		                             TEXT("\xE2\x82\xAC"),
		                             TEXT("\xF0\x9F\x8C\x8D"),
		                             TEXT("\r"),
		                             TEXT("\0"),
		                             TEXT("\x80"),
		                             TEXT("\xFF"),
		                             TEXT("hijklmnopqrstuvw"),
		                             TEXT("\r\n"),
		                             TEXT("\n"),
		                             TEXT("\t") };
	uint32_t kinds = 4 + next_random(state) % 11; /* fewer kinds give longer lines */
	size_t used = 0;
	for (;;) {
		const struct text *atom = &atoms[next_random(state) % kinds];
		if (used + atom->n > n)
			return used;
		memcpy(text + used, atom->p, atom->n);
		used += atom->n;
	}
}

/* Writes random texts in random portions. The lines must depend on the text alone, and the
 * reader must return DRY after each portion, not before its end. */
Test(lines, however_the_reads_fall)
{
	char text[600];
	uint32_t state = 123456789;
	for (int round = 0; round < 1500; round++) {
		size_t n = random_text(text, 1 + next_random(&state) % sizeof text, &state);
		size_t limit = 16 + next_random(&state) % 30;
		int fds[2], may_block_last = next_random(&state) & 1;
		cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
		trujaman_input input = { .path = NULL, .fd = fds[0], .force_text = 1 };
		struct tj_reader *r = open_reader(1, &input, limit);
		struct log want = { 0 }, got = { 0 };
		expect_lines(&want, text, n, limit, 0);
		for (size_t at = 0; at < n;) {
			size_t portion = 1 +
			                 next_random(&state) % (next_random(&state) & 1 ? 3 : 90);
			if (portion > n - at)
				portion = n - at;
			put(fds[1], text + at, portion);
			at += portion;
			if (drain(r, 0, &got) != TJ_READ_DRY)
				cr_assert_fail("round %d: not dry", round);
		}
		close(fds[1]);
		cr_assert_eq(drain(r, may_block_last, &got), TJ_READ_END);
		if (!same(&want, &got))
			cr_assert_fail("round %d, limit %zu: wanted %.*s\ngot %.*s", round, limit,
			               (int)want.n, want.p, (int)got.n, got.p);
		tj_reader_close(r);
		close(fds[0]);
		free(want.p);
		free(got.p);
	}
}

/* Cuts each text at every place into two writes. After the first, the reader must have returned
 * exactly the complete lines. */
Test(lines, dry_after_the_complete_lines)
{
	for (size_t i = 0; i < N_TEXTS; i++)
		for (size_t cut = 0; cut <= texts[i].n; cut++) {
			struct log want = { 0 }, got = { 0 }, complete = { 0 };
			size_t ended = 0;
			int fds[2];
			for (size_t c = 0; c < cut; c++)
				if (texts[i].p[c] == '\n')
					ended = c + 1;
			cr_assert_eq(pipe(fds), 0);
			trujaman_input input = { .path = "-", .fd = fds[0], .force_text = 1 };
			struct tj_reader *r = open_reader(1, &input, SIZE_MAX);
			put(fds[1], texts[i].p, cut);
			cr_expect_eq(drain(r, 0, &got), TJ_READ_DRY);
			cr_expect_eq(drain(r, 0, &got), TJ_READ_DRY);
			expect_lines(&complete, texts[i].p, ended, SIZE_MAX, 0);
			cr_expect(same(&complete, &got), "text %zu cut at %zu", i, cut);
			put(fds[1], texts[i].p + cut, texts[i].n - cut);
			close(fds[1]);
			cr_expect_eq(drain(r, 0, &got), TJ_READ_END);
			expect_lines(&want, texts[i].p, texts[i].n, SIZE_MAX, 0);
			cr_expect(same(&want, &got), "text %zu cut at %zu", i, cut);
			tj_reader_close(r);
			close(fds[0]);
			free(want.p);
			free(got.p);
			free(complete.p);
		}
}

Test(lines, reads_nothing_while_a_line_is_buffered)
{
	int fds[2], waiting = 0;
	struct tj_line line;
	struct tj_error err = { 0 };
	cr_assert_eq(pipe(fds), 0);
	trujaman_input input = { .path = NULL, .fd = fds[0], .force_text = 1 };
	struct tj_reader *r = open_reader(1, &input, 1000);
	put(fds[1], "a\nb\n", 4);
	cr_expect_eq(tj_reader_next(r, 1, &line, &err), TJ_READ_LINE);
	put(fds[1], "c\n", 2);
	cr_expect_eq(tj_reader_next(r, 1, &line, &err), TJ_READ_LINE);
	cr_assert_eq(ioctl(fds[0], FIONREAD, &waiting), 0);
	cr_expect_eq(waiting, 2);
	cr_expect_eq(tj_reader_next(r, 1, &line, &err), TJ_READ_LINE);
	cr_expect(line.n == 1 && line.text[0] == 'c' && line.number == 3);
	tj_reader_close(r);
	close(fds[0]);
	close(fds[1]);
}

/* ---- much text, and a writer in its own thread ---- */

static void check_piped(const char *text, size_t n, size_t portion, size_t limit)
{
	int fds[2];
	pthread_t thread;
	struct log want = { 0 }, got = { 0 };
	cr_assert_eq(pipe(fds), 0);
	struct writer writer = { fds[1], text, n, portion };
	cr_assert_eq(pthread_create(&thread, NULL, write_all, &writer), 0);
	trujaman_input input = { .path = NULL, .fd = fds[0], .force_text = 1 };
	struct tj_reader *r = open_reader(1, &input, limit);
	cr_expect_eq(drain(r, 1, &got), TJ_READ_END);
	expect_lines(&want, text, n, limit, 0);
	cr_expect(same(&want, &got), "portion %zu limit %zu", portion, limit);
	pthread_join(thread, NULL);
	tj_reader_close(r);
	close(fds[0]);
	free(want.p);
	free(got.p);
}

/* Lines longer than one read and longer than the first buffer, some cut and some not. */
Test(lines, megabytes)
{
	enum { N = 3 << 20 };
	char *text = malloc(N);
	cr_assert_not_null(text);
	uint32_t state = 42;
	for (size_t i = 0; i < N; i++) {
		uint32_t x = next_random(&state);
		text[i] = (char)(x % 7 == 0 ? ' ' : 'a' + x % 26);
	}
	memset(text + 300000, 'x', 700000); /* no place to cut */
	for (size_t i = 1100000; i + 3 < 1500000; i += 3)
		memcpy(text + i, "\xE2\x82\xAC", 3);
	memcpy(text + 262143, "\r\n", 2); /* across the end of the first block */
	text[1600000] = '\n';
	for (size_t i = 1700000; i < 2400000; i += 70)
		text[i] = '\n';
	static const size_t limits[] = { 1000, 65536, 262144, 400000, 1 << 20, SIZE_MAX };
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		check_file(text, N, limits[i]);
		check_piped(text, N, 4096, limits[i]);
		check_piped(text, N, 60001, limits[i]);
	}
	free(text);
}
