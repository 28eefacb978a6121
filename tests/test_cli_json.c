/* SPDX-License-Identifier: MIT */
/* Tests of the lines of JSON that the program writes: the log of a training, and attention. */
#include <jansson.h>
#include <math.h>

#include "src/api/options.h"
#include "src/cli/attention.h"
#include "src/cli/show/json.h"
#include "src/cli/show/train_log.h"
#include "tests/other_locale.h"

TestSuite(json, .init = make_scratch, .fini = remove_with_locales, .timeout = 60);

/* The content of SCRATCH/name, from malloc. */
static char *content(const char *name)
{
	FILE *f = fopen(in_scratch(name), "rb");
	char *text = calloc(1, 1 << 16);
	cr_assert(f != NULL && text != NULL, "%s", name);
	cr_assert_lt(fread(text, 1, 1 << 16, f), 1 << 16);
	cr_assert_eq(fclose(f), 0);
	return text;
}

static void expect_content(const char *name, const char *wanted)
{
	char *found = content(name);
	cr_expect_str_eq(found, wanted, "found  %s\nwanted %s", found, wanted);
	free(found);
}

Test(json, numbers)
{
	static const struct {
		double x;
		const char *log, *attention;
	} cases[] = {
		{ 0, "0", "0" },
		{ -0.0, "0", "0" },
		{ 3, "3", "3" },
		{ -2, "-2", "-2" },
		{ 999999999, "999999999", "999999999" },
		{ 0.1234, "0.1234", "0.1234" },
		{ 0.0001, "0.0001", "0.0001" },
		{ 0.9999, "0.9999", "0.9999" },
		{ -123.456789, "-123.456789", "-123.456789" },
		{ 2.718281828459045, "2.71828183", "2.71828182845905" },
		{ 1e9, "1e9", "1000000000.0" },
		{ 1e300, "1e300", "1e300" },
		{ 0.00002, "2e-5", "2e-5" },
		{ INFINITY, "null", "null" },
		{ -INFINITY, "null", "null" },
		{ NAN, "null", "null" },
	};
	struct tj_string line = { .n = 0 };
	use_locale("de_DE");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int attention = 0; attention < 2; attention++) {
			const char *wanted = attention ? cases[i].attention : cases[i].log;
			cr_assert(tj_json_line(json_pack("[o]", tj_json_number(cases[i].x)),
			                       JSON_REAL_PRECISION(attention ? 15 : 9), &line));
			cr_expect(line.n == strlen(wanted) + 3 &&
			              memcmp(line.data + 1, wanted, line.n - 3) == 0,
			          "%s: %.*s", wanted, (int)line.n, line.data);
		}
	free(line.data);
}

/* Every decimal of a share and of a score is printed, and no others. */
Test(json, decimals_are_exact)
{
	struct tj_string line = { .n = 0 };
	char wanted[64];
	for (int i = 1; i < 1000000; i += i < 10000 ? 1 : 977) {
		double x = i < 10000 ? i / 1e4 : -(double)i * 1000 / 1e6;
		if (x == trunc(x))
			continue;
		int n = snprintf(wanted, sizeof wanted, "[%.6f", x);
		while (wanted[n - 1] == '0')
			n--;
		snprintf(wanted + n, sizeof wanted - (size_t)n, "]\n");
		cr_assert(tj_json_line(json_pack("[o]", tj_json_number(x)), JSON_REAL_PRECISION(15),
		                       &line));
		cr_assert(line.n == strlen(wanted) && memcmp(line.data, wanted, line.n) == 0,
		          "%.*s, %s", (int)line.n, line.data, wanted);
	}
	free(line.data);
}

/* --- The log ---------------------------------------------------------------------- */

static const trujaman_train_update update = {
	.update = 7,
	.epoch = 1,
	.loss = 3.25,
	.nll = 3,
	.pieces = 120,
	.learning_rate = 0.0005,
	.gradient_norm = 123456.789012,
	.seconds = 1.5,
};
#define UPDATE_BEGIN \
	"{\"update\": 7, \"epoch\": 1, \"loss\": 3.25, \"nll\": 3, \"pieces\": 120, " \
	"\"learning_rate\": 0.0005, \"gradient_norm\": 123456.789"

static const trujaman_train_dev_score dev_scores[2] = { { 2.5, 10.25, 30 }, { 1.5, 0, 20.125 } };

static trujaman_train_validation validation(void)
{
	return (trujaman_train_validation){ .update = 7,
		                            .epoch = 1,
		                            .dev_nll = 2,
		                            .dev_bleu = 5.125,
		                            .dev_chrf = 25.0625,
		                            .seconds = 2.25,
		                            .best = 1 };
}
#define VALIDATION_BEGIN \
	"{\"update\": 7, \"epoch\": 1, \"dev_nll\": 2, \"dev_bleu\": 5.125, \"dev_chrf\": 25.0625"

static void open_log(struct tj_train_log *l, const char *chosen)
{
	const trujaman_train_options o = { .force = 1 };
	trujaman_train_start start = { .update = 0 };
	start.chosen = chosen;
	cr_assert_eq(tj_train_log_open(l, in_scratch("log")), TJ_EXIT_DONE);
	cr_assert_eq(tj_train_log_start(l, &o, &start), 0);
}

