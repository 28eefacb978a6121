/* SPDX-License-Identifier: MIT */
/* A corpus whose pairs are prepared: placeables, variations and copies are drawn by line, epoch and
 * seed alone. */
#include "src/text/pieces_train.h"
#include "src/train/data/corpus.h"
#include "tests/model_files.h"

TestSuite(preparation, .init = make_scratch, .fini = remove_scratch, .timeout = 300);

enum { N_LINES = 4000 };

static void write_line(FILE *f, int i)
{
	static const char *const words[] = { "lamp", "door", "sea", "stone", "night", "harbour" };
	fprintf(f, "The %s of %s number %d is old.\n", words[i % 6], words[i / 6 % 6], 1000 + i);
}

static const char *next_line(void *context, size_t *n)
{
	static char line[128];
	int *i = context;
	if (*i == 0)
		return NULL;
	FILE *f = fmemopen(line, sizeof line, "w");
	write_line(f, --*i);
	fclose(f);
	*n = strlen(line) - 1;
	return line;
}

struct setting {
	struct tj_pair_text *text;
	struct tj_corpus_options options;
	struct tj_pieces *pieces;
};

/* Source and target are the same, which shows whether both sides are treated alike. */
static struct setting set(void)
{
	const struct tj_vocabulary_options o = { .size = 380,
		                                 .byte_fallback = 1,
		                                 .n_placeables = 16 };
	struct setting s = { .options = { .what = "the text", .max_pieces = 99, .n_threads = 1 } };
	struct tj_error err = { 0 };
	int n = 400;
	void *model;
	size_t n_bytes;
	const char *path = in_scratch("text");
	FILE *f = fopen(path, "w");
	cr_assert_not_null(f);
	for (int i = 0; i < N_LINES; i++)
		write_line(f, i);
	cr_assert_eq(fclose(f), 0);
	s.text = tj_pair_text_open(path, path, 0, &err);
	cr_assert_not_null(s.text, "%s", err.text);
	cr_assert_eq(tj_vocabulary_train(&o, next_line, &n, &model, &n_bytes, &err), TRUJAMAN_OK,
	             "%s", err.text);
	s.pieces = tj_pieces_open(model, n_bytes, "made", &err);
	cr_assert_not_null(s.pieces, "%s", err.text);
	free(model);
	s.options.source = s.options.target = s.pieces;
	s.options.preparation.seed = 17;
	return s;
}

static void unset(struct setting *s)
{
	tj_pieces_close(s->pieces);
	tj_pair_text_close(s->text);
}

static struct tj_corpus read_corpus(const struct setting *s)
{
	struct tj_corpus c;
	struct tj_error err = { 0 };
	cr_assert_eq(tj_corpus_read(&c, s->text, &s->options, &err), TRUJAMAN_OK, "%s", err.text);
	return c;
}

/* The text of one side of a pair; static storage. */
static const char *text_of(const struct setting *s, const struct tj_corpus *c, size_t pair,
                           int side)
{
	static char text[512];
	struct tj_error err = { 0 };
	struct tj_string out = { NULL, 0, 0 };
	size_t n = side ? c->n_target[pair] - 1 : c->n_source[pair];
	cr_assert_eq(tj_pieces_decode(s->pieces, c->ids + (side ? c->target : c->source)[pair], n,
	                              &out, &err),
	             TRUJAMAN_OK);
	snprintf(text, sizeof text, "%.*s", (int)out.n, out.data);
	free(out.data);
	return text;
}

static int same_corpus(const struct tj_corpus *a, const struct tj_corpus *b)
{
	return a->n == b->n && a->n_ids == b->n_ids && a->n_copies == b->n_copies &&
	       memcmp(a->ids, b->ids, a->n_ids * sizeof *a->ids) == 0 &&
	       memcmp(a->line, b->line, a->n * sizeof *a->line) == 0 &&
	       memcmp(&a->made, &b->made, sizeof a->made) == 0;
}

/* Whether a count of N_LINES draws is within five standard deviations of its share. */
static void expect_share(uint64_t count, double share)
{
	double n = N_LINES, difference = (double)count - share * n;
	cr_expect(difference * difference <= 25 * n * share * (1 - share), "%g of %g, not %g",
	          (double)count, n, share);
}

Test(preparation, spans_become_placeables_but_for_a_share)
{
	struct setting s = set();
	s.options.preparation.rules.max_placeables = 16;
	struct tj_corpus c = read_corpus(&s);
	cr_expect_eq(c.made.spans.replaced, N_LINES);
	cr_expect_str_eq(text_of(&s, &c, 3, 0), "The stone of lamp number\xF3\xB0\x80\x80 is old.");
	cr_expect_str_eq(text_of(&s, &c, 3, 1), "The stone of lamp number\xF3\xB0\x80\x80 is old.");
	tj_corpus_free(&c);
	s.options.preparation.raw_spans = 0.25;
	c = read_corpus(&s);
	expect_share(c.made.spans.replaced, 0.75);
	tj_corpus_free(&c);
	s.options.preparation.raw_spans = 1;
	c = read_corpus(&s);
	cr_expect_eq(c.made.spans.replaced, 0);
	cr_expect_str_eq(text_of(&s, &c, 3, 1), "The stone of lamp number 1003 is old.");
	tj_corpus_free(&c);
	unset(&s);
}

