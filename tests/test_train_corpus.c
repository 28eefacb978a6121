/* SPDX-License-Identifier: MIT */
/* Two parallel text files, and the ids made from them. */
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

#include "src/text/pieces_train.h"
#include "src/train/data/corpus.h"
#include "tests/model_files.h"

TestSuite(pair_text, .init = make_scratch, .fini = remove_scratch);
TestSuite(corpus, .init = make_scratch, .fini = remove_scratch);

/* The texts are string literals, which may contain NUL bytes. */

static struct tj_pair_text *open_text(const char *source, const char *target)
{
	struct tj_error err = { 0 };
	struct tj_pair_text *t = tj_pair_text_open(source, target, 1, &err);
	cr_assert_not_null(t, "%s", err.text);
	return t;
}

static void expect_line(const struct tj_pair_text *t, int side, size_t i, const char *wanted,
                        size_t n_wanted)
{
	size_t n;
	const char *line = tj_pair_text_line(t, side, i, &n);
	cr_expect(n == n_wanted && memcmp(line, wanted, n) == 0, "side %d line %zu: '%.*s'", side,
	          i, (int)n, line);
}
#define EXPECT_LINE(t, side, i, text) expect_line(t, side, i, text, sizeof(text) - 1)

static void expect_open_fails(const char *source, const char *target, trujaman_status status,
                              const char *const *parts)
{
	struct tj_error err = { 0 };
	cr_assert_null(tj_pair_text_open(source, target, 0, &err));
	expect_fault(&err, status, parts[0], parts);
}

/* --- Lines --------------------------------------------------------------------------- */

Test(pair_text, lines_end_with_lf_or_crlf_or_the_file)
{
	struct tj_pair_text *t = open_text(WRITE("a", "one\n\ntwo\r\n\r\nth\rree\r\r\nlast"),
	                                   WRITE("b", "1\n2\n3\n4\n5\n6\n"));
	cr_assert_eq(tj_pair_text_lines(t), 6);
	EXPECT_LINE(t, 0, 0, "one");
	EXPECT_LINE(t, 0, 1, "");
	EXPECT_LINE(t, 0, 2, "two");
	EXPECT_LINE(t, 0, 3, "");
	EXPECT_LINE(t, 0, 4, "th\rree\r");
	EXPECT_LINE(t, 0, 5, "last");
	EXPECT_LINE(t, 1, 0, "1");
	EXPECT_LINE(t, 1, 5, "6");
	tj_pair_text_close(t);
}

Test(pair_text, nul_bytes_are_bytes)
{
	struct tj_pair_text *t = open_text(WRITE("a", "o\0ne\n\0"), WRITE("b", "\0\n\0\0\n"));
	cr_assert_eq(tj_pair_text_lines(t), 2);
	EXPECT_LINE(t, 0, 0, "o\0ne");
	EXPECT_LINE(t, 0, 1, "\0");
	EXPECT_LINE(t, 1, 1, "\0\0");
	tj_pair_text_close(t);
}

Test(pair_text, empty_files_have_no_lines)
{
	struct tj_pair_text *t = open_text(WRITE("a", ""), WRITE("b", ""));
	cr_expect_eq(tj_pair_text_lines(t), 0);
	tj_pair_text_close(t);
}

Test(pair_text, unequal_counts_are_told_with_both_files)
{
	const char *a = WRITE("a", "1\n2\n3\n"), *b = WRITE("b", "1\n2"), *empty = WRITE("c", "");
	expect_open_fails(a, b, TRUJAMAN_ERROR_INPUT,
	                  (const char *const[]){ a, b, "3 lines", "has 2", NULL });
	expect_open_fails(empty, b, TRUJAMAN_ERROR_INPUT,
	                  (const char *const[]){ empty, b, "0 lines", "has 2", NULL });
}

Test(pair_text, what_cannot_be_read_is_told)
{
	const char *a = WRITE("a", "1\n"), *none = in_scratch("none");
	expect_open_fails(none, a, TRUJAMAN_ERROR_IO,
	                  (const char *const[]){ none, "No such file", NULL });
	expect_open_fails(a, none, TRUJAMAN_ERROR_IO,
	                  (const char *const[]){ none, "No such file", NULL });
	expect_open_fails(a, scratch, TRUJAMAN_ERROR_IO,
	                  (const char *const[]){ scratch, "Is a directory", NULL });
}

