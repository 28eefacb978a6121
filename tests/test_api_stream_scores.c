/* SPDX-License-Identifier: MIT */
/* Tests of the public API: pairs of inputs are scored through descriptors. The expected output is
 * built from what trujaman_score returns for single texts. */
#include "tests/stream_case.h"

TestSuite(stream, .init = start, .fini = remove_scratch, .timeout = 300);

static trujaman_status score(trujaman *t, trujaman_input source, trujaman_input target,
                             struct bytes *out, trujaman_report *report)
{
	int fd = open(in_scratch("out"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	cr_assert_geq(fd, 0);
	trujaman_status status = trujaman_score_stream(t, &source, &target, fd, "scores", report);
	cr_assert_eq(close(fd), 0);
	*out = read_all(in_scratch("out"));
	return status;
}

Test(stream, scores_of_pairs)
{
	static const char *const src[] = { "Let's go.", "", "Go.", "  ", "caf\xe9", "Yes!" };
	static const char *const tgt[] = { "Vamos.", "", "Ve.", "\t", "caf\xe9", "" };
	trujaman_options o = options_of(1, 2);
	trujaman *t = open_fixture("gru-general-deep", &o);
	struct bytes sources = { NULL, 0 }, targets = { NULL, 0 }, wanted = { NULL, 0 }, out;
	trujaman_report report = { 0 };
	for (size_t i = 0; i < 200; i++) {
		const char *s = src[i % 6], *g = tgt[i % 6];
		size_t n_s = strlen(s), n_g = strlen(g);
		double score_of;
		char line[64];
		cr_assert_eq(trujaman_score(t, 1, &s, &n_s, &g, &n_g, &score_of), TRUJAMAN_OK);
		snprintf(line, sizeof line, "%.6f\n", score_of);
		append_text(&wanted, line);
		append_text(&sources, s);
		append_text(&targets, g);
		append_text(&sources, i % 2 ? "\n" : "\r\n");
		append_text(&targets, i % 3 ? "\n" : "\r\n");
	}
	cr_assert_eq(score(t, put_input("s", sources.data, sources.n),
	                   put_input("t", targets.data, targets.n), &out, &report),
	             TRUJAMAN_OK, "%s", trujaman_error(t));
	expect_bytes(&out, &wanted);
	cr_expect_eq(report.lines, 200);
	cr_expect_eq(report.invalid_line, 5);
	free(sources.data);
	free(targets.data);
	free(wanted.data);
	free(out.data);
	trujaman_close(t);
}

static void expect_unequal(trujaman *t, const char *source, const char *target, const char *first,
                           const char *second, size_t written)
{
	struct bytes out;
	size_t lines = 0;
	cr_expect_eq(score(t, put_text("s.en", source), put_text("t.es", target), &out, NULL),
	             TRUJAMAN_ERROR_INPUT);
	cr_expect_not_null(strstr(trujaman_error(t), first), "%s", trujaman_error(t));
	cr_expect_not_null(strstr(trujaman_error(t), second), "%s", trujaman_error(t));
	for (size_t i = 0; i < out.n; i++)
		lines += out.data[i] == '\n';
	cr_expect_eq(lines, written, "%zu scores before the end of the shorter one", lines);
	free(out.data);
}

Test(stream, texts_of_unequal_length)
{
	trujaman_options o = options_of(1, 2);
	trujaman *t = open_fixture("plain-seq2seq", &o);
	expect_unequal(t, "a\nb\nc\n", "d\n", "s.en has 3 lines", "t.es has 1", 1);
	expect_unequal(t, "a\nb", "d\ne\nf\ng\nh", "s.en has 2 lines", "t.es has 5", 2);
	expect_unequal(t, "", "d\n", "s.en has 0 lines", "t.es has 1", 0);
	expect_unequal(t, "a\n\n", "", "s.en has 2 lines", "t.es has 0", 0);
	expect_unequal(t, "a\n\n", "b", "s.en has 2 lines", "t.es has 1", 1);
	trujaman_close(t);
}
