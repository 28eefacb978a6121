/* SPDX-License-Identifier: MIT */
/* Tests of journals: what they hold, whose they are, and files of strangers in their places. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/delivery/journal.h"
#include "src/delivery/output.h"
#include "tests/delivery_case.h"

TestSuite(delivery_journal, .init = enter_scratch, .fini = leave_scratch);

static const char run[] = "= model 3 bytes, 12\n= beam 4\n";
static const char journal[] = "trujaman journal 1\n= model 3 bytes, 12\n= beam 4\n+ one\n+ two\n";

/* Reads the journal "j" of this identity. Returns the status; *n is the number of notes. */
static trujaman_status read_notes(const char *identity, size_t *n, struct tj_error *err)
{
	struct tj_journal j;
	*err = (struct tj_error){ 0 };
	cr_assert_eq(tj_journal_name(&j, "j", err), TRUJAMAN_OK);
	trujaman_status status = tj_journal_read(&j, identity, err);
	*n = j.n_notes;
	tj_journal_close(&j);
	return status;
}

Test(delivery_journal, what_is_noted_is_read_back)
{
	struct tj_journal j;
	struct tj_error err = { 0 };
	size_t n;
	tj_journal_name(&j, "j", &err);
	cr_assert_eq(tj_journal_begin(&j, run, &err), TRUJAMAN_OK, "%s", err.text);
	cr_expect_eq(tj_journal_note(&j, &err, "%s", "one"), TRUJAMAN_OK);
	char *note = tj_journal_escaped_note("two", "a\nb\\c\x7f", &err);
	cr_assert_not_null(note);
	cr_expect_str_eq(note, "two a\\x0ab\\x5cc\\x7f");
	cr_expect_eq(tj_journal_note(&j, &err, "%s", note), TRUJAMAN_OK);
	free(note);
	cr_expect_eq(tj_journal_sync(&j, &err), TRUJAMAN_OK);
	tj_journal_close(&j);
	cr_expect_str_eq(content("j"), "trujaman journal 1\n= model 3 bytes, 12\n= beam 4\n"
	                               "+ one\n+ two a\\x0ab\\x5cc\\x7f\n");
	cr_expect(tj_journal_is("j"));
	cr_expect(tj_journal_is_of_run("j", "= model 3 bytes, 12\n"));
	cr_expect_not(tj_journal_is_of_run("j", "= beam 4\n"));
	cr_expect_eq(read_notes(run, &n, &err), TRUJAMAN_OK);
	cr_expect_eq(n, 2);
}

/* A new beginning keeps the notes that were read, and is there as a whole or not at all. */
Test(delivery_journal, a_run_that_goes_on_keeps_the_notes)
{
	struct tj_journal j;
	struct tj_error err = { 0 };
	put_file("j", journal);
	put_file("j.new", "trujaman jour"); /* of a run that was killed */
	tj_journal_name(&j, "j", &err);
	cr_assert_eq(tj_journal_read(&j, run, &err), TRUJAMAN_OK);
	tj_journal_cut(&j, 1);
	cr_expect_eq(tj_journal_take(&j, "three", &err), TRUJAMAN_OK);
	cr_expect_str_eq(content("j"), journal);
	cr_assert_eq(tj_journal_begin(&j, run, &err), TRUJAMAN_OK, "%s", err.text);
	cr_expect_str_eq(content("j"), "trujaman journal 1\n= model 3 bytes, 12\n= beam 4\n"
	                               "+ one\n+ three\n");
	cr_expect_not(is_there("j.new"));
	cr_expect_eq(tj_journal_remove(&j, &err), TRUJAMAN_OK);
	cr_expect_not(is_there("j"));
}

Test(delivery_journal, another_run_differs_and_how)
{
	static const struct {
		const char *identity, *says;
	} others[] = {
		{ "= model 3 bytes, 12\n= beam 5\n", "beam was 4, is 5; --force begins anew" },
		{ "= model 3 bytes, 12\n= bea 4\n",
		  "j was made by another version of trujaman, which has other options" },
		{ "= model 3 bytes, 12\n= model 4 bytes, 1\n= beam 4\n",
		  "it has \"beam 4\" where this run has \"model 4 bytes, 1\"" },
		{ "= model 3 bytes, 12\n",
		  "it has \"beam 4\" where this run has \"nothing more\"" },
		{ "= model 3 bytes, 12\n= beam 4\n= more 1\n",
		  "it has \"nothing more\" where this run has \"more 1\"" },
	};
	struct tj_error err;
	size_t n;
	put_file("j", journal);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		cr_expect_eq(read_notes(others[i].identity, &n, &err), TRUJAMAN_ERROR_INPUT);
		cr_expect_not_null(strstr(err.text, others[i].says), "%s", err.text);
		cr_expect_eq(n, 0);
	}
}

