/* SPDX-License-Identifier: MIT */
/* Tests of runs: an output for all inputs or one for each, what a later run finds done, and what is
 * refused before anything is written. */
#include <sys/stat.h>
#include <unistd.h>

#include "src/delivery/clash.h"
#include "src/delivery/formats.h"
#include "src/delivery/others.h"
#include "tests/delivery_case.h"

static void begin(void)
{
	enter_scratch();
	put_file("model", "a model");
	put_file("a", "one\ntwo\nthree\n");
	put_file("b", "four\nfive");
	cr_assert_eq(mkdir("in", 0777), 0);
	cr_assert_eq(mkdir("in/under", 0777), 0);
	put_file("in/x", "six\n");
	put_file("in/under/y", "seven\neight\n");
}

TestSuite(delivery_folder, .init = begin, .fini = leave_scratch);

static const struct trial joined = { .to = { .out = "out" }, .inputs = { "a", "b" } };
static const struct trial mirrored = { .to = { .folder = "es" }, .inputs = { "a", "in" } };

static struct trial with(struct trial x, enum tj_start start, size_t stop_after)
{
	x.to.start = start;
	x.stop_after = stop_after;
	return x;
}

Test(delivery_folder, a_run_goes_on_where_it_was_stopped)
{
	for (size_t stop = 1; stop <= 4; stop++) {
		struct outcome o;
		const struct trial first = with(joined, TJ_START_NEW, stop),
				   second = with(joined, TJ_START_RESUME, 0);
		(void)run_trial(&first, &o);
		cr_expect_not(is_there("out"));
		cr_expect_not_null(strstr(o.heard.text, "--resume goes on from there"), "%s",
		                   o.heard.text);
		end_trial(&o);
		cr_expect_eq(run_trial(&second, &o), TRUJAMAN_OK, "%s", o.err.text);
		cr_expect_eq(o.skipped, stop);
		cr_expect_str_eq(o.heard.text, "");
		end_trial(&o);
		cr_expect_str_eq(content("out"), "<one>\n<two>\n<three>\n<four>\n<five>");
		cr_assert_eq(unlink("out"), 0);
	}
}

Test(delivery_folder, another_beam_does_not_go_on)
{
	struct outcome o;
	struct trial x = with(joined, TJ_START_NEW, 2);
	(void)run_trial(&x, &o);
	end_trial(&o);
	x = with(joined, TJ_START_RESUME, 0);
	x.beam = "4";
	cr_expect_eq(run_trial(&x, &o), TRUJAMAN_ERROR_INPUT);
	cr_expect_not_null(strstr(o.err.text, "beam was 1, is 4"), "%s", o.err.text);
	end_trial(&o);
	put_file("a", "one\ntwo\nchanged\n");
	x.beam = NULL;
	cr_expect_eq(run_trial(&x, &o), TRUJAMAN_ERROR_INPUT);
	cr_expect_not_null(strstr(o.err.text, "input was"), "%s", o.err.text);
	end_trial(&o);
}

Test(delivery_folder, what_is_complete_is_told)
{
	struct outcome o;
	must_run(&joined);
	const struct trial again = with(joined, TJ_START_RESUME, 0);
	cr_expect_eq(run_trial(&again, &o), TRUJAMAN_OK);
	cr_expect(o.done);
	cr_expect_eq(strncmp(o.heard.text, "remark: nothing to resume: /", 28), 0, "%s",
	             o.heard.text);
	cr_expect_not_null(strstr(o.heard.text, "/out is complete; --force translates anew\n"));
	end_trial(&o);
}

Test(delivery_folder, a_folder_is_mirrored)
{
	struct outcome o;
	must_run(&mirrored);
	cr_expect_str_eq(content("es/a"), "<one>\n<two>\n<three>\n");
	cr_expect_str_eq(content("es/x"), "<six>\n");
	cr_expect_str_eq(content("es/under/y"), "<seven>\n<eight>\n");
	cr_expect_eq(run_trial(&mirrored, &o), TRUJAMAN_ERROR_INPUT);
	cr_expect_not_null(strstr(o.err.text, "es/a exists; --force replaces it"));
	end_trial(&o);
	const struct trial again = with(mirrored, TJ_START_RESUME, 0);
	cr_expect_eq(run_trial(&again, &o), TRUJAMAN_OK);
	cr_expect(o.done);
	cr_expect_not_null(strstr(o.heard.text, "3 outputs in es are complete"));
	end_trial(&o);
}

