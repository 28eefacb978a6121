/* SPDX-License-Identifier: MIT */
/* Tests of what a user sees while a job runs: the status line, and the answers to signals. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* pseudo-terminals */
#endif
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>

#include "src/cli/show/clock.h"
#include "src/cli/show/interrupt.h"
#include "src/cli/show/progress.h"
#include "src/cli/show/terminal.h"
#include "tests/model_files.h"

TestSuite(progress, .init = make_scratch, .fini = remove_scratch, .timeout = 60);

/* The process that started the tests may have ignored some of these. */
static void default_signals(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGXCPU, SIG_DFL);
}

TestSuite(interrupt, .init = default_signals, .timeout = 60);

/* --- The line ------------------------------------------------------------------ */

static const uint64_t second = 1000000000;

/* Makes a job that two seconds ago was at 1000 bytes, 10 lines and 100 words, and is now at
 * 3000, 50 and 500. */
static struct tj_progress half_way(void)
{
	struct tj_progress p = { .total_bytes = 10000,
		                 .n_inputs = 1,
		                 .bytes = 3000,
		                 .lines = 50,
		                 .words = 500,
		                 .is_marked = 1,
		                 .older = 1 };
	p.marks[1].at = 7 * second;
	p.marks[1].bytes = 1000;
	p.marks[1].lines = 10;
	p.marks[1].words = 100;
	return p;
}

static void expect_line(const struct tj_progress *p, const char *wanted)
{
	struct tj_figures line = { .n = 0 };
	tj_progress_put(&line, p, 9 * second);
	cr_expect_str_eq(line.text, wanted, "found: %s\nwanted: %s", line.text, wanted);
}

Test(progress, line)
{
	struct tj_progress p = half_way();
	expect_line(&p, "30.0 %, 3.0 of 10.0 kB, 20 lines/s, 200 words/s, 7 s left");
	p.n_inputs = 12;
	p.input = 4;
	expect_line(&p, "30.0 %, 3.0 of 10.0 kB, 20 lines/s, 200 words/s, 7 s left, file 5 of 12");
	p.n_inputs = 1;
	p.total_bytes = 0;
	expect_line(&p, "3.0 kB, 20 lines/s, 200 words/s");
}

Test(progress, line_at_the_ends)
{
	struct tj_progress p = half_way();
	p.is_marked = 0;
	p.bytes = 0;
	expect_line(&p, "0.0 %, 0.0 of 10.0 kB");
	p = half_way();
	p.marks[1].at = 9 * second; /* no time has passed */
	expect_line(&p, "30.0 %, 3.0 of 10.0 kB");
	p = half_way();
	p.bytes = 9999;
	expect_line(&p, "99.9 %, 9.9 of 10.0 kB, 20 lines/s, 200 words/s, 0 s left");
	p.bytes = 10000;
	expect_line(&p, "100.0 %, 10.0 of 10.0 kB, 20 lines/s, 200 words/s");
	p.bytes = 10001; /* the file has grown */
	expect_line(&p, "10.0 kB, 20 lines/s, 200 words/s");
	p.bytes = 1000; /* nothing new, so the time left is unknown */
	expect_line(&p, "10.0 %, 1.0 of 10.0 kB, 20 lines/s, 200 words/s");
}

/* --- What reaches standard error ------------------------------------------------ */

static int kept_stderr, reader;

static void take_stderr(int from, int to)
{
	reader = from;
	fflush(stderr);
	kept_stderr = dup(STDERR_FILENO);
	cr_assert(kept_stderr >= 0 && dup2(to, STDERR_FILENO) >= 0);
	close(to);
}

static void capture(void)
{
	int ends[2];
	cr_assert_eq(pipe(ends), 0);
	take_stderr(ends[0], ends[1]);
}

static void capture_terminal(unsigned short columns)
{
	struct winsize size = { .ws_col = columns, .ws_row = 24 };
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0)
		cr_skip_test("no pseudo-terminals here");
	cr_assert(grantpt(master) == 0 && unlockpt(master) == 0);
	int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	cr_assert(slave >= 0 && ioctl(slave, TIOCSWINSZ, &size) == 0);
	setenv("TERM", "xterm", 1);
	take_stderr(master, slave);
}

