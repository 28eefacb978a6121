/* SPDX-License-Identifier: MIT */
/* Tests of the public API: trujaman_translate_to goes on after inputs that cannot be read, and
 * skips the beginning of inputs. */
#include "tests/stream_case.h"

TestSuite(sink, .init = start, .fini = remove_scratch, .timeout = 300);

enum { N = 5, MAX_CALLS = 200 };

/* What a sink was told: the bytes of each input, and its calls as letters and numbers of inputs. */
struct told {
	struct bytes bytes[N];
	char calls[MAX_CALLS];
	size_t refuses; /* the input whose failure ends the run */
};

static void note(struct told *t, char call, size_t input)
{
	size_t n = strlen(t->calls);
	/* Several writes of one input count as one: their number depends on the threads. */
	if (call != 'w' || n < 2 || t->calls[n - 2] != 'w')
		snprintf(t->calls + n, sizeof t->calls - n, "%c%zu", call, input);
}

static int begin(void *context, size_t input)
{
	note(context, 'b', input);
	return 0;
}

static int put(void *context, const trujaman_stretch *s)
{
	struct told *t = context;
	note(t, 'w', s->input);
	append(&t->bytes[s->input], s->bytes, s->n_bytes);
	return 0;
}

static int end(void *context, size_t input)
{
	note(context, 'e', input);
	return 0;
}

static int failed(void *context, size_t input, const char *message)
{
	struct told *t = context;
	note(t, 'f', input);
	cr_expect_not_null(strstr(message, input == 1   ? "cannot open "
	                                   : input == 2 ? "many:41: invalid UTF-8"
	                                                : "short has 7 lines less"),
	                   "%zu: %s", input, message);
	return input == t->refuses;
}

/* The lines from number `from` to `to` of the text "Line I.\n"…, translated. */
static void append_lines(struct bytes *b, struct handle *t, int from, int to)
{
	for (int i = from; i <= to; i++) {
		char text[32];
		const char *line = text;
		size_t n = (size_t)snprintf(text, sizeof text, "Line %d.", i);
		struct translated dst;
		cr_assert_eq(handle_translate(t, 1, &line, &n, &dst), TRUJAMAN_OK);
		append(b, dst.text, dst.len);
		append_text(b, "\n");
		translated_free(1, &dst);
	}
}

static trujaman_input put_lines(const char *name, int n, const char *after)
{
	struct bytes b = { NULL, 0 };
	append_text(&b, "");
	for (int i = 1; i <= n; i++) {
		char text[32];
		snprintf(text, sizeof text, "Line %d.\n", i);
		append_text(&b, text);
	}
	append_text(&b, after);
	trujaman_input input = put_input(name, b.data, b.n);
	free(b.data);
	return input;
}

static trujaman_status run(struct handle *t, trujaman_input *inputs, int goes_on, struct told *told)
{
	const trujaman_sink sink = { .context = told,
		                     .begin = begin,
		                     .write = put,
		                     .end = end,
		                     .failed = goes_on ? failed : NULL };
	return handle_translate_to(t, N, inputs, &sink, TRUJAMAN_OUTPUT_PLAIN, NULL);
}

static void expect(struct told *told, const struct bytes *wanted, const char *calls)
{
	cr_expect_str_eq(told->calls, calls, "%s, wanted %s", told->calls, calls);
	for (size_t i = 0; i < N; i++) {
		append_text(&told->bytes[i], "");
		expect_bytes(&told->bytes[i], &wanted[i]);
		free(told->bytes[i].data);
	}
}

static void check(int threads)
{
	trujaman_options o = options_of(1, threads);
	o.strict = 1;
	struct handle *t = open_fixture("plain-seq2seq", &o);
	trujaman_input inputs[N] = { put_lines("first", 90, ""),
		                     { .path = "/there/is/no/such/file" },
		                     put_lines("many", 40, "\xff\nLine 42.\n"),
		                     put_lines("short", 3, ""),
		                     put_lines("last", 30, "") };
	struct bytes wanted[N] = { { NULL, 0 } };
	inputs[0].skip = 80;
	inputs[2].skip = 7;
	inputs[3].skip = 10;
	for (size_t i = 0; i < N; i++)
		append_text(&wanted[i], "");
	append_lines(&wanted[0], t, 81, 90);
	struct told told = { .refuses = SIZE_MAX };
	cr_expect_eq(run(t, inputs, 0, &told), TRUJAMAN_ERROR_IO);
	expect(&told, wanted, "b0w0");
	append_lines(&wanted[2], t, 8, 40);
	told = (struct told){ .refuses = 3 };
	cr_expect_eq(run(t, inputs, 1, &told), TRUJAMAN_ERROR_IO, "%s", handle_error(t));
	expect(&told, wanted, "b0w0e0f1b2w2f2f3");
	append_lines(&wanted[4], t, 1, 30);
	told = (struct told){ .refuses = SIZE_MAX };
	cr_expect_eq(run(t, inputs, 1, &told), TRUJAMAN_OK, "%s", handle_error(t));
	expect(&told, wanted, "b0w0e0f1b2w2f2f3b4w4e4");
	for (size_t i = 0; i < N; i++)
		free(wanted[i].data);
	handle_close(t);
}

Test(sink, goes_on_after_inputs_that_cannot_be_read)
{
	for (int threads = 1; threads <= 3; threads++)
		check(threads);
}
