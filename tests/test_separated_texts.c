/* SPDX-License-Identifier: MIT */
/* Lines that hold separators (tab, CR, form feed, line separator and so on) at all places: each
 * stretch between them is translated as if it stood alone, and everything else stays byte for
 * byte. The lines are made of known parts, so nothing here needs to find a separator. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/api_support.h"
#include "tests/mutate.h"
#include "tests/support.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))
#define TOKEN(literal) { literal, sizeof literal - 1 }

TestSuite(separated, .init = test_start, .timeout = 300);

struct token {
	const char *bytes;
	size_t n;
};

/* A tab comes first, so that a column can do without it. */
static const struct token separators[] = {
	TOKEN("\t"),       TOKEN("\r"),           TOKEN("\v"),           TOKEN("\f"),
	TOKEN("\x1c"),     TOKEN("\x1d"),         TOKEN("\x1e"),         TOKEN("\x1f"),
	TOKEN("\0"),       TOKEN("\x01"),         TOKEN("\x1b"),         TOKEN("\x7f"),
	TOKEN("\xc2\x85"), TOKEN("\xe2\x80\xa8"), TOKEN("\xe2\x80\xa9"), TOKEN("\r"),
};
static const struct token spaces[] = { TOKEN(" "), TOKEN("  "), TOKEN("\xc2\xa0"),
	                               TOKEN("\xe3\x80\x80"), TOKEN("\xef\xbb\xbf") };
static const struct token words[] = {
	TOKEN("the"),
	TOKEN("Cat"),
	TOKEN("sees"),
	TOKEN("a"),
	TOKEN("dog"),
	TOKEN("Mr."),
	TOKEN("door."),
	TOKEN("why?"),
	TOKEN("Stop!"),
	TOKEN("12"),
	TOKEN("caf\xc3\xa9"),
	TOKEN("\xe6\xbc\xa2"),
	TOKEN("\"No.\""),
	TOKEN("river,"),
	TOKEN("\xc2\xa1ya!"),
	TOKEN("Ana"),
	TOKEN("\xe2\x80\x9cyes.\xe2\x80\x9d"),
};
static const struct token signs[] = { TOKEN("--"), TOKEN("..."), TOKEN("(!)"),
	                              TOKEN("\xe2\x82\xac") };

/* A line: stretches[i] follows glue[i]; glue[n] is at the end. */
enum { MOST = 6000 };
struct line {
	size_t n;
	struct bytes stretches[MOST], glue[MOST + 1];
	int has_word[MOST];
	const char *end; /* "\n", "\r\n" or "" */
};

static void add_one(struct bytes *b, const struct token *tokens, size_t n)
{
	const struct token *t = &tokens[test_between(0, n - 1)];
	bytes_add(b, t->bytes, t->n);
}

static void make_stretch(struct bytes *b, int *has_word)
{
	*has_word = test_between(0, 9) > 0;
	if (!*has_word) {
		add_one(b, signs, LENGTH(signs));
		return;
	}
	for (size_t k = test_between(1, 7); k > 0; k--) {
		add_one(b, words, LENGTH(words));
		if (k > 1)
			add_one(b, spaces, 3);
	}
}

/* Adds white space with `least` to 3 separators in it, the first ones without a tab if !tabs. */
static void make_glue(struct bytes *b, size_t least, int tabs)
{
	size_t from = tabs ? 0 : 1;
	bytes_add(b, "", 0);
	for (size_t k = test_between(least, 3); k > 0; k--) {
		if (test_between(0, 3) == 0)
			add_one(b, spaces, LENGTH(spaces));
		add_one(b, separators + from, LENGTH(separators) - from);
	}
	if (test_between(0, 3) == 0)
		add_one(b, spaces, LENGTH(spaces));
}

