/* SPDX-License-Identifier: MIT */
/* Tests that the locale and the floating-point environment of the calling program change nothing:
 * with a decimal comma, with the Turkish i, rounded upwards. The locales are made by localedef. */
#include <fenv.h>

#include "tests/api_support.h"
#include "tests/other_locale.h"

TestSuite(api_locale, .init = make_scratch, .fini = remove_with_locales);

static trujaman_status set(trujaman_train_options *o, const char *name, const char *value)
{
	char error[512] = "";
	trujaman_status status = trujaman_train_set(o, name, value, error, sizeof error);
	cr_assert_eq(status, TRUJAMAN_OK, "--%s %s: %s", name, value, error);
	return status;
}

static char paths[3][PATH_MAX + 300];

static const char *write_text(int side, const char *const words[5])
{
	snprintf(paths[side], sizeof paths[side], "%s", in_scratch(side ? "target" : "source"));
	FILE *f = fopen(paths[side], "w");
	cr_assert_not_null(f);
	for (int i = 0; i < 240; i++)
		fprintf(f, "%s %s %s\n", words[i % 5], words[i / 5 % 5], words[i * 7 / 3 % 5]);
	cr_assert_eq(fclose(f), 0);
	return paths[side];
}

/* Trains, or goes on with, the model of that name. */
static void train(const char *name, const char *updates, int resume)
{
	static const char *const from[] = { "ilk", "IKI", "uc", "dort", "bes" };
	static const char *const to[] = { "Eins", "Zwo", "Drei", "Vier", "ELFI" };
	trujaman_train_options o = { .size = sizeof o };
	trujaman_train_options_default(&o);
	char error[512] = "";
	set(&o, "embedding-size", "8");
	set(&o, "hidden-size", "16");
	set(&o, "encoder-layers", "1");
	set(&o, "vocab-size", "300"); /* with byte pieces, SentencePiece reads a fraction */
	set(&o, "threads", "2");
	set(&o, "dropout", "0.3");
	set(&o, "learning-rate", "1.5e-2");
	set(&o, "ema", "0.5");
	set(&o, "updates", updates);
	set(&o, "validate-every", "3");
	snprintf(paths[2], sizeof paths[2], "%s", in_scratch(name));
	o.source = write_text(0, from);
	o.target = write_text(1, to);
	o.model = paths[2];
	o.batch_tokens = 100;
	o.resume = resume;
	cr_assert_eq(trujaman_train(&o, NULL, error, sizeof error), TRUJAMAN_OK, "%s", error);
}

static char *read_whole(const char *name, size_t *n)
{
	FILE *f = fopen(in_scratch(name), "rb");
	cr_assert_not_null(f, "%s", name);
	cr_assert_eq(fseek(f, 0, SEEK_END), 0);
	*n = (size_t)ftell(f);
	rewind(f);
	char *bytes = malloc(*n + 1);
	cr_assert(bytes != NULL && fread(bytes, 1, *n, f) == *n);
	fclose(f);
	return bytes;
}

static void expect_equal_files(const char *a, const char *b)
{
	size_t n_a, n_b;
	char *x = read_whole(a, &n_a), *y = read_whole(b, &n_b);
	cr_assert(n_a == n_b && memcmp(x, y, n_a) == 0, "%s and %s differ", a, b);
	free(x);
	free(y);
}

/* Scores and n-best lists of a fixture, as text. The caller frees it. */
static char *translated(const char *options_split, size_t *n)
{
	trujaman_options o = options_of(3, 2);
	o.n_best = 2;
	o.split = options_split;
	o.length_penalty = 0.7;
	struct handle *t = open_fixture("luong-general", &o);
	FILE *in = fopen(in_scratch("in"), "w"), *out = tmpfile();
	cr_assert(in != NULL && out != NULL);
	fputs("Let's go. It is I.\nICI, ILI ISI!\n\nThe train\n", in);
	cr_assert_eq(fclose(in), 0);
	trujaman_input input = { .path = in_scratch("in"), .fd = -1 };
	cr_assert_eq(handle_translate_stream(t, 1, &input, fileno(out), "out",
	                                     TRUJAMAN_OUTPUT_N_BEST, NULL),
	             TRUJAMAN_OK, "%s", handle_error(t));
	cr_assert_eq(handle_score_stream(t, &input, &input, fileno(out), "out", NULL), TRUJAMAN_OK,
	             "%s", handle_error(t));
	handle_close(t);
	off_t end = lseek(fileno(out), 0, SEEK_END);
	cr_assert_gt(end, 0);
	char *text = malloc((size_t)end);
	cr_assert_not_null(text);
	*n = (size_t)end;
	cr_assert_eq(pread(fileno(out), text, *n, 0), end);
	fclose(out);
	return text;
}

static void check(const char *locale)
{
	size_t n_before, n_after;
	train("plain", "9", 0);
	train("half", "6", 0);
	char *before = translated(NULL, &n_before);
	use_locale(locale);
	train("there", "9", 0);
	expect_equal_files("there", "plain");
	/* A checkpoint of one locale is good in another. */
	train("half", "9", 1);
	expect_equal_files("half", "plain");
	char *after = translated(NULL, &n_after);
	cr_assert(n_before == n_after && memcmp(before, after, n_before) == 0);
	free(before);
	free(after);
	cr_expect_str_eq(trujaman_language_name("IT"), "Italian");
	cr_expect_str_eq(trujaman_language_name("it"), "Italian");
}

Test(api_locale, german_decimal_commas)
{
	check("de_DE");
}

Test(api_locale, turkish_letters)
{
	check("tr_TR");
}

Test(api_locale, a_checkpoint_that_was_made_with_commas)
{
	train("plain", "9", 0);
	use_locale("de_DE");
	train("half", "6", 0);
	setlocale(LC_ALL, "C");
	train("half", "9", 1);
	expect_equal_files("half", "plain");
}

Test(api_locale, rounding_modes)
{
	static const int modes[] = { FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO };
	size_t n_before, n_after;
	char *before = translated(NULL, &n_before);
	train("plain", "9", 0);
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		char name[16];
		cr_assert_eq(fesetround(modes[i]), 0);
		char *after = translated(NULL, &n_after);
		cr_expect(n_before == n_after && memcmp(before, after, n_before) == 0, "mode %zu",
		          i);
		free(after);
		snprintf(name, sizeof name, "mode%zu", i);
		train(name, "9", 0);
		cr_expect_eq(fegetround(), modes[i], "it is restored");
		cr_assert_eq(fesetround(FE_TONEAREST), 0);
		expect_equal_files(name, "plain");
	}
	free(before);
}
