/* SPDX-License-Identifier: MIT */
/* Translating while one allocation after another fails: no crash, no wrong translation, and an
 * error that says what is missing. */
#include "tests/api_support.h"
#include "tests/failing_alloc.h"
#include "tests/support.h"

TestSuite(translate_memory, .init = test_start, .timeout = 3600);

/* --- Texts of all kinds ----------------------------------------------------------- */

static const char *const sources[] = {
	"Write to john.doe@example.org, or see <b>a_b</b> at 10:30.",
	"THE CAT SLEEPS. i love you, and the dog too",
	"\xe2\x80\x9cThe\xe2\x80\x9d house\xe2\x80\xa6 \xc2\xab\xe2\x82\xac 5\xc2\xbb \xf0\x9f\x98\x8a",
	"I have 5 dogs, 1,234.5 cats and one tryThis house.",
	"The cat saw Zorg and Milko, and the Cat saw the house of the cat of the house of the cat.",
	"",
};
enum { N = sizeof sources / sizeof *sources, N_BEST = 2 };

static int tell(void *context, const trujaman_explanation *e)
{
	*(size_t *)context += e->len;
	return 0;
}

struct job {
	const char *model;
	trujaman_options options;
	struct translated wanted[N * N_BEST];
	size_t told, n_failed;
};

