/* SPDX-License-Identifier: MIT */
/* The pairs that are held out as dev set: how many, and that no source of theirs remains. */
#include <stdlib.h>

#include "src/base/random.h"
#include "src/train/data/hold_out.h"
#include "tests/model_files.h"

TestSuite(hold_out, .init = make_scratch, .fini = remove_scratch);

enum { MOST = 6000 };

/* Line i has the source number which(i); its target is its line number. */
static struct tj_pair_text *make_text(int n, int (*which)(int))
{
	static char source[PATH_MAX + 260], target[PATH_MAX + 260]; /* the text refers to them */
	struct tj_error err = { 0 };
	snprintf(source, sizeof source, "%s", in_scratch("source"));
	snprintf(target, sizeof target, "%s", in_scratch("target"));
	FILE *s = fopen(source, "w"), *t = fopen(target, "w");
	cr_assert(s != NULL && t != NULL);
	for (int i = 0; i < n; i++) {
		/* White space does not make another sentence. */
		fprintf(s, "%ssource  %s%d%s\n", i % 3 ? "" : " ", i % 2 ? "" : "\t", which(i),
		        i % 5 ? "" : "  ");
		fprintf(t, "%d\n", i);
	}
	cr_assert(fclose(s) == 0 && fclose(t) == 0);
	struct tj_pair_text *text = tj_pair_text_open(source, target, 0, &err);
	cr_assert_not_null(text, "%s", err.text);
	return text;
}

static struct tj_held_out hold_out(const struct tj_pair_text *t, uint64_t seed)
{
	struct tj_error err = { 0 };
	struct tj_held_out h = { 0, 0, NULL };
	cr_assert_eq(tj_hold_out(&h, t, tj_pair_text_lines(t), seed, &err), TRUJAMAN_OK);
	return h;
}

/* Each source is used in one way only, and the counts are right. */
static void check(const struct tj_held_out *h, int n, int (*which)(int))
{
	static unsigned char uses[MOST];
	size_t counts[3] = { 0 };
	memset(uses, 0, sizeof uses);
	for (int i = 0; i < n; i++) {
		cr_assert_leq(h->lines[i], TJ_LINE_IS_COPY);
		counts[h->lines[i]]++;
		uses[which(i)] |= (unsigned char)(1 << h->lines[i]);
	}
	cr_expect_eq(counts[TJ_LINE_JUDGES], h->n);
	cr_expect_eq(counts[TJ_LINE_IS_COPY], h->n_copies);
	for (int i = 0; i < n; i++)
		cr_expect(!(uses[which(i)] & 1 << TJ_LINE_TRAINS) ||
		              uses[which(i)] == 1 << TJ_LINE_TRAINS,
		          "source %d trains and judges", which(i));
}

static int different(int i)
{
	return i;
}

static int twice(int i)
{
	return i / 2;
}

static int some_often(int i)
{
	return i % 3 == 0 ? i : i % 7;
}

static int twenty(int i)
{
	return i % 20;
}

static int the_same(int i)
{
	(void)i;
	return 0;
}

/* Which lines they are is Knuth's algorithm S over all lines, as ever. */
Test(hold_out, of_different_sources_every_line_may_be_held_out)
{
	const int n = 1234;
	struct tj_pair_text *t = make_text(n, different);
	struct tj_held_out h = hold_out(t, 99);
	cr_expect_eq(h.n, 12);
	cr_expect_eq(h.n_copies, 0);
	check(&h, n, different);
	uint64_t left = (uint64_t)n, wanted = 12;
	for (int i = 0; i < n; i++) {
		int held = tj_random_below(99, (uint64_t)i, left--) < wanted;
		wanted -= (uint64_t)held;
		cr_expect_eq(h.lines[i], held ? TJ_LINE_JUDGES : TJ_LINE_TRAINS, "line %d", i);
	}
	free(h.lines);
	tj_pair_text_close(t);
}

Test(hold_out, no_source_is_on_both_sides)
{
	static const struct {
		int (*which)(int);
		int n;
		size_t held_out, copies;
	} cases[] = {
		{ twice, 1000, 10, 10 },
		{ some_often, 3000, 30, 0 }, /* enough occur once */
		{ twenty, MOST, 2, 598 },    /* not more than a tenth of the sources */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (uint64_t seed = 1; seed < 4; seed++) {
			struct tj_pair_text *t = make_text(cases[i].n, cases[i].which);
			struct tj_held_out h = hold_out(t, seed);
			cr_expect_eq(h.n, cases[i].held_out, "case %zu: %zu", i, h.n);
			cr_expect_eq(h.n_copies, cases[i].copies, "case %zu: %zu", i, h.n_copies);
			check(&h, cases[i].n, cases[i].which);
			free(h.lines);
			tj_pair_text_close(t);
		}
}

Test(hold_out, nothing_of_a_small_text_or_of_one_sentence)
{
	struct tj_pair_text *t = make_text(199, different);
	struct tj_held_out h = hold_out(t, 1);
	cr_expect_eq(h.n, 0);
	cr_expect_null(h.lines);
	tj_pair_text_close(t);
	t = make_text(500, the_same);
	h = hold_out(t, 1);
	cr_expect_eq(h.n, 0);
	cr_expect_null(h.lines);
	tj_pair_text_close(t);
}

Test(hold_out, shared_sources_are_counted)
{
	struct tj_error err = { 0 };
	struct tj_pair_text *all = make_text(1000, different), *few = make_text(30, twenty);
	size_t n;
	cr_assert_eq(tj_count_shared(few, all, &n, &err), TRUJAMAN_OK);
	cr_expect_eq(n, 30);
	cr_assert_eq(tj_count_shared(all, few, &n, &err), TRUJAMAN_OK);
	cr_expect_eq(n, 20);
	tj_pair_text_close(all);
	tj_pair_text_close(few);
}