/* Returns everything that was printed since the capture began, and restores stderr. */
static const char *captured(void)
{
	static char text[8192];
	size_t n = 0;
	fflush(stderr);
	cr_assert_eq(write(STDERR_FILENO, "\001", 1), 1);
	while (n == 0 || text[n - 1] != '\001') {
		ssize_t got = read(reader, text + n, sizeof text - 1 - n);
		cr_assert_gt(got, 0);
		n += (size_t)got;
	}
	text[n - 1] = '\0';
	cr_assert(dup2(kept_stderr, STDERR_FILENO) >= 0);
	close(kept_stderr);
	close(reader);
	return text;
}

static void expect_captured(const char *wanted)
{
	const char *found = captured();
	cr_expect_str_eq(found, wanted, "found: %s\nwanted: %s", found, wanted);
}

/* Opens the progress as if minutes ago. Then a third of 3 kB is done. */
static void begin(struct tj_progress *p, const struct tj_talk *talk)
{
	tj_progress_open(p, talk, 3000, 2);
	p->opened = p->shown = 0;
	tj_progress_note(p, 0, 1000, 5, 50);
}

Test(progress, on_a_terminal_a_line_is_drawn_and_cleared)
{
	struct tj_talk talk = { TJ_PROGRESS_AUTO, 0, 0 };
	struct tj_progress p;
	capture_terminal(80);
	begin(&p, &talk);
	tj_progress_note(&p, 0, 1500, 5, 50); /* too soon to be drawn */
	tj_cli_say("one");
	tj_cli_warn(&talk, "two");
	tj_cli_remark(&talk, "three");
	p.shown = 0;
	p.input = 1;
	tj_progress_note(&p, 1, 2000, 5, 50);
	tj_progress_close(&p);
	tj_progress_close(&p);
	expect_captured("\r\033[K33.3 %, 1.0 of 3.0 kB, file 1 of 2\r\033[Ktrujaman: one\r\n"
	                "trujaman: warning: two\r\n"
	                "\r\033[K66.6 %, 2.0 of 3.0 kB, file 2 of 2\r\033[K");
}

Test(progress, on_a_narrow_terminal_the_line_is_cut)
{
	struct tj_talk talk = { TJ_PROGRESS_ALWAYS, 0, 0 };
	struct tj_progress p;
	capture_terminal(30);
	begin(&p, &talk);
	tj_progress_close(&p);
	expect_captured("\r\033[K33.3 %, 1.0 of 3.0 kB\r\033[K");
}

Test(progress, a_dumb_terminal_gets_no_line)
{
	struct tj_talk talk = { TJ_PROGRESS_AUTO, 0, 0 };
	struct tj_progress p;
	capture_terminal(80);
	setenv("TERM", "dumb", 1);
	begin(&p, &talk);
	tj_progress_close(&p);
	expect_captured("");
}

Test(progress, quiet_and_never_draw_nothing)
{
	static const struct tj_talk talks[] = { { TJ_PROGRESS_AUTO, 1, 0 },
		                                { TJ_PROGRESS_ALWAYS, 1, 0 },
		                                { TJ_PROGRESS_NEVER, 0, 0 } };
	for (int i = 0; i < 6; i++) {
		struct tj_progress p;
		if (i % 2)
			capture();
		else
			capture_terminal(80);
		begin(&p, &talks[i / 2]);
		if (talks[i / 2].quiet)
			tj_cli_warn(&talks[i / 2], "nobody hears");
		tj_progress_close(&p);
		expect_captured("");
	}
}