/* More than a pipe's buffer holds, written in portions that end anywhere. */
enum { PIPED_LINES = 20000 };

static void *write_pipe(void *path)
{
	FILE *f = fopen(path, "w");
	for (int i = 0; f != NULL && i < PIPED_LINES; i++)
		fprintf(f, "line %d of a pipe\n", i);
	return f != NULL && fclose(f) == 0 ? path : NULL;
}

Test(pair_text, pipes_are_read_to_their_end)
{
	char path[PATH_MAX + 260];
	pthread_t writer;
	void *written;
	snprintf(path, sizeof path, "%s", in_scratch("pipe"));
	cr_assert_eq(mkfifo(path, 0600), 0);
	cr_assert_eq(pthread_create(&writer, NULL, write_pipe, path), 0);
	const char *file = in_scratch("file");
	FILE *f = fopen(file, "w");
	cr_assert_not_null(f);
	for (int i = 0; i < PIPED_LINES; i++)
		fprintf(f, "%d\n", i);
	cr_assert_eq(fclose(f), 0);
	struct tj_pair_text *t = open_text(path, file);
	cr_assert_eq(pthread_join(writer, &written), 0);
	cr_assert_not_null(written);
	cr_assert_eq(tj_pair_text_lines(t), PIPED_LINES);
	for (int i = 0; i < PIPED_LINES; i += 777) {
		char wanted[64];
		int n = snprintf(wanted, sizeof wanted, "line %d of a pipe", i);
		expect_line(t, 0, (size_t)i, wanted, (size_t)n);
	}
	tj_pair_text_close(t);
}

/* --- Ids ----------------------------------------------------------------------------- */

/* Lines of three words each, some words rarer than others. */
struct words {
	const char *const *list;
	unsigned n_lines;
	char line[64];
};

static const char *next_line(void *context, size_t *n)
{
	struct words *w = context;
	if (w->n_lines == 0)
		return NULL;
	unsigned i = --w->n_lines;
	*n = (size_t)snprintf(w->line, sizeof w->line, "%s %s %s", w->list[i % 8],
	                      w->list[i * i % 8], w->list[i / 8 % 8]);
	return w->line;
}

/* A unigram vocabulary; side 0 is English, side 1 Spanish. */
static struct tj_pieces *make_pieces(int side)
{
	static const char *const words[2][8] = {
		{ "the", "old", "lamp", "stood", "door", "night", "sea", "stone" },
		{ "el", "mar", "puerta", "noche", "la", "piedra", "byte", "nulo" },
	};
	const struct tj_vocabulary_options o = { .size = 60 };
	struct words w = { .list = words[side], .n_lines = 300 };
	struct tj_error err = { 0 };
	void *model;
	size_t n;
	cr_assert_eq(tj_vocabulary_train(&o, next_line, &w, &model, &n, &err), TRUJAMAN_OK, "%s",
	             err.text);
	struct tj_pieces *p = tj_pieces_open(model, n, side ? "es" : "en", &err);
	cr_assert_not_null(p, "%s", err.text);
	free(model);
	return p;
}

struct setting {
	struct tj_pair_text *text;
	struct tj_corpus_options options;
};

static struct setting set(const char *source, const char *target)
{
	struct setting s = { open_text(source, target),
		             { .what = "the text", .max_pieces = 40, .n_threads = 2 } };
	s.options.source = make_pieces(0);
	s.options.target = make_pieces(1);
	return s;
}

static void unset(struct setting *s)
{
	tj_pieces_close((struct tj_pieces *)s->options.source);
	tj_pieces_close((struct tj_pieces *)s->options.target);
	tj_pair_text_close(s->text);
}

static struct tj_corpus read_corpus(const struct setting *s)
{
	struct tj_corpus c;
	struct tj_error err = { 0 };
	cr_assert_eq(tj_corpus_read(&c, s->text, &s->options, &err), TRUJAMAN_OK, "%s", err.text);
	return c;
}