static const char *write_text(const char *name, const char *text)
{
	char *path = strdup(in_scratch(name));
	FILE *f = path != NULL ? fopen(path, "w") : NULL;
	cr_assert(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
	return path;
}

static void open_job(struct job *j, const char *model)
{
	*j = (struct job){ .model = model, .options = options_of(N_BEST, 1) };
	j->options.n_best = N_BEST;
	j->options.max_pieces = 8;
	j->options.memory = 0;
	j->options.keep = write_text("keep", "Zorg\n");
	j->options.glossary = write_text("glossary", "cat\tminino\nthe house\tla casa\n");
	j->options.explain = tell;
	j->options.explain_context = &j->told;
}

static void close_job(struct job *j)
{
	translated_free((size_t)N * N_BEST, j->wanted);
	free((char *)(uintptr_t)j->options.keep);
	free((char *)(uintptr_t)j->options.glossary);
}

/* Failing ends before results are copied. */
static trujaman_status translate_all(struct handle *t, struct translated *dst, size_t *n_asked_for)
{
	size_t len[N];
	trujaman_result *r = NULL;
	for (size_t i = 0; i < N; i++)
		len[i] = strlen(sources[i]);
	trujaman_status status = trujaman_translate(t->translator, N, sources, len, &r, TOLD(t));
	*n_asked_for = end_to_fail();
	for (size_t i = 0; r != NULL && i < (size_t)N * N_BEST; i++)
		take_text(r, i / N_BEST, i % N_BEST, &dst[i]);
	trujaman_result_free(r);
	return status;
}

/* Opens a model and translates; from the beginning, or from translating on, allocation number `at`
 * fails. Returns how many allocations there were. */
static size_t run(struct job *j, int from_opening, size_t at, int and_after)
{
	struct translated found[(size_t)N * N_BEST];
	struct handle t = { .model = NULL };
	size_t n;
	memset(found, 0, sizeof found);
	if (from_opening)
		begin_to_fail(at, and_after);
	trujaman_status status = trujaman_model_open(j->model, &j->options, &t.model, TOLD(&t));
	if (status == TRUJAMAN_OK)
		status = trujaman_translator_new(t.model, &j->options, &t.translator, TOLD(&t));
	if (!from_opening)
		begin_to_fail(at, and_after);
	if (status == TRUJAMAN_OK)
		status = translate_all(&t, found, &n);
	else
		n = end_to_fail();
	if (at >= n)
		cr_assert_eq(status, TRUJAMAN_OK, "%s", t.error);
	if (status == TRUJAMAN_OK && j->wanted[0].text == NULL)
		memcpy(j->wanted, found, sizeof found);
	else if (status == TRUJAMAN_OK) {
		expect_same_texts((size_t)N * N_BEST, found, j->wanted, "after a failure");
		translated_free((size_t)N * N_BEST, found);
	} else {
		j->n_failed++;
		cr_assert_eq(status, TRUJAMAN_ERROR_MEMORY, "allocation %zu: status %d: %s", at,
		             (int)status, t.error);
		cr_assert_not_null(strstr(t.error, "memory"), "allocation %zu: %s", at, t.error);
		for (size_t i = 0; i < (size_t)N * N_BEST; i++)
			cr_assert_null(found[i].text, "allocation %zu", at);
	}
	trujaman_model_close(t.model);
	trujaman_translator_free(t.translator);
	return n;
}

/* A model with placeables that has learnt next to nothing. */
static const char *train_model(void)
{
	static const char *const words[] = { "the",  "house", "dog", "cat", "see",
		                             "have", "sleep", "of",  "and", "write" };
	static const char *const settings[][2] = {
		{ "vocab-size", "80" },       { "vocab-type", "bpe" },
		{ "embedding-size", "16" },   { "hidden-size", "16" },
		{ "encoder-layers", "1" },    { "placeables", "16" },
		{ "updates", "2" },           { "threads", "1" },
		{ "byte-fallback", "false" }, { "source-language", "en" },
		{ "target-language", "es" },
	};
	trujaman_train_options o = { .size = sizeof o };
	trujaman_train_options_default(&o);
	char error[256];
	FILE *f = fopen(in_scratch("text"), "w");
	cr_assert_not_null(f);
	for (unsigned i = 0; i < 400; i++)
		fprintf(f, "%s %s %u %s a_b %s.\n", words[i % 10], words[i / 7 % 10], i % 60,
		        words[i * 3 % 10], words[i / 3 % 10]);
	cr_assert_eq(fclose(f), 0);
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		cr_assert_eq(trujaman_train_set(&o, settings[i][0], settings[i][1], error,
		                                sizeof error),
		             TRUJAMAN_OK, "%s", error);
	char *text = strdup(in_scratch("text")), *model = strdup(in_scratch("model"));
	cr_assert(text != NULL && model != NULL);
	o.source = o.target = text;
	o.model = model;
	cr_assert_eq(trujaman_train(&o, NULL, error, sizeof error), TRUJAMAN_OK, "%s", error);
	free(text);
	return model;
}

/* model NULL: one with placeables. */
static void fail_each(const char *model, int from_opening, int and_after, size_t fewest)
{
	struct job j;
	if (!CAN_FAIL)
		cr_skip_test("allocations cannot be made to fail here");
	make_scratch();
	open_job(&j, model != NULL ? model : train_model());
	j.options.localize_numbers = model == NULL; /* that one says its languages */
	size_t n = run(&j, from_opening, SIZE_MAX, 0);
	cr_assert_geq(n, fewest);
	cr_assert_gt(j.told, 1000);
	size_t n_tried = 0;
	for (size_t at = 0; at < n; at++) {
		if (test_left_out())
			continue;
		n_tried++;
		(void)run(&j, from_opening, at, and_after);
	}
	/* Some that fail are made up for: the cache just keeps less. */
	cr_assert_gt(j.n_failed, n_tried / 2);
	close_job(&j);
	remove_scratch();
}

Test(translate_memory, translating)
{
	fail_each(fixture("luong-general", "safetensors"), 0, 0, 100);
}

Test(translate_memory, translating_from_then_on)
{
	fail_each(fixture("luong-general", "safetensors"), 0, 1, 100);
}

Test(translate_memory, opening)
{
	fail_each(fixture("luong-general", "safetensors"), 1, 0, 200);
}

Test(translate_memory, placeables)
{
	fail_each(NULL, 0, 0, 100);
}