/* One output that cannot be written fails alone, and is told at once; it is counted. */
Test(delivery_folder, one_of_several_fails)
{
	struct outcome o;
	cr_assert_eq(mkdir("es", 0777), 0);
	put_file("es/a.journal", "dear diary\n");
	put_file("es/under", "in the way\n");
	cr_expect_eq(run_trial(&mirrored, &o), TRUJAMAN_OK, "%s", o.err.text);
	cr_expect_eq(o.failures.n, 2);
	cr_expect_eq(o.failures.n_untold, 0);
	cr_expect_not_null(strstr(o.heard.text, "failure: es/a.journal exists and is no journal"));
	cr_expect_not_null(
	    strstr(o.heard.text, "failure: cannot create es/under/y.partial: Not a directory"));
	end_trial(&o);
	cr_expect_str_eq(content("es/x"), "<six>\n");
	cr_expect_str_eq(content("es/a.journal"), "dear diary\n");
	cr_expect_str_eq(content("es/under"), "in the way\n");
	cr_expect_not(is_there("es/a"));
	cr_expect(is_there("es/.trujaman-journal")); /* a run may go on */
}

Test(delivery_folder, inputs_that_cannot_be_read)
{
	struct outcome o;
	struct trial x = mirrored;
	x.inputs[2] = "none";
	cr_expect_eq(run_trial(&x, &o), TRUJAMAN_OK, "%s", o.err.text);
	cr_expect_eq(o.failures.n, 1);
	cr_expect_str_eq(o.failures.texts[0], "cannot read none: No such file or directory");
	end_trial(&o);
	x = joined;
	x.inputs[1] = "none";
	cr_expect_eq(run_trial(&x, &o), TRUJAMAN_ERROR_IO);
	cr_expect_str_eq(o.err.text, "cannot read none: No such file or directory");
	end_trial(&o);
	x.inputs[1] = "in";
	cr_expect_eq(run_trial(&x, &o), TRUJAMAN_ERROR_INPUT);
	cr_expect_not_null(strstr(o.err.text, "it is a directory"));
	end_trial(&o);
}

/* What the program has made is no input, nor is a folder behind a second link. */
Test(delivery_folder, what_is_left_out)
{
	struct tj_inputs inputs;
	struct tj_failures failures = { 0 };
	struct tj_error err = { 0 };
	put_file("in/x.partial", "");
	put_file("in/z.journal", "trujaman journal 1\n");
	put_file("in/diary.journal", "dear diary\n");
	put_file("in/.hidden", "");
	cr_assert_eq(symlink(".", "in/loop"), 0);
	cr_expect_eq(tj_inputs_find(&inputs, 1, (const char *const[]){ "in" }, "es", ".es",
	                            TJ_PACK_GZIP, &failures, &err),
	             TRUJAMAN_OK, "%s", err.text);
	cr_expect_eq(inputs.n_own, 2);
	cr_assert_eq(inputs.n, 3);
	cr_expect_str_eq(inputs.names[0], "diary.journal.es.gz");
	cr_expect_str_eq(inputs.names[1], "under/y.es.gz");
	cr_expect_str_eq(inputs.names[2], "x.es.gz");
	tj_inputs_close(&inputs);
	tj_failures_free(&failures);
}

Test(delivery_folder, two_inputs_of_one_output)
{
	struct outcome o;
	struct trial x = mirrored;
	x.inputs[2] = "in/x";
	cr_expect_eq(run_trial(&x, &o), TRUJAMAN_ERROR_USAGE);
	cr_expect_str_eq(o.err.text, "in/x and in/x would both be written to x");
	cr_expect_not(is_there("es"));
	end_trial(&o);
	x = mirrored;
	x.to.folder = "none/../es";
	cr_expect_eq(run_trial(&x, &o), TRUJAMAN_ERROR_USAGE);
	cr_expect_not_null(strstr(o.err.text, "the folder none does not exist"));
	end_trial(&o);
}

