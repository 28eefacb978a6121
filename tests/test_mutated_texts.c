/* SPDX-License-Identifier: MIT */
/* Text that is as dirty as possible, in very many small files: each line gives one line. */
#define _GNU_SOURCE /* memfd_create */
#include <sys/mman.h>
#include <unistd.h>

#include "tests/api_support.h"
#include "tests/mutate.h"
#include "tests/support.h"

enum { FILES = 10000, BATCH = 250, STRICT_FILES = 3000 };

TestSuite(mutated_texts, .init = test_start, .timeout = 600);

/* A few files and their translations. */
struct batch {
	struct bytes in[BATCH], out[BATCH];
	trujaman_input inputs[BATCH];
	size_t begun, ended;
	uint64_t lines;
};

static int begin(void *context, size_t input)
{
	struct batch *b = context;
	return input != b->begun++;
}

static int put(void *context, const trujaman_stretch *stretch)
{
	struct batch *b = context;
	bytes_add(&b->out[stretch->input], stretch->bytes, stretch->n_bytes);
	b->lines += stretch->lines;
	return stretch->input != b->ended;
}

static int end(void *context, size_t input)
{
	struct batch *b = context;
	return input != b->ended++;
}

static trujaman_input memory_input(const struct bytes *text)
{
	trujaman_input input = { .fd = memfd_create("mutated", MFD_CLOEXEC), .force_text = 1 };
	cr_assert_geq(input.fd, 0);
	cr_assert_eq(write(input.fd, text->data, text->n), (ssize_t)text->n);
	cr_assert_eq(lseek(input.fd, 0, SEEK_SET), 0);
	return input;
}

/* The length of the line at `at` with its newline; 0: there is none. */
static size_t line_bytes(const struct bytes *b, size_t at)
{
	const char *newline = at < b->n ? memchr(b->data + at, '\n', b->n - at) : NULL;
	return newline != NULL ? (size_t)(newline - b->data) + 1 - at : b->n - at;
}

/* The length of the line ending: LF, CR LF or none. */
static size_t end_bytes(const char *line, size_t n)
{
	if (n == 0 || line[n - 1] != '\n')
		return 0;
	return n > 1 && line[n - 2] == '\r' ? 2 : 1;
}

static void check_file(const struct bytes *in, const struct bytes *out, size_t number)
{
	size_t to = 0;
	CHECK(is_utf8(out->data, out->n), "file %zu", number);
	for (size_t from = 0, n; from < in->n; from += n) {
		const char *line = in->data + from;
		n = line_bytes(in, from);
		size_t m = line_bytes(out, to), wanted = end_bytes(line, n);
		CHECK(end_bytes(out->data + to, m) == wanted, "file %zu, byte %zu", number, from);
		if (strspn(line, " \t") >= n - wanted)
			CHECK(n == m && memcmp(line, out->data + to, n) == 0,
			      "file %zu, byte %zu: a blank line is changed", number, from);
		to += m;
	}
	CHECK(to == out->n, "file %zu", number);
}

/* Translates the same file alone; the bytes must be the same. */
static void check_alone(struct handle *t, const struct bytes *in, const struct bytes *out)
{
	trujaman_input input = memory_input(in);
	int fd = memfd_create("alone", MFD_CLOEXEC);
	char *bytes = malloc(out->n + 1);
	cr_assert(fd >= 0 && bytes != NULL);
	CHECK(handle_translate_stream(t, 1, &input, fd, "alone", TRUJAMAN_OUTPUT_PLAIN, NULL) ==
	          TRUJAMAN_OK,
	      "%s", handle_error(t));
	CHECK(pread(fd, bytes, out->n + 1, 0) == (ssize_t)out->n, "other bytes alone");
	CHECK(same_bytes(bytes, out->data, out->n), "other bytes alone");
	free(bytes);
	close(fd);
	close(input.fd);
}

Test(mutated_texts, a_line_in_a_line_out)
{
	trujaman_options many = options_of(1, 2), one = options_of(1, 1);
	struct handle *t = open_fixture("luong-general", &many),
		      *lone = open_fixture("luong-general", &one);
	static struct batch b;
	size_t n_bytes = 0;
	uint64_t n_lines = 0;
	for (size_t i = 0; i < FILES; i += BATCH) {
		trujaman_report report = { 0 };
		uint64_t lines = 0;
		memset(&b, 0, sizeof b);
		for (size_t k = 0; k < BATCH; k++) {
			make_text(&b.in[k], test_between(0, 8));
			mutate(&b.in[k], 12, 1);
			b.inputs[k] = memory_input(&b.in[k]);
			lines += count_lines(b.in[k].data, b.in[k].n);
			n_bytes += b.in[k].n;
		}
		trujaman_sink sink = { .context = &b, .begin = begin, .write = put, .end = end };
		CHECK(handle_translate_to(t, BATCH, b.inputs, &sink, TRUJAMAN_OUTPUT_PLAIN,
		                          &report) == TRUJAMAN_OK,
		      "%s", handle_error(t));
		CHECK(b.begun == BATCH && b.ended == BATCH, "%zu begun, %zu ended", b.begun,
		      b.ended);
		CHECK(lines == b.lines && lines == report.lines, "%llu lines, wanted %llu",
		      (unsigned long long)report.lines, (unsigned long long)lines);
		n_lines += lines;
		for (size_t k = 0; k < BATCH; k++) {
			check_file(&b.in[k], &b.out[k], i + k);
			if (k % 50 == 7)
				check_alone(lone, &b.in[k], &b.out[k]);
			free(b.in[k].data);
			free(b.out[k].data);
			close(b.inputs[k].fd);
		}
	}
	fprintf(stderr, "%d mutated files, %zu bytes, %llu lines: none lost\n", (int)FILES, n_bytes,
	        (unsigned long long)n_lines);
	handle_close(lone);
	handle_close(t);
}

/* --strict refuses exactly the text that is not UTF-8. */
Test(mutated_texts, strict)
{
	trujaman_options o = options_of(1, 1);
	o.strict = 1;
	struct handle *t = open_fixture("plain-seq2seq", &o);
	size_t n_refused = 0;
	for (size_t i = 0; i < STRICT_FILES; i++) {
		struct bytes text = { NULL, 0, 0 };
		make_text(&text, 2);
		mutate(&text, 3, 1);
		trujaman_input input = memory_input(&text);
		int fd = memfd_create("strict", MFD_CLOEXEC);
		cr_assert_geq(fd, 0);
		trujaman_status status = handle_translate_stream(t, 1, &input, fd, "strict",
		                                                 TRUJAMAN_OUTPUT_PLAIN, NULL);
		trujaman_status wanted = is_utf8(text.data, text.n) ? TRUJAMAN_OK
		                                                    : TRUJAMAN_ERROR_INPUT;
		CHECK(status == wanted, "file %zu: status %d, wanted %d: %s", i, (int)status,
		      (int)wanted, handle_error(t));
		n_refused += status != TRUJAMAN_OK;
		close(fd);
		close(input.fd);
		free(text.data);
	}
	cr_assert(n_refused > STRICT_FILES / 10 && n_refused < STRICT_FILES, "%zu refused",
	          n_refused);
	handle_close(t);
}
