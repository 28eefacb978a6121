/* SPDX-License-Identifier: MIT */
/* Which bytes of a text correspond to which of one that was made from it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/random.h"
#include "src/text/correspond.h"

/* What `given` has where `made` has its part `part` (its first occurrence). */
static void expect_at(const char *given, const char *made, const char *part, const char *wanted)
{
	struct tj_error err = { 0 };
	size_t n = strlen(made), first = SIZE_MAX, end = 0;
	struct tj_range *r = malloc((n + 1) * sizeof *r);
	const char *at = strstr(made, part);
	cr_assert(r != NULL && at != NULL, "no \"%s\" in \"%s\"", part, made);
	cr_assert_eq(tj_correspond(given, strlen(given), made, n, r, &err), TRUJAMAN_OK);
	for (size_t i = (size_t)(at - made); i < (size_t)(at - made) + strlen(part); i++) {
		if (r[i].first >= r[i].end)
			continue;
		first = r[i].first < first ? r[i].first : first;
		end = r[i].end > end ? r[i].end : end;
	}
	int n_got = first < end ? (int)(end - first) : 0;
	cr_expect((size_t)n_got == strlen(wanted) &&
	              memcmp(given + (n_got > 0 ? first : 0), wanted, (size_t)n_got) == 0,
	          "\"%s\" of \"%s\" came from \"%.*s\", not \"%s\"", part, made, n_got,
	          given + (n_got > 0 ? first : 0), wanted);
	free(r);
}

Test(correspond, texts_that_were_made_from_another)
{
	expect_at("the cat sat", "the cat sat", "cat", "cat");
	/* letter case, quotation marks, dashes, white space */
	expect_at("READ \xe2\x80\x9cTHE BOOK\xe2\x80\x9d NOW", "Read \"the book\" now", "\"the",
	          "\xe2\x80\x9cTHE");
	expect_at("a\xe2\x80\x94 b\xc2\xa0"
	          "c",
	          "a- b c", "c", "c");
	expect_at("\xc3\x81RBOL alto", "\xc3\xa1rbol alto", "\xc3\xa1rbol", "\xc3\x81RBOL");
	/* a placeable for a span, and a sign that only one of them has */
	expect_at("costs 1,234.50 euros", "costs\xf3\xb0\x80\x80 euros", "\xf3\xb0\x80\x80",
	          " 1,234.50");
	expect_at("see http://a.org/b and c", " see \xf3\xb0\x80\x81 and c", "\xf3\xb0\x80\x81",
	          "http://a.org/b");
	expect_at("hola amigo", "\xc2\xa1hola amigo!", "\xc2\xa1", "");
	expect_at("hola amigo", "\xc2\xa1hola amigo!", "amigo!", "amigo");
	expect_at("one or other", "one other", "ther", "ther");
	expect_at("", "made", "made", "");
	expect_at("given", "", "", "");
}

/* Ranges lie in the text and never go back, also where the texts are too long to be compared. */
static void expect_order(const char *given, size_t n_given, const char *made, size_t n)
{
	struct tj_error err = { 0 };
	struct tj_range *r = malloc((n + 1) * sizeof *r);
	cr_assert_not_null(r);
	cr_assert_eq(tj_correspond(given, n_given, made, n, r, &err), TRUJAMAN_OK);
	for (size_t i = 0; i < n; i++) {
		cr_assert(r[i].first <= r[i].end && r[i].end <= n_given, "byte %zu", i);
		cr_assert(i == 0 || r[i - 1].first <= r[i].first, "byte %zu", i);
	}
	free(r);
}

static size_t random_text(uint64_t seed, char *text, size_t n_characters)
{
	static const char *const some[] = {
		"a", "B", " ", "\xc3\xb1", "\"", "\xe2\x80\x9d", "1", "\xf3\xb0\x80\x80"
	};
	size_t n = 0;
	for (size_t i = 0; i < n_characters; i++) {
		const char *c = some[tj_random(seed, i) % 8];
		memcpy(text + n, c, strlen(c));
		n += strlen(c);
	}
	return n;
}

Test(correspond, of_random_texts)
{
	char *a = malloc(40000), *b = malloc(40000);
	cr_assert(a != NULL && b != NULL);
	for (uint64_t seed = 0; seed < 2000; seed++) {
		size_t n_a = random_text(2 * seed, a, tj_random(seed, 1000) % 60);
		size_t n_b = random_text(2 * seed + 1, b, tj_random(seed, 1001) % 60);
		expect_order(a, n_a, b, n_b);
	}
	size_t n_a = random_text(1, a, 9000), n_b = random_text(2, b, 8000);
	expect_order(a, n_a, b, n_b);
	/* no UTF-8: the pieces of a network may be any bytes */
	expect_order("abc", 3,
	             "a\xff\xc3"
	             "c\x80",
	             5);
	free(a);
	free(b);
}