/* A quarter of them begins with a number above 0, any of 16. */
Test(preparation, all_numbers_are_met)
{
	struct setting s = set();
	uint64_t met[16] = { 0 };
	s.options.preparation.rules.max_placeables = 16;
	s.options.preparation.shifts_numbers = 1;
	struct tj_corpus c = read_corpus(&s);
	for (size_t i = 0; i < c.n; i++) {
		const char *text = text_of(&s, &c, i, 0), *number = strstr(text, "\xF3\xB0\x80");
		cr_assert_not_null(number);
		char first[5] = { 0 };
		memcpy(first, number, 4);
		met[first[3] & 0x3F]++;
		cr_assert_not_null(strstr(text_of(&s, &c, i, 1), first));
	}
	for (size_t k = 1; k < 16; k++)
		expect_share(met[k], 0.25 / 16);
	expect_share(met[0], 0.75 + 0.25 / 16);
	tj_corpus_free(&c);
	unset(&s);
}

/* In which case a text is: the enum's value. */
static int case_of(const char *text)
{
	return strstr(text, "THE ")           ? TJ_VARY_UPPER
	       : strstr(text, "the ") == text ? TJ_VARY_LOWER
	       : strstr(text, " Of ")         ? TJ_VARY_TITLE
	                                      : TJ_VARY_NOTHING;
}

Test(preparation, shares_are_kept_and_both_sides_are_alike)
{
	struct setting s = set();
	uint64_t cases[TJ_N_VARY_CASES] = { 0 }, without = 0;
	s.options.preparation.letter_cases = 0.3;
	s.options.preparation.no_marks = 0.2;
	struct tj_corpus c = read_corpus(&s);
	cr_assert_eq(c.n, N_LINES);
	for (size_t i = 0; i < c.n; i++) {
		char source[512];
		snprintf(source, sizeof source, "%s", text_of(&s, &c, i, 0));
		cr_expect_str_eq(source, text_of(&s, &c, i, 1));
		cases[case_of(source)]++;
		without += source[strlen(source) - 1] != '.';
	}
	for (int i = TJ_VARY_UPPER; i < TJ_N_VARY_CASES; i++)
		expect_share(cases[i], 0.1);
	expect_share(without, 0.2);
	cr_expect_eq(c.made.cased, N_LINES - cases[TJ_VARY_NOTHING]);
	cr_expect_eq(c.made.without_mark, without);
	tj_corpus_free(&c);
	unset(&s);
}

Test(preparation, copies_follow_their_pairs)
{
	struct setting s = set();
	uint64_t copies = 0;
	s.options.source_eos = 1;
	s.options.preparation.copies = 0.15;
	struct tj_corpus c = read_corpus(&s);
	cr_assert_eq(c.n, N_LINES + c.n_copies);
	for (size_t i = 1; i < c.n; i++) {
		cr_assert(c.line[i] - c.line[i - 1] <= 1);
		if (c.line[i] > c.line[i - 1])
			continue;
		copies++;
		cr_assert_eq(c.n_source[i], c.n_target[i]);
		cr_assert_eq(c.n_target[i], c.n_target[i - 1]);
		cr_assert_eq(memcmp(c.ids + c.source[i], c.ids + c.target[i - 1],
		                    c.n_source[i] * sizeof *c.ids),
		             0);
	}
	cr_expect_eq(copies, c.n_copies);
	expect_share(copies, 0.15);
	tj_corpus_free(&c);
	unset(&s);
}

/* Sampling takes long; every eighth line leaves some in each work item. */
static int is_eighth(void *context, size_t line)
{
	(void)context;
	return line % 8 == 0;
}

static struct setting set_all(void)
{
	struct setting s = set();
	s.options.take = is_eighth;
	s.options.sampling = 0.2;
	s.options.preparation.rules.max_placeables = 16;
	s.options.preparation.raw_spans = 0.1;
	s.options.preparation.shifts_numbers = 1;
	s.options.preparation.letter_cases = 0.2;
	s.options.preparation.no_marks = 0.2;
	s.options.preparation.copies = 0.2;
	return s;
}

Test(preparation, the_number_of_threads_changes_nothing)
{
	struct setting s = set_all();
	struct tj_corpus one = read_corpus(&s);
	for (size_t n = 2; n <= 5; n++) {
		s.options.n_threads = n;
		struct tj_corpus more = read_corpus(&s);
		cr_expect(same_corpus(&one, &more), "%zu threads", n);
		tj_corpus_free(&more);
	}
	tj_corpus_free(&one);
	unset(&s);
}

Test(preparation, another_seed_draws_other_pairs)
{
	struct setting s = set_all();
	struct tj_corpus one = read_corpus(&s);
	s.options.preparation.seed++;
	struct tj_corpus two = read_corpus(&s);
	cr_expect_not(same_corpus(&one, &two));
	tj_corpus_free(&one);
	tj_corpus_free(&two);
	unset(&s);
}

Test(preparation, what_varies_and_what_is_needed)
{
	struct tj_preparation p = { .raw_spans = 0.1 };
	cr_expect(!tj_preparation_is_needed(&p) && !tj_preparation_varies(&p));
	p.rules.max_placeables = 16;
	cr_expect(tj_preparation_is_needed(&p) && tj_preparation_varies(&p));
	p.raw_spans = 0;
	p.shifts_numbers = 1;
	cr_expect(tj_preparation_varies(&p));
	p.shifts_numbers = 0;
	cr_expect(tj_preparation_is_needed(&p) && !tj_preparation_varies(&p));
	for (int i = 0; i < 3; i++) {
		struct tj_preparation one = { .letter_cases = i == 0 ? 0.5 : 0,
			                      .no_marks = i == 1 ? 0.5 : 0,
			                      .copies = i == 2 ? 0.5 : 0 };
		struct tj_preparation none = tj_preparation_without_variation(&one);
		cr_expect(tj_preparation_is_needed(&one) && tj_preparation_varies(&one));
		cr_expect(!tj_preparation_is_needed(&none) && !tj_preparation_varies(&none));
	}
}