/* Compares one side of a pair with the line that it came from. */
static void expect_side(const struct setting *s, const struct tj_corpus *c, size_t pair, int side)
{
	const struct tj_pieces *p = side ? s->options.target : s->options.source;
	size_t n, n_got = side ? c->n_target[pair] : c->n_source[pair];
	const int32_t *got = c->ids + (side ? c->target[pair] : c->source[pair]);
	const char *line = tj_pair_text_line(s->text, side, c->line[pair], &n);
	struct tj_error err = { 0 };
	struct tj_ids ids = { NULL, 0, 0 };
	cr_assert_eq(tj_pieces_encode(p, line, n, &ids, &err), TRUJAMAN_OK);
	if (side == 1 || s->options.source_eos) {
		cr_assert_eq(got[n_got - 1], tj_pieces_eos(p));
		n_got--;
	}
	cr_assert_eq(n_got, ids.n, "pair %zu side %d", pair, side);
	cr_assert_eq(memcmp(got, ids.data, ids.n * sizeof *got), 0, "pair %zu side %d", pair, side);
	free(ids.data);
}

static void expect_pairs(const struct setting *s, const struct tj_corpus *c)
{
	uint64_t source = 0, target = 0;
	for (size_t i = 0; i < c->n; i++) {
		cr_assert(i == 0 || c->line[i] > c->line[i - 1]);
		expect_side(s, c, i, 0);
		expect_side(s, c, i, 1);
		source += c->n_source[i];
		target += c->n_target[i];
	}
	cr_expect_eq(c->source_pieces, source);
	cr_expect_eq(c->target_pieces, target);
	cr_expect_eq(c->n_ids, source + target);
}

static void expect_same(const struct tj_corpus *a, const struct tj_corpus *b)
{
	cr_assert(a->n == b->n && a->n_ids == b->n_ids);
	cr_expect_eq(memcmp(a->ids, b->ids, a->n_ids * sizeof *a->ids), 0);
	cr_expect_eq(memcmp(a->source, b->source, a->n * sizeof *a->source), 0);
	cr_expect_eq(memcmp(a->target, b->target, a->n * sizeof *a->target), 0);
	cr_expect_eq(memcmp(a->n_source, b->n_source, a->n * sizeof *a->n_source), 0);
	cr_expect_eq(memcmp(a->n_target, b->n_target, a->n * sizeof *a->n_target), 0);
	cr_expect_eq(memcmp(a->line, b->line, a->n * sizeof *a->line), 0);
	cr_expect_eq(memcmp(&a->skipped, &b->skipped, sizeof a->skipped), 0);
}

#define LONG "the old lamp stood by the door and the door stood by the old lamp all the night "

Test(corpus, what_cannot_be_used_is_counted_by_reason)
{
	struct setting s = set(WRITE("a",
	                             "the sea\n\nwho?\n \t\nbad \xff one\nfine\n" LONG LONG LONG
	                             "\nshort\n\x01\nnul \0 byte\r\nlast"),
	                       WRITE("b",
	                             "el mar\nvacio\n\n\xff\nuno\nbi\xe9n\nlargo\n" LONG LONG LONG
	                             "\nnada\nbyte nulo\r\nfin"));
	const uint64_t kept[] = { 0, 9, 10 };
	for (int eos = 0; eos < 2; eos++) {
		s.options.source_eos = eos;
		struct tj_corpus c = read_corpus(&s);
		cr_expect_eq(c.skipped.empty, 4, "%d empty", (int)c.skipped.empty);
		cr_expect_eq(c.skipped.invalid, 2, "%d invalid", (int)c.skipped.invalid);
		cr_expect_eq(c.skipped.too_long, 2, "%d too long", (int)c.skipped.too_long);
		cr_assert_eq(c.n, 3);
		cr_expect_eq(memcmp(c.line, kept, sizeof kept), 0);
		expect_pairs(&s, &c);
		tj_corpus_free(&c);
	}
	unset(&s);
}