static struct line *make_line(size_t n, int tabs)
{
	static const char *const ends[] = { "\n", "\n", "\r\n" };
	struct line *l = calloc(1, sizeof *l);
	cr_assert_not_null(l);
	l->n = n;
	l->end = ends[test_between(0, 2)];
	for (size_t i = 0; i <= n; i++) {
		make_glue(&l->glue[i], i > 0 && i < n, tabs);
		if (i < n)
			make_stretch(&l->stretches[i], &l->has_word[i]);
	}
	return l;
}

static void free_line(struct line *l)
{
	for (size_t i = 0; i <= l->n; i++) {
		free(l->glue[i].data);
		if (i < l->n)
			free(l->stretches[i].data);
	}
	free(l);
}

/* Appends the line as it is, or, with t, as it must be translated: each stretch by itself, one
 * call for all. */
static void put_line(const struct line *l, struct handle *t, struct bytes *to)
{
	static const char *src[MOST];
	static size_t len[MOST];
	static struct translated dst[MOST];
	for (size_t i = 0; i < l->n; i++) {
		src[i] = l->stretches[i].data;
		len[i] = l->stretches[i].n;
	}
	if (t != NULL)
		CHECK(handle_translate(t, l->n, src, len, dst) == TRUJAMAN_OK, "%s",
		      handle_error(t));
	for (size_t i = 0; i <= l->n; i++) {
		bytes_add(to, l->glue[i].data, l->glue[i].n);
		if (i == l->n)
			break;
		if (t != NULL && (l->has_word[i] || l->n == 1))
			bytes_add(to, dst[i].text, dst[i].len);
		else
			bytes_add(to, src[i], len[i]);
	}
	/* An empty translation between a CR and the LF leaves a space. */
	if (t != NULL && l->n > 0 && dst[l->n - 1].len == 0 && l->glue[l->n].n == 0 &&
	    to->data[to->n - 1] == '\r' && *l->end == '\n')
		bytes_add(to, " ", 1);
	bytes_add(to, l->end, strlen(l->end));
	if (t != NULL)
		translated_free(l->n, dst);
}

/* --- Running ----------------------------------------------------------------------- */

static struct bytes read_back(int fd)
{
	struct bytes b = { NULL, 0, 0 };
	char block[4096];
	ssize_t n;
	cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
	bytes_add(&b, "", 0);
	while ((n = read(fd, block, sizeof block)) > 0)
		bytes_add(&b, block, (size_t)n);
	cr_assert_eq(n, 0);
	return b;
}

static struct bytes run(struct handle *t, trujaman_input input, enum trujaman_output output)
{
	int fd = memfd_create("out", MFD_CLOEXEC);
	cr_assert_geq(fd, 0);
	CHECK(handle_translate_stream(t, 1, &input, fd, "out", output, NULL) == TRUJAMAN_OK, "%s",
	      handle_error(t));
	struct bytes b = read_back(fd);
	close(fd);
	return b;
}

