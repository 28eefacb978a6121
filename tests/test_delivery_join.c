/* SPDX-License-Identifier: MIT */
/* Tests of merges: the parts of a run become what a run without shards would have written, and
 * nothing else is taken for parts. */
#include <fcntl.h>
#include <unistd.h>

#include "src/delivery/join.h"
#include "src/io/replace.h"
#include "tests/delivery_case.h"

static void begin(void)
{
	enter_scratch();
	put_file("model", "a model");
	put_file("a", "one\ntwo\nthree\nfour\n");
	put_file("b", "five\nsix");
	put_file("c", "");
	put_file("d", "\n\nseven\n");
}

TestSuite(delivery_join, .init = begin, .fini = leave_scratch);

static const char whole[] = "<one>\n<two>\n<three>\n<four>\n<five>\n<six>\n<>\n<>\n<seven>\n";

static void put_part(unsigned i, unsigned n, const char *beam)
{
	must_run(
	    &(struct trial){ .to = { .out = "out", .shard = { i, n }, .start = TJ_START_AGAIN },
	                     .inputs = { "a", "b", "c", "d" },
	                     .beam = beam });
}

static void put_parts(unsigned n)
{
	for (unsigned i = 1; i <= n; i++)
		put_part(i, n, NULL);
}

static trujaman_status join(const struct tj_joining *how, struct tj_error *err)
{
	*err = (struct tj_error){ 0 };
	return tj_join("out", how, err);
}

static const struct tj_joining plainly = { .packing = -1 };

/* Expects that the parts are refused, and untouched, with a message that has `says`. */
static void expect_refused(const char *says)
{
	struct tj_error err;
	int n = count_named("out");
	cr_expect_neq(join(&plainly, &err), TRUJAMAN_OK, "wanted %s", says);
	cr_expect_not_null(strstr(err.text, says), "%s", err.text);
	cr_expect_eq(count_named("out"), n);
}

Test(delivery_join, as_without_shards)
{
	struct tj_error err;
	must_run(&(struct trial){ .to = { .out = "out" }, .inputs = { "a", "b", "c", "d" } });
	cr_assert_str_eq(content("out"), whole);
	for (unsigned n = 1; n <= 12; n++) {
		cr_assert_eq(unlink("out"), 0);
		put_parts(n);
		cr_expect_eq(join(&plainly, &err), TRUJAMAN_OK, "%u: %s", n, err.text);
		cr_expect_str_eq(content("out"), whole, "%u parts: %s", n, content("out"));
		cr_expect_eq(count_named("out"), 1);
	}
}

Test(delivery_join, parts_that_stay)
{
	struct tj_error err;
	put_parts(3);
	cr_expect_eq(join(&(struct tj_joining){ .keep = 1, .packing = -1 }, &err), TRUJAMAN_OK);
	cr_expect_eq(count_named("out"), 7); /* three parts, their journals, and the whole */
	cr_expect_eq(join(&plainly, &err), TRUJAMAN_ERROR_INPUT);
	cr_expect_str_eq(err.text, "out exists; --force replaces it");
	cr_expect_eq(join(&(struct tj_joining){ .force = 1, .packing = -1 }, &err), TRUJAMAN_OK);
	cr_expect_str_eq(content("out"), whole);
	cr_expect_eq(count_named("out"), 1);
}

Test(delivery_join, parts_that_are_missing)
{
	expect_refused("there are no parts out.1-of-N");
	put_parts(3);
	cr_assert_eq(unlink("out.2-of-3"), 0);
	expect_refused("cannot read out.2-of-3: No such file");
	put_part(2, 3, NULL);
	cr_assert_eq(unlink("out.3-of-3.journal"), 0);
	expect_refused("cannot read out.3-of-3.journal: No such file");
	put_part(3, 3, NULL);
	put_file("out.1-of-2", "");
	expect_refused("there are parts of out by ");
}

Test(delivery_join, parts_of_several_runs)
{
	put_part(1, 2, "1");
	put_part(2, 2, "4");
	expect_refused("beam was 4, is 1");
}

Test(delivery_join, a_part_that_is_not_complete)
{
	struct outcome o;
	put_part(1, 2, NULL);
	const struct trial stopped = { .to = { .out = "out", .shard = { 2, 2 } },
		                       .inputs = { "a", "b", "c", "d" },
		                       .stop_after = 1 };
	(void)run_trial(&stopped, &o);
	cr_expect(is_there("out.2-of-2.partial"));
	end_trial(&o);
	expect_refused("cannot read out.2-of-2");
	cr_assert_eq(rename("out.2-of-2.partial", "out.2-of-2"), 0); /* somebody wants it so */
	expect_refused("out.2-of-2 is not complete; run its shard again with --resume");
}

Test(delivery_join, a_part_that_is_not_what_its_journal_says)
{
	put_parts(2);
	put_file("out.1-of-2", "shorter\n");
	expect_refused("out.1-of-2 is not what its journal says");
}

/* The notes of a part are what somebody may have edited: none of them makes a merge read beyond
 * the file or write what is not there. */
Test(delivery_join, journals_that_lie)
{
	static const char *const notes[] = {
		"+ input 1 18446744073709551615 0\n+ input 1 1 0\n+ input 0 0 0\n+ input 0 0 0\n",
		"+ input 1 -1 0\n+ input 1 1 0\n+ input 0 0 0\n+ input 0 0 0\n",
		"+ input 4 0 1\n+ input 0 0 0\n+ input 0 0 0\n",
		"+ input\n+ input\n+ input\n+ input\n",
		"",
		"+ done\n+ done\n",
	};
	char journal[4096], text[4200];
	put_parts(1);
	snprintf(journal, sizeof journal, "%s", content("out.1-of-1.journal"));
	char *first = strstr(journal, "+ input");
	cr_assert_not_null(first);
	*first = '\0';
	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
		snprintf(text, sizeof text, "%s%s+ done\n", journal, notes[i]);
		put_file("out.1-of-1.journal", text);
		expect_refused("out.1-of-1 is not what its journal says");
	}
	put_file("out.1-of-1.journal", "dear diary\n");
	expect_refused("is no journal of this version of trujaman");
	put_file("out.1-of-1.journal", "");
	expect_refused("cannot read out.1-of-1.journal");
}

Test(delivery_join, one_merge_at_a_time)
{
	put_parts(2);
	int fd = open("out.1-of-2", O_RDONLY);
	cr_assert_geq(fd, 0);
	cr_assert_eq(tj_lock(fd, "out.1-of-2"), TJ_LOCKED);
	expect_refused("another run is merging out");
	close(fd);
}

/* The output's own name may have special characters of patterns. */
Test(delivery_join, names_that_look_like_patterns)
{
	struct tj_error err = { 0 };
	must_run(&(struct trial){ .to = { .out = "[o]*?", .shard = { 1, 1 } }, .inputs = { "a" } });
	put_file("o.1-of-7", "");
	cr_expect_eq(tj_join("[o]*?", &plainly, &err), TRUJAMAN_OK, "%s", err.text);
	cr_expect_str_eq(content("[o]*?"), "<one>\n<two>\n<three>\n<four>\n");
	cr_expect(is_there("o.1-of-7"));
}
