/* SPDX-License-Identifier: MIT */
/* The user's glossary and patterns: reading, finding and checking. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/string.h"
#include "src/text/glossary_read.h"
#include "src/text/spans.h"

static struct tj_glossary *open_glossary(const char *data)
{
	struct tj_error err = { 0 };
	struct tj_glossary *g = tj_glossary_open("terms.tsv", data, strlen(data), &err);
	cr_assert_not_null(g, "%s", err.text);
	return g;
}

static struct tj_finder *open_finder(const struct tj_glossary *g, const char *keep)
{
	struct tj_error err = { 0 };
	struct tj_finder_options o = { .glossary = g };
	if (keep != NULL)
		o.keep = (struct tj_named_text){ "keep.txt", keep, strlen(keep) };
	struct tj_finder *f = tj_finder_open(&o, &err);
	cr_assert_not_null(f, "%s", err.text);
	return f;
}

/* Expects the text with each span as [value]. */
static void expect(struct tj_finder *f, const char *text, const char *want)
{
	struct tj_error err = { 0 };
	struct tj_string got = { NULL, 0, 0 };
	const struct tj_fixed *spans;
	size_t n_spans, at = 0;
	cr_assert_eq(tj_finder_find(f, text, strlen(text), &spans, &n_spans, &err), TRUJAMAN_OK,
	             "%s", err.text);
	for (size_t i = 0; i < n_spans; i++) {
		cr_assert(tj_string_append(&got, text + at, spans[i].first - at));
		cr_assert(tj_string_append(&got, "[", 1));
		cr_assert(tj_string_append(&got, spans[i].value, spans[i].n_value));
		cr_assert(tj_string_append(&got, "]", 1));
		at = spans[i].first + spans[i].n;
	}
	cr_assert(tj_string_append(&got, text + at, strlen(text) - at + 1));
	cr_expect_str_eq(got.data, want);
	free(got.data);
}

static int holds(struct tj_finder *f, const char *source, const char *output)
{
	struct tj_error err = { 0 };
	int result = 77;
	cr_assert_eq(tj_finder_check(f, source, strlen(source), output, strlen(output), &result,
	                             &err),
	             TRUJAMAN_OK, "%s", err.text);
	return result;
}

Test(glossary, terms)
{
	struct tj_glossary *g = open_glossary("house\thogar\n"
	                                      "big house \t gran  hogar\r\n"
	                                      "\n"
	                                      "IT\tTI\n"
	                                      "Apple\tManzana S. A.\n"
	                                      "HOUSE\tCASA\n"
	                                      "\xc3\xa9tat\t\xc3\xa1rea\n"
	                                      "C++\tce m\xc3\xa1s m\xc3\xa1s\n");
	struct tj_finder *f = open_finder(g, NULL);
	expect(f, "A house, House and housekeeper; hothouse.",
	       "A [hogar], [Hogar] and housekeeper; hothouse.");
	expect(f, "The big  house and THE BIG HOUSE. HOUSE",
	       "The [gran hogar] and THE [GRAN HOGAR]. [CASA]");
	expect(f, "it is IT, It is Apple. APPLE apple",
	       "it is [TI], It is [Manzana S. A.]. [MANZANA S. A.] apple");
	expect(f, "\xc3\x89tat, \xc3\x89TAT; C++ or C++, C",
	       "[\xc3\x81rea], [\xc3\x81REA]; "
	       "[ce m\xc3\xa1s m\xc3\xa1s] or "
	       "[ce m\xc3\xa1s m\xc3\xa1s], C");
	/* A longer span that holds a term counts. */
	expect(f, "http://house.org/house house", "[http://house.org/house] [hogar]");
	tj_finder_close(f);
	tj_glossary_close(g);
}

/* Spans in a term and in its translation are not set in capitals; tags of a translation pair. */
Test(glossary, spans_in_terms)
{
	struct tj_glossary *g = open_glossary("our page\tnuestra p\xc3\xa1gina https://a.org/x\n"
	                                      "key\tapi_key de a@b.org\n"
	                                      "bold\t<b>negrita</b>\n"
	                                      "<i>x\t<i>y<br>z\n");
	struct tj_finder *f = open_finder(g, NULL);
	expect(f, "SEE OUR PAGE. Our page, KEY or Key",
	       "SEE [NUESTRA P\xc3\x81GINA https://a.org/x]. [Nuestra p\xc3\xa1gina "
	       "https://a.org/x], [api_key DE a@b.org] or [api_key de a@b.org]");
	expect(f, "A bold word, BOLD", "A [<b>negrita</b>] word, [<b>NEGRITA</b>]");
	cr_expect(holds(f, "a bold word", "una palabra en <b>negrita</b>"));
	cr_expect_not(holds(f, "a bold word", "una palabra en <b>negrita"));
	tj_finder_close(f);
	tj_glossary_close(g);
}

/* Many terms take linear time: each is looked up by its first word. */
Test(glossary, many_terms, .timeout = 60)
{
	enum { TERMS = 20000 };
	struct tj_string file = { NULL, 0, 0 }, source = { NULL, 0, 0 }, output = { NULL, 0, 0 };
	char line[64];
	for (int i = 0; i < TERMS; i++) {
		cr_assert(tj_string_append(&file, line,
		                           (size_t)snprintf(line, sizeof line,
		                                            "word%dx\tpalabra%dx y\n", i, i)));
		cr_assert(tj_string_append(&source, line,
		                           (size_t)snprintf(line, sizeof line, "word%dx ", i)));
		cr_assert(tj_string_append(&output, line,
		                           (size_t)snprintf(line, sizeof line, "palabra%dx y ",
		                                            TERMS - 1 - i)));
	}
	cr_assert(tj_string_append(&file, "", 1) && tj_string_append(&source, "", 1) &&
	          tj_string_append(&output, "", 1));
	struct tj_glossary *g = open_glossary(file.data);
	struct tj_finder *f = open_finder(g, NULL);
	cr_expect(holds(f, source.data, output.data));
	output.data[strlen(output.data) - 2] = 'z';
	cr_expect_not(holds(f, source.data, output.data));
	tj_finder_close(f);
	tj_glossary_close(g);
	free(file.data);
	free(source.data);
	free(output.data);
}

