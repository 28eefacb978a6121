/* SPDX-License-Identifier: MIT */
/* Vocabularies of tokens: what a list may hold, and text to ids and back. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/text/pieces.h"
#include "src/text/token_counter.h"
#include "src/text/tokens.h"
#include "tests/encoded.h"

static const char small[] =
    "<unk>\n<blank>\n<s>\n</s>\nhel@@\nlo\n,\nw\xc3\xb6rld\n\xe2\x96\x81x\n";

static struct tj_pieces *open_small(void)
{
	struct tj_error err = { 0 };
	struct tj_pieces *p = tj_pieces_open_tokens(small, sizeof small - 1, "a list", &err);
	cr_assert_not_null(p, "%s", err.text);
	return p;
}

static void expect_ids(const struct tj_pieces *p, const char *text, size_t n, const int32_t *ids,
                       size_t n_ids)
{
	struct tj_ids found = encode(p, text, n);
	cr_assert_eq(found.n, n_ids, "%s: %zu ids", text, found.n);
	for (size_t i = 0; i < n_ids; i++)
		cr_expect_eq(found.data[i], ids[i], "%s: %zu: %d", text, i, found.data[i]);
	free(found.data);
}

Test(tokens, a_list_is_what_it_says)
{
	struct tj_pieces *p = open_small();
	size_t n;
	cr_expect(tj_pieces_are_tokens(p));
	cr_expect_eq(tj_pieces_size(p), 9);
	cr_expect_eq(tj_pieces_unk(p), 0);
	cr_expect_eq(tj_pieces_bos(p), 2);
	cr_expect_eq(tj_pieces_eos(p), 3);
	cr_expect_eq(tj_pieces_kind(p, 0, NULL), TJ_PIECE_UNKNOWN);
	for (int32_t id = 1; id < 4; id++)
		cr_expect_eq(tj_pieces_kind(p, id, NULL), TJ_PIECE_CONTROL);
	cr_expect_eq(tj_pieces_kind(p, 4, NULL), TJ_PIECE_TEXT);
	cr_expect(tj_pieces_starts_word(p, 5) && !tj_pieces_starts_word(p, 3));
	cr_expect(!tj_pieces_starts_word(p, -1) && !tj_pieces_starts_word(p, 9));
	const char *text = tj_pieces_text(p, 5, &n);
	cr_expect(n == 5 && memcmp(text, "\xe2\x96\x81lo", 5) == 0);
	text = tj_pieces_text(p, 3, &n);
	cr_expect(n == 4 && memcmp(text, "</s>", 4) == 0);
	cr_expect(tj_pieces_has_word(p, "lo", 2) && !tj_pieces_has_word(p, "l", 1));
	cr_expect(!tj_pieces_has_word(p, "<s>", 3));
	cr_expect(tj_pieces_has(p, 0x4F60) && tj_pieces_have(p, "\xe4\xbd\xa0", 3));
	cr_expect(tj_pieces_placeables(p) == 0 && tj_pieces_placeable(p, 0) == -1);
	tj_pieces_close(p);
}

/* Words are what ASCII white space separates; the special ones are in no text. */
Test(tokens, words_become_ids)
{
	struct tj_pieces *p = open_small();
	const char *text = "hel@@ lo , moon w\xc3\xb6rld";
	expect_ids(p, text, strlen(text), (const int32_t[]){ 4, 5, 6, 0, 7 }, 5);
	text = "  lo\t\tlo \r\v\f\n";
	expect_ids(p, text, strlen(text), (const int32_t[]){ 5, 5 }, 2);
	text = "<s> </s> <blank> <unk> lo, LO hel@@lo";
	expect_ids(p, text, strlen(text), (const int32_t[]){ 0, 0, 0, 0, 0, 0, 0 }, 7);
	expect_ids(p, "\0lo\0 lo", 7, (const int32_t[]){ 0, 5 }, 2);
	/* A no-break space is no ASCII white space. */
	expect_ids(p, "lo\xc2\xa0lo", 6, (const int32_t[]){ 0 }, 1);
	expect_ids(p, "\xe2\x96\x81x", 4, (const int32_t[]){ 8 }, 1);
	expect_ids(p, " ", 1, NULL, 0);
	expect_ids(p, "", 0, NULL, 0);
	tj_pieces_close(p);
}

Test(tokens, ids_become_words)
{
	struct tj_pieces *p = open_small();
	struct tj_string text = { NULL, 0, 0 };
	struct tj_error err = { 0 };
	const int32_t ids[] = { 2, 4, 1, 5, 0, 6, 3 }, wrong[] = { 9, -1 };
	cr_assert_eq(tj_pieces_decode(p, ids, 7, &text, &err), TRUJAMAN_OK, "%s", err.text);
	cr_expect(text.n == 16 && memcmp(text.data, "hel@@ lo <unk> ,", 16) == 0, "%.*s",
	          (int)text.n, text.data);
	for (int i = 0; i < 2; i++) {
		struct tj_error fault = { 0 };
		cr_expect_eq(tj_pieces_decode(p, &wrong[i], 1, &text, &fault),
		             TRUJAMAN_ERROR_USAGE);
		cr_expect_str_eq(fault.text, i == 0 ? "a list: id 9, but there are 9 tokens"
		                                    : "a list: id -1, but there are 9 tokens");
	}
	free(text.data);
	tj_pieces_close(p);
}

