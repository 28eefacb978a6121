/* SPDX-License-Identifier: MIT */
/* Word alignments of a training text: what is refused, and which pieces the links come to. */
#include "src/train/data/corpus.h"
#include "src/train/data/piece_links.h"
#include "tests/model_files.h"
#include "tests/tiny_pieces.h"

TestSuite(word_links, .init = make_scratch, .fini = remove_scratch);
TestSuite(piece_links, .init = make_scratch, .fini = remove_scratch);

/* The texts of all tests of files: 2, 3, 0 and 4 words; 3, 2, 1 and 1. */
static struct tj_pair_text *open_texts(struct tj_corpus_files *files, const char *alignment,
                                       size_t n)
{
	static char kept[4096]; /* in_scratch uses its room again */
	struct tj_error err = { 0 };
	if (alignment != NULL)
		snprintf(kept, sizeof kept, "%s", alignment);
	for (size_t i = 0; i < n; i++)
		files[i] = (struct tj_corpus_files){
			.source = (char *)WRITE("a", "an apple\n  the\told\vsea \n\nx y z w\n"),
			.target = (char *)WRITE("b", "una manzana .\r\nel mar\nno\ntodo\n"),
			.weight = 1,
		};
	files[n - 1].alignment = alignment != NULL ? kept : NULL;
	struct tj_pair_text *t = tj_pair_texts_open(files, n, 0, &err);
	cr_assert_not_null(t, "%s", err.text);
	return t;
}

static void expect_links(const struct tj_word_links *l, size_t line, size_t n,
                         const struct tj_word_link *wanted)
{
	const struct tj_word_link *got = l->links + l->first[line];
	cr_assert_eq(l->first[line + 1] - l->first[line], n, "line %zu", line);
	for (size_t i = 0; i < n; i++)
		cr_expect(got[i].source == wanted[i].source && got[i].target == wanted[i].target,
		          "line %zu: %u-%u", line, got[i].source, got[i].target);
}

Test(word_links, are_sorted_by_target_and_there_once)
{
	struct tj_corpus_files files[2];
	struct tj_word_links l;
	struct tj_error err = { 0 };
	struct tj_pair_text *t = open_texts(files,
	                                    WRITE("c", "\xEF\xBB\xBF"
	                                               "1-1 0-0\t1-0  1-1\r\n0-0 2-1 1-0\n\n"),
	                                    2);
	cr_assert_neq(tj_word_links_read(&l, t, &err), TRUJAMAN_OK);
	cr_expect_not_null(strstr(err.text, "has 3 lines"), "%s", err.text);
	tj_word_links_free(&l);
	tj_error_clear(&err);
	WRITE("c", "\xEF\xBB\xBF"
	           "1-1 0-0\t1-0  1-1\r\n0-0 2-1 1-0\n\n0003-0");
	cr_assert_eq(tj_word_links_read(&l, t, &err), TRUJAMAN_OK, "%s", err.text);
	cr_assert_eq(l.n_lines, 8);
	for (size_t i = 0; i < 4; i++) /* the first pair of files has no alignment */
		expect_links(&l, i, 0, NULL);
	expect_links(&l, 4, 3, (const struct tj_word_link[]){ { 0, 0 }, { 1, 0 }, { 1, 1 } });
	expect_links(&l, 5, 3, (const struct tj_word_link[]){ { 0, 0 }, { 1, 0 }, { 2, 1 } });
	expect_links(&l, 6, 0, NULL);
	expect_links(&l, 7, 1, (const struct tj_word_link[]){ { 3, 0 } });
	tj_word_links_free(&l);
	tj_pair_text_close(t);
}

Test(word_links, without_a_file_there_are_none)
{
	struct tj_corpus_files files[2];
	struct tj_word_links l;
	struct tj_error err = { 0 };
	struct tj_pair_text *t = open_texts(files, NULL, 2);
	cr_assert_eq(tj_word_links_read(&l, t, &err), TRUJAMAN_OK);
	cr_expect_eq(l.n_lines, 0);
	tj_word_links_free(&l);
	tj_pair_text_close(t);
}

/* `text` is the alignment's; the message must name its file, and have `part`. */
static void expect_refused(const char *text, const char *part)
{
	struct tj_corpus_files files[1];
	struct tj_word_links l;
	struct tj_error err = { 0 };
	struct tj_pair_text *t = open_texts(files, write_bytes("c", text, strlen(text)), 1);
	cr_assert_neq(tj_word_links_read(&l, t, &err), TRUJAMAN_OK, "%s", text);
	expect_fault(&err, TRUJAMAN_ERROR_INPUT, files[0].alignment,
	             (const char *const[]){ part, NULL });
	tj_word_links_free(&l);
	tj_pair_text_close(t);
}

