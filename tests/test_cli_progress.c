/* SPDX-License-Identifier: MIT */
/* What a person sees while a job runs: figures, the status line, signals. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* pseudo-terminals */
#endif
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "src/cli/show/interrupt.h"
#include "src/cli/show/progress.h"
#include "src/cli/show/terminal.h"
#include "tests/model_files.h"

TestSuite(figures, .timeout = 60);
TestSuite(progress, .init = make_scratch, .fini = remove_scratch, .timeout = 60);

/* Whoever started the tests may have had some ignored. */
static void default_signals(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGXCPU, SIG_DFL);
}

TestSuite(interrupt, .init = default_signals, .timeout = 60);

/* --- Figures ------------------------------------------------------------------ */

Test(figures, times)
{
	static const struct {
		double seconds;
		const char *text;
	} cases[] = {
		{ 0, "0 s" },        { -5, "0 s" },         { 0.4, "0 s" },
		{ 1.5, "2 s" },      { 99.4, "99 s" },      { 99.5, "2 min" },
		{ 600, "10 min" },   { 5969, "99 min" },    { 5970, "1.7 h" },
		{ 36000, "10.0 h" }, { 3.6e6, "1000.0 h" }, { 1e300, "100000000000000000.0 h" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct tj_figures f = { .n = 0 };
		tj_put_time(&f, cases[i].seconds);
		cr_expect_str_eq(f.text, cases[i].text, "%g: %s", cases[i].seconds, f.text);
	}
}

Test(figures, bytes)
{
	static const struct {
		uint64_t n, total;
		const char *text;
	} cases[] = {
		{ 0, 0, "0 bytes" },
		{ 999, 0, "999 bytes" },
		{ 1000, 0, "1.0 kB" },
		{ 0, 7, "0 of 7 bytes" },
		{ 5, 1000, "0.0 of 1.0 kB" },
		{ 1999999, 2000000, "1.9 of 2.0 MB" },
		{ 2000000, 2000000, "2.0 of 2.0 MB" },
		{ 12345678901, 0, "12.3 GB" },
		{ 1, UINT64_C(5000000000000), "0.0 of 5.0 TB" },
		{ UINT64_MAX, 0, "18446.7 PB" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct tj_figures f = { .n = 0 };
		tj_put_bytes(&f, cases[i].n, cases[i].total);
		cr_expect_str_eq(f.text, cases[i].text, "found %s", f.text);
	}
}

Test(figures, speeds)
{
	struct tj_figures f = { .n = 0 };
	tj_put_speed(&f, 1000, 3, " lines/s");
	tj_put_speed(&f, 0, 3, " words/s");
	tj_put_time_left(&f, 61);
	cr_expect_str_eq(f.text, ", 333 lines/s, 0 words/s, 61 s left");
}

Test(figures, a_line_takes_no_more_than_it_holds)
{
	struct tj_figures f = { .n = 0 };
	for (int i = 0; i < 100; i++)
		tj_put_number(&f, UINT64_MAX);
	cr_expect_eq(f.n, sizeof f.text - 1);
	cr_expect_eq(strlen(f.text), sizeof f.text - 1);
}

Test(figures, cut_to_width)
{
	static const struct {
		const char *line;
		size_t columns, n;
	} cases[] = {
		{ "one, two, three", 15, 15 },
		{ "one, two, three", 100, 15 },
		{ "one, two, three", 14, 8 },
		{ "one, two, three", 8, 8 },
		{ "one, two, three", 7, 3 },
		{ "one, two, three", 3, 3 },
		{ "one, two, three", 2, 2 },
		{ "one, two", 0, 0 },
		{ "ab\xc3\xa9\xe2\x80\xa6z", 5, 8 },
		{ "ab\xc3\xa9\xe2\x80\xa6z", 4, 7 },
		{ "ab\xc3\xa9\xe2\x80\xa6z", 3, 4 },
		{ "", 0, 0 },
		{ "", 9, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t n = tj_cut_to_columns(cases[i].line, cases[i].columns);
		cr_expect_eq(n, cases[i].n, "%s to %zu: %zu bytes", cases[i].line, cases[i].columns,
		             n);
	}
}

/* --- The line ------------------------------------------------------------------ */

static const uint64_t second = 1000000000;

/* Two seconds ago: 1000 bytes, 10 lines, 100 words; now 3000, 50 and 500. */
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
	p.bytes = 1000; /* nothing new: no end in sight */
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

/* All that was printed since, and stderr is what it was. */
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

/* Open, as if that had been minutes ago; then a third of 3 kB is done. */
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
	p.is_marked = 0; /* no speeds, which depend on this machine's */
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

/* A mark is taken when the one before it is 15 seconds old, and lasts as long. */
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

/* What a sink is told, as letters. */
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
	cr_expect_eq(watch.end(watch.context, 0), 0); /* passed over */
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

/* --- Signals --------------------------------------------------------------------- */

Test(interrupt, the_first_signal_only_asks)
{
	const volatile int *stop = tj_interrupt_catch();
	cr_expect_eq(tj_interrupt_catch(), stop, "a second time it does nothing");
	cr_expect_eq(*stop, 0);
	cr_expect_eq(tj_interrupt_signal(), 0);
	capture();
	raise(SIGXCPU);
	raise(SIGXCPU); /* the system repeats that one every second */
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

/* A second signal kills, as its handler would have without us; one right after the first,
 * as timeout(1) sends it, does not. The children tell of every signal they outlive. */
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
