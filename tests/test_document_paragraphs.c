/* SPDX-License-Identifier: MIT */
/* Wrapped text: which lines belong together, and how translations are wrapped again. */
#include "tests/document_case.h"

static const struct tj_reading_options none;
TestSuite(document_paragraphs, .init = test_start, .timeout = 600);

/* The segments of a text, with | between. */
static void has(const char *text, const char *wanted)
{
	struct tj_error err = { 0 };
	struct bytes b = { NULL, 0, 0 };
	struct tj_document *d = read_document(TJ_FORMAT_PARAGRAPHS, text, strlen(text), &none,
	                                      &err);
	CHECK(d != NULL, "%s", err.text);
	for (size_t i = 0; i < d->n_segments; i++) {
		bytes_add(&b, i > 0 ? "|" : "", i > 0);
		bytes_add(&b, d->text.data + d->segments[i].text, d->segments[i].n_text);
	}
	CHECK(same_bytes(b.data, b.n, wanted, strlen(wanted)), "%s\ngave\n%.*s", text, (int)b.n,
	      b.data != NULL ? b.data : "");
	free(b.data);
	tj_document_free(d);
	stays(TJ_FORMAT_PARAGRAPHS, text, strlen(text), &none);
}

#define LONG "This line is as long as lines are in this text"

Test(document_paragraphs, blocks)
{
	has("", "");
	has("one", "one");
	has("one\n\ntwo\n", "one|two");
	has(LONG "\nand goes on here.\n", LONG " and goes on here.");
	has(LONG ".\nAnd here is another sentence.\n", LONG ". And here is another sentence.");
	has("Dear Ann,\nI shall come.\n", "Dear Ann, I shall come.");
	has("Dear Ann\nI shall come.\n", "Dear Ann|I shall come.");
	has("Roses are red\nViolets are blue\n", "Roses are red|Violets are blue");
	has("Title\n=====\nText\n-----\n", "Title|Text");
	has("> one two,\n> three\n>> four\n", "one two, three|four");
	has("> one two\nthree\n", "one two|three");
	has("* one,\n  two\n* three\n", "one, two|three");
	has("1. one,\n   two\n2) three\n", "one, two|three");
	has("    " LONG "\n" LONG "\nend\n", LONG " " LONG " end");
	has(LONG "\n    " LONG "\n", LONG "|" LONG);
	has("a   b   c\n| a | b |\na\tb\n1 2 3\nName | Age\nBob  | 5\n", "");
	has("either|or\n", "either|or");
	has("one two-\nthree", "one two-three");
	has("one tw\u00AD\no", "one two");
	has("\xEF\xBB\xBFone,\r\ntwo\r\n", "one, two");
}

/* --- Writing ------------------------------------------------------------------------ */

static void given(const char *text, const char *translation, const char *wanted)
{
	struct tj_error err = { 0 };
	struct tj_document *d = read_document(TJ_FORMAT_PARAGRAPHS, text, strlen(text), &none,
	                                      &err);
	CHECK(d != NULL && d->n_segments > 0, "%s", text);
	CHECK(tj_document_translate(d, 0, translation, strlen(translation)), "memory");
	struct bytes out = write_document(d, 0);
	CHECK(same_bytes(out.data, out.n, wanted, strlen(wanted)), "%s and %s gave\n%.*s", text,
	      translation, (int)out.n, out.data);
	free(out.data);
	tj_document_free(d);
}

Test(document_paragraphs, wrapped)
{
	given("one two,\nthree\n", "uno dos tres cuatro", "uno dos\ntres\ncuatro\n");
	given("one two,\nthree\n", "uno", "uno\n");
	given("> one two,\r\n> three\r\n", "uno dos tres cuatro",
	      "> uno dos\r\n> tres\r\n> cuatro\r\n");
	given("* one two,\n  three\n", "uno dos tres cuatro", "* uno dos\n  tres\n  cuatro\n");
	given("   one two,\nthree\n", "uno dos tres cuatro", "   uno dos\ntres cuatro\n");
	given("one two,  \nthree  \n", "uno dos tres", "uno dos\ntres  \n");
	/* Without wrapped lines, none is wrapped; with some, long ones are. */
	given("one\n", "uno dos tres cuatro cinco", "uno dos tres cuatro cinco\n");
	given("> - one\n\nfour five,\nsix\n", "uno dos tres",
	      "> - uno\n>   dos\n>   tres\n\nfour five,\nsix\n");
	given("one two,\nthree\n", "unodostrescuatro cinco", "unodostrescuatro\ncinco\n");
	given("one two,\nthree", "\u4E00\u4E8C\u4E09\u56DB\u4E94\u516D\u4E00\u4E8C\u4E09",
	      "\u4E00\u4E8C\u4E09\u56DB\u4E94\u516D\u4E00\u4E8C\n\u4E09");
}