/* Every beginning of a journal, as a kill may leave it, is read or refused, and none gives a note
 * that was not written. */
Test(delivery_journal, a_torn_end)
{
	const size_t n_beginning = strlen("trujaman journal 1\n") + strlen(run);
	for (size_t cut = 0; cut <= strlen(journal); cut++) {
		struct tj_error err;
		size_t n;
		put_bytes("j", journal, cut);
		trujaman_status status = read_notes(run, &n, &err);
		cr_expect_eq(status == TRUJAMAN_OK, cut >= n_beginning, "cut %zu: %s", cut,
		             err.text);
		cr_expect_eq(n, (cut >= n_beginning + 6) + (cut >= n_beginning + 12), "cut %zu",
		             cut);
	}
}

/* Whatever one byte becomes, a journal is read or refused. */
Test(delivery_journal, damaged_bytes)
{
	char text[sizeof journal];
	static const char bytes[] = { '\0', '\n', '=', '+', ' ', '\xff' };
	for (size_t i = 0; i + 1 < sizeof journal; i++)
		for (size_t k = 0; k < sizeof bytes; k++) {
			struct tj_error err;
			size_t n;
			memcpy(text, journal, sizeof journal);
			text[i] = bytes[k];
			put_bytes("j", text, sizeof journal - 1);
			trujaman_status status = read_notes(run, &n, &err);
			cr_expect(n <= 3 && (status == TRUJAMAN_OK || err.text[0] != '\0'));
		}
}

/* Nothing of somebody else's is replaced or removed: neither in the place of the journal nor where
 * a new one is written. The run may go on without this output. */
Test(delivery_journal, files_of_strangers)
{
	static const char *const texts[] = { "dear diary\n", "trujaman journal 2\n",
		                             "trujaman journal 11\n", "trujaman journey" };
	static const char *const places[] = { "j", "j.new" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		for (size_t k = 0; k < 2; k++) {
			struct tj_journal j;
			struct tj_error err = { 0 };
			put_file(places[k], texts[i]);
			tj_journal_name(&j, "j", &err);
			cr_expect_neq(tj_journal_begin(&j, run, &err), TRUJAMAN_OK);
			cr_expect(tj_output_fails_alone(&err));
			cr_expect_not_null(strstr(err.text, "is no journal of trujaman"));
			tj_error_clear(&err);
			cr_expect_eq(tj_journal_remove(&j, &err), TRUJAMAN_OK);
			cr_expect_str_eq(content(places[k]), texts[i]);
			cr_expect_not(is_there(places[1 - k]));
			cr_assert_eq(unlink(places[k]), 0);
		}
}

Test(delivery_journal, what_is_no_file)
{
	struct tj_error err = { 0 };
	size_t n;
	cr_assert_eq(mkdir("j", 0777), 0);
	cr_expect_neq(tj_journal_check_place("j", &err), TRUJAMAN_OK);
	cr_expect(tj_output_fails_alone(&err));
	cr_expect_not(tj_journal_is("j"));
	cr_expect_eq(read_notes(run, &n, &err), TRUJAMAN_ERROR_IO);
	cr_expect_eq(err.code, EISDIR);
	cr_assert_eq(rmdir("j"), 0);
	cr_assert_eq(mkfifo("j", 0666), 0); /* nobody waits for a writer */
	cr_expect_not(tj_journal_is("j"));
	tj_error_clear(&err);
	cr_expect_neq(tj_journal_check_place("j", &err), TRUJAMAN_OK);
}

/* A link in the place of the new journal is not followed, and one in the place of the journal is
 * replaced. */
Test(delivery_journal, links)
{
	struct tj_journal j;
	struct tj_error err = { 0 };
	put_file("precious", "mine");
	cr_assert_eq(symlink("precious", "j.new"), 0);
	tj_journal_name(&j, "j", &err);
	cr_expect_eq(tj_journal_begin(&j, run, &err), TRUJAMAN_OK, "%s", err.text);
	cr_expect_eq(tj_journal_remove(&j, &err), TRUJAMAN_OK);
	cr_expect_str_eq(content("precious"), "mine");
	cr_expect_not(is_there("j"));
}

/* It had no newline when the run was killed, and is still known as the run's own. */
Test(delivery_journal, the_beginning_of_a_journal_is_replaced)
{
	struct tj_journal j;
	struct tj_error err = { 0 };
	put_file("j", "truja");
	cr_expect_not(tj_journal_is("j"));
	tj_journal_name(&j, "j", &err);
	cr_expect_eq(tj_journal_begin(&j, run, &err), TRUJAMAN_OK, "%s", err.text);
	tj_journal_close(&j);
	cr_expect(tj_journal_is("j"));
}