Test(json, lines_of_the_log)
{
	struct tj_train_log l;
	trujaman_train_update aligned = update;
	trujaman_train_validation v = validation();
	aligned.aligned_pieces = 90;
	aligned.alignment_loss = 0.5;
	use_locale("de_DE");
	open_log(&l, "--updates 5");
	cr_expect_eq(tj_train_log_update(&l, &update), 0);
	cr_expect_eq(tj_train_log_update(&l, &aligned), 0);
	cr_expect_eq(tj_train_log_validation(&l, &v), 0);
	v.n_sets = 2;
	v.sets = dev_scores;
	v.averaged = 4;
	v.best = 0;
	cr_expect_eq(tj_train_log_validation(&l, &v), 0);
	char *found = content("log");
	cr_expect_eq(l.n_bytes, strlen(found));
	free(found);
	cr_expect_eq(tj_train_log_close(&l), 0);
	expect_content(
	    "log",
	    "{\"chosen\": \"--updates 5\"}\n" UPDATE_BEGIN ", \"seconds\": 1.5}\n" UPDATE_BEGIN
	    ", \"alignment_loss\": 0.5, \"aligned\": 90, \"seconds\": 1.5}\n" VALIDATION_BEGIN
	    ", \"best\": true, \"seconds\": 2.25}\n" VALIDATION_BEGIN
	    ", \"dev_sets\": [{\"nll\": 2.5, \"bleu\": 10.25, \"chrf\": 30}, {\"nll\": 1.5, "
	    "\"bleu\": 0, \"chrf\": 20.125}], \"averaged\": 4, \"best\": false, \"seconds\": "
	    "2.25}\n");
}

/* JSON has no such numbers; the line must come all the same, and the training goes on. */
Test(json, a_number_that_is_not_finite_is_null)
{
	struct tj_train_log l;
	trujaman_train_update u = update;
	u.loss = INFINITY;
	u.nll = NAN;
	open_log(&l, "");
	cr_expect_eq(tj_train_log_update(&l, &u), 0);
	cr_expect_eq(tj_train_log_close(&l), 0);
	expect_content("log", "{\"update\": 7, \"epoch\": 1, \"loss\": null, \"nll\": null, "
	                      "\"pieces\": 120, \"learning_rate\": 0.0005, "
	                      "\"gradient_norm\": 123456.789, \"seconds\": 1.5}\n");
}

Test(json, any_number_of_dev_sets)
{
	enum { MANY = 300 };
	struct tj_train_log l;
	trujaman_train_dev_score sets[MANY];
	trujaman_train_validation v = validation();
	for (int i = 0; i < MANY; i++)
		sets[i] = (trujaman_train_dev_score){ i + 1 / 3.0, i / 7.0, i / 9.0 };
	v.n_sets = MANY;
	v.sets = sets;
	open_log(&l, "");
	cr_expect_eq(tj_train_log_validation(&l, &v), 0);
	cr_expect_eq(tj_train_log_close(&l), 0);
	json_t *line = json_load_file(in_scratch("log"), 0, NULL);
	cr_assert_not_null(line);
	cr_expect_eq(json_array_size(json_object_get(line, "dev_sets")), MANY);
	cr_expect(json_is_true(json_object_get(line, "best")));
	json_decref(line);
}

/* --- Attention -------------------------------------------------------------------- */

/* "A\0\n b" becomes "ä" and a piece that is no UTF-8. */
static const size_t source_spans[2][2] = { { 0, 1 }, { 4, 5 } }, target_spans[1][2] = { { 0, 2 } },
		    links[2][2] = { { 0, 0 }, { 1, 0 } };
static const char *const source_pieces[2] = { "\xe2\x96\x81"
	                                      "A",
	                                      "b" },
			 *const target_pieces[1] = { "\xff" };
static const double piece_scores[1] = { -123.4567891 }, word_scores[1] = { -1e-9 };
static const float shares[2] = { 0.12341f, 0.99999f }, link_shares[2] = { 1, 0.5f };
static const trujaman_attention_part attention_part = {
	2, 1, source_pieces, target_pieces, source_spans, target_spans, piece_scores, shares
};
static const trujaman_attention_part *const attention_parts[1] = { &attention_part };

static trujaman_attention attention(void)
{
	return (trujaman_attention){ .line = 3,
		                     .score = -0.25,
		                     .source = "A\0\n b",
		                     .source_len = 5,
		                     .target = "\xc3\xa4",
		                     .target_len = 2,
		                     .n_source_words = 2,
		                     .source_words = source_spans,
		                     .n_target_words = 1,
		                     .target_words = target_spans,
		                     .word_scores = word_scores,
		                     .n_links = 2,
		                     .links = links,
		                     .link_shares = link_shares,
		                     .n_parts = 1,
		                     .parts = attention_parts };
}