static int file_of(const struct bytes *b)
{
	int fd = memfd_create("in", MFD_CLOEXEC);
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, b->data, b->n), (ssize_t)b->n);
	cr_assert_eq(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void expect_equal(const struct bytes *got, const struct bytes *wanted, const char *what)
{
	size_t i = 0;
	while (i < got->n && i < wanted->n && got->data[i] == wanted->data[i])
		i++;
	CHECK(i == got->n && i == wanted->n, "%s: byte %zu of %zu, wanted %zu bytes", what, i,
	      got->n, wanted->n);
}

static void expect_run(struct handle *t, const struct bytes *in, const struct bytes *wanted,
                       const char *what)
{
	int fd = file_of(in);
	struct bytes got = run(t, (trujaman_input){ .fd = fd, .force_text = 1 },
	                       TRUJAMAN_OUTPUT_PLAIN);
	expect_equal(&got, wanted, what);
	free(got.data);
	close(fd);
}

struct writing {
	const struct bytes *bytes;
	int fd;
};

static void *write_slowly(void *argument)
{
	const struct writing *w = argument;
	for (size_t at = 0, n; at < w->bytes->n; at += n) {
		n = 1 + at * 7 % 301;
		n = n < w->bytes->n - at ? n : w->bytes->n - at;
		if (write(w->fd, w->bytes->data + at, n) != (ssize_t)n)
			break;
	}
	close(w->fd);
	return NULL;
}

static void expect_piped(struct handle *t, const struct bytes *in, const struct bytes *wanted)
{
	int ends[2];
	pthread_t thread;
	cr_assert_eq(pipe(ends), 0);
	struct writing w = { in, ends[1] };
	cr_assert_eq(pthread_create(&thread, NULL, write_slowly, &w), 0);
	struct bytes got = run(t, (trujaman_input){ .fd = ends[0], .force_text = 1 },
	                       TRUJAMAN_OUTPUT_PLAIN);
	pthread_join(thread, NULL);
	expect_equal(&got, wanted, "piped");
	free(got.data);
	close(ends[0]);
}

/* In parts, as shards do; the parts together must be the whole. */
static void expect_parts(struct handle *t, const struct bytes *in, const struct bytes *wanted)
{
	enum { PARTS = 3 };
	struct bytes all = { NULL, 0, 0 };
	for (size_t i = 0; i < PARTS; i++) {
		int fd = file_of(in);
		struct bytes got = run(t,
		                       (trujaman_input){ .fd = fd,
		                                         .from = in->n * i / PARTS,
		                                         .to = in->n * (i + 1) / PARTS,
		                                         .force_text = 1 },
		                       TRUJAMAN_OUTPUT_PLAIN);
		bytes_add(&all, got.data, got.n);
		free(got.data);
		close(fd);
	}
	expect_equal(&all, wanted, "in parts");
	free(all.data);
}

/* --- Short lines -------------------------------------------------------------------- */

static void make_lines(size_t n, struct handle *t, struct bytes *in, struct bytes *wanted)
{
	for (size_t i = 0; i < n; i++) {
		struct line *l = make_line(test_between(0, 6), 1);
		put_line(l, NULL, in);
		put_line(l, t, wanted);
		free_line(l);
	}
}

static void check_lines(const char *split)
{
	trujaman_options o = options_of(1, 1);
	o.plain = 1; /* the reference is a text without anything around the network */
	o.split = split;
	o.cache = 0;
	struct handle *t = open_fixture("luong-general", &o);
	struct bytes in = { NULL, 0, 0 }, wanted = { NULL, 0, 0 };
	make_lines(400, t, &in, &wanted);
	CHECK(count_lines(in.data, in.n) == count_lines(wanted.data, wanted.n), "lines");
	expect_run(t, &in, &wanted, "one thread");
	expect_piped(t, &in, &wanted);
	expect_parts(t, &in, &wanted);
	handle_close(t);
	o.threads = 3;
	o.cache = 1;
	t = open_fixture("luong-general", &o);
	expect_run(t, &in, &wanted, "three threads");
	expect_piped(t, &in, &wanted);
	handle_close(t);
	free(in.data);
	free(wanted.data);
}

Test(separated, lines)
{
	check_lines(NULL);
}

Test(separated, lines_that_are_not_split)
{
	check_lines("off");
}

/* --- Lines of more than is held at once ---------------------------------------------- */

Test(separated, long_lines)
{
	trujaman_options o = options_of(1, 1);
	o.plain = 1; /* the reference is a text without anything around the network */
	struct handle *t = open_fixture("luong-general", &o);
	struct bytes in = { NULL, 0, 0 }, wanted = { NULL, 0, 0 };
	for (size_t n = MOST; n > MOST - 3; n--) {
		struct line *l = make_line(n, 1);
		size_t before = in.n;
		put_line(l, NULL, &in);
		put_line(l, t, &wanted);
		CHECK(in.n - before > 65536, "%zu bytes are no long line", in.n - before);
		free_line(l);
		make_lines(3, t, &in, &wanted);
	}
	expect_run(t, &in, &wanted, "one thread");
	expect_piped(t, &in, &wanted);
	expect_parts(t, &in, &wanted);
	handle_close(t);
	o.threads = 3;
	t = open_fixture("luong-general", &o);
	expect_run(t, &in, &wanted, "three threads");
	handle_close(t);
	free(in.data);
	free(wanted.data);
}

/* --- Columns -------------------------------------------------------------------------- */

/* Bytes that are not translated: anything but a tab and a newline. */
static void make_column(struct bytes *b)
{
	bytes_add(b, "", 0);
	for (size_t k = test_between(0, 12); k > 0; k--) {
		char c = (char)test_random();
		if (c == '\t' || c == '\n')
			continue;
		bytes_add(b, &c, 1);
		if (test_between(0, 2) == 0)
			add_one(b, separators + 1, LENGTH(separators) - 1);
	}
}

Test(separated, columns)
{
	trujaman_options o = options_of(1, 2);
	o.plain = 1; /* the reference is a text without anything around the network */
	struct handle *t = open_fixture("luong-general", &o);
	o.tsv = 2;
	struct handle *columns = open_fixture("luong-general", &o);
	struct bytes in = { NULL, 0, 0 }, wanted = { NULL, 0, 0 };
	for (size_t i = 0; i < 400; i++) {
		struct line *l = make_line(test_between(0, 4), 0);
		struct bytes left = { NULL, 0, 0 }, right = { NULL, 0, 0 };
		int is_last = test_between(0, 3) == 0;
		make_column(&left);
		bytes_add(&left, "\t", 1);
		make_column(&right);
		bytes_add(&right, l->end, strlen(l->end));
		if (!is_last)
			l->end = "";
		bytes_add(&in, left.data, left.n);
		put_line(l, NULL, &in);
		bytes_add(&wanted, left.data, left.n);
		put_line(l, t, &wanted);
		for (int k = 0; k < 2 && !is_last; k++) {
			bytes_add(k ? &wanted : &in, "\t", 1);
			bytes_add(k ? &wanted : &in, right.data, right.n);
		}
		free(left.data);
		free(right.data);
		free_line(l);
	}
	expect_run(columns, &in, &wanted, "columns");
	expect_piped(columns, &in, &wanted);
	expect_parts(columns, &in, &wanted);
	handle_close(columns);
	handle_close(t);
	free(in.data);
	free(wanted.data);
}

/* --- Scores --------------------------------------------------------------------------- */

/* What follows the score is what plain output is. */
Test(separated, scored)
{
	trujaman_options o = options_of(2, 2);
	o.plain = 1; /* the reference is a text without anything around the network */
	struct handle *t = open_fixture("luong-general", &o);
	struct bytes in = { NULL, 0, 0 }, wanted = { NULL, 0, 0 }, texts = { NULL, 0, 0 };
	make_lines(200, t, &in, &wanted);
	int fd = file_of(&in);
	struct bytes got = run(t, (trujaman_input){ .fd = fd, .force_text = 1 },
	                       TRUJAMAN_OUTPUT_SCORES);
	for (size_t at = 0; at < got.n;) {
		const char *tab = memchr(got.data + at, '\t', got.n - at);
		CHECK(tab != NULL, "no tab after the score at byte %zu", at);
		const char *end = memchr(tab, '\n', got.n - (size_t)(tab - got.data));
		CHECK(end != NULL, "no end of the line at byte %zu", at);
		bytes_add(&texts, tab + 1, (size_t)(end - tab));
		at = (size_t)(end - got.data) + 1;
	}
	expect_equal(&texts, &wanted, "scored");
	handle_close(t);
	close(fd);
	free(got.data);
	free(texts.data);
	free(in.data);
	free(wanted.data);
}
