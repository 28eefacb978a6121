/* SPDX-License-Identifier: MIT */
/* Tests of outputs that are not complete: what of them is kept, whose they are, and the lock. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/delivery/output.h"
#include "src/delivery/partial.h"
#include "tests/delivery_case.h"

TestSuite(delivery_partial, .init = enter_scratch, .fini = leave_scratch);

static const char run[] = "= beam 4\n";

static trujaman_status open_out(struct tj_partial *p, enum tj_start start, enum tj_content content,
                                struct tj_error *err)
{
	*err = (struct tj_error){ 0 };
	return tj_partial_open(p, strdup("out"), run, start, content, err);
}

/* Puts "out.partial" there, and a journal of the run with these notes. */
static void leave(const char *text, const char *notes)
{
	char journal[512];
	snprintf(journal, sizeof journal, "trujaman journal 1\n%s%s", run, notes);
	put_file("out.partial", text);
	put_file("out.journal", journal);
}

Test(delivery_partial, appears_when_it_is_complete)
{
	struct tj_partial p;
	struct tj_error err;
	put_file("out", "old");
	cr_assert_eq(chmod("out", 0640), 0);
	cr_assert_eq(open_out(&p, TJ_START_NEW, TJ_CONTENT_LINES, &err), TRUJAMAN_OK);
	cr_assert_eq(write(p.fd, "new\n", 4), 4);
	cr_expect_str_eq(content("out"), "old");
	cr_expect_eq(tj_partial_commit(&p, TJ_JOURNAL_GOES, 1, NULL, &err), TRUJAMAN_OK);
	cr_expect_str_eq(content("out"), "new\n");
	cr_expect_eq(count_named("out"), 1);
	struct stat st;
	cr_assert_eq(stat("out", &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0640);
}

Test(delivery_partial, what_is_kept)
{
	static const struct {
		enum tj_content content;
		const char *text, *notes;
		uint64_t lines;
		const char *kept;
	} cases[] = {
		{ TJ_CONTENT_LINES, "a\nb\ntorn", "", 2, "a\nb\n" },
		{ TJ_CONTENT_LINES, "torn", "", 0, "" },
		{ TJ_CONTENT_NUMBERED, "1\ta\n1\tb\n2\tc\n2\td\n", "", 1, "1\ta\n1\tb\n" },
		{ TJ_CONTENT_NUMBERED, "1\ta\n1\tb\n", "", 0, "" },
		{ TJ_CONTENT_PACKED, "12345678", "+ member 3 10\n+ member 6 20\n", 20, "123456" },
		{ TJ_CONTENT_PACKED, "12345678", "+ member 3 10\n+ member 9 20\n", 10, "123" },
		{ TJ_CONTENT_PACKED, "12345678", "+ member x y\n", 0, "" },
		{ TJ_CONTENT_PART, "a\nb\nc\n", "+ input 2 4 0\n", 3, "a\nb\nc\n" },
		{ TJ_CONTENT_PART, "a\nb\n", "+ input 2 4 0\n+ input 7 99 0\n+ done\n", 2,
		  "a\nb\n" },
		{ TJ_CONTENT_WHOLE_PART, "<p>a</p>", "+ input 1 8 0\n", 1, "<p>a</p>" },
		{ TJ_CONTENT_WHOLE_PART, "<p>a</", "+ input 1 8 0\n", 0, "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct tj_partial p;
		struct tj_error err;
		leave(cases[i].text, cases[i].notes);
		cr_assert_eq(open_out(&p, TJ_START_RESUME, cases[i].content, &err), TRUJAMAN_OK,
		             "case %zu: %s", i, err.text);
		cr_expect_eq(p.has.lines, cases[i].lines, "case %zu", i);
		cr_expect_str_eq(content("out.partial"), cases[i].kept, "case %zu", i);
		cr_expect_eq(lseek(p.fd, 0, SEEK_CUR), (off_t)strlen(cases[i].kept));
		tj_partial_leave(&p, p.has.lines, 0, NULL);
	}
}

/* In a part, notes that count more than there is go, and what follows them. */
Test(delivery_partial, notes_that_the_lines_do_not_bear_out)
{
	struct tj_partial p;
	struct tj_error err;
	leave("a\nb\nc\n", "+ input 2 4 0\n+ input 2 4 0\n+ done\n");
	cr_assert_eq(open_out(&p, TJ_START_RESUME, TJ_CONTENT_PART, &err), TRUJAMAN_OK);
	cr_expect_eq(p.journal.n_notes, 1);
	cr_expect_eq(p.has.noted_lines, 2);
	cr_expect_eq(p.has.noted_bytes, 4);
	tj_partial_leave(&p, 0, 0, NULL);
}

Test(delivery_partial, another_run_is_not_overwritten_unasked)
{
	struct tj_partial p;
	struct tj_error err;
	leave("a\n", "");
	cr_expect_eq(open_out(&p, TJ_START_NEW, TJ_CONTENT_LINES, &err), TRUJAMAN_ERROR_INPUT);
	cr_expect_not_null(strstr(err.text, "--resume goes on with it"));
	put_file("out.journal", "trujaman journal 1\n= beam 5\n");
	cr_expect_eq(open_out(&p, TJ_START_RESUME, TJ_CONTENT_LINES, &err), TRUJAMAN_ERROR_INPUT);
	cr_expect_not_null(strstr(err.text, "beam was 5, is 4"));
	cr_expect_str_eq(content("out.partial"), "a\n");
	put_file("out.journal", "a stranger's\n");
	cr_expect_eq(open_out(&p, TJ_START_AGAIN, TJ_CONTENT_LINES, &err), TRUJAMAN_ERROR_IO);
	cr_expect_str_eq(content("out.partial"), "a\n");
	cr_expect_str_eq(content("out.journal"), "a stranger's\n");
	cr_assert_eq(unlink("out.journal"), 0);
	cr_expect_eq(open_out(&p, TJ_START_AGAIN, TJ_CONTENT_LINES, &err), TRUJAMAN_OK);
	cr_expect_eq(p.has.lines, 0);
	tj_partial_leave(&p, 0, 0, NULL);
}

Test(delivery_partial, what_is_left_is_told)
{
	struct tj_partial p;
	struct tj_error err;
	struct heard h;
	begin_to_hear(&h);
	cr_assert_eq(open_out(&p, TJ_START_NEW, TJ_CONTENT_LINES, &err), TRUJAMAN_OK);
	tj_partial_leave(&p, 0, 1, &h.listener);
	cr_expect_str_eq(h.text, "");
	cr_expect_eq(count_named("out"), 0); /* nothing is worth keeping */
	cr_assert_eq(open_out(&p, TJ_START_NEW, TJ_CONTENT_LINES, &err), TRUJAMAN_OK);
	cr_assert_eq(write(p.fd, "a\n", 2), 2);
	tj_partial_leave(&p, 1, 1, &h.listener);
	cr_expect_str_eq(h.text, "failure: out.partial has the first 1 line; the same command with "
	                         "--resume goes on from there\n");
	begin_to_hear(&h);
	cr_assert_eq(open_out(&p, TJ_START_RESUME, TJ_CONTENT_LINES, &err), TRUJAMAN_OK);
	tj_partial_leave(&p, 0, 1, &h.listener);
	cr_expect_str_eq(h.text, "failure: out.partial has nothing that a run could go on after; "
	                         "the same command with --resume begins anew\n");
}

/* Starts a process that holds the partial file. Returns its number. */
static pid_t hold(void)
{
	int ready[2];
	char byte;
	cr_assert_eq(pipe(ready), 0);
	pid_t child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		struct tj_partial p;
		struct tj_error err;
		if (open_out(&p, TJ_START_NEW, TJ_CONTENT_LINES, &err) != TRUJAMAN_OK ||
		    write(p.fd, "a\n", 2) != 2 || write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(ready[1]);
	cr_assert_eq(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return child;
}

Test(delivery_partial, one_run_writes_it)
{
	struct tj_partial p;
	struct tj_error err;
	pid_t child = hold();
	cr_expect_neq(open_out(&p, TJ_START_RESUME, TJ_CONTENT_LINES, &err), TRUJAMAN_OK);
	cr_expect_str_eq(err.text, "another run is writing out.partial");
	cr_expect(tj_output_fails_alone(&err));
	kill(child, SIGKILL);
	cr_assert_eq(waitpid(child, NULL, 0), child);
	cr_expect_eq(open_out(&p, TJ_START_RESUME, TJ_CONTENT_LINES, &err), TRUJAMAN_OK, "%s",
	             err.text);
	cr_expect_eq(p.has.lines, 1);
	tj_partial_leave(&p, 1, 0, NULL);
}

Test(delivery_partial, looking_changes_nothing)
{
	struct tj_error err = { 0 };
	uint64_t lines;
	cr_expect_eq(tj_partial_look("out", run, TJ_CONTENT_LINES, &lines, &err), TJ_LEFT_NOTHING);
	put_file("out.partial", "");
	cr_expect_eq(tj_partial_look("out", run, TJ_CONTENT_LINES, &lines, &err), TJ_LEFT_NOTHING);
	put_file("out.partial", "a\ntorn");
	cr_expect_eq(tj_partial_look("out", run, TJ_CONTENT_LINES, &lines, &err), TJ_LEFT_ALONE);
	leave("a\ntorn", "");
	cr_expect_eq(tj_partial_look("out", run, TJ_CONTENT_LINES, &lines, &err), TJ_LEFT_OF_RUN);
	cr_expect_eq(lines, 1);
	cr_expect_eq(tj_partial_look("out", "= beam 5\n", TJ_CONTENT_LINES, &lines, &err),
	             TJ_LEFT_OF_OTHER);
	cr_expect_eq(tj_partial_look("out", NULL, TJ_CONTENT_LINES, &lines, &err),
	             TJ_LEFT_OF_OTHER);
	cr_expect_str_eq(content("out.partial"), "a\ntorn");
	cr_expect_eq(err.status, TRUJAMAN_OK, "%s", err.text);
}

Test(delivery_partial, a_part_says_when_it_is_done)
{
	struct tj_error err = { 0 };
	put_file("out", "a\n");
	cr_expect_eq(tj_partial_is_done("out", run, &err), 0);
	put_file("out.journal", "trujaman journal 1\n= beam 4\n+ input 1 2 0\n");
	cr_expect_eq(tj_partial_is_done("out", run, &err), 0);
	put_file("out.journal", "trujaman journal 1\n= beam 4\n+ input 1 2 0\n+ done\n");
	cr_expect_eq(tj_partial_is_done("out", run, &err), 1);
	cr_expect_eq(err.status, TRUJAMAN_OK);
	cr_expect_eq(tj_partial_is_done("out", "= beam 5\n", &err), -1);
	cr_expect_not_null(strstr(err.text, "beam was 4, is 5"));
}

/* A run that is killed after the renaming leaves its journal; nobody else's is taken for it. */
Test(delivery_partial, journals_beside_complete_outputs)
{
	struct heard h;
	begin_to_hear(&h);
	put_file("out", "a\n");
	put_file("out.journal", "a stranger's\n");
	tj_partial_tidy("out", &h.listener);
	cr_expect(is_there("out.journal"));
	put_file("out.journal", "trujaman journal 1\n= beam 4\n");
	tj_partial_tidy("out", &h.listener);
	cr_expect_not(is_there("out.journal"));
	cr_expect_str_eq(h.text, "");
}

/* --- Outputs without a journal ---------------------------------------------------------- */

Test(delivery_partial, an_output_is_replaced_or_abandoned)
{
	struct tj_output o;
	struct tj_error err = { 0 };
	put_file("out", "old");
	cr_assert_eq(tj_output_open(&o, "out", &err), TRUJAMAN_OK);
	cr_assert_eq(write(o.fd, "new", 3), 3);
	tj_output_abandon(&o);
	cr_expect_str_eq(content("out"), "old");
	cr_assert_eq(tj_output_open(&o, "out", &err), TRUJAMAN_OK);
	cr_assert_eq(write(o.fd, "new", 3), 3);
	cr_expect_eq(tj_output_commit(&o, &err), TRUJAMAN_OK);
	cr_expect_str_eq(content("out"), "new");
	cr_expect_eq(count_named("out"), 1);
}

Test(delivery_partial, names_that_are_refused)
{
	struct tj_output o;
	struct tj_error err = { 0 };
	cr_expect_eq(tj_output_open(&o, "", &err), TRUJAMAN_ERROR_IO);
	tj_error_clear(&err);
	cr_expect_eq(tj_output_open(&o, "none/out", &err), TRUJAMAN_ERROR_IO);
	cr_expect_not_null(strstr(err.text, "No such file"), "%s", err.text);
	cr_expect(tj_output_fails_alone(&err));
	err = (struct tj_error){ 0 };
	tj_fail_errno(&err, ENOSPC, "write", "out");
	cr_expect_not(tj_output_fails_alone(&err));
}

/* A signal that ends the process removes what no run can go on with. */
Test(delivery_partial, a_signal_leaves_nothing)
{
	int status;
	pid_t child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		struct tj_output o;
		struct tj_error err = { 0 };
		if (tj_output_open(&o, "out", &err) == TRUJAMAN_OK && count_named("out.partial-"))
			raise(SIGTERM);
		_exit(1);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	cr_expect_eq(count_named("out"), 0);
}
