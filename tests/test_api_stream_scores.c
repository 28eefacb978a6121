/* SPDX-License-Identifier: MIT */
/* Tests of the public API: pairs of inputs are scored through descriptors. The expected output is
 * built from what trujaman_score returns for single texts. */
#include "tests/stream_case.h"

TestSuite(stream, .init = start, .fini = remove_scratch, .timeout = 300);

static trujaman_status score(struct handle *t, trujaman_input source, trujaman_input target,
                             struct bytes *out, trujaman_report *report)
{
	int fd = open(in_scratch("out"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	cr_assert_geq(fd, 0);
	trujaman_status status = handle_score_stream(t, &source, &target, fd, "scores", report);
	cr_assert_eq(close(fd), 0);
	*out = read_all(in_scratch("out"));
	return status;
}

Test(stream, scores_of_pairs)
{
	static const char *const src[] = { "Let's go.", "", "Go.", "  ", "caf\xe9", "Yes!" };
	static const char *const tgt[] = { "Vamos.", "", "Ve.", "\t", "caf\xe9", "" };
	trujaman_options o = options_of(1, 2);
	struct handle *t = open_fixture("gru-general-deep", &o);
	struct bytes sources = { NULL, 0 }, targets = { NULL, 0 }, wanted = { NULL, 0 }, out;
	trujaman_report report = { 0 };
	for (size_t i = 0; i < 200; i++) {
		const char *s = src[i % 6], *g = tgt[i % 6];
		size_t n_s = strlen(s), n_g = strlen(g);
		double score_of;
		char line[64];
		cr_assert_eq(handle_score(t, 1, &s, &n_s, &g, &n_g, &score_of), TRUJAMAN_OK);
		snprintf(line, sizeof line, "%.6f\n", score_of);
		append_text(&wanted, line);
		append_text(&sources, s);
		append_text(&targets, g);
		append_text(&sources, i % 2 ? "\n" : "\r\n");
		append_text(&targets, i % 3 ? "\n" : "\r\n");
	}
	cr_assert_eq(score(t, put_input("s", sources.data, sources.n),
	                   put_input("t", targets.data, targets.n), &out, &report),
	             TRUJAMAN_OK, "%s", handle_error(t));
	expect_bytes(&out, &wanted);
	cr_expect_eq(report.lines, 200);
	cr_expect_eq(report.invalid_line, 5);
	free(sources.data);
	free(targets.data);
	free(wanted.data);
	free(out.data);
	handle_close(t);
}

static void expect_unequal(struct handle *t, const char *source, const char *target,
                           const char *first, const char *second, size_t written)
{
	struct bytes out;
	size_t lines = 0;
	cr_expect_eq(score(t, put_text("s.en", source), put_text("t.es", target), &out, NULL),
	             TRUJAMAN_ERROR_INPUT);
	cr_expect_not_null(strstr(handle_error(t), first), "%s", handle_error(t));
	cr_expect_not_null(strstr(handle_error(t), second), "%s", handle_error(t));
	for (size_t i = 0; i < out.n; i++)
		lines += out.data[i] == '\n';
	cr_expect_eq(lines, written, "%zu scores before the end of the shorter one", lines);
	free(out.data);
}

Test(stream, texts_of_unequal_length)
{
	trujaman_options o = options_of(1, 2);
	struct handle *t = open_fixture("plain-seq2seq", &o);
	expect_unequal(t, "a\nb\nc\n", "d\n", "s.en has 3 lines", "t.es has 1", 1);
	expect_unequal(t, "a\nb", "d\ne\nf\ng\nh", "s.en has 2 lines", "t.es has 5", 2);
	expect_unequal(t, "", "d\n", "s.en has 0 lines", "t.es has 1", 0);
	expect_unequal(t, "a\n\n", "", "s.en has 2 lines", "t.es has 0", 0);
	expect_unequal(t, "a\n\n", "b", "s.en has 2 lines", "t.es has 1", 1);
	handle_close(t);
}

/* Collects what a sink gets, and stops the translator after the first write if it is not NULL. */
struct collected {
	struct bytes all;
	size_t begun, ended;
	uint64_t lines, words, offset;
	trujaman_translator *stop;
	int fails;
};

static int on_begin(void *context, size_t input)
{
	struct collected *c = context;
	c->begun++;
	return input != 0;
}

static int on_write(void *context, const trujaman_stretch *s)
{
	struct collected *c = context;
	if (c->fails)
		return 1;
	cr_expect_eq(s->input, 0);
	cr_expect_geq(s->offset, c->offset);
	void *grown = realloc(c->all.data, c->all.n + s->n_bytes);
	cr_assert_not_null(grown);
	c->all.data = grown;
	memcpy(c->all.data + c->all.n, s->bytes, s->n_bytes);
	c->all.n += s->n_bytes;
	c->lines += s->lines;
	c->words += s->words;
	c->offset = s->offset;
	if (c->stop != NULL)
		trujaman_stop(c->stop);
	return 0;
}

static int on_end(void *context, size_t input)
{
	struct collected *c = context;
	c->ended++;
	return input != 0;
}

static trujaman_sink sink_of(struct collected *c)
{
	return (trujaman_sink){
		.context = c, .joined = 1, .begin = on_begin, .write = on_write, .end = on_end
	};
}

Test(stream, scores_into_a_sink)
{
	trujaman_options o = options_of(2, 2);
	struct handle *t = open_fixture("plain-seq2seq", &o);
	trujaman_input source = put_text("s.en", "Let's go.\n\nGo now.\n"),
		       target = put_text("t.es", "Vamos.\n\nVe.\n"), none = put_text("n", "");
	struct bytes wanted;
	struct collected c = { .begun = 0 }, refused = { .fails = 1 }, empty = { .begun = 0 },
			 rest = { .begun = 0 };
	trujaman_report report = { 0 };
	cr_assert_eq(score(t, source, target, &wanted, NULL), TRUJAMAN_OK);
	trujaman_sink sink = sink_of(&c);
	cr_assert_eq(handle_score_to(t, &source, &target, &sink, &report), TRUJAMAN_OK);
	expect_bytes(&c.all, &wanted);
	cr_expect(c.begun == 1 && c.ended == 1 && c.lines == 3 && c.words == 4 && c.offset == 19);
	cr_expect(report.lines == 3 && report.over_long == 0 && !report.stopped);
	sink = sink_of(&refused);
	cr_expect_eq(handle_score_to(t, &source, &target, &sink, NULL), TRUJAMAN_ERROR_IO);
	cr_expect(refused.begun == 1 && refused.ended == 0);
	sink = sink_of(&empty);
	cr_expect_eq(handle_score_to(t, &none, &none, &sink, NULL), TRUJAMAN_OK);
	cr_expect(empty.begun == 1 && empty.ended == 1 && empty.all.n == 0);
	sink = sink_of(&rest);
	sink.skip = 2;
	cr_expect_eq(handle_score_to(t, &source, &target, &sink, NULL), TRUJAMAN_OK);
	cr_assert_leq(rest.all.n, wanted.n);
	cr_expect(rest.lines == 1 && rest.all.n > 0);
	cr_expect_eq(memcmp(rest.all.data, wanted.data + wanted.n - rest.all.n, rest.all.n), 0);
	free(c.all.data);
	free(rest.all.data);
	free(wanted.data);
	handle_close(t);
}

/* What was read before the stop is written; a stop is no error, even where the texts would turn out
 * to be of unequal length. */
Test(stream, scores_stop_when_asked)
{
	trujaman_options o = options_of(1, 2);
	struct handle *t = open_fixture("plain-seq2seq", &o);
	struct bytes text = { NULL, 0 }, whole;
	for (size_t i = 0; i < 5000; i++)
		append_text(&text, "Go.\n");
	trujaman_input source = put_input("s.en", text.data, text.n),
		       target = put_input("t.es", text.data, text.n - 4);
	cr_assert_eq(score(t, source, target, &whole, NULL), TRUJAMAN_ERROR_INPUT);
	struct collected c = { .stop = t->translator };
	trujaman_report report = { 0 };
	trujaman_sink sink = sink_of(&c);
	cr_assert_eq(handle_score_to(t, &source, &target, &sink, &report), TRUJAMAN_OK);
	cr_expect(report.stopped && c.ended == 0 && c.lines > 0 && c.lines == report.lines);
	cr_assert(c.all.n < whole.n);
	/* It stays stopped until it may go on. */
	struct collected more = { .stop = NULL };
	report = (trujaman_report){ 0 };
	sink = sink_of(&more);
	cr_assert_eq(handle_score_to(t, &source, &target, &sink, &report), TRUJAMAN_OK);
	cr_expect(report.stopped && report.lines == 0 && more.lines == 0);
	trujaman_go_on(t->translator);
	cr_expect_eq(handle_score_to(t, &source, &target, &sink, &report), TRUJAMAN_ERROR_INPUT);
	cr_expect_eq(more.lines, 4999);
	free(more.all.data);
	cr_expect_eq(memcmp(c.all.data, whole.data, c.all.n), 0);
	free(c.all.data);
	free(whole.data);
	free(text.data);
	handle_close(t);
}