/* A line of exactly max_pieces is used; </s> does not count. */
Test(corpus, the_longest_that_is_used)
{
	struct setting s = set(WRITE("a", "the old sea and the sea\n"), WRITE("b", "el mar\n"));
	struct tj_corpus c = read_corpus(&s);
	size_t n = c.n_source[0];
	cr_assert_gt(n, (size_t)c.n_target[0]);
	tj_corpus_free(&c);
	s.options.source_eos = 1;
	s.options.max_pieces = n;
	c = read_corpus(&s);
	cr_expect_eq(c.n_source[0], n + 1);
	tj_corpus_free(&c);
	struct tj_error err = { 0 };
	s.options.max_pieces = n - 1;
	cr_expect_eq(tj_corpus_read(&c, s.text, &s.options, &err), TRUJAMAN_ERROR_INPUT);
	cr_expect_not_null(strstr(err.text, "1 are longer than"), "%s", err.text);
	tj_corpus_free(&c);
	unset(&s);
}

Test(corpus, without_a_usable_pair_it_tells_why)
{
	struct setting s = set(WRITE("a", "a\n\n\xff\n\n"), WRITE("b", "\n\nb\nb\n"));
	struct tj_error err = { 0 };
	struct tj_corpus c;
	cr_expect_eq(tj_corpus_read(&c, s.text, &s.options, &err), TRUJAMAN_ERROR_INPUT);
	expect_fault(&err, TRUJAMAN_ERROR_INPUT, "of 4",
	             (const char *const[]){ "the text, ", "/a and ", "/b: ", "3 have an empty side",
	                                    "1 are not UTF-8", NULL });
	tj_corpus_free(&c);
	unset(&s);
	s = set(WRITE("a", ""), WRITE("b", ""));
	tj_error_clear(&err);
	cr_expect_eq(tj_corpus_read(&c, s.text, &s.options, &err), TRUJAMAN_ERROR_INPUT);
	tj_corpus_free(&c);
	unset(&s);
}

/* More than three times the lines that a thread takes at once; every 13th is empty. */
enum { MANY = 3100 };

static void write_many(void)
{
	static const char *const words[] = { "sea",   "lamp",  "old",    "the",    "doors",
		                             "night", "stone", "winter", "rivers", "of" };
	FILE *a = fopen(in_scratch("a"), "w"), *b = fopen(in_scratch("b"), "w");
	cr_assert(a != NULL && b != NULL);
	for (unsigned i = 0; i < MANY; i++) {
		for (unsigned k = 0; i % 13 && k < 2 + i % 7; k++) {
			fprintf(a, "%s ", words[(i * 7 + k * (i / 10)) % 10]);
			fprintf(b, "%s ", words[(i * 3 + k) % 10]);
		}
		fputc('\n', a);
		fputc('\n', b);
	}
	cr_assert(fclose(a) == 0 && fclose(b) == 0);
}

static struct setting set_many(void)
{
	write_many();
	struct setting s = set(in_scratch("a"), in_scratch("b"));
	s.options.max_pieces = 1000;
	return s;
}

Test(corpus, the_same_for_every_number_of_threads)
{
	struct setting s = set_many();
	for (int sampled = 0; sampled < 2; sampled++) {
		s.options.sampling = sampled ? 0.2 : 0;
		s.options.n_threads = 1;
		struct tj_corpus one = read_corpus(&s);
		cr_expect_eq(one.n + one.skipped.empty, MANY);
		if (!sampled)
			expect_pairs(&s, &one);
		for (s.options.n_threads = 2; s.options.n_threads <= 3; s.options.n_threads++) {
			struct tj_corpus other = read_corpus(&s);
			expect_same(&one, &other);
			tj_corpus_free(&other);
		}
		tj_corpus_free(&one);
	}
	unset(&s);
}

static int is_held_out(void *context, size_t line)
{
	return (line % 10 == 0) == *(const int *)context;
}

Test(corpus, training_and_held_out_lines_are_the_whole)
{
	struct setting s = set_many();
	struct tj_corpus whole = read_corpus(&s), part[2];
	unsigned char seen[MANY] = { 0 };
	for (int held_out = 0; held_out < 2; held_out++) {
		s.options.take = is_held_out;
		s.options.context = &held_out;
		part[held_out] = read_corpus(&s);
		expect_pairs(&s, &part[held_out]);
		for (size_t i = 0; i < part[held_out].n; i++) {
			uint64_t line = part[held_out].line[i];
			cr_assert_eq(line % 10 == 0, held_out);
			cr_assert(!seen[line]);
			seen[line] = 1;
		}
	}
	cr_expect_eq(part[0].n + part[1].n, whole.n);
	cr_expect_eq(part[0].skipped.empty + part[1].skipped.empty, whole.skipped.empty);
	tj_corpus_free(&whole);
	tj_corpus_free(&part[0]);
	tj_corpus_free(&part[1]);
	unset(&s);
}

