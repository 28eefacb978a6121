/* SPDX-License-Identifier: MIT */
/* The file that lists the texts of a training, and the text that several files make. */
#include "src/train/data/corpora.h"
#include "src/train/data/pair_text.h"
#include "tests/model_files.h"

TestSuite(corpora, .init = make_scratch, .fini = remove_scratch);

static void expect_path(const char *path, const char *wanted)
{
	cr_expect_str_eq(path, wanted);
}

Test(corpora, rows_have_weights_and_tags)
{
	struct tj_corpora c;
	struct tj_error err = { 0 };
	trujaman_train_options o = { .source = "s", .target = "t" };
	o.corpora = WRITE("list", "\xEF\xBB\xBF# our texts\n"
	                          "\n"
	                          "train\ta,b.en\t/x/a,b es\r\n"
	                          "dev\tnews.en\tnews.es\n"
	                          "train\tw\tv\ttag=<web> x\tweight=0.25\n"
	                          "train\tw\tv\tweight=1000\talignment=a,b links");
	o.guided_alignment = "links";
	cr_assert_eq(tj_corpora_open(&c, &o, &err), TRUJAMAN_OK, "%s", err.text);
	cr_assert(c.n_train == 4 && c.n_dev == 1);
	expect_path(c.train[0].source, "s");
	expect_path(c.train[0].target, "t");
	expect_path(c.train[1].source, in_scratch("a,b.en"));
	expect_path(c.train[1].target, "/x/a,b es");
	expect_path(c.train[2].source, in_scratch("w"));
	cr_expect_eq(c.train[0].weight, 1);
	cr_expect_null(c.train[1].tag);
	cr_expect_eq(c.train[2].weight, 0.25);
	cr_expect_str_eq(c.train[2].tag, "<web> x");
	cr_expect_eq(c.train[3].weight, 1000);
	expect_path(c.train[0].alignment, "links");
	cr_expect_null(c.train[1].alignment);
	expect_path(c.train[3].alignment, in_scratch("a,b links"));
	cr_expect(tj_corpora_are_aligned(&c));
	expect_path(c.dev[0].target, in_scratch("news.es"));
	tj_corpora_close(&c);
}

