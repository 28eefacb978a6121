/* SPDX-License-Identifier: MIT */
/* Tests of the public API: documents, and other inputs, in memory. They become what a file of the
 * same bytes becomes. */
#include "config.h"

#include "tests/stream_case.h"

TestSuite(document, .init = start, .fini = remove_scratch, .timeout = 300);

static struct handle *open_threads(int threads)
{
	trujaman_options o = options_of(1, threads);
	char field[] = "text";
	o.field = field;
	return open_fixture("luong-general", &o);
}

static const struct {
	const char *format, *text;
} documents[] = {
	{ "text", "One line.\r\n\nAnother one. With two.\nno end" },
	{ "html",
	  "<p id=x>a clock <b>stopped</b>, <i title='an old day'>today</i>.</p>\n<p>Again" },
	{ "html", "\xEF\xBB\xBF<p>A mark \xff and bad bytes.</p>" },
	{ "html", "<!-- nothing -->\n" },
	{ "jsonl", "{\"text\":\"A cat.\",\"n\":1.50}\n{\"n\":2}\n{\"text\":\"Two cats.\"}" },
	{ "srt", "1\n00:00:01,000 --> 00:00:02,000\nThe day is\nover.\n\n" },
	{ "vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nThe <b>day</b> is over.\n" },
	{ "paragraphs", "A long day\nis over.\n\n  > Quoted.\n" },
	{ "po", "msgid \"\"\nmsgstr \"\"\n\nmsgid \"A day.\"\nmsgstr \"\"\n" },
#ifdef TJ_HAVE_EXPAT
	{ "xliff",
	  "<xliff version=\"1.2\"><file source-language=\"en\" target-language=\"es\"><body>"
	  "<trans-unit id=\"a\"><source>A <g id=\"1\">day</g>.</source></trans-unit>"
	  "</body></file></xliff>\n" },
#endif
	{ "markdown", "# A day\n\n* One *old* clock\n\n    code\n" },
	{ "text", "" },
	{ "html", "" },
};
enum { N_DOCUMENTS = sizeof documents / sizeof *documents };