/* --- Clashes ---------------------------------------------------------------------------- */

static trujaman_status clash(const char *out, const char *extra, struct tj_error *err)
{
	const struct tj_destination to = { .out = out };
	struct tj_inputs inputs;
	struct tj_failures failures = { 0 };
	*err = (struct tj_error){ 0 };
	cr_assert_eq(tj_inputs_find(&inputs, 2, joined.inputs, NULL, "", TJ_PACK_NONE, &failures,
	                            err),
	             TRUJAMAN_OK);
	trujaman_status status = tj_clash_check(&to, &inputs, "model", "--stats", extra, err);
	tj_inputs_close(&inputs);
	return status;
}

Test(delivery_folder, outputs_that_are_inputs)
{
	static const struct {
		const char *out, *extra, *says;
	} cases[] = {
		{ "in/../a", NULL, "a is both input and output" },
		{ "link", NULL, "b is both input and output" },
		{ "./model", NULL, "the output is the model model" },
		{ "out", "a", "--stats a is an input" },
		{ "out", "model", "--stats model is the model" },
		{ "out", "./out", "--stats ./out is an output too" },
		{ "out", "out.journal", "--stats out.journal is an output too" },
		{ "in", NULL, "in exists and is no regular file" },
	};
	struct tj_error err;
	cr_assert_eq(symlink("b", "link"), 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		trujaman_status status = clash(cases[i].out, cases[i].extra, &err);
		if (i + 1 == sizeof cases / sizeof *cases && status == TRUJAMAN_OK)
			continue;
		cr_expect_eq(status, TRUJAMAN_ERROR_USAGE, "%s: %s", cases[i].out, err.text);
		cr_expect_not_null(strstr(err.text, cases[i].says), "%s", err.text);
	}
	cr_expect_eq(clash("out", "stats", &err), TRUJAMAN_OK, "%s", err.text);
	cr_expect_eq(clash("b.es", NULL, &err), TRUJAMAN_OK, "%s", err.text);
}

/* --- Other files ------------------------------------------------------------------------ */

Test(delivery_folder, others_are_listed_or_copied)
{
	struct tj_inputs inputs;
	struct tj_failures failures = { 0 };
	struct tj_error err = { 0 };
	struct heard h;
	begin_to_hear(&h);
	struct tj_destination to = { .folder = "es", .listener = &h.listener };
	put_bytes("in/under/picture.png", "\x89PNG\0x", 6);
	cr_assert_eq(tj_inputs_find(&inputs, 1, (const char *const[]){ "in" }, "es", "",
	                            TJ_PACK_NONE, &failures, &err),
	             TRUJAMAN_OK);
	cr_assert_eq(tj_inputs_take_formats(&inputs, NULL, &err), TRUJAMAN_OK);
	cr_expect_eq(inputs.n, 2);
	cr_expect_eq(inputs.n_others, 1);
	tj_others_tell(&to, &inputs);
	cr_expect_str_eq(h.text, "warning: left out 1 file of other kinds (--copy-others copies "
	                         "it): under/picture.png\n");
	to.copies_others = 1;
	cr_expect_eq(tj_others_check(&to, &inputs, &err), TRUJAMAN_OK);
	cr_expect_eq(tj_others_copy(&to, &inputs, &failures, &err), TRUJAMAN_OK);
	cr_expect_eq(failures.n, 0);
	cr_expect_eq(access("es/under/picture.png", F_OK), 0);
	cr_expect_eq(tj_others_check(&to, &inputs, &err), TRUJAMAN_ERROR_INPUT);
	cr_expect_not_null(strstr(err.text, "es/under/picture.png exists"));
	tj_inputs_close(&inputs);
	tj_failures_free(&failures);
}