Test(glossary, checked)
{
	struct tj_glossary *g = open_glossary("house\tcasa\nkey\tAPI_KEY\nbig house\tcasa 300\n");
	struct tj_finder *f = open_finder(g, NULL);
	cr_expect(holds(f, "the house", "la casa"));
	cr_expect(holds(f, "the house at home", "la casa en casa"));
	cr_expect_not(holds(f, "the house", "la casita"));
	cr_expect_not(holds(f, "the house", "el hogar"));
	cr_expect_not(holds(f, "house and house", "casa y hogar"));
	cr_expect(holds(f, "the key API_KEY", "API_KEY, la API_KEY"));
	cr_expect_not(holds(f, "the key", "API_KEY, la API_KEY"));
	cr_expect(holds(f, "the big house, the house", "la casa, la casa 300"));
	cr_expect_not(holds(f, "the big house", "la casa 300 casa 300"));
	/* What stands in the translation is not looked up as a source. */
	cr_expect(holds(f, "nothing", "the key"));
	tj_finder_close(f);
	tj_glossary_close(g);
}

static void expect_refused(const char *data, const char *message)
{
	struct tj_error err = { 0 };
	cr_expect_null(tj_glossary_open("terms.tsv", data, strlen(data), &err));
	cr_expect_str_eq(err.text, message);
	cr_expect_eq(err.status, TRUJAMAN_ERROR_INPUT);
}

Test(glossary, refused)
{
	expect_refused("a\tb\nhouse", "terms.tsv: line 2: not a term, a tab and its translation");
	expect_refused("a\tb\tc\n", "terms.tsv: line 1: not a term, a tab and its translation");
	expect_refused("\n\n \tb\n", "terms.tsv: line 3: nothing before the tab");
	expect_refused("a\tb\n \t \n", "terms.tsv: line 2: nothing before the tab");
	expect_refused("\xc2\xa0\n\xc2\xa0\tb\n", "terms.tsv: line 2: nothing before the tab");
	expect_refused("a\t\xe3\x80\x80\n", "terms.tsv: line 1: nothing behind the tab");
	expect_refused("a\t<b>x\n", "terms.tsv: line 1: the translation opens or closes other tags "
	                            "than the term");
	expect_refused("<b>a\tx</b>\n", "terms.tsv: line 1: the translation opens or closes other "
	                                "tags than the term");
	expect_refused("a\t  \n", "terms.tsv: line 1: nothing behind the tab");
	expect_refused("a\tb\nb\tc\na\tc\n",
	               "terms.tsv: line 3: line 1 translates this term otherwise");
	expect_refused("a\xff\tb\n", "terms.tsv: line 1: not valid UTF-8");
	expect_refused("a\tb\x01\n", "terms.tsv: line 1: a control character");
	struct tj_glossary *g = open_glossary("a\tb\na\tb\n");
	tj_glossary_close(g);
	g = open_glossary("");
	const char *value;
	size_t n;
	cr_expect_eq(tj_glossary_match(g, "a", 1, 0, &value, &n), 0);
	tj_glossary_close(g);
}

Test(keep, patterns)
{
	struct tj_finder *f = open_finder(NULL, "[A-Z]{2,}\r\n\n(?i)acme( corp)?\n \\w+ing \n");
	expect(f, "NATO and Acme Corp, singing loud.", "[NATO] and [Acme Corp], [singing] loud.");
	/* A match may stand within a word; a longer span goes before it. */
	expect(f, "McDONALD http://x.org/NATO", "Mc[DONALD] [http://x.org/NATO]");
	cr_expect(holds(f, "the NATO", "la NATO"));
	cr_expect_not(holds(f, "the NATO", "la OTAN"));
	tj_finder_close(f);
	/* Empty matches, and a match over tabs, are none. */
	f = open_finder(NULL, "x*\na.b");
	expect(f, "axb a\tb xx", "[axb] a\tb [xx]");
	tj_finder_close(f);
}

Test(keep, refused)
{
	struct tj_error err = { 0 };
	struct tj_finder_options o = { .keep = { "keep.txt", "ok\n\n(a", 6 } };
	cr_expect_null(tj_finder_open(&o, &err));
	cr_expect_eq(err.status, TRUJAMAN_ERROR_INPUT);
	cr_expect_eq(strncmp(err.text, "keep.txt: line 3: ", 18), 0, "%s", err.text);
}

Test(keep, hostile)
{
	struct tj_error err = { 0 };
	const struct tj_fixed *spans;
	size_t n_spans;
	char text[2001];
	memset(text, 'a', 2000);
	text[2000] = '\0';
	struct tj_finder *f = open_finder(NULL, "b\n(a+)+$|(a*)*c\n");
	text[1999] = '!';
	cr_expect_eq(tj_finder_find(f, text, 2000, &spans, &n_spans, &err), TRUJAMAN_ERROR_INPUT);
	cr_expect_eq(strncmp(err.text, "keep.txt: line 2: this pattern takes too long", 45), 0,
	             "%s", err.text);
	/* The finder can go on. */
	expect(f, "b", "[b]");
	tj_finder_close(f);
}