Test(progress, a_pipe_gets_lines_only_where_asked_for)
{
	struct tj_talk talk = { TJ_PROGRESS_AUTO, 0, 0 };
	struct tj_progress p;
	capture();
	begin(&p, &talk);
	tj_progress_close(&p);
	expect_captured("");
	talk.progress = TJ_PROGRESS_ALWAYS;
	capture();
	begin(&p, &talk);
	tj_progress_note(&p, 1, 3000, 5, 50);
	p.is_marked = 0; /* leave out the speeds, which depend on this machine */
	tj_progress_close(&p);
	expect_captured("trujaman: 33.3 %, 1.0 of 3.0 kB, file 1 of 2\n"
	                "trujaman: 100.0 %, 3.0 of 3.0 kB, file 2 of 2\n");
}

Test(progress, verbose_tells_the_sums)
{
	struct tj_talk talk = { TJ_PROGRESS_NEVER, 0, 1 };
	struct tj_progress p;
	capture();
	begin(&p, &talk);
	tj_progress_note(&p, 1, 3000, 6, 60);
	tj_cli_remark(&talk, "a remark");
	tj_progress_close(&p);
	const char *found = captured(), *wanted = "trujaman: a remark\n"
						  "trujaman: 11 lines, 110 words, 3.0 kB in ";
	cr_expect(strncmp(found, wanted, strlen(wanted)) == 0, "found: %s", found);
	cr_expect(strchr(found, '\0')[-1] == '\n' && strstr(found, " words/s\n") != NULL);
}

/* A new mark is set when the previous one is 15 seconds old, and stays for as long. */
Test(progress, speed_is_that_of_the_last_half_minute)
{
	struct tj_talk talk = { TJ_PROGRESS_NEVER, 0, 0 };
	struct tj_progress p;
	tj_progress_open(&p, &talk, 0, 1);
	for (uint64_t i = 1; i <= 4; i++) {
		tj_progress_note(&p, 0, 100 * i, 1, 1);
		cr_expect_eq(p.marks[!p.older].bytes, 100 * i);
		cr_expect_eq(p.marks[p.older].bytes, i > 1 ? 100 * (i - 1) : 100);
		tj_progress_note(&p, 0, 100 * i + 50, 1, 1);
		cr_expect_eq(p.marks[!p.older].bytes, 100 * i, "a mark came too soon");
		p.marks[!p.older].at = p.marks[!p.older].at - 15 * second;
	}
	tj_progress_close(&p);
}

Test(progress, sigusr1_is_answered_and_harmless_afterwards)
{
	struct tj_talk talk = { TJ_PROGRESS_AUTO, 0, 0 };
	struct tj_progress p;
	capture_terminal(80);
	begin(&p, &talk);
	p.is_marked = 0;
	raise(SIGUSR1);
	raise(SIGUSR1);
	tj_progress_close(&p);
	raise(SIGUSR1);
	expect_captured("\r\033[K33.3 %, 1.0 of 3.0 kB, file 1 of 2"
	                "\r\033[Ktrujaman: 33.3 %, 1.0 of 3.0 kB, file 1 of 2\r\n"
	                "trujaman: 33.3 %, 1.0 of 3.0 kB, file 1 of 2\r\n");
}

Test(progress, total_of_the_inputs)
{
	char name[PATH_MAX + 260];
	snprintf(name, sizeof name, "%s", in_scratch("text"));
	FILE *f = fopen(name, "w");
	cr_assert(f != NULL && fputs("0123456789", f) >= 0 && fclose(f) == 0);
	trujaman_input inputs[] = { { .path = name },
		                    { .path = name, .from = 4 },
		                    { .path = name, .from = 4, .to = 7 },
		                    { .path = name, .from = 90, .to = 95 },
		                    { .path = name, .from = 8, .to = 95 } };
	cr_expect_eq(tj_progress_total(5, inputs), 10 + 6 + 3 + 0 + 2);
	cr_expect_eq(tj_progress_total(0, inputs), 0);
	inputs[2].path = in_scratch("nowhere");
	cr_expect_eq(tj_progress_total(5, inputs), 0, "one is not there");
	int ends[2];
	cr_assert_eq(pipe(ends), 0);
	inputs[2] = (trujaman_input){ .path = "-", .fd = ends[0] };
	cr_expect_eq(tj_progress_total(5, inputs), 0, "one is a pipe");
	close(ends[0]);
	close(ends[1]);
}