Test(tokens, starts_of_words)
{
	struct tj_pieces *p = open_small();
	struct tj_error err = { 0 };
	size_t starts[3];
	cr_assert_eq(tj_pieces_starts(p, " lo  moon ,", 11, 3, starts, &err), TRUJAMAN_OK);
	cr_expect(starts[0] == 1 && starts[1] == 5 && starts[2] == 10);
	cr_expect_eq(tj_pieces_starts(p, "lo lo", 5, 3, starts, &err), TRUJAMAN_ERROR_INPUT);
	tj_pieces_close(p);
}

Test(tokens, there_is_nothing_to_sample)
{
	struct tj_pieces *p = open_small();
	struct tj_ids ids = { 0 };
	struct tj_error err = { 0 };
	cr_expect_eq(tj_pieces_sample(p, "lo", 2, 0.1, 1, &ids, &err), TRUJAMAN_ERROR_INPUT);
	cr_expect(ids.n == 0 && strstr(err.text, "tokens have no parts") != NULL);
	tj_pieces_close(p);
}

/* Each fault is told with the number of its token. */
Test(tokens, faulty_lists_are_refused)
{
#define LIST(text) text, sizeof text - 1
	static const struct {
		const char *list;
		size_t n;
		const char *told;
	} wrong[] = {
		{ LIST(""), "a list: found no list of tokens" },
		{ LIST("<unk>"), "a list: found no list of tokens" },
		{ LIST("<unk>\na"), "a list: found no list of tokens" },
		{ LIST("<unk>\n\n"), "a list: token 1: found nothing, wanted a token" },
		{ LIST("\n<unk>\n"), "a list: token 0: found nothing" },
		{ LIST("<unk>\na b\n"), "a list: token 1: found a space or a control character" },
		{ LIST("<unk>\na\tb\n"), "a list: token 1: found a space or a control character" },
		{ LIST("<unk>\na\0b\n"), "a list: token 1: found a space or a control character" },
		{ LIST("<unk>\na\r\n"), "a list: token 1: found a space or a control character" },
		{ LIST("<unk>\n\xc2\x85\n"), "a list: token 1: found a space or a control" },
		{ LIST("<unk>\n\xe2\x80\xa8\n"), "a list: token 1: found a space or a control" },
		{ LIST("<unk>\na\xff\n"), "a list: token 1: found invalid UTF-8" },
		{ LIST("<unk>\n\xe2\x96\n"), "a list: token 1: found invalid UTF-8" },
		{ LIST("<unk>\na\nb\na\n"), "a list: token 3: found the same as token 1" },
		{ LIST("<unk>\n<unk>\n"), "a list: token 1: found the same as token 0" },
		{ LIST("<s>\n</s>\na\n"), "a list: found no token <unk>" },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct tj_error err = { 0 };
		cr_expect_null(tj_pieces_open_tokens(wrong[i].list, wrong[i].n, "a list", &err));
		cr_expect_eq(err.status, TRUJAMAN_ERROR_FORMAT);
		cr_expect_eq(strncmp(err.text, wrong[i].told, strlen(wrong[i].told)), 0, "%zu: %s",
		             i, err.text);
	}
}

/* Far more tokens than the table begins with, all found and nothing else. */
Test(tokens, many_tokens)
{
	enum { MANY = 20000 };
	struct tj_string list = { NULL, 0, 0 };
	struct tj_error err = { 0 };
	char word[16];
	cr_assert(tj_string_append(&list, "<unk>\n", 6));
	for (int i = 0; i < MANY; i++) {
		int n = snprintf(word, sizeof word, "w%d\n", i);
		cr_assert(tj_string_append(&list, word, (size_t)n));
	}
	struct tj_tokens *t = tj_tokens_open(list.data, list.n, "a list", &err);
	cr_assert_not_null(t, "%s", err.text);
	free(list.data); /* nothing of it is needed */
	for (int i = 0; i < MANY; i++) {
		int n = snprintf(word, sizeof word, "w%d", i);
		cr_assert_eq(tj_tokens_find(t, word, (size_t)n), i + 1);
		word[0] = 'x';
		cr_assert_eq(tj_tokens_find(t, word, (size_t)n), -1);
	}
	tj_tokens_close(t);
}

/* The commonest words first, equally common ones by their bytes; nothing that is no token. */
Test(tokens, the_commonest_words_make_a_list)
{
	struct tj_error err = { 0 };
	struct tj_token_counter *c = tj_token_counter_new(&err);
	struct tj_string all = { NULL, 0, 0 }, some = { NULL, 0, 0 };
	static const char *const lines[] = { "b a b \xc3\xa4 <s> c\x01", " c a  b", "<unk> <pad>",
		                             "" };
	const char wanted[] = "<unk>\n<s>\n</s>\nb\na\nc\n\xc3\xa4\n",
		   first[] = "<unk>\n<s>\n</s>\nb\na\n";
	cr_assert_not_null(c, "%s", err.text);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		cr_assert(tj_token_counter_add(c, lines[i], strlen(lines[i])));
	cr_assert(tj_token_counter_list(c, 100, &all));
	cr_expect(all.n == sizeof wanted - 1 && memcmp(all.data, wanted, all.n) == 0, "%.*s",
	          (int)all.n, all.data);
	cr_assert(tj_token_counter_list(c, 5, &some));
	cr_expect(some.n == sizeof first - 1 && memcmp(some.data, first, some.n) == 0, "%.*s",
	          (int)some.n, some.data);
	struct tj_pieces *p = tj_pieces_open_tokens(all.data, all.n, "a list", &err);
	cr_expect_not_null(p, "%s", err.text);
	tj_pieces_close(p);
	tj_token_counter_free(c);
	free(all.data);
	free(some.data);
}
