/* SPDX-License-Identifier: MIT */
/* Tests of lists of words, and of the names that a sentence has beside them. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/text/names.h"

static const char sample[] = "anna\nbaker\ncame\nfrom\nhouse\nin\nletter\nlives\nmet\nmiss\n"
			     "near\nthe\nto\nwho\nyesterday\n\xc3\xa9t\xc3\xa9\n";

static struct tj_word_list open_list(const char *words)
{
	struct tj_error err = { .status = TRUJAMAN_OK };
	struct tj_word_list l;
	cr_assert_eq(tj_word_list_open(&l, words, strlen(words), "list", &err), TRUJAMAN_OK, "%s",
	             err.text);
	return l;
}

Test(names, words_of_a_list)
{
	static const struct {
		const char *word;
		int there;
	} cases[] = {
		{ "anna", 1 },  { "Anna", 1 },  { "ANNA", 1 },      { "ann", 0 },
		{ "annas", 0 }, { "zebra", 0 }, { "a", 0 },         { "\xc3\x89T\xc3\x89", 1 },
		{ "house", 1 }, { "", 1 },      { "yesterday", 1 },
	};
	struct tj_word_list l = open_list(sample);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_expect_eq(tj_word_list_has(&l, cases[i].word, strlen(cases[i].word)),
		             cases[i].there, "%s", cases[i].word);
	char longest[200];
	memset(longest, 'x', sizeof longest);
	cr_expect(tj_word_list_has(&l, longest, sizeof longest));
	cr_expect(!tj_word_list_has(&l, longest, TJ_LONGEST_WORD));
	tj_word_list_close(&l);
}

Test(names, damaged_lists)
{
	static const char *const damaged[] = {
		"",
		"anna",
		"anna\nbaker",
		"\n",
		"anna\n\nbaker\n",
		"baker\nanna\n",
		"anna\nanna\n",
		"anna\n\xff\n",
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
	};
	for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
		struct tj_error err = { .status = TRUJAMAN_OK };
		struct tj_word_list l;
		cr_expect_eq(tj_word_list_open(&l, damaged[i], strlen(damaged[i]), "list", &err),
		             TRUJAMAN_ERROR_FORMAT, "%zu", i);
		cr_expect(strncmp(err.text, "list: ", 6) == 0, "%s", err.text);
		tj_word_list_close(&l);
	}
}

/* The list of some lines, which end with a newline each; the caller frees its text. */
static struct tj_string learn(const char *lines, const struct tj_word_list *others)
{
	struct tj_error err = { .status = TRUJAMAN_OK };
	struct tj_string list = { NULL, 0, 0 };
	struct tj_word_counter *c = tj_word_counter_new(&err);
	cr_assert_not_null(c);
	for (const char *end; (end = strchr(lines, '\n')) != NULL; lines = end + 1)
		cr_assert(tj_word_counter_add(c, lines, (size_t)(end - lines)));
	cr_assert(tj_word_counter_list(c, others, &list));
	cr_assert(tj_string_append(&list, "", 1));
	tj_word_counter_free(c);
	return list;
}

Test(names, words_are_counted)
{
	struct tj_string list = learn("One two, three; one\nTwo 2two three-one\n(three) two ONE\n"
	                              "four four\n",
	                              NULL);
	cr_expect_str_eq(list.data, "one\nthree\ntwo\n");
	free(list.data);
	struct tj_word_list others = open_list("one\nzebra\n");
	list = learn("two two one\ntwo\n", &others);
	cr_expect_str_eq(list.data, "one\ntwo\nzebra\n");
	free(list.data);
	list = learn("two two one\ntwo\n", NULL);
	cr_expect_str_eq(list.data, "two\n");
	free(list.data);
	tj_word_list_close(&others);
}

Test(names, capitals_of_all_nouns_tell_nothing)
{
	struct tj_string list = learn("Der Hund und die Katze sehen das Haus\n"
	                              "Das Haus und die Katze sehen den Hund\n"
	                              "Die Katze und das Haus sehen den Hund\n",
	                              NULL);
	cr_expect_str_eq(list.data, "");
	free(list.data);
}

