/* SPDX-License-Identifier: MIT */
/* Tests of the tables of options: what they say of each option is what setting it does. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "src/api/options.h"
#include "tests/support.h"
#include "trujaman.h"

/* Sets an option of either table. */
typedef trujaman_status set_function(const char *name, const char *value, char *error, size_t n);

static trujaman_status set(const char *name, const char *value, char *error, size_t n)
{
	trujaman_options *o = trujaman_options_new();
	cr_assert_not_null(o);
	trujaman_status status = trujaman_options_set(o, name, value, error, n);
	trujaman_options_free(o);
	return status;
}

static trujaman_status set_for_training(const char *name, const char *value, char *error, size_t n)
{
	trujaman_train_options o = { .size = sizeof o };
	trujaman_train_options_default(&o);
	return trujaman_train_set(&o, name, value, error, n);
}

static void expect_taken(set_function *f, const char *name, const char *value)
{
	char error[1024] = "";
	cr_expect_eq(f(name, value, error, sizeof error), TRUJAMAN_OK, "--%s %s: %s", name, value,
	             error);
}

static void expect_refused(set_function *f, const char *name, const char *value)
{
	char error[1024] = "", beginning[128];
	snprintf(beginning, sizeof beginning, "--%s must be ", name);
	cr_expect_eq(f(name, value, error, sizeof error), TRUJAMAN_ERROR_USAGE, "--%s %s", name,
	             value);
	cr_expect_not_null(strstr(error, beginning), "--%s %s: %s", name, value, error);
}

static void expect_words(set_function *f, const trujaman_option *o)
{
	char word[64];
	for (const char *words = o->words; *words != '\0';) {
		size_t n = strcspn(words, "|");
		snprintf(word, sizeof word, "%.*s", (int)n, words);
		expect_taken(f, o->name, word);
		words += n + (words[n] == '|');
	}
	expect_refused(f, o->name, "neither");
	expect_refused(f, o->name, "");
	expect_refused(f, o->name, o->words);
}

