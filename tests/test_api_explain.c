/* SPDX-License-Identifier: MIT */
/* Tests of the public API: options.explain is told of every text, in order, whatever the texts. */
#include "tests/api_support.h"
#include "tests/support.h"

TestSuite(explain, .timeout = 300);

enum { N_TEXTS = 500 };

struct told {
	size_t n, n_bytes, refuses; /* refuses text number `refuses`; 0: none */
	uint64_t hash;
};

/* Whether a report has a record of some kind, with fields behind it. */
static int has_record(const trujaman_explanation *e, const char *kind)
{
	size_t n = strlen(kind);
	for (size_t at = 0; at < e->len; at++)
		if ((at == 0 || e->text[at - 1] == '\n') && e->len - at > n &&
		    memcmp(e->text + at, kind, n) == 0 && e->text[at + n] == '\t')
			return 1;
	return 0;
}

static int tell(void *context, const trujaman_explanation *e)
{
	struct told *told = context;
	told->n++;
	told->n_bytes += e->len;
	cr_assert_eq(e->line, told->n);
	cr_assert_eq(e->input, 0);
	cr_assert(e->len > 0 && e->text[e->len - 1] == '\n');
	cr_assert(has_record(e, "line"));
	cr_assert_neq(has_record(e, "result"), has_record(e, "copied"));
	for (size_t i = 0; i < e->len; i++) {
		told->hash = told->hash * 31 + (unsigned char)e->text[i];
		cr_assert((unsigned char)e->text[i] >= ' ' || e->text[i] == '\n' ||
		          e->text[i] == '\t');
	}
	return told->n == told->refuses;
}

static trujaman_options explained(struct told *told, int threads)
{
	trujaman_options o = options_of(2, threads);
	o.explain = tell;
	o.explain_context = told;
	return o;
}

Test(explain, every_text_in_order)
{
	struct texts s = make_texts(N_TEXTS);
	struct told told[2] = { { .n = 0 }, { .n = 0 } };
	trujaman_options plain = options_of(2, 1);
	struct handle *without = open_fixture("luong-general", &plain);
	struct translated *wanted = translate(without, &s, 1);
	for (int i = 0; i < 2; i++) {
		trujaman_options o = explained(&told[i], i == 0 ? 1 : 3);
		struct handle *t = open_fixture("luong-general", &o);
		struct translated *found = translate(t, &s, 1);
		expect_same_texts(N_TEXTS, found, wanted, "explained");
		cr_assert_eq(told[i].n, N_TEXTS);
		free_translations(N_TEXTS, found);
		handle_close(t);
	}
	cr_assert_eq(told[0].hash, told[1].hash);
	cr_assert_eq(told[0].n_bytes, told[1].n_bytes);
	free_translations(N_TEXTS, wanted);
	handle_close(without);
	free_texts(&s);
}

Test(explain, a_refusal_ends_the_run)
{
	struct texts s = make_texts(N_TEXTS);
	struct told told = { .refuses = 7 };
	trujaman_options o = explained(&told, 2);
	struct handle *t = open_fixture("luong-general", &o);
	struct translated *dst = calloc(N_TEXTS, sizeof *dst);
	cr_assert_not_null(dst);
	cr_assert_eq(handle_translate(t, N_TEXTS, texts_of(&s), s.len, dst), TRUJAMAN_ERROR_IO);
	cr_assert_str_eq(handle_error(t), "the explanation was refused");
	cr_assert_eq(told.n, 7);
	cr_assert_null(dst[0].text);
	/* It can be used again, and scoring explains nothing. */
	told = (struct told){ .refuses = 0 };
	double score;
	cr_assert_eq(handle_score(t, 1, texts_of(&s), s.len, texts_of(&s), s.len, &score),
	             TRUJAMAN_OK);
	cr_assert_eq(told.n, 0);
	cr_assert_eq(handle_translate(t, N_TEXTS, texts_of(&s), s.len, dst), TRUJAMAN_OK);
	cr_assert_eq(told.n, N_TEXTS);
	translated_free(N_TEXTS, dst);
	free(dst);
	handle_close(t);
	free_texts(&s);
}

Test(explain, not_with_plain)
{
	struct told told = { .n = 0 };
	trujaman_options o = explained(&told, 1);
	struct handle *t = NULL;
	o.plain = 1;
	cr_assert_eq(handle_open(fixture("luong-general", "safetensors"), &o, &t),
	             TRUJAMAN_ERROR_USAGE);
	cr_assert_not_null(strstr(handle_error(t), "explain"), "%s", handle_error(t));
	handle_close(t);
}