Test(corpora, what_is_wrong_in_a_row_is_told_with_its_line)
{
	static const struct {
		const char *row, *part;
	} bad[] = {
		{ "train a b", "begins with 'train' or 'dev'" },
		{ "tests\ta\tb", "begins with 'train' or 'dev'" },
		{ "train\ta", "no two files" },
		{ "train\t\tb", "no two files" },
		{ "train\ta\t-", "'-'" },
		{ "train\ta\tb\t0.3", "weight=X" },
		{ "train\ta\tb\tweight=0", "0.001 to 1000" },
		{ "train\ta\tb\tweight=1001", "0.001 to 1000" },
		{ "train\ta\tb\tweight=nan", "0.001 to 1000" },
		{ "train\ta\tb\tweight=1,5", "0.001 to 1000" },
		{ "train\ta\tb\ttag=", "the tag" },
		{ "train\ta\tb\ttag= ", "the tag" },
		{ "train\ta\tb\ttag=caf\xe9", "the tag" },
		{ "train\ta\tb\t", "weight=X" },
		{ "train\ta\tb\tweight=1\tweight=1", "a second weight" },
		{ "train\ta\tb\ttag=x\tweight=2\ttag=x", "a second tag" },
		{ "train\ta\tb\talignment=", "must be a file" },
		{ "train\ta\tb\talignment=-", "must be a file" },
		{ "train\ta\tb\talignment=x\talignment=x", "a second alignment" },
		{ "dev\ta\tb\tweight=2", "a dev set has no weight" },
		{ "dev\ta\tb\talignment=x", "a dev set has no weight" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		char text[300];
		struct tj_corpora c;
		struct tj_error err = { 0 };
		int n = snprintf(text, sizeof text, "# a comment\n%s\n", bad[i].row);
		const char *path = write_bytes("list", text, (size_t)n);
		trujaman_train_options o = { .corpora = path };
		cr_assert_neq(tj_corpora_open(&c, &o, &err), TRUJAMAN_OK, "%s", bad[i].row);
		expect_fault(&err, TRUJAMAN_ERROR_INPUT, path,
		             (const char *const[]){ ":2: ", bad[i].part, NULL });
		tj_corpora_close(&c);
	}
}

Test(corpora, a_list_with_a_nul_or_that_is_no_file_is_refused)
{
	struct tj_corpora c;
	struct tj_error err = { 0 };
	trujaman_train_options o = { .corpora = WRITE("list", "# a\ntrain\ta\0b\tc\n") };
	cr_assert_eq(tj_corpora_open(&c, &o, &err), TRUJAMAN_ERROR_INPUT);
	cr_expect_not_null(strstr(err.text, "NUL"), "%s", err.text);
	tj_corpora_close(&c);
	tj_error_clear(&err);
	o.corpora = scratch;
	cr_assert_eq(tj_corpora_open(&c, &o, &err), TRUJAMAN_ERROR_INPUT);
	tj_corpora_close(&c);
	tj_error_clear(&err);
	o.corpora = in_scratch("none");
	cr_assert_eq(tj_corpora_open(&c, &o, &err), TRUJAMAN_ERROR_IO);
	tj_corpora_close(&c);
}

Test(corpora, too_many_dev_sets)
{
	char text[17 * 8 + 1] = "";
	struct tj_corpora c;
	struct tj_error err = { 0 };
	for (size_t i = 0; i < 17; i++)
		memcpy(text + 8 * i, "dev\ta\tb\n", 8);
	trujaman_train_options o = { .corpora = write_bytes("list", text, 16 * 8) };
	cr_assert_eq(tj_corpora_open(&c, &o, &err), TRUJAMAN_OK);
	tj_corpora_close(&c);
	o.corpora = write_bytes("list", text, 17 * 8);
	cr_assert_eq(tj_corpora_open(&c, &o, &err), TRUJAMAN_ERROR_INPUT);
	cr_expect_not_null(strstr(err.text, ":17: "), "%s", err.text);
	tj_corpora_close(&c);
}

/* --- One text of several files ------------------------------------------------------- */

static struct tj_corpus_files name_files(const char *source, const char *target, char *tag)
{
	struct tj_corpus_files f = {
		.source = strdup(source), .target = strdup(target), .tag = tag, .weight = 1
	};
	cr_assert(f.source != NULL && f.target != NULL);
	return f;
}

Test(corpora, files_are_one_text_in_order)
{
	char tag[] = "<w>";
	struct tj_error err = { 0 };
	struct tj_corpus_files files[3] = {
		name_files(WRITE("a", "1\n2"), WRITE("b", "eins\nzwei\n"), NULL),
		name_files(WRITE("c", ""), WRITE("d", ""), NULL),
		name_files(WRITE("e", "3\n"),
		           WRITE("f", "\xEF\xBB\xBF"
		                      "drei"),
		           tag),
	};
	struct tj_pair_text *t = tj_pair_texts_open(files, 3, 0, &err);
	cr_assert_not_null(t, "%s", err.text);
	cr_assert_eq(tj_pair_text_lines(t), 3);
	size_t n;
	const char *line = tj_pair_text_line(t, 1, 2, &n);
	cr_expect(n == 4 && memcmp(line, "drei", 4) == 0);
	line = tj_pair_text_line(t, 0, 1, &n);
	cr_expect(n == 1 && *line == '2');
	cr_expect(tj_pair_text_end(t, 0) == 2 && tj_pair_text_end(t, 1) == 2 &&
	          tj_pair_text_end(t, 2) == 3);
	cr_expect(tj_pair_text_file_of(t, 1) == 0 && tj_pair_text_file_of(t, 2) == 2);
	cr_expect_null(tj_pair_text_tag(t, 1));
	cr_expect_str_eq(tj_pair_text_tag(t, 2), "<w>");
	tj_pair_text_close(t);
	for (size_t i = 0; i < 3; i++) {
		free(files[i].source);
		free(files[i].target);
	}
}

Test(corpora, the_files_of_unequal_length_are_named)
{
	struct tj_error err = { 0 };
	struct tj_corpus_files files[2] = {
		name_files(WRITE("a", "1\n2\n"), WRITE("b", "1\n2\n"), NULL),
		name_files(WRITE("c", "3\n4\n5\n"), WRITE("d", "3\n"), NULL),
	};
	cr_assert_null(tj_pair_texts_open(files, 2, 0, &err));
	expect_fault(&err, TRUJAMAN_ERROR_INPUT, files[1].source,
	             (const char *const[]){ files[1].target, "3 lines", "has 1;", NULL });
	for (size_t i = 0; i < 2; i++) {
		free(files[i].source);
		free(files[i].target);
	}
}