/* What becomes of a file. */
static struct bytes through_files(struct handle *t, const char *format, const char *text, size_t n,
                                  trujaman_report *report)
{
	trujaman_input input = put_input("in", text, n);
	input.format = format;
	int fd = open(in_scratch("out"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	cr_assert_geq(fd, 0);
	cr_assert_eq(handle_translate_stream(t, 1, &input, fd, "out", TRUJAMAN_OUTPUT_PLAIN,
	                                     report),
	             TRUJAMAN_OK, "%s", handle_error(t));
	cr_assert_eq(close(fd), 0);
	return read_all(in_scratch("out"));
}

static void expect_text(const trujaman_result *r, const struct bytes *wanted)
{
	struct bytes found;
	cr_assert_not_null(r);
	found.data = (char *)trujaman_result_text(r, 0, 0, &found.n);
	cr_assert_not_null(found.data);
	expect_bytes(&found, wanted);
	cr_expect_eq(found.data[found.n], '\0');
	cr_expect_eq(trujaman_result_lines(r), 1);
	cr_expect_eq(trujaman_result_count(r, 0), 1);
	double score = trujaman_result_score(r, 0, 0);
	cr_expect_neq(score, score);
}

static void check(struct handle *t, const char *format, const char *text, size_t n)
{
	trujaman_report of_file = { 0 }, report = { .size = sizeof report };
	struct bytes wanted = through_files(t, format, text, n, &of_file);
	trujaman_result *r = NULL;
	cr_assert_eq(trujaman_translate_document(t->translator, format, text, n, &r, &report,
	                                         TOLD(t)),
	             TRUJAMAN_OK, "%s: %s", format, handle_error(t));
	expect_text(r, &wanted);
	cr_expect_eq(report.lines, of_file.lines);
	cr_expect_eq(report.source_words, of_file.source_words);
	cr_expect_eq(report.invalid_column, of_file.invalid_column);
	trujaman_result_free(r);
	free(wanted.data);
}

Test(document, the_bytes_that_a_file_gets)
{
	for (int threads = 1; threads <= 3; threads++) {
		struct handle *t = open_threads(threads);
		for (size_t i = 0; i < N_DOCUMENTS; i++)
			check(t, documents[i].format, documents[i].text, strlen(documents[i].text));
		handle_close(t);
	}
}

Test(document, compressed)
{
	static const char packed[] =
	    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xb3\x29\xb0\x4b\x54\x48\xce\xc9\x4f\xce\x06"
	    "\x00\xb2\x83\x95\xa3\x0a\x00\x00";
	struct handle *t = open_threads(1);
	check(t, "html", packed, sizeof packed);
	trujaman_result *r;
	cr_expect_eq(trujaman_translate_document(t->translator, "html", packed, sizeof packed - 9,
	                                         &r, NULL, TOLD(t)),
	             TRUJAMAN_ERROR_FORMAT);
	cr_expect_null(r);
	handle_close(t);
}

Test(document, nothing_without_bytes)
{
	struct handle *t = open_threads(1);
	struct bytes nothing = { NULL, 0 };
	trujaman_result *r;
	cr_assert_eq(trujaman_translate_document(t->translator, NULL, NULL, 0, &r, NULL, TOLD(t)),
	             TRUJAMAN_OK);
	expect_text(r, &nothing);
	trujaman_result_free(r);
	handle_close(t);
}

/* --- Errors ---------------------------------------------------------------------------- */

static void expect_failure(struct handle *t, const char *format, const char *text, size_t n,
                           trujaman_status status, const char *says)
{
	trujaman_result *r = (trujaman_result *)t;
	cr_expect_eq(trujaman_translate_document(t->translator, format, text, n, &r, NULL, TOLD(t)),
	             status, "%s", handle_error(t));
	cr_expect_null(r);
	cr_expect_not_null(strstr(handle_error(t), says), "%s", handle_error(t));
}

Test(document, failures)
{
	struct handle *t = open_threads(2);
	expect_failure(t, "nonsense", "x", 1, TRUJAMAN_ERROR_USAGE, "nonsense");
	expect_failure(t, "po", "msgid \"a\"\nmsgstr x", 18, TRUJAMAN_ERROR_INPUT,
	               "document:2:8: not PO");
	expect_failure(t, "html", "\xff\xfe<\0p\0>\0", 8, TRUJAMAN_ERROR_INPUT, "UTF-16");
	trujaman_report report = { 0 };
	trujaman_result *r;
	cr_expect_eq(trujaman_translate_document(t->translator, "html", "x", 1, &r, &report,
	                                         TOLD(t)),
	             TRUJAMAN_ERROR_USAGE);
	cr_expect_null(r);
	/* After all that it works. */
	check(t, "html", "<p>A day.", 9);
	handle_close(t);
}

/* --- Stopping and watching ------------------------------------------------------------- */

struct watcher {
	size_t last, n, calls, refuses;
};

static int watch(void *context, size_t done, size_t n)
{
	struct watcher *w = context;
	cr_expect_geq(done, w->last);
	w->last = done;
	w->n = n;
	return ++w->calls == w->refuses;
}

Test(document, watched_and_stopped)
{
	struct handle *t = open_threads(2);
	struct bytes page = { NULL, 0 };
	struct watcher w = { 0 };
	trujaman_result *r;
	for (int i = 0; i < 300; i++)
		append_text(&page, "<p>a clock\n");
	trujaman_observe(t->translator, watch, &w);
	cr_assert_eq(trujaman_translate_document(t->translator, "html", page.data, page.n, &r, NULL,
	                                         TOLD(t)),
	             TRUJAMAN_OK);
	trujaman_result_free(r);
	cr_expect_eq(w.last, page.n);
	cr_expect_eq(w.n, page.n);
	cr_expect_gt(w.calls, 1);
	w = (struct watcher){ .refuses = 2 };
	expect_failure(t, "html", page.data, page.n, TRUJAMAN_ERROR_STOPPED, "observer");
	cr_expect_eq(w.calls, 2);
	trujaman_observe(t->translator, NULL, NULL);
	trujaman_stop(t->translator);
	expect_failure(t, "html", page.data, page.n, TRUJAMAN_ERROR_STOPPED, "stopped");
	trujaman_go_on(t->translator);
	check(t, "html", page.data, page.n);
	free(page.data);
	handle_close(t);
}

/* --- Inputs of streams ----------------------------------------------------------------- */

static int gather(void *context, const trujaman_stretch *stretch)
{
	append(context, stretch->bytes, stretch->n_bytes);
	return 0;
}

static struct bytes translate_input(struct handle *t, const trujaman_input *input,
                                    trujaman_status wanted)
{
	struct bytes out = { NULL, 0 };
	append_text(&out, "");
	trujaman_sink sink = { .context = &out, .write = gather };
	cr_assert_eq(handle_translate_to(t, 1, input, &sink, TRUJAMAN_OUTPUT_PLAIN, NULL), wanted,
	             "%s", handle_error(t));
	return out;
}

Test(document, parts_of_what_is_in_memory)
{
	static const char text[] = "One line.\nAnother line.\nThe last line.\n";
	struct handle *t = open_threads(1);
	for (uint64_t from = 0; from <= sizeof text + 1; from++) {
		trujaman_input file = put_text("in", text);
		trujaman_input memory = { .bytes = text, .n_bytes = strlen(text) };
		file.from = memory.from = from;
		file.to = memory.to = from + 12;
		struct bytes a = translate_input(t, &file, TRUJAMAN_OK);
		struct bytes b = translate_input(t, &memory, TRUJAMAN_OK);
		expect_bytes(&b, &a);
		free(a.data);
		free(b.data);
	}
	handle_close(t);
}

Test(document, a_name_for_messages)
{
	struct handle *t = open_threads(1);
	trujaman_input memory = {
		.path = "a/name.po", .bytes = "msgid", .n_bytes = 5, .format = "po"
	};
	free(translate_input(t, &memory, TRUJAMAN_ERROR_INPUT).data);
	cr_expect_eq(strncmp(handle_error(t), "a/name.po:1:", 12), 0, "%s", handle_error(t));
	memory = (trujaman_input){ .bytes = "\x89PNG\r\n\x1a\n", .n_bytes = 8 };
	free(translate_input(t, &memory, TRUJAMAN_ERROR_INPUT).data);
	cr_expect_eq(strncmp(handle_error(t), "document", 8), 0, "%s", handle_error(t));
	handle_close(t);
}