Test(word_links, what_is_no_link_of_its_words_is_told_with_its_line)
{
	static const char *const no_links[] = {
		"1",   "-",     "1-",   "-1",   "1-1-1", "1--1",   "0-0,",
		"0?0", "0 - 0", "+0-0", "0-0x", "0x0-0", "0-\xff", "\xc3\xb1",
	};
	char text[200];
	for (size_t i = 0; i < sizeof no_links / sizeof *no_links; i++) {
		snprintf(text, sizeof text, "\n0-0 %s 1-1\n\n\n", no_links[i]);
		expect_refused(text, ":2: '");
	}
	expect_refused("2-0\n\n\n\n", ":1: link 2-0: there is no such word, the source has 2");
	expect_refused("\n2-2\n\n\n", ":2: link 2-2: there is no such word, the target has 2");
	expect_refused("\n\n0-0\n\n", ":3: link 0-0: there is no such word, the source has 0");
	expect_refused("99999999999999999999999-0\n\n\n\n", "the source has 2");
	expect_refused("4294967296-0\n\n\n\n", "the source has 2");
	memset(text, '7', 100);
	strcpy(text + 100, "\n\n\n\n");
	expect_refused(text, "7…' is no link");
	expect_refused("", "has 0 lines and the texts that it aligns have 4");
	expect_refused("9-9\n\n\n\n\n", "has 5 lines"); /* says more than that 9-9 is wrong */
}

/* --- Pieces -------------------------------------------------------------------------- */

/* "▁" is E2 96 81. */
static const struct tiny_piece words[] = {
	{ "<unk>", TINY_UNKNOWN },
	{ "<s>", TINY_CONTROL },
	{ "</s>", TINY_CONTROL },
	{ "\xe2\x96\x81the", TINY_NORMAL },
	{ "\xe2\x96\x81old", TINY_NORMAL },
	{ "\xe2\x96\x81s", TINY_NORMAL },
	{ "ea", TINY_NORMAL },
	{ "\xe2\x96\x81", TINY_NORMAL },
	{ ".", TINY_NORMAL },
	{ "s", TINY_NORMAL },
	{ "a", TINY_NORMAL },
};
enum { THE = 3, OLD, S_, EA, SPACE, STOP, S, A };

static struct tj_pieces *open_pieces(void)
{
	unsigned char model[1024];
	struct tj_error err = { 0 };
	size_t n = tiny_pieces(words, sizeof words / sizeof *words, model, sizeof model);
	struct tj_pieces *p = tj_pieces_open(model, n, "tiny", &err);
	cr_assert_not_null(p, "%s", err.text);
	return p;
}

struct piece_case {
	const char *what;
	const char *tag, *text[2];
	size_t n_ids[2];
	int32_t ids[2][8];
	size_t n_links, n_wanted;
	struct tj_word_link links[4];
	struct tj_piece_link wanted[8];
};

static void check_pieces(struct tj_piece_linker *l, const struct tj_pieces *p,
                         const struct piece_case *c)
{
	struct tj_error err = { 0 };
	struct tj_linked_side sides[2];
	for (int i = 0; i < 2; i++)
		sides[i] = (struct tj_linked_side){ i == 0 ? c->tag : NULL,
			                            c->text[i],
			                            strlen(c->text[i]),
			                            p,
			                            c->ids[i],
			                            c->n_ids[i] };
	cr_assert_eq(tj_link_pieces(l, sides, c->links, c->n_links, &err), TRUJAMAN_OK, "%s",
	             err.text);
	cr_assert_eq(l->n, c->n_wanted, "%s: %zu links", c->what, l->n);
	for (size_t i = 0; i < l->n; i++)
		cr_expect(l->links[i].target == c->wanted[i].target &&
		              l->links[i].source == c->wanted[i].source,
		          "%s: target %u, source %u", c->what, l->links[i].target,
		          l->links[i].source);
}

