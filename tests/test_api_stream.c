/* SPDX-License-Identifier: MIT */
/* Tests of the public API: whole inputs are translated through descriptors. The expected output
 * is built from what trujaman_translate returns for single texts. */
#include "tests/stream_case.h"

TestSuite(stream, .init = start, .fini = remove_scratch, .timeout = 300);

/* Runs a stream into a file. *out gets what it wrote, whatever the status. */
static trujaman_status stream(struct handle *t, size_t n, const trujaman_input *inputs,
                              enum trujaman_output output, struct bytes *out,
                              trujaman_report *report)
{
	int fd = open(in_scratch("out"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	cr_assert_geq(fd, 0);
	trujaman_status status = handle_translate_stream(t, n, inputs, fd, "out.es", output,
	                                                 report);
	cr_assert_eq(close(fd), 0);
	*out = read_all(in_scratch("out"));
	return status;
}

/* Appends what the stream must write for one line. `number` is its line number in n-best lists. */
static void append_line(struct bytes *b, struct handle *t, const char *text, size_t n,
                        const char *terminator, enum trujaman_output output, size_t n_best,
                        uint64_t number)
{
	struct translated dst[8];
	cr_assert_eq(handle_translate(t, 1, &text, &n, dst), TRUJAMAN_OK);
	size_t last = output == TRUJAMAN_OUTPUT_N_BEST ? n_best : 1;
	while (dst[last - 1].text == NULL)
		last--;
	for (size_t i = 0; i < last; i++) {
		char prefix[100] = "";
		if (output == TRUJAMAN_OUTPUT_SCORES)
			snprintf(prefix, sizeof prefix, "%.6f\t", dst[i].score);
		if (output == TRUJAMAN_OUTPUT_N_BEST)
			snprintf(prefix, sizeof prefix, "%llu\t%.6f\t", (unsigned long long)number,
			         dst[i].score);
		append_text(b, prefix);
		append(b, dst[i].text, dst[i].len);
		append_text(b, i + 1 < last && *terminator == '\0' ? "\n" : terminator);
	}
	translated_free(n_best, dst);
}

/* Makes lines with varying terminators from the texts. *wanted gets the expected output. */
static void make_lines(struct handle *t, const struct texts *s, enum trujaman_output output,
                       size_t n_best, struct bytes *in, struct bytes *wanted)
{
	for (size_t i = 0; i < s->n; i++) {
		const char *end = i + 1 == s->n ? "" : i % 3 == 1 ? "\r\n" : "\n";
		append(in, s->text[i], s->len[i]);
		append_text(in, end);
		append_line(wanted, t, s->text[i], s->len[i], end, output, n_best, i + 1);
	}
}

/* --- Lines --------------------------------------------------------------------- */

static void check_output(enum trujaman_output output, int beam, int n_best)
{
	struct texts s = make_texts(86); /* the last one has text */
	struct bytes in = { NULL, 0 }, wanted = { NULL, 0 }, out;
	trujaman_options o = options_of(beam, 1);
	o.n_best = n_best;
	struct handle *t = open_fixture("luong-general", &o);
	make_lines(t, &s, output, (size_t)n_best, &in, &wanted);
	handle_close(t);
	trujaman_input input = put_input("in", in.data, in.n);
	for (o.threads = 1; o.threads <= 7; o.threads += 2) {
		t = open_fixture("luong-general", &o);
		for (int again = 0; again < 2; again++) {
			cr_assert_eq(stream(t, 1, &input, output, &out, NULL), TRUJAMAN_OK, "%s",
			             handle_error(t));
			expect_bytes(&out, &wanted);
			free(out.data);
		}
		handle_close(t);
	}
	free(in.data);
	free(wanted.data);
	free_texts(&s);
}

Test(stream, lines_and_their_ends)
{
	check_output(TRUJAMAN_OUTPUT_PLAIN, 2, 1);
}

Test(stream, scores_before_translations)
{
	check_output(TRUJAMAN_OUTPUT_SCORES, 2, 1);
}

Test(stream, n_best_lists)
{
	check_output(TRUJAMAN_OUTPUT_N_BEST, 4, 3);
}

Test(stream, nothing_at_all)
{
	struct bytes out;
	struct handle *t = open_fixture("plain-seq2seq", NULL);
	trujaman_report report = { 0 };
	trujaman_input inputs[] = { put_text("one", ""), put_text("two", "") };
	cr_expect_eq(stream(t, 0, NULL, TRUJAMAN_OUTPUT_PLAIN, &out, &report), TRUJAMAN_OK);
	cr_expect_eq(out.n, 0);
	free(out.data);
	cr_expect_eq(stream(t, 2, inputs, TRUJAMAN_OUTPUT_N_BEST, &out, &report), TRUJAMAN_OK);
	cr_expect_eq(out.n, 0);
	cr_expect_eq(report.lines, 0);
	free(out.data);
	handle_close(t);
}

Test(stream, several_inputs)
{
	trujaman_options o = options_of(1, 2);
	struct handle *t = open_fixture("plain-seq2seq", &o);
	struct bytes out, wanted = { NULL, 0 };
	trujaman_report report = { 0 };
	int fd = open(put_text("second", "Three!\r\n\n").path, O_RDONLY);
	trujaman_input inputs[] = {
		put_text("first", "One.\nTwo words.\n"),
		{ .path = "-", .fd = fd },
		put_text("empty", ""),
		put_text("last", "Four."),
	};
	cr_assert_geq(fd, 0);
	append_line(&wanted, t, "One.", 4, "\n", TRUJAMAN_OUTPUT_N_BEST, 1, 1);
	append_line(&wanted, t, "Two words.", 10, "\n", TRUJAMAN_OUTPUT_N_BEST, 1, 2);
	append_line(&wanted, t, "Three!", 6, "\r\n", TRUJAMAN_OUTPUT_N_BEST, 1, 3);
	append_line(&wanted, t, "", 0, "\n", TRUJAMAN_OUTPUT_N_BEST, 1, 4);
	append_line(&wanted, t, "Four.", 5, "", TRUJAMAN_OUTPUT_N_BEST, 1, 5);
	cr_expect_eq(stream(t, 4, inputs, TRUJAMAN_OUTPUT_N_BEST, &out, &report), TRUJAMAN_OK);
	expect_bytes(&out, &wanted);
	cr_expect_eq(report.lines, 5);
	cr_expect_eq(report.blank, 1);
	cr_expect_eq(close(fd), 0, "a descriptor is left open");
	free(out.data);
	free(wanted.data);
	handle_close(t);
}

/* If an input does not end with a newline, the stream writes one before the next input. */
Test(stream, inputs_without_last_newline)
{
	for (int threads = 1; threads <= 3; threads++) {
		trujaman_options o = options_of(1, threads);
		struct handle *t = open_fixture("plain-seq2seq", &o);
		struct bytes out, wanted = { NULL, 0 };
		trujaman_input inputs[] = { put_text("one", "One.\nTwo words."),
			                    put_text("none", ""), put_text("three", "Three!"),
			                    put_text("last", "Four.") };
		append_line(&wanted, t, "One.", 4, "\n", TRUJAMAN_OUTPUT_PLAIN, 1, 1);
		append_line(&wanted, t, "Two words.", 10, "\n", TRUJAMAN_OUTPUT_PLAIN, 1, 2);
		append_line(&wanted, t, "Three!", 6, "\n", TRUJAMAN_OUTPUT_PLAIN, 1, 3);
		append_line(&wanted, t, "Four.", 5, "", TRUJAMAN_OUTPUT_PLAIN, 1, 4);
		cr_expect_eq(stream(t, 4, inputs, TRUJAMAN_OUTPUT_PLAIN, &out, NULL), TRUJAMAN_OK);
		expect_bytes(&out, &wanted);
		free(out.data);
		free(wanted.data);
		handle_close(t);
	}
}

Test(stream, the_second_input_is_missing)
{
	for (int threads = 1; threads <= 3; threads++) {
		trujaman_options o = options_of(1, threads);
		struct handle *t = open_fixture("plain-seq2seq", &o);
		struct texts s = make_texts(200);
		struct bytes in = { NULL, 0 }, wanted = { NULL, 0 }, out;
		make_lines(t, &s, TRUJAMAN_OUTPUT_PLAIN, 1, &in, &wanted);
		trujaman_input inputs[] = { put_input("here", in.data, in.n),
			                    { .path = "/no/such.en", .fd = -1 },
			                    put_text("never", "Never.\n") };
		cr_expect_eq(stream(t, 3, inputs, TRUJAMAN_OUTPUT_PLAIN, &out, NULL),
		             TRUJAMAN_ERROR_IO);
		cr_expect_not_null(strstr(handle_error(t), "/no/such.en"), "%s", handle_error(t));
		expect_bytes(&out, &wanted);
		free(out.data);
		cr_expect_eq(stream(t, 1, inputs, TRUJAMAN_OUTPUT_PLAIN, &out, NULL), TRUJAMAN_OK);
		expect_bytes(&out, &wanted);
		free(out.data);
		free(in.data);
		free(wanted.data);
		free_texts(&s);
		handle_close(t);
	}
}

/* Lines longer than what is held at once, and longer than max_pieces, still give one line each.
 * Their words are processed 64 KiB at a time. */
Test(stream, lines_longer_than_a_mebibyte)
{
	enum { LONG = (1 << 20) + 300000 };
	trujaman_options o = options_of(1, 2);
	struct handle *t = open_fixture("plain-seq2seq", &o);
	struct bytes in = { NULL, 0 }, wanted = { NULL, 0 }, blank = { NULL, 0 }, out;
	trujaman_report report = { 0 };
	/* Long words of unknown characters become few pieces, and take little time. */
	char *line = malloc(LONG + 1);
	cr_assert_not_null(line);
	for (size_t i = 0; i < LONG; i++)
		line[i] = i % 5000 == 4999 ? ' ' : '#';
	append(&in, line, LONG);
	append_text(&in, "\nShort.\n");
	memset(line, ' ', LONG);
	append(&blank, line, LONG);
	append_text(&blank, "\n");
	append(&in, blank.data, blank.n);
	append_text(&in, "Last.\n");
	append_line(&wanted, t, "Short.", 6, "\n", TRUJAMAN_OUTPUT_PLAIN, 1, 0);
	append(&wanted, blank.data, blank.n);
	append_line(&wanted, t, "Last.", 5, "\n", TRUJAMAN_OUTPUT_PLAIN, 1, 0);
	trujaman_input input = put_input("long", in.data, in.n);
	cr_assert_eq(stream(t, 1, &input, TRUJAMAN_OUTPUT_PLAIN, &out, &report), TRUJAMAN_OK, "%s",
	             handle_error(t));
	char *newline = memchr(out.data, '\n', out.n);
	cr_assert_not_null(newline);
	cr_expect_gt(newline - out.data, 0);
	struct bytes rest = { newline + 1, out.n - (size_t)(newline + 1 - out.data) };
	expect_bytes(&rest, &wanted);
	cr_expect_eq(report.lines, 4);
	cr_expect_eq(report.blank, 1);
	cr_expect_eq(report.over_long, 20); /* stretches of 13 words that continue in the next */
	free(line);
	free(in.data);
	free(wanted.data);
	free(blank.data);
	free(out.data);
	handle_close(t);
}

/* White space at the end of such a line does not make it blank. */
Test(stream, a_long_line_that_ends_with_white_space)
{
	enum { LONG = (1 << 20) + 300000 };
	struct handle *t = open_fixture("plain-seq2seq", NULL);
	struct bytes in = { NULL, 0 }, out;
	trujaman_report report = { 0 };
	char *line = malloc(LONG);
	cr_assert_not_null(line);
	memset(line, ' ', LONG);
	append_text(&in, "Word.");
	append(&in, line, LONG);
	append_text(&in, "\r\n");
	trujaman_input input = put_input("long", in.data, in.n);
	cr_assert_eq(stream(t, 1, &input, TRUJAMAN_OUTPUT_PLAIN, &out, &report), TRUJAMAN_OK);
	cr_expect_eq(report.lines, 1);
	cr_expect_eq(report.blank, 0);
	cr_expect_eq(report.over_long, 1);
	cr_expect_eq(report.source_words, 1);
	cr_expect(out.n > 2 && memchr(out.data, '\n', out.n) == out.data + out.n - 1);
	cr_expect_eq(out.data[out.n - 2], '\r');
	free(line);
	free(in.data);
	free(out.data);
	handle_close(t);
}

Test(stream, lines_longer_than_max_pieces)
{
	trujaman_options o = options_of(2, 2);
	o.max_pieces = 8;
	struct handle *t = open_fixture("luong-general", &o);
	struct bytes in = { NULL, 0 }, wanted = { NULL, 0 }, out;
	trujaman_report report = { 0 };
	for (size_t words = 1; words < 60; words += 3) {
		size_t first = in.n;
		for (size_t i = 0; i < words; i++)
			append_text(&in, i % 2 ? "river " : "one ");
		append_line(&wanted, t, in.data + first, in.n - first, "\n", TRUJAMAN_OUTPUT_SCORES,
		            1, 0);
		append_text(&in, "\n");
	}
	trujaman_input input = put_input("in", in.data, in.n);
	cr_assert_eq(stream(t, 1, &input, TRUJAMAN_OUTPUT_SCORES, &out, &report), TRUJAMAN_OK);
	expect_bytes(&out, &wanted);
	cr_expect_eq(report.lines, 20);
	cr_expect(report.over_long >= 16 && report.over_long < 20, "%llu",
	          (unsigned long long)report.over_long);
	free(in.data);
	free(wanted.data);
	free(out.data);
	handle_close(t);
}

/* --- Report and strictness ------------------------------------------------------- */

Test(stream, report)
{
	trujaman_options o = options_of(1, 2);
	struct handle *t = open_fixture("plain-seq2seq", &o);
	trujaman_report report = { 0 };
	struct bytes out;
	trujaman_input inputs[] = {
		put_text("a", "One two  three\n\n \t\n"),
		put_text("b", "Four\nfi\xff"
		              "ve \xfe six\nse\xc3ven\r\nlast"),
	};
	cr_assert_eq(stream(t, 2, inputs, TRUJAMAN_OUTPUT_PLAIN, &out, &report), TRUJAMAN_OK);
	cr_expect_eq(report.lines, 7);
	cr_expect_eq(report.blank, 2);
	cr_expect_eq(report.over_long, 0);
	cr_expect_eq(report.source_words, 9);
	cr_expect_geq(report.source_pieces, 9);
	cr_expect_eq(report.invalid, 2);
	cr_expect_eq(report.invalid_input, 1);
	cr_expect_eq(report.invalid_line, 2);
	cr_expect_eq(report.invalid_column, 3);
	free(out.data);
	uint64_t pieces = report.source_pieces, target = report.target_pieces;
	cr_assert_eq(stream(t, 1, inputs, TRUJAMAN_OUTPUT_PLAIN, &out, &report), TRUJAMAN_OK);
	cr_expect_eq(report.lines, 10, "counts add up");
	cr_expect_eq(report.blank, 4);
	cr_expect_eq(report.source_words, 12);
	cr_expect_gt(report.source_pieces, pieces);
	cr_expect_gt(report.target_pieces, target);
	cr_expect_eq(report.invalid_line, 2, "the first stays");
	free(out.data);
	handle_close(t);
}

Test(stream, strict_stops_at_the_line)
{
	for (int threads = 1; threads <= 3; threads++) {
		trujaman_options o = options_of(1, threads);
		o.strict = 1;
		struct handle *t = open_fixture("plain-seq2seq", &o);
		struct bytes in = { NULL, 0 }, wanted = { NULL, 0 }, out;
		trujaman_report report = { 0 };
		char message[64];
		for (size_t i = 0; i < 150; i++) {
			append_text(&in, i % 2 ? "Go on.\n" : "And again.\n");
			append_line(&wanted, t, i % 2 ? "Go on." : "And again.", i % 2 ? 6 : 10,
			            "\n", TRUJAMAN_OUTPUT_PLAIN, 1, 0);
		}
		append_text(&in, "So \xc3( it is\nNever seen.\n");
		trujaman_input input = put_input("bad.en", in.data, in.n);
		cr_expect_eq(stream(t, 1, &input, TRUJAMAN_OUTPUT_PLAIN, &out, &report),
		             TRUJAMAN_ERROR_INPUT);
		snprintf(message, sizeof message, "bad.en:151: ");
		cr_expect_not_null(strstr(handle_error(t), message), "%s", handle_error(t));
		cr_expect_not_null(strstr(handle_error(t), "byte 4"), "%s", handle_error(t));
		expect_bytes(&out, &wanted);
		cr_expect_eq(report.lines, 150);
		free(out.data);
		free(in.data);
		free(wanted.data);
		handle_close(t);
	}
}

/* --- Languages ----------------------------------------------------------------- */

struct met {
	size_t n, inputs[4];
	const char *languages[4];
};

static void meet(void *context, size_t input, const char *language)
{
	struct met *m = context;
	cr_assert_lt(m->n, 4);
	m->inputs[m->n] = input;
	m->languages[m->n++] = language;
}

static int drop(void *context, const trujaman_stretch *stretch)
{
	(void)context;
	(void)stretch;
	return 0;
}

/* Inputs in other languages than `source_language`, which the model gets as its own (NULL: it names
 * none). */
static trujaman_report meet_languages(const char *source_language, int threads, struct met *m)
{
	struct model file = load_model(fixture("plain-seq2seq", "safetensors"));
	if (source_language != NULL)
		set_key(&file, "source_language", source_language);
	trujaman_options o = options_of(1, threads);
	struct handle *t = open_path(write_model(&file), &o);
	trujaman_input inputs[4];
	static const char *const names[] = { "prose.en", "prose.es", "prose.de", "sentences.en" };
	char paths[4][PATH_MAX + 64];
	for (int i = 0; i < 4; i++) {
		char relative[64];
		snprintf(relative, sizeof relative, "tests/cli/data/%s", names[i]);
		snprintf(paths[i], sizeof paths[i], "%s", in_source(relative));
		inputs[i] = (trujaman_input){ .path = paths[i], .fd = -1 };
	}
	trujaman_report report = { 0 };
	trujaman_sink sink = { .context = m, .write = drop, .foreign = meet };
	*m = (struct met){ .n = 0 };
	cr_assert_eq(handle_translate_to(t, 4, inputs, &sink, TRUJAMAN_OUTPUT_PLAIN, &report),
	             TRUJAMAN_OK, "%s", handle_error(t));
	handle_close(t);
	free_model(&file);
	return report;
}

Test(stream, inputs_in_other_languages)
{
	struct met m;
	for (int threads = 1; threads <= 3; threads++) {
		trujaman_report r = meet_languages("en", threads, &m);
		cr_expect_eq(r.foreign, 2);
		cr_expect_eq(r.foreign_input, 1);
		cr_expect_str_eq(r.foreign_language, "es");
		cr_assert_eq(m.n, 2);
		cr_expect_eq(m.inputs[0], 1);
		cr_expect_eq(m.inputs[1], 2);
		cr_expect_str_eq(m.languages[1], "de");
		r = meet_languages("es", threads, &m);
		cr_expect_eq(r.foreign, 2);
		cr_expect_eq(m.inputs[0], 0);
		cr_expect_str_eq(m.languages[0], "en");
	}
	cr_expect_eq(meet_languages(NULL, 2, &m).foreign, 0);
	cr_expect_eq(meet_languages("xx", 2, &m).foreign, 0);
	cr_expect_eq(m.n, 0);
}

Test(stream, names_of_languages)
{
	cr_expect_str_eq(trujaman_language_name("es"), "Spanish");
	cr_expect_str_eq(trujaman_language_name("pt-BR"), "Portuguese");
	cr_expect_str_eq(trujaman_language_name("und-Cyrl"), "a language in Cyrillic letters");
	cr_expect_null(trujaman_language_name("xx"));
	cr_expect_null(trujaman_language_name(NULL));
}
