/* SPDX-License-Identifier: MIT */
/* Reading lines from and writing to descriptors of all kinds, and the errors. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* posix_openpt */
#endif
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/io/write.h"
#include "tests/packed_text.h"
#include "tests/text_lines.h"

TestSuite(inputs, .init = make_folder, .fini = remove_folder);

/* ---- descriptors of all kinds ---- */

Test(inputs, non_blocking_descriptor)
{
	int fds[2];
	pthread_t thread;
	struct log got = { 0 }, want = { 0 };
	cr_assert_eq(pipe(fds), 0);
	cr_assert_eq(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	trujaman_input input = { .path = NULL, .fd = fds[0] };
	struct tj_reader *r = open_reader(1, &input, 1000);
	cr_expect_eq(drain(r, 0, &got), TJ_READ_DRY);
	struct writer writer = { fds[1], "some\nlines\n", 11, 1 };
	cr_assert_eq(pthread_create(&thread, NULL, write_all, &writer), 0);
	cr_expect_eq(drain(r, 1, &got), TJ_READ_END, "waits although the descriptor does not");
	pthread_join(thread, NULL);
	expect_lines(&want, writer.text, writer.n, 1000, 0);
	cr_expect(same(&want, &got));
	cr_expect_eq(fcntl(fds[0], F_GETFL) & O_NONBLOCK, O_NONBLOCK, "and stays as it was");
	tj_reader_close(r);
	close(fds[0]);
	free(got.p);
	free(want.p);
}

static void on_signal(int number)
{
	(void)number;
}

struct pest {
	pthread_t victim;
	int fd;
};

static void *pester(void *argument)
{
	struct pest *pest = argument;
	for (int i = 0; i < 200; i++) {
		pthread_kill(pest->victim, SIGUSR1);
		sched_yield();
		if (i % 50 == 49)
			(void)!write(pest->fd, "line\n", 5);
	}
	close(pest->fd);
	return NULL;
}

Test(inputs, signals_do_not_end_a_wait)
{
	int fds[2];
	pthread_t thread;
	struct log got = { 0 }, want = { 0 };
	struct sigaction action = { .sa_handler = on_signal }; /* without SA_RESTART */
	cr_assert_eq(sigaction(SIGUSR1, &action, NULL), 0);
	cr_assert_eq(pipe(fds), 0);
	struct pest pest = { pthread_self(), fds[1] };
	trujaman_input input = { .path = NULL, .fd = fds[0] };
	struct tj_reader *r = open_reader(1, &input, 1000);
	cr_assert_eq(pthread_create(&thread, NULL, pester, &pest), 0);
	cr_expect_eq(drain(r, 1, &got), TJ_READ_END);
	pthread_join(thread, NULL);
	expect_lines(&want, "line\nline\nline\nline\n", 20, 1000, 0);
	cr_expect(same(&want, &got));
	tj_reader_close(r);
	close(fds[0]);
	free(got.p);
	free(want.p);
}

/* A FIFO that no writer has opened yet is dry; it does not hold up the lines before it. */
Test(inputs, fifo_by_name)
{
	struct path a = write_file("a", "before\n", 7), fifo = in_folder("fifo");
	struct log got = { 0 }, want = { 0 };
	cr_assert_eq(mkfifo(fifo.text, 0600), 0);
	trujaman_input inputs[] = { { .path = a.text, .fd = -1 }, { .path = fifo.text, .fd = -1 } };
	struct tj_reader *r = open_reader(2, inputs, 1000);
	cr_expect_eq(drain(r, 0, &got), TJ_READ_DRY);
	expect_lines(&want, "before\n", 7, 1000, 0);
	cr_expect(same(&want, &got));
	int fd = open(fifo.text, O_WRONLY);
	cr_assert_geq(fd, 0);
	cr_expect_eq(drain(r, 0, &got), TJ_READ_DRY);
	put(fd, "half", 4);
	cr_expect_eq(drain(r, 0, &got), TJ_READ_DRY);
	put(fd, " line\nend", 9);
	close(fd);
	cr_expect_eq(drain(r, 1, &got), TJ_READ_END);
	expect_lines(&want, "half line\nend", 13, 1000, 1);
	cr_expect(same(&want, &got), "%.*s", (int)got.n, got.p);
	tj_reader_close(r);
	free(got.p);
	free(want.p);
}

Test(inputs, terminal)
{
	struct log got = { 0 }, want = { 0 };
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0)
		cr_skip_test("no pseudo-terminals here");
	cr_assert_eq(grantpt(master), 0);
	cr_assert_eq(unlockpt(master), 0);
	trujaman_input input = { .path = ptsname(master), .fd = -1 };
	struct tj_reader *r = open_reader(1, &input, 1000);
	cr_expect_eq(drain(r, 0, &got), TJ_READ_DRY);
	put(master, "typed\nunfinished", 16);
	while (got.n == 0) /* the terminal's line discipline may take a moment */
		cr_assert_eq(drain(r, 0, &got), TJ_READ_DRY);
	put(master, "\x04\x04", 2);
	cr_expect_eq(drain(r, 1, &got), TJ_READ_END);
	expect_lines(&want, "typed\nunfinished", 16, 1000, 0);
	cr_expect(same(&want, &got), "%.*s", (int)got.n, got.p);
	tj_reader_close(r);
	close(master);
	free(got.p);
	free(want.p);
}