Test(names, many_words)
{
	enum { N = 20000 };
	struct tj_error err = { .status = TRUJAMAN_OK };
	struct tj_string list = { NULL, 0, 0 };
	struct tj_word_counter *c = tj_word_counter_new(&err);
	cr_assert_not_null(c);
	for (int i = 0; i < N; i++) {
		char line[64];
		int n = 0;
		for (int times = 0; times < (i % 2 ? 3 : 2); times++, n += 5)
			for (int k = 0, x = i; k < 5; k++, x /= 26)
				line[n + times + k] = (char)('a' + x % 26);
		line[5] = line[11] = ' ';
		cr_assert(tj_word_counter_add(c, line, i % 2 ? 17 : 11));
	}
	cr_assert(tj_word_counter_list(c, NULL, &list));
	cr_expect_eq(list.n, (size_t)N / 2 * 6);
	struct tj_word_list l;
	cr_expect_eq(tj_word_list_open(&l, list.data, list.n, "list", &err), TRUJAMAN_OK, "%s",
	             err.text);
	cr_expect_eq(l.n, (size_t)N / 2);
	tj_word_list_close(&l);
	tj_word_counter_free(c);
	free(list.data);
}

/* Asserts that the names of a sentence are those of `wanted`, each with a bar behind it. */
static void expect_names(const char *text, const char *wanted)
{
	struct tj_word_list l = open_list(sample);
	struct tj_name_list names = { NULL, 0, 0 };
	char found[200] = "";
	cr_assert(tj_names_find(&l, text, 0, strlen(text), NULL, 0, &names));
	for (size_t i = 0; i < names.n; i++) {
		strncat(found, text + names.items[i].first,
		        names.items[i].end - names.items[i].first);
		strcat(found, "|");
	}
	cr_expect_str_eq(found, wanted, "%s: %s", text, found);
	free(names.items);
	tj_word_list_close(&l);
}

Test(names, of_sentences)
{
	expect_names("Yesterday Anna met Miss Vucinic in Isfahan.", "Vucinic|Isfahan|");
	expect_names("Vucinic met Anna.", "");
	expect_names("\"Vucinic came,\" who? \"Isfahan,\" in (Natanz).", "Natanz|");
	expect_names("The house: Pardubice! Yes: Brno lives; Praha", "Praha|");
	expect_names("the letter from Jean-Luc O'Brien's house", "Jean-Luc|O'Brien|");
	expect_names("the letter from R2D2, A.B.C. and X", "");
	expect_names("THE LETTER CAME FROM ISFAHAN", "");
	expect_names("The Letter Came From Isfahan", "");
	expect_names("the letter came from \xc5\xa0koda to \xc3\x81vila",
	             "\xc5\xa0koda|\xc3\x81vila|");
	expect_names("the letter from IAEA", "IAEA|");
	expect_names("", "");
	expect_names("  ", "");
}

Test(names, not_in_spans)
{
	const char *text = "the letter from Isfahan to Natanz";
	const struct tj_fixed spans[] = { { .first = 16, .n = 7 } };
	struct tj_word_list l = open_list(sample);
	struct tj_name_list names = { NULL, 0, 0 };
	cr_assert(tj_names_find(&l, text, 0, strlen(text), spans, 1, &names));
	cr_assert_eq(names.n, 1);
	cr_expect_eq(names.items[0].first, 27);
	free(names.items);
	tj_word_list_close(&l);
}

/* Returns how many names a text has that begins with a span of n bytes. */
static size_t names_behind(const char *text, size_t n)
{
	const struct tj_fixed span = { .first = 0, .n = n };
	struct tj_word_list l = open_list(sample);
	struct tj_name_list names = { NULL, 0, 0 };
	cr_assert(tj_names_find(&l, text, 0, strlen(text), &span, 1, &names));
	free(names.items);
	tj_word_list_close(&l);
	return names.n;
}

/* What a span has within does not open a sentence; what follows it does. */
Test(names, behind_spans)
{
	cr_expect_eq(names_behind("12:30 Vucinic came", 5), 1);
	cr_expect_eq(names_behind("https://a.org/?b Vucinic came", 16), 1);
	cr_expect_eq(names_behind("12:30: Vucinic came", 5), 0);
	cr_expect_eq(names_behind("12:30! Vucinic came", 5), 0);
}

Test(names, scripts)
{
	cr_expect(tj_same_script("Anna", 4, "\xc3\x81vila", 6));
	cr_expect(!tj_same_script("Anna", 4, "\xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0", 8));
}