static const struct piece_case piece_cases[] = {
	{ "a word of two pieces",
	  NULL,
	  { "the sea", "old the sea" },
	  { 3, 4 },
	  { { THE, S_, EA }, { OLD, THE, S_, EA } },
	  2,
	  5,
	  { { 0, 1 }, { 1, 2 } },
	  { { 1, 0 }, { 2, 1 }, { 2, 2 }, { 3, 1 }, { 3, 2 } } },
	{ "two words for one, one of them apart",
	  NULL,
	  { "the old sea", "sea" },
	  { 4, 2 },
	  { { THE, OLD, S_, EA }, { S_, EA } },
	  2,
	  6,
	  { { 0, 0 }, { 2, 0 } },
	  { { 0, 0 }, { 0, 2 }, { 0, 3 }, { 1, 0 }, { 1, 2 }, { 1, 3 } } },
	{ "white space is of no word",
	  NULL,
	  { " the \t sea", "the." },
	  { 4, 3 },
	  { { THE, SPACE, S, EA }, { SPACE, THE, STOP } },
	  1,
	  4,
	  { { 1, 0 } },
	  { { 1, 2 }, { 1, 3 }, { 2, 2 }, { 2, 3 } } },
	{ "another letter case, and no final mark",
	  NULL,
	  { "THE Old Sea.", "Old." },
	  { 4, 1 },
	  { { THE, OLD, S_, EA }, { OLD } },
	  1,
	  2,
	  { { 2, 0 } },
	  { { 0, 2 }, { 0, 3 } } },
	{ "a tag comes first, and has no links",
	  "the sea",
	  { "the sea", "the" },
	  { 6, 1 },
	  { { THE, S_, EA, THE, S_, EA }, { THE } },
	  1,
	  2,
	  { { 1, 0 } },
	  { { 0, 4 }, { 0, 5 } } },
	{ "no links",
	  NULL,
	  { "the", "the" },
	  { 1, 1 },
	  { { THE }, { THE } },
	  0,
	  0,
	  { { 0, 0 } },
	  { { 0, 0 } } },
};

Test(piece_links, all_pieces_of_both_words)
{
	struct tj_piece_linker l = { .n = 0 };
	struct tj_pieces *p = open_pieces();
	for (int again = 0; again < 2; again++) /* nothing stays of the pair before */
		for (size_t i = 0; i < sizeof piece_cases / sizeof *piece_cases; i++)
			check_pieces(&l, p, &piece_cases[i]);
	tj_piece_linker_free(&l);
	tj_pieces_close(p);
}

/* Many pieces of one word, on both sides. */
Test(piece_links, too_many_are_none)
{
	enum { N = 1100 };
	static char text[N];
	static int32_t ids[N];
	const struct tj_word_link link = { 0, 0 };
	struct tj_piece_linker l = { .n = 0 };
	struct tj_error err = { 0 };
	struct tj_pieces *p = open_pieces();
	memset(text, 'a', N);
	for (size_t i = 0; i < N; i++)
		ids[i] = A;
	for (size_t n = 1000; n <= N; n += 100) {
		const struct tj_linked_side side = { NULL, text, n, p, ids, n };
		const struct tj_linked_side sides[2] = { side, side };
		cr_assert_eq(tj_link_pieces(&l, sides, &link, 1, &err), TRUJAMAN_OK);
		cr_expect_eq(l.n, n == 1000 ? n * n : 0);
	}
	tj_piece_linker_free(&l);
	tj_pieces_close(p);
}

/* --- The corpus ---------------------------------------------------------------------- */

Test(piece_links, of_a_corpus_follow_its_pairs_for_every_number_of_threads)
{
	static const size_t n_wanted[] = { 2, 0, 3 }; /* the pair before the last one is too long */
	struct tj_error err = { 0 };
	struct tj_corpus_files file = {
		.source = (char *)WRITE("a", "the\nthe old\nold old old old old\nsea\n"),
		.target = (char *)WRITE("b", "sea\nthe\nold\nsea.\n"),
		.alignment = (char *)WRITE("c", "0-0\n\n0-0 4-0\n0-0\n"),
		.weight = 1,
	};
	struct tj_pair_text *t = tj_pair_texts_open(&file, 1, 0, &err);
	struct tj_pieces *p = open_pieces();
	struct tj_word_links l;
	cr_assert(t != NULL && tj_word_links_read(&l, t, &err) == TRUJAMAN_OK, "%s", err.text);
	for (size_t threads = 1; threads <= 3; threads++) {
		const struct tj_corpus_options o = { .what = "the text",
			                             .source = p,
			                             .target = p,
			                             .source_eos = 1,
			                             .max_pieces = 4,
			                             .n_threads = threads,
			                             .links = &l };
		struct tj_corpus c;
		cr_assert_eq(tj_corpus_read(&c, t, &o, &err), TRUJAMAN_OK, "%s", err.text);
		cr_assert(c.n == 3 && c.n_linked == 2 && c.first_link[0] == 0);
		for (size_t i = 0; i < c.n; i++) {
			size_t first = c.first_link[i], n = c.first_link[i + 1] - first;
			cr_expect(i == 2 ? n == 6 : n == n_wanted[i], "pair %zu: %zu", i, n);
			for (size_t k = first; k < first + n; k++)
				cr_expect(c.links[k].target + 1u < c.n_target[i] &&
				          c.links[k].source + 1u < c.n_source[i]);
		}
		tj_corpus_free(&c);
	}
	tj_word_links_free(&l);
	tj_pieces_close(p);
	tj_pair_text_close(t);
}