/* ---- errors ---- */

static void expect_error(const trujaman_input *bad, const char *name, const char *reason)
{
	struct path a = write_file("a", "kept\n", 5);
	trujaman_input inputs[] = { { .path = a.text, .fd = -1 },
		                    *bad,
		                    { .path = a.text, .fd = -1 } };
	struct tj_reader *r = open_reader(3, inputs, 1000);
	struct tj_line line;
	struct tj_error err = { 0 }, again = { 0 };
	cr_expect_eq(tj_reader_next(r, 1, &line, &err), TJ_READ_LINE);
	cr_expect_eq(tj_reader_next(r, 1, &line, &err), TJ_READ_ERROR);
	cr_expect_eq(err.status, TRUJAMAN_ERROR_IO);
	cr_expect(strstr(err.text, name) && strstr(err.text, reason), "%s", err.text);
	cr_expect_eq(tj_reader_next(r, 0, &line, &again), TJ_READ_ERROR);
	cr_expect_eq(again.status, err.status);
	cr_expect_str_eq(again.text, err.text);
	tj_reader_close(r);
}

Test(inputs, errors_name_the_input)
{
	struct path missing = in_folder("missing"), dir = in_folder("dir");
	cr_assert_eq(mkdir(dir.text, 0700), 0);
	int fds[2];
	cr_assert_eq(pipe(fds), 0);
	expect_error(&(trujaman_input){ .path = missing.text, .fd = -1 }, missing.text,
	             strerror(ENOENT));
	expect_error(&(trujaman_input){ .path = dir.text, .fd = -1 }, dir.text, strerror(EISDIR));
	expect_error(&(trujaman_input){ .path = NULL, .fd = -1 }, "descriptor -1", strerror(EBADF));
	expect_error(&(trujaman_input){ .path = "-", .fd = 987 }, "descriptor 987",
	             strerror(EBADF));
	expect_error(&(trujaman_input){ .path = "-", .fd = fds[1] }, "descriptor ",
	             strerror(EBADF));
	close(fds[0]);
	close(fds[1]);
	tj_reader_close(NULL);
}

Test(inputs, names)
{
	static const struct {
		trujaman_input input;
		const char *name;
	} cases[] = { { { .path = "x.en", .fd = 0 }, "x.en" },
		      { { .path = "-", .fd = 0 }, "standard input" },
		      { { .path = NULL, .fd = 0 }, "standard input" },
		      { { .path = NULL, .fd = 12 }, "descriptor 12" } };
	char buffer[32];
	for (int i = 0; i < 4; i++)
		cr_expect_str_eq(tj_input_name(&cases[i].input, buffer, 32), cases[i].name);
}

/* ---- compressed ---- */

Test(inputs, compressed)
{
	struct bytes text = some_text(300000, 1);
	memcpy(text.p + 1000, "\r\n\n\r\r\n", 6);
	struct bytes packed[TJ_PACK_ZSTD + 1] = { text };
	trujaman_input inputs[TJ_PACK_ZSTD + 1] = { { .fd = file_of(&text) } };
	for (int i = TJ_PACK_GZIP; i <= TJ_PACK_ZSTD; i++) {
		packed[i] = pack((enum tj_packing)i, &text);
		inputs[i].fd = file_of(&packed[i]);
	}
	struct tj_reader *r = open_reader(TJ_PACK_ZSTD + 1, inputs, 40);
	struct log got = { 0 }, want = { 0 };
	for (size_t i = 0; i <= TJ_PACK_ZSTD; i++)
		expect_lines(&want, text.p, text.n, 40, i);
	cr_expect_eq(drain(r, 0, &got), TJ_READ_END, "a file is never dry");
	cr_expect(same(&want, &got));
	tj_reader_close(r);
	for (int i = TJ_PACK_NONE; i <= TJ_PACK_ZSTD; i++) {
		close(inputs[i].fd);
		free(packed[i].p);
	}
	free(got.p);
	free(want.p);
}

/* A line's offset counts stored, that is compressed, bytes. */
Test(inputs, offsets_in_a_compressed_input)
{
	enum { SKIPPED = 1000 };
	struct bytes text = some_text(2000000, 2);
	for (int i = TJ_PACK_GZIP; i <= TJ_PACK_ZSTD; i++) {
		struct bytes packed = pack((enum tj_packing)i, &text);
		trujaman_input input = { .fd = file_of(&packed) };
		struct tj_reader *r = open_reader(1, &input, SIZE_MAX);
		tj_reader_skip(r, SKIPPED);
		struct tj_line line;
		struct tj_error err = { 0 };
		uint64_t offset = 1, number = SKIPPED;
		while (tj_reader_next(r, 1, &line, &err) == TJ_READ_LINE) {
			cr_assert(line.offset >= offset && line.offset <= packed.n);
			cr_assert_eq(line.number, ++number);
			offset = line.offset;
		}
		cr_expect_eq(err.status, TRUJAMAN_OK, "%s", err.text);
		cr_expect_gt(number, SKIPPED);
		cr_expect_gt(offset, packed.n / 2);
		tj_reader_close(r);
		close(input.fd);
		free(packed.p);
	}
	free(text.p);
}