/* --- Sampling ------------------------------------------------------------------------ */

static struct tj_corpus sampled(struct setting *s, double alpha, uint64_t seed)
{
	s->options.sampling = alpha;
	s->options.seed = seed;
	return read_corpus(s);
}

static int same_ids(const struct tj_corpus *a, const struct tj_corpus *b)
{
	return a->n_ids == b->n_ids && memcmp(a->ids, b->ids, a->n_ids * sizeof *a->ids) == 0;
}

Test(corpus, the_seed_of_the_sampling_decides)
{
	struct setting s = set_many();
	struct tj_corpus a = sampled(&s, 0.2, 5), b = sampled(&s, 0.2, 5), c = sampled(&s, 0.2, 6);
	cr_expect(same_ids(&a, &b));
	cr_expect(!same_ids(&a, &c));
	tj_corpus_free(&a);
	tj_corpus_free(&b);
	tj_corpus_free(&c);
	unset(&s);
}

/* Sampled pieces differ but decode to the same text. */
Test(corpus, what_is_sampled_spells_the_same_text)
{
	struct setting s = set_many();
	struct tj_corpus best = read_corpus(&s), other = sampled(&s, 0.1, 5);
	struct tj_error err = { 0 };
	size_t differ = 0;
	cr_assert_eq(best.n, other.n);
	for (size_t i = 0; i < best.n; i++) {
		struct tj_string a = { NULL, 0, 0 }, b = { NULL, 0, 0 };
		tj_pieces_decode(s.options.source, best.ids + best.source[i], best.n_source[i], &a,
		                 &err);
		tj_pieces_decode(s.options.source, other.ids + other.source[i], other.n_source[i],
		                 &b, &err);
		cr_assert_eq(err.status, TRUJAMAN_OK, "%s", err.text);
		cr_assert(a.n == b.n && memcmp(a.data, b.data, a.n) == 0, "pair %zu", i);
		differ += best.n_source[i] != other.n_source[i];
		free(a.data);
		free(b.data);
	}
	cr_expect_gt(differ, best.n / 10);
	tj_corpus_free(&best);
	tj_corpus_free(&other);
	unset(&s);
}

/* How often, over 1000 seeds, a text gets its best segmentation. */
static int best_of_1000(const struct tj_pieces *p, double alpha)
{
	static const char text[] = "the old lamp stood by the door";
	struct tj_error err = { 0 };
	struct tj_ids best = { NULL, 0, 0 }, ids = { NULL, 0, 0 };
	int count = 0;
	cr_assert_eq(tj_pieces_encode(p, text, sizeof text - 1, &best, &err), TRUJAMAN_OK);
	for (uint64_t i = 0; i < 1000; i++) {
		uint64_t seed = (i * 2 + 1) << 53 | i; /* the high bits run through all values */
		ids.n = 0;
		cr_assert_eq(tj_pieces_sample(p, text, sizeof text - 1, alpha, seed, &ids, &err),
		             TRUJAMAN_OK, "%s", err.text);
		count += ids.n == best.n &&
		         memcmp(ids.data, best.data, best.n * sizeof *best.data) == 0;
	}
	free(best.data);
	free(ids.data);
	return count;
}

/* With alpha 0 the 16 best segmentations are equally likely. A larger alpha favours the best one.
 */
Test(corpus, alpha_says_how_often_the_best_is_drawn)
{
	struct tj_pieces *p = make_pieces(0);
	int uniform = best_of_1000(p, 0), some = best_of_1000(p, 0.05), most = best_of_1000(p, 50);
	cr_expect(uniform >= 55 && uniform <= 70, "%d, wanted 1000 / 16", uniform);
	cr_expect(some > uniform && some < most, "%d, %d, %d", uniform, some, most);
	cr_expect_geq(most, 995);
	tj_pieces_close(p);
}