/* --- Generated texts ------------------------------------------------------------------ */

enum { TEXTS = 3000 };

static void add(struct bytes *b, const char *text)
{
	bytes_add(b, text, strlen(text));
}

static void make_paragraphs(struct bytes *b)
{
	static const char *const begins[] = { "", "", "", "  ", "> ", ">> ", "* ", "1. ", "\t" };
	static const char *const words[] = { "word",        "Two", "three,", "end.", "12",
		                             "ma\u00F1ana", "-",   ">",      "*",    "a|b",
		                             "<x1>",        "co-", "\t",     "   " };
	const char *end = test_between(0, 3) > 0 ? "\n" : "\r\n";
	for (size_t n = test_between(1, 12); n > 0; n--) {
		add(b, begins[test_between(0, 8)]);
		for (size_t k = test_between(0, 8); k > 0; k--) {
			add(b, words[test_between(0, test_between(0, 4) > 0 ? 5 : 13)]);
			add(b, " ");
		}
		add(b, end);
		add(b, test_between(0, 4) == 0 ? end : "");
	}
}

/* Capitals, and now and then more words or fewer. */
static void in_other_words(const char *text, size_t n, struct bytes *to)
{
	in_capitals(text, n, to);
	if (test_between(0, 1) > 0)
		add(to, " Y MAS PALABRAS");
}

/* All but white space, the signs before lines, and what was added: in small letters. */
static struct bytes words_of(const struct bytes *b)
{
	static const char added[] = "ymaspalabras";
	struct bytes result = { NULL, 0, 0 };
	for (size_t i = 0; i < b->n; i++) {
		char c = b->data[i];
		char small = (char)(c >= 'A' && c <= 'Z' ? c + 'a' - 'A' : c);
		if (strchr(" \t\r\n>", c) != NULL && c != '\0')
			continue;
		bytes_add(&result, &small, 1);
		if (result.n >= sizeof added - 1 &&
		    memcmp(result.data + result.n - (sizeof added - 1), added, sizeof added - 1) ==
		        0)
			result.n -= sizeof added - 1;
	}
	return result;
}

Test(document_paragraphs, generated)
{
	for (int i = 0; i < TEXTS; i++) {
		struct bytes b = { NULL, 0, 0 };
		make_paragraphs(&b);
		stays(TJ_FORMAT_PARAGRAPHS, b.data, b.n, &none);
		struct bytes out = convert(TJ_FORMAT_PARAGRAPHS, b.data, b.n, &none,
		                           in_other_words);
		struct bytes one = words_of(&b), other = words_of(&out);
		CHECK(same_bytes(one.data, one.n, other.data, other.n), "%.*s\nbecame\n%.*s",
		      (int)b.n, b.data, (int)out.n, out.data);
		free(one.data);
		free(other.data);
		free(out.data);
		mutate(&b, 6, 1);
		stays(TJ_FORMAT_PARAGRAPHS, b.data, b.n, &none);
		struct bytes damaged = convert(TJ_FORMAT_PARAGRAPHS, b.data, b.n, &none,
		                               in_other_words);
		free(damaged.data);
		free(b.data);
	}
}

/* Neither depth nor length takes more than linear time. */
Test(document_paragraphs, long_lines)
{
	static const char *const parts[] = { ">",   "word ", "a,\n",   "- a\n",   "\t",
		                             "1. ", "\r",    "\u4E00", "    a\n", "a" };
	for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
		struct bytes b = { NULL, 0, 0 };
		for (int i = 0; i < 50000; i++)
			add(&b, parts[k]);
		struct bytes out = convert(TJ_FORMAT_PARAGRAPHS, b.data, b.n, &none,
		                           in_other_words);
		free(out.data);
		free(b.data);
	}
}