/* Records the calls of a sink as letters. */
struct told {
	char text[64];
	int fails;
};

static int tell(struct told *t, const char *what, size_t input)
{
	size_t n = strlen(t->text);
	snprintf(t->text + n, sizeof t->text - n, "%s%zu ", what, input);
	return t->fails;
}

static int on_begin(void *told, size_t input)
{
	return tell(told, "b", input);
}

static int on_write(void *told, const trujaman_stretch *s)
{
	return tell(told, s->bytes, s->input);
}

static int on_end(void *told, size_t input)
{
	return tell(told, "e", input);
}

Test(progress, a_watched_sink_gets_all_and_is_counted)
{
	struct tj_talk talk = { TJ_PROGRESS_NEVER, 0, 0 };
	struct tj_progress p;
	struct told told = { .fails = 0 };
	char name[PATH_MAX + 260];
	snprintf(name, sizeof name, "%s", in_scratch("text"));
	FILE *f = fopen(name, "w");
	cr_assert(f != NULL && fputs("0123456789", f) >= 0 && fclose(f) == 0);
	const trujaman_input inputs[] = { { .path = name }, { .path = name, .from = 4, .to = 9 } };
	const trujaman_sink sink = { .context = &told,
		                     .joined = 1,
		                     .skip = 5,
		                     .begin = on_begin,
		                     .write = on_write,
		                     .end = on_end };
	tj_progress_open(&p, &talk, 0, 1);
	trujaman_sink watch = tj_progress_watch(&p, &sink, 2, inputs);
	cr_expect(watch.joined == 1 && watch.skip == 5);
	cr_expect_eq(p.total_bytes, 15);
	cr_expect_eq(p.n_inputs, 2);
	cr_expect_eq(watch.begin(watch.context, 0), 0);
	cr_expect_eq(watch.end(watch.context, 0), 0); /* this input was skipped */
	cr_expect_eq(watch.begin(watch.context, 1), 0);
	cr_expect_eq(p.input, 1);
	trujaman_stretch s = {
		.input = 1, .bytes = "w", .n_bytes = 1, .lines = 2, .words = 3, .offset = 7
	};
	cr_expect_eq(watch.write(watch.context, &s), 0);
	cr_expect(p.bytes == 13 && p.lines == 2 && p.words == 3);
	told.fails = 7;
	cr_expect_eq(watch.write(watch.context, &s), 7);
	cr_expect_eq(p.lines, 2, "what was not written does not count");
	cr_expect_eq(watch.end(watch.context, 1), 7);
	cr_expect_str_eq(told.text, "b0 e0 b1 w1 w1 e1 ");
	tj_progress_close(&p);
}

/* SIGTSTP stops the process as it would without a handler, and the time does not count. */
Test(progress, the_clock_stands_still_while_stopped)
{
	static const struct timespec a_while = { 0, 200000000 };
	int ends[2], status;
	cr_assert_eq(pipe(ends), 0);
	signal(SIGTSTP, SIG_DFL);
	pid_t child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		struct timespec raw[2];
		uint64_t shown[2];
		setpgid(0, 0);
		tj_clock_open();
		for (int i = 0; i < 2; i++) {
			clock_gettime(CLOCK_MONOTONIC, &raw[i]);
			shown[i] = tj_clock_now();
			if (i == 0)
				raise(SIGTSTP);
		}
		uint64_t passed = (uint64_t)(raw[1].tv_sec - raw[0].tv_sec) * second +
		                  (uint64_t)raw[1].tv_nsec - (uint64_t)raw[0].tv_nsec;
		uint64_t left_out = passed - (shown[1] - shown[0]);
		_exit(write(ends[1], &left_out, sizeof left_out) != sizeof left_out);
	}
	cr_assert_eq(waitpid(child, &status, WUNTRACED), child);
	cr_assert(WIFSTOPPED(status) && WSTOPSIG(status) == SIGTSTP, "status %x", status);
	nanosleep(&a_while, NULL);
	cr_assert_eq(kill(child, SIGCONT), 0);
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", status);
	uint64_t left_out;
	cr_assert_eq(read(ends[0], &left_out, sizeof left_out), sizeof left_out);
	cr_expect(left_out > second / 10 && left_out < 3600 * second, "left out: %f s",
	          (double)left_out / (double)second);
	close(ends[0]);
	close(ends[1]);
}