static void expect_range(set_function *f, const trujaman_option *o)
{
	char text[64];
	snprintf(text, sizeof text, "%.17g", o->low);
	expect_taken(f, o->name, text);
	snprintf(text, sizeof text, "%.17g", o->high);
	expect_taken(f, o->name, text);
	snprintf(text, sizeof text, "%.17g", o->low - 1);
	expect_refused(f, o->name, text);
	snprintf(text, sizeof text, "%.17g", o->high * 1.5 + 1);
	expect_refused(f, o->name, text);
	static const char *const bad[] = { "", " 1", "1 ", "x", "0x2", "nan", "inf", "1e999" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		expect_refused(f, o->name, bad[i]);
	if (o->kind == TRUJAMAN_OPTION_WHOLE)
		expect_refused(f, o->name, "2.5");
}

/* Each option takes what its line allows, and nothing else. Returns how many options there are. */
static size_t check_table(const trujaman_option *(*at)(size_t), set_function *f)
{
	const trujaman_option *o;
	size_t n = 0;
	for (; (o = at(n)) != NULL; n++) {
		for (size_t i = 0; i < n; i++)
			cr_expect_str_neq(at(i)->name, o->name);
		if (o->initial != NULL)
			expect_taken(f, o->name, o->initial);
		if (o->words != NULL)
			expect_words(f, o);
		else if (o->kind == TRUJAMAN_OPTION_WHOLE || o->kind == TRUJAMAN_OPTION_NUMBER)
			expect_range(f, o);
		if (o->kind == TRUJAMAN_OPTION_FLAG) {
			expect_taken(f, o->name, "true");
			expect_taken(f, o->name, "false");
			expect_refused(f, o->name, "yes");
			expect_refused(f, o->name, "");
		}
		cr_expect(o->help == NULL ||
		              (strchr(o->help, '{') == NULL) == (strchr(o->help, '}') == NULL),
		          "--%s", o->name);
	}
	cr_expect_null(at(n + 1));
	cr_expect_null(at(SIZE_MAX));
	return n;
}

Test(options, of_translating_and_scoring)
{
	cr_expect_geq(check_table(trujaman_option_at, set), 19);
}

Test(options, of_training)
{
	cr_expect_geq(check_table(trujaman_train_option_at, set_for_training), 60);
}

Test(options, one_that_does_not_exist)
{
	char error[64] = "";
	cr_expect_eq(set("beem", "4", error, sizeof error), TRUJAMAN_ERROR_USAGE);
	cr_expect_str_eq(error, "there is no option --beem");
	cr_expect_eq(set("", "4", NULL, 0), TRUJAMAN_ERROR_USAGE);
	cr_expect_eq(set_for_training("beam", "4", error, sizeof error), TRUJAMAN_ERROR_USAGE);
}

Test(options, what_is_set_can_be_read)
{
	trujaman_options *o = trujaman_options_new();
	char file[] = "a file";
	cr_expect_str_eq(trujaman_options_get(o, "beam"), "4");
	cr_expect_str_eq(trujaman_options_get(o, "split"), "auto");
	cr_expect_str_eq(trujaman_options_get(o, "strict"), "false");
	cr_expect_null(trujaman_options_get(o, "precision"));
	cr_expect_null(trujaman_options_get(o, "keep"));
	cr_expect_null(trujaman_options_get(o, "beem"));
	cr_assert_eq(trujaman_options_set(o, "length-penalty", "0.1", NULL, 0), TRUJAMAN_OK);
	cr_assert_eq(trujaman_options_set(o, "keep", "another", NULL, 0), TRUJAMAN_OK);
	cr_assert_eq(trujaman_options_set(o, "keep", file, NULL, 0), TRUJAMAN_OK);
	cr_assert_eq(trujaman_options_set(o, "split", "on", NULL, 0), TRUJAMAN_ERROR_USAGE);
	cr_assert_eq(trujaman_options_set(o, "strict", "true", NULL, 0), TRUJAMAN_OK);
	memset(file, 'x', 6); /* it was copied */
	cr_expect_str_eq(trujaman_options_get(o, "length-penalty"), "0.10000000000000001");
	cr_expect_str_eq(trujaman_options_get(o, "keep"), "a file");
	cr_expect_str_eq(trujaman_options_get(o, "split"), "auto");
	cr_expect_str_eq(trujaman_options_get(o, "strict"), "true");
	trujaman_options_free(o);
}

/* White-box: options in a struct that need not be freed, as long as no text is set. */
Test(options, a_list_widens_the_beam_unless_that_is_set)
{
	trujaman_options o = tj_options_default();
	char error[256];
	cr_assert_eq(trujaman_options_set(&o, "n-best", "6", NULL, 0), TRUJAMAN_OK);
	cr_assert_eq(trujaman_options_check(&o, error, sizeof error), TRUJAMAN_OK);
	cr_expect_eq(o.beam, 6);
	o = tj_options_default();
	cr_assert_eq(trujaman_options_set(&o, "n-best", "6", NULL, 0), TRUJAMAN_OK);
	cr_assert_eq(trujaman_options_set(&o, "beam", "4", NULL, 0), TRUJAMAN_OK);
	cr_assert_eq(trujaman_options_check(&o, error, sizeof error), TRUJAMAN_ERROR_USAGE);
	cr_expect_str_eq(error, "--n-best 6 needs a --beam of at least as much, not 4");
}

Test(options, that_do_not_go_together)
{
	static const char *const others[][2] = { { "keep", "a" },
		                                 { "glossary", "b" },
		                                 { "case", "auto" },
		                                 { "coverage-penalty", "1" } };
	char error[256];
	for (size_t i = 0; i < 4; i++) {
		trujaman_options *o = trujaman_options_new();
		cr_assert_eq(trujaman_options_set(o, "plain", "true", NULL, 0), TRUJAMAN_OK);
		cr_assert_eq(trujaman_options_check(o, error, sizeof error), TRUJAMAN_OK);
		cr_assert_eq(trujaman_options_set(o, others[i][0], others[i][1], NULL, 0),
		             TRUJAMAN_OK);
		cr_expect_eq(trujaman_options_check(o, error, sizeof error), TRUJAMAN_ERROR_USAGE);
		cr_expect_not_null(strstr(error, "--plain goes without"));
		trujaman_options_free(o);
	}
}
