/* SPDX-License-Identifier: MIT */
/* Tests of the public API: outputs that fail, and inputs that arrive bit by bit. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "tests/api_support.h"

static void start(void)
{
	make_scratch();
	signal(SIGPIPE, SIG_IGN);
}

TestSuite(pipe, .init = start, .fini = remove_scratch, .timeout = 300);

/* Writes an input of n lines. 3000 are more than one thread has in flight. */
static trujaman_input many_lines(size_t n)
{
	static char path[PATH_MAX + 260];
	snprintf(path, sizeof path, "%s", in_scratch("many"));
	FILE *f = fopen(path, "w");
	cr_assert_not_null(f);
	for (size_t i = 0; i < n; i++)
		cr_assert_geq(fputs(i % 3 ? "Go on.\n" : "\n", f), 0);
	cr_assert_eq(fclose(f), 0);
	return (trujaman_input){ .path = path, .fd = -1 };
}

/* Checks that the handle still works after a failure. */
static void expect_well(struct handle *t)
{
	const char *text = "Good.";
	size_t len = 5;
	struct translated dst;
	cr_assert_eq(handle_translate(t, 1, &text, &len, &dst), TRUJAMAN_OK, "%s", handle_error(t));
	translated_free(1, &dst);
}

/* --- Outputs that fail ------------------------------------------------------------ */

/* One worker waits for a line that does not arrive while another cannot write. The failure must
 * be reported at once, not when the input continues. Otherwise the suite's timeout ends the
 * test. */
Test(pipe, full_disk_beside_a_silent_pipe)
{
	trujaman_options o = options_of(1, 3);
	struct handle *t = open_fixture("plain-seq2seq", &o);
	int ends[2], fd = open("/dev/full", O_WRONLY);
	if (fd < 0)
		cr_skip_test("no /dev/full here");
	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(write(ends[1], "Go on.\nWho is", 13), 13);
	trujaman_input input = { .path = NULL, .fd = ends[0] };
	cr_expect_eq(handle_translate_stream(t, 1, &input, fd, "some.es", TRUJAMAN_OUTPUT_PLAIN,
	                                     NULL),
	             TRUJAMAN_ERROR_IO);
	for (int i = 0; i < 2; i++)
		cr_expect_eq(close(ends[i]), 0);
	cr_expect_eq(close(fd), 0);
	handle_close(t);
}

Test(pipe, full_disk)
{
	for (int threads = 1; threads <= 7; threads += 3) {
		trujaman_options o = options_of(1, threads);
		struct handle *t = open_fixture("plain-seq2seq", &o);
		trujaman_input input = many_lines(3000);
		int fd = open("/dev/full", O_WRONLY);
		if (fd < 0)
			cr_skip_test("no /dev/full here");
		cr_expect_eq(handle_translate_stream(t, 1, &input, fd, "some.es",
		                                     TRUJAMAN_OUTPUT_PLAIN, NULL),
		             TRUJAMAN_ERROR_IO);
		cr_expect_not_null(strstr(handle_error(t), "some.es"), "%s", handle_error(t));
		cr_expect_not_null(strstr(handle_error(t), strerror(ENOSPC)));
		cr_expect_eq(handle_score_stream(t, &input, &input, fd, "scores", NULL),
		             TRUJAMAN_ERROR_IO);
		cr_expect_not_null(strstr(handle_error(t), "scores"), "%s", handle_error(t));
		cr_assert_eq(close(fd), 0, "the descriptor is the caller's");
		expect_well(t);
		handle_close(t);
	}
}

Test(pipe, nobody_reads)
{
	for (int threads = 1; threads <= 7; threads += 3) {
		trujaman_options o = options_of(1, threads);
		struct handle *t = open_fixture("plain-seq2seq", &o);
		trujaman_input input = many_lines(3000);
		int fds[2];
		cr_assert_eq(pipe(fds), 0);
		cr_assert_eq(close(fds[0]), 0);
		cr_expect_eq(handle_translate_stream(t, 1, &input, fds[1], "standard output",
		                                     TRUJAMAN_OUTPUT_SCORES, NULL),
		             TRUJAMAN_ERROR_CLOSED);
		cr_expect_not_null(strstr(handle_error(t), "standard output"), "%s",
		                   handle_error(t));
		cr_assert_eq(close(fds[1]), 0);
		expect_well(t);
		handle_close(t);
	}
}