static const char attention_line[] =
    "{\"input\":0,\"line\":3,\"rank\":0,\"score\":-0.25,\"source\":\"A\\u0000\\n b\",\"target\":"
    "\"\xc3\xa4\",\"source_words\":[[0,1],[4,5]],\"target_words\":[[0,1]],\"word_scores\":[0],"
    "\"links\":[[0,0,1],[1,0,0.5]],\"parts\":[{\"source_pieces\":[\"\xe2\x96\x81"
    "A\",\"b\"],"
    "\"source_spans\":[[0,1],[4,5]],\"target_pieces\":[\"\xef\xbf\xbd\"],\"target_spans\":"
    "[[0,1]],\"scores\":[-123.456789],\"shares\":[[0.1234,1]]}]}\n";

/* Writes the line, if that goes well twice: the second one uses what is there. */
static int attend(struct tj_attention_file *f, const trujaman_attention *a)
{
	trujaman_options o = tj_options_default();
	tj_attention_ask(f, in_scratch("attention"), &o);
	cr_assert_eq(tj_attention_open(f), TJ_EXIT_DONE);
	return o.attend(o.attend_context, a) == 0 && o.attend(o.attend_context, a) == 0;
}

Test(json, a_line_of_attention)
{
	struct tj_attention_file f;
	trujaman_attention a = attention();
	char twice[2 * sizeof attention_line];
	use_locale("de_DE");
	cr_assert(attend(&f, &a), "%s", f.failed.text);
	cr_assert_eq(tj_attention_end(&f, TJ_EXIT_DONE), TJ_EXIT_DONE);
	snprintf(twice, sizeof twice, "%s%s", attention_line, attention_line);
	expect_content("attention", twice);
}

Test(json, attention_that_is_not_finite_is_null)
{
	struct tj_attention_file f;
	const float odd[2] = { NAN, 7 };
	const double score = -INFINITY;
	trujaman_attention_part part = attention_part;
	const trujaman_attention_part *const parts[1] = { &part };
	trujaman_attention a = attention();
	part.shares = odd;
	part.scores = a.word_scores = &score;
	a.parts = parts;
	a.score = NAN;
	cr_assert(attend(&f, &a), "%s", f.failed.text);
	cr_assert_eq(tj_attention_end(&f, TJ_EXIT_DONE), TJ_EXIT_DONE);
	char *found = content("attention");
	cr_expect_not_null(strstr(found, "\"score\":null,"));
	cr_expect_not_null(strstr(found, "\"word_scores\":[null],"));
	cr_expect_not_null(strstr(found, "\"scores\":[null],\"shares\":[[null,1]]"));
	free(found);
}

/* --- Memory ----------------------------------------------------------------------- */

static size_t n_asked, failing; /* allocations of jansson so far; the one that fails, from 0 */

static void *may_fail(size_t n)
{
	return n_asked++ == failing ? NULL : malloc(n);
}

/* Makes jansson's allocations fail one after the other, until none is left to fail. Each failure
 * must be told. */
static void with_each_failure(int (*write)(void))
{
	failing = 0;
	json_set_alloc_funcs(may_fail, free);
	for (int failed = 1; failed; failing += (size_t)failed) {
		n_asked = 0;
		int good = write();
		failed = n_asked > failing;
		cr_expect_eq(good, !failed, "allocation %zu", failing);
	}
	cr_expect_gt(failing, 30, "%zu", failing);
	json_set_alloc_funcs(malloc, free);
}

static int write_log(void)
{
	struct tj_train_log l;
	trujaman_train_update u = update;
	trujaman_train_validation v = validation();
	const trujaman_train_options o = { .force = 1 };
	const trujaman_train_start start = { .chosen = "--updates 5" };
	u.aligned_pieces = 1;
	v.n_sets = 2;
	v.sets = dev_scores;
	v.averaged = 4;
	cr_assert_eq(tj_train_log_open(&l, in_scratch("log")), TJ_EXIT_DONE);
	int good = tj_train_log_start(&l, &o, &start) == 0 && tj_train_log_update(&l, &u) == 0 &&
	           tj_train_log_validation(&l, &v) == 0;
	cr_expect_eq(tj_train_log_close(&l), 0);
	char *found = content("log");
	size_t lines = 0;
	for (const char *at = found; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	cr_expect_eq(lines == 3, good);
	cr_expect(*found == '\0' || found[strlen(found) - 1] == '\n');
	free(found);
	return good;
}

Test(json, no_memory_for_the_log)
{
	with_each_failure(write_log);
}

static int write_attention(void)
{
	struct tj_attention_file f;
	trujaman_attention a = attention();
	int good = attend(&f, &a);
	cr_expect_eq(f.failed.status, good ? TRUJAMAN_OK : TRUJAMAN_ERROR_MEMORY);
	cr_expect_eq(tj_attention_end(&f, good ? TJ_EXIT_DONE : TJ_EXIT_FAILED),
	             good ? TJ_EXIT_DONE : TJ_EXIT_FAILED);
	cr_expect_eq(access(in_scratch("attention"), F_OK) == 0, good);
	(void)remove(in_scratch("attention"));
	return good;
}

Test(json, no_memory_for_attention)
{
	with_each_failure(write_attention);
}