/* All complete lines come first, then the error; later inputs are not read. */
Test(inputs, a_compressed_input_cut_short)
{
	static const char text[] = "one\ntwo\r\nthree";
	struct bytes member = { (char *)text, strlen(text) };
	for (int i = TJ_PACK_GZIP; i <= TJ_PACK_ZSTD; i++) {
		struct bytes packed = pack((enum tj_packing)i, &member);
		struct bytes both = join(&packed, packed.p, packed.n - 1);
		trujaman_input inputs[] = { { .fd = file_of(&both) }, { .fd = file_of(&member) } };
		struct tj_reader *r = open_reader(2, inputs, 1000);
		struct log got = { 0 }, want = { 0 };
		struct tj_line line;
		struct tj_error err = { 0 };
		cr_expect_eq(drain(r, 1, &got), TJ_READ_ERROR);
		cr_expect_eq(tj_reader_next(r, 1, &line, &err), TJ_READ_ERROR);
		cr_expect(err.status == TRUJAMAN_ERROR_FORMAT &&
		              strstr(err.text, ": corrupt at byte "),
		          "%s", err.text);
		expect_lines(&want, "one\ntwo\r\nthreeone\ntwo\r\n", 23, 1000, 0);
		/* The second member's text may be delivered before its missing end is noticed. */
		cr_expect(got.n <= want.n && memcmp(got.p, want.p, got.n) == 0, "%.*s", (int)got.n,
		          got.p);
		cr_expect(got.n > 0 && memmem(got.p, got.n, "two", 3) != NULL, "%.*s", (int)got.n,
		          got.p);
		tj_reader_close(r);
		close(inputs[0].fd);
		close(inputs[1].fd);
		free(both.p);
		free(packed.p);
		free(got.p);
		free(want.p);
	}
}

/* ---- tj_write_all ---- */

Test(write_all, reader_gone)
{
	int fds[2];
	struct tj_error err = { 0 };
	signal(SIGPIPE, SIG_IGN);
	cr_assert_eq(pipe(fds), 0);
	close(fds[0]);
	cr_expect_eq(tj_write_all(fds[1], "the output", "text", 4, &err), TRUJAMAN_ERROR_CLOSED);
	cr_expect_not_null(strstr(err.text, "the output"), "%s", err.text);
	close(fds[1]);
}

Test(write_all, full_and_closed)
{
	struct tj_error err = { 0 };
	int fd = open("/dev/full", O_WRONLY);
	cr_assert_geq(fd, 0);
	cr_expect_eq(tj_write_all(fd, "out.es", "text", 4, &err), TRUJAMAN_ERROR_IO);
	cr_expect(strstr(err.text, "out.es") && strstr(err.text, strerror(ENOSPC)), "%s", err.text);
	tj_error_clear(&err);
	cr_expect_eq(tj_write_all(fd, "out.es", NULL, 0, &err), TRUJAMAN_OK);
	close(fd);
	cr_expect_eq(tj_write_all(-1, "out.es", "x", 1, &err), TRUJAMAN_ERROR_IO);
	cr_expect(strstr(err.text, strerror(EBADF)), "%s", err.text);
}

struct reading {
	int fd;
	char *bytes;
	size_t n, room;
};

static void *read_all(void *argument)
{
	struct reading *r = argument;
	ssize_t got;
	while (r->n < r->room && (got = read(r->fd, r->bytes + r->n, r->room - r->n)) > 0)
		r->n += (size_t)got;
	return NULL;
}

/* More than a pipe holds, blocking and non-blocking: short writes and EAGAIN. */
Test(write_all, more_than_a_pipe_holds)
{
	enum { N = 1 << 20 };
	char *sent = malloc(N), *received = malloc(N);
	cr_assert(sent && received);
	for (size_t i = 0; i < N; i++)
		sent[i] = (char)(i * 7 + i / 1000);
	for (int flags = 0; flags < 2; flags++) {
		int fds[2];
		pthread_t thread;
		struct tj_error err = { 0 };
		cr_assert_eq(pipe(fds), 0);
		cr_assert_eq(fcntl(fds[1], F_SETFL, flags ? O_NONBLOCK : 0), 0);
		struct reading reading = { fds[0], received, 0, N };
		memset(received, 0, N);
		cr_assert_eq(pthread_create(&thread, NULL, read_all, &reading), 0);
		cr_expect_eq(tj_write_all(fds[1], "pipe", sent, N, &err), TRUJAMAN_OK, "%s",
		             err.text);
		close(fds[1]);
		pthread_join(thread, NULL);
		cr_expect_eq(reading.n, N);
		cr_expect_eq(memcmp(sent, received, N), 0);
		close(fds[0]);
	}
	free(sent);
	free(received);
}