Test(pipe, an_output_that_is_not_open)
{
	struct handle *t = open_fixture("plain-seq2seq", NULL);
	trujaman_input input = many_lines(10), none = { .path = NULL, .fd = -1 };
	cr_expect_eq(handle_translate_stream(t, 1, &input, -1, "nowhere", TRUJAMAN_OUTPUT_PLAIN,
	                                     NULL),
	             TRUJAMAN_ERROR_IO);
	cr_expect_not_null(strstr(handle_error(t), "nowhere"), "%s", handle_error(t));
	cr_expect_eq(handle_translate_stream(t, 1, &none, 1, "nowhere", TRUJAMAN_OUTPUT_PLAIN,
	                                     NULL),
	             TRUJAMAN_ERROR_IO);
	cr_expect_not_null(strstr(handle_error(t), "descriptor -1"), "%s", handle_error(t));
	expect_well(t);
	handle_close(t);
}

/* A non-blocking pipe that takes little at a time, because another process reads it slowly. */
Test(pipe, an_output_that_does_not_block)
{
	enum { LINES = 60000 };
	trujaman_options o = options_of(1, 2);
	struct handle *t = open_fixture("plain-seq2seq", &o);
	FILE *f = fopen(in_scratch("blank"), "w");
	int fds[2], status;
	cr_assert(f != NULL && pipe(fds) == 0);
	for (int i = 0; i < LINES; i++)
		fputs("   \n", f);
	cr_assert_eq(fclose(f), 0);
	cr_assert_eq(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	pid_t child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		char block[1000];
		ssize_t n, total = 0;
		close(fds[1]);
		while ((n = read(fds[0], block, sizeof block)) > 0)
			total += n;
		_exit(total == LINES * 4 ? 0 : 1);
	}
	cr_assert_eq(close(fds[0]), 0);
	trujaman_input input = { .path = in_scratch("blank"), .fd = -1 };
	cr_expect_eq(handle_translate_stream(t, 1, &input, fds[1], "pipe", TRUJAMAN_OUTPUT_PLAIN,
	                                     NULL),
	             TRUJAMAN_OK, "%s", handle_error(t));
	cr_assert_eq(close(fds[1]), 0);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	handle_close(t);
}

/* --- A conversation ---------------------------------------------------------------- */

enum { ROUNDS = 40 };

static const char *const said[] = { "Good morning.\n", "How are you?\r\n", "\n",
	                            "Well, and you?\n" };

static int get_line(int fd, char *line, size_t room)
{
	size_t n = 0;
	while (n + 1 < room && read(fd, line + n, 1) == 1)
		if (line[n++] == '\n')
			break;
	line[n] = '\0';
	return n > 0 && line[n - 1] == '\n';
}

/* The other side: writes a line in two pieces, and writes the next one only after it has read
 * the wanted answer. The exit status is the number of completed rounds. */
static _Noreturn void converse(int out, int in, char (*wanted)[2000])
{
	char line[2000];
	int round = 0;
	for (; round < ROUNDS; round++) {
		const char *text = said[round % 4];
		size_t n = strlen(text), half = n / 2;
		if (write(out, text, half) != (ssize_t)half ||
		    write(out, text + half, n - half) != (ssize_t)(n - half) ||
		    !get_line(in, line, sizeof line) || strcmp(line, wanted[round % 4]) != 0)
			break;
	}
	_exit(round);
}

static void wanted_answers(struct handle *t, char (*wanted)[2000])
{
	for (size_t i = 0; i < 4; i++) {
		size_t n = strcspn(said[i], "\r\n");
		struct translated dst;
		cr_assert_eq(handle_translate(t, 1, &said[i], &n, &dst), TRUJAMAN_OK);
		cr_assert_lt(dst.len, 1990);
		snprintf(wanted[i], 2000, "%s%s", dst.text, said[i] + n);
		translated_free(1, &dst);
	}
}

/* Forks the child before the team has threads. The child uses nothing of the library. */
static void check_conversation(int threads)
{
	static char wanted[4][2000];
	trujaman_options o = options_of(2, 1);
	int there[2], back[2], status;
	struct handle *t = open_fixture("luong-general", &o);
	wanted_answers(t, wanted);
	handle_close(t);
	cr_assert(pipe(there) == 0 && pipe(back) == 0);
	pid_t child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		close(there[0]);
		close(back[1]);
		converse(there[1], back[0], wanted);
	}
	close(there[1]);
	close(back[0]);
	o.threads = threads;
	t = open_fixture("luong-general", &o);
	trujaman_input input = { .path = NULL, .fd = there[0] };
	cr_expect_eq(handle_translate_stream(t, 1, &input, back[1], "the other side",
	                                     TRUJAMAN_OUTPUT_PLAIN, NULL),
	             TRUJAMAN_OK, "%s", handle_error(t));
	close(there[0]);
	close(back[1]);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == ROUNDS, "%d threads: round %d",
	          threads, WEXITSTATUS(status));
	handle_close(t);
}

Test(pipe, a_line_is_answered_before_the_next)
{
	check_conversation(1);
}

Test(pipe, a_line_is_answered_before_the_next_by_a_team)
{
	check_conversation(3);
}