Test(progress, a_job_that_is_done_tells_its_sums_on_a_terminal)
{
	struct tj_talk talk = { TJ_PROGRESS_AUTO, 0, 0 };
	struct tj_progress p;
	const trujaman_report report = { .invalid = 1, .over_long = 2, .truncated = 30 };
	capture_terminal(300);
	tj_progress_open(&p, &talk, 3000, 1);
	tj_progress_note(&p, 0, 3000, 1, 5);
	tj_progress_done(&p, &report);
	tj_progress_close(&p);
	const char *found = captured(), *wanted = "trujaman: 1 line, 5 words, 3.0 kB in ";
	cr_expect(strncmp(found, wanted, strlen(wanted)) == 0, "found: %s", found);
	cr_expect_not_null(strstr(found, "; 1 line with invalid UTF-8, 2 long sentences cut, "
	                                 "30 translations ended by the length limit\r\n"),
	                   "found: %s", found);
}

/* --- Signals --------------------------------------------------------------------- */

Test(interrupt, the_first_signal_only_asks)
{
	const volatile int *stop = tj_interrupt_catch();
	cr_expect_eq(tj_interrupt_catch(), stop, "a second time it does nothing");
	cr_expect_eq(*stop, 0);
	cr_expect_eq(tj_interrupt_signal(), 0);
	capture();
	raise(SIGXCPU);
	raise(SIGXCPU); /* the system repeats this signal every second */
	expect_captured("");
	cr_expect_eq(*stop, SIGXCPU);
	cr_expect_eq(tj_interrupt_signal(), SIGXCPU);
	cr_expect_str_eq(tj_interrupt_name(SIGXCPU), "SIGXCPU");
	cr_expect_str_eq(tj_interrupt_name(SIGTERM), "SIGTERM");
	cr_expect_str_eq(tj_interrupt_name(SIGSEGV), "a signal");
}

Test(interrupt, on_a_terminal_it_says_what_a_second_one_does)
{
	capture_terminal(200);
	tj_interrupt_catch();
	tj_terminal_show("half way");
	raise(SIGINT);
	expect_captured("\r\033[Khalf way\r\033[Ktrujaman: SIGINT: stopping when what is begun is "
	                "done; once more stops at once\r\n");
}

Test(interrupt, what_is_ignored_stays_ignored)
{
	signal(SIGHUP, SIG_IGN);
	tj_interrupt_catch();
	raise(SIGHUP);
	cr_expect_eq(tj_interrupt_signal(), 0);
	raise(SIGTERM);
	cr_expect_eq(tj_interrupt_signal(), SIGTERM);
}

/* A second signal ends the process, as it would without tj_interrupt_catch. A signal right after
 * the first, as timeout(1) sends it, does not. The child writes a byte for every signal that it
 * survives. */
Test(interrupt, the_second_signal_ends_the_process)
{
	int outlived = 0;
	for (int i = 0; i < 50 && !outlived; i++) {
		int ends[2], status;
		char told;
		cr_assert_eq(pipe(ends), 0);
		pid_t child = fork();
		cr_assert_geq(child, 0);
		if (child == 0) {
			tj_interrupt_catch();
			raise(SIGINT);
			for (;;) {
				raise(SIGTERM);
				if (write(ends[1], "", 1) != 1)
					_exit(1);
			}
		}
		close(ends[1]);
		while (read(ends[0], &told, 1) == 1)
			outlived = 1;
		close(ends[0]);
		cr_assert_eq(waitpid(child, &status, 0), child);
		cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM, "status %x", status);
	}
	cr_expect(outlived, "the same request, twice, has killed");
}
