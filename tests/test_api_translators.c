/* SPDX-License-Identifier: MIT */
/* Tests of translators that share a model: other options, several at once, stopping and watching
 * them; and of structs of programs that were compiled with another version of the header. */
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>

#include "src/api/translator.h"
#include "tests/api_support.h"

TestSuite(translators, .init = make_scratch, .fini = remove_scratch, .timeout = 120);

enum { N = 60 };

static trujaman_model *model(void)
{
	trujaman_model *m;
	char error[1024];
	cr_assert_eq(trujaman_model_open(fixture("luong-general", "safetensors"), NULL, &m, error,
	                                 sizeof error),
	             TRUJAMAN_OK, "%s", error);
	cr_assert_str_eq(error, "");
	return m;
}

static trujaman_options *options(const char *beam, const char *threads)
{
	trujaman_options *o = trujaman_options_new();
	cr_assert_not_null(o);
	cr_assert_eq(trujaman_options_set(o, "beam", beam, NULL, 0), TRUJAMAN_OK);
	cr_assert_eq(trujaman_options_set(o, "threads", threads, NULL, 0), TRUJAMAN_OK);
	cr_assert_eq(trujaman_options_set(o, "max-pieces", "32", NULL, 0), TRUJAMAN_OK);
	return o;
}

static trujaman_translator *translator(trujaman_model *m, const char *beam, const char *threads)
{
	trujaman_translator *t;
	char error[1024];
	trujaman_options *o = options(beam, threads);
	cr_assert_eq(trujaman_translator_new(m, o, &t, error, sizeof error), TRUJAMAN_OK, "%s",
	             error);
	trujaman_options_free(o);
	return t;
}

static trujaman_result *run(trujaman_translator *t, const struct texts *s)
{
	char error[1024];
	trujaman_result *r;
	cr_assert_eq(trujaman_translate(t, s->n, texts_of(s), s->len, &r, error, sizeof error),
	             TRUJAMAN_OK, "%s", error);
	cr_assert_str_eq(error, "");
	cr_assert_eq(trujaman_result_lines(r), s->n);
	return r;
}

static int same(const trujaman_result *a, const trujaman_result *b)
{
	for (size_t i = 0; i < trujaman_result_lines(a); i++) {
		size_t n, m;
		const char *x = trujaman_result_text(a, i, 0, &n);
		const char *y = trujaman_result_text(b, i, 0, &m);
		double p = trujaman_result_score(a, i, 0), q = trujaman_result_score(b, i, 0);
		if (n != m || !same_bytes(x, y, n) || !same_bytes(&p, &q, sizeof p))
			return 0;
	}
	return 1;
}

Test(translators, share_a_model_and_outlive_it)
{
	struct texts s = make_texts(N);
	trujaman_model *m = model(), *other = model();
	trujaman_translator *a = translator(m, "1", "1"), *b = translator(m, "3", "2");
	trujaman_translator *alone = translator(other, "3", "1");
	cr_expect_eq(a->model, b->model);
	cr_expect_eq(a->translating.copies, b->translating.copies, "weights are packed once");
	cr_expect_eq(trujaman_translator_threads(b), 2);
	trujaman_model_close(m);
	trujaman_model_close(other);
	trujaman_result *of_a = run(a, &s), *of_b = run(b, &s), *wanted = run(alone, &s);
	cr_expect(same(of_b, wanted));
	cr_expect(!same(of_a, wanted), "another beam finds other translations");
	trujaman_translator_free(a);
	trujaman_result *again = run(b, &s);
	cr_expect(same(again, wanted));
	trujaman_translator_free(b);
	trujaman_translator_free(alone);
	cr_expect(same(of_b, again), "results outlive their translator");
	trujaman_result_free(of_a);
	trujaman_result_free(of_b);
	trujaman_result_free(again);
	trujaman_result_free(wanted);
	free_texts(&s);
}

struct at_once {
	trujaman_translator *t;
	const struct texts *texts;
	const trujaman_result *wanted;
	int good;
};

static void *work(void *context)
{
	struct at_once *x = context;
	x->good = 1;
	for (int i = 0; i < 3; i++) {
		trujaman_result *r;
		x->good &= trujaman_translate(x->t, x->texts->n, texts_of(x->texts), x->texts->len,
		                              &r, NULL, 0) == TRUJAMAN_OK &&
		           same(r, x->wanted);
		trujaman_result_free(r);
	}
	return NULL;
}

Test(translators, several_work_at_the_same_time)
{
	enum { N_AT_ONCE = 3 };
	struct texts s = make_texts(N);
	trujaman_model *m = model();
	trujaman_translator *first = translator(m, "2", "1");
	trujaman_result *wanted = run(first, &s);
	struct at_once x[N_AT_ONCE];
	pthread_t threads[N_AT_ONCE];
	for (int i = 0; i < N_AT_ONCE; i++)
		x[i] = (struct at_once){ translator(m, "2", i == 0 ? "1" : "2"), &s, wanted, 0 };
	for (int i = 0; i < N_AT_ONCE; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, work, &x[i]), 0);
	for (int i = 0; i < N_AT_ONCE; i++) {
		cr_assert_eq(pthread_join(threads[i], NULL), 0);
		cr_expect(x[i].good, "translator %d", i);
		trujaman_translator_free(x[i].t);
	}
	trujaman_result_free(wanted);
	trujaman_translator_free(first);
	trujaman_model_close(m);
	free_texts(&s);
}

static void expect_refused(trujaman_model *m, const char *name, const char *value, const char *part)
{
	char error[1024];
	trujaman_options *o = options("1", "1");
	trujaman_translator *t = (trujaman_translator *)&t;
	cr_assert_eq(trujaman_options_set(o, name, value, NULL, 0), TRUJAMAN_OK);
	trujaman_status status = trujaman_translator_new(m, o, &t, error, sizeof error);
	cr_expect_eq(status, strcmp(name, "keep") == 0 ? TRUJAMAN_ERROR_IO : TRUJAMAN_ERROR_USAGE,
	             "--%s %s: %s", name, value, error);
	cr_expect_null(t);
	cr_expect_not_null(strstr(error, part), "%s", error);
	trujaman_options_free(o);
}

Test(translators, cannot_change_what_belongs_to_the_model)
{
	trujaman_model *m = model();
	expect_refused(m, "precision", "int8", "opened with float32");
	expect_refused(m, "memory", "7", "opened with 16");
	expect_refused(m, "isa", "mmx", "belongs to the model");
	expect_refused(m, "n-best", "9", "--n-best 9 needs a --beam");
	expect_refused(m, "keep", in_scratch("nowhere"), "nowhere");
	trujaman_options *o = options("1", "1"); /* the same values are fine */
	trujaman_translator *t;
	trujaman_options_set(o, "precision", "float32", NULL, 0);
	trujaman_options_set(o, "memory", "16", NULL, 0);
	cr_expect_eq(trujaman_translator_new(m, o, &t, NULL, 0), TRUJAMAN_OK);
	trujaman_translator_free(t);
	trujaman_options_free(o);
	trujaman_model_close(m);
}

static trujaman_status ensemble(size_t n, trujaman_model *const *models, const char *average,
                                trujaman_translator **t, char *error, size_t n_error_bytes)
{
	trujaman_options *o = options("2", "2");
	cr_assert_eq(trujaman_options_set(o, "ensemble", average, NULL, 0), TRUJAMAN_OK);
	trujaman_status status = trujaman_translator_new_ensemble(n, models, o, t, error,
	                                                          n_error_bytes);
	trujaman_options_free(o);
	return status;
}

Test(translators, of_several_models)
{
	char error[1024];
	trujaman_translator *mean, *logs, *alone;
	struct texts s = make_texts(N);
	trujaman_model *both[2] = { model() };
	cr_assert_eq(trujaman_model_open(fixture("gru-general-deep", "safetensors"), NULL, &both[1],
	                                 NULL, 0),
	             TRUJAMAN_OK);
	cr_assert_eq(ensemble(2, both, "mean", &mean, error, sizeof error), TRUJAMAN_OK, "%s",
	             error);
	cr_assert_eq(ensemble(2, both, "log", &logs, NULL, 0), TRUJAMAN_OK);
	cr_assert_eq(ensemble(1, both, "mean", &alone, NULL, 0), TRUJAMAN_OK);
	trujaman_translator *first = translator(both[0], "2", "1");
	trujaman_model_close(both[0]);
	trujaman_model_close(both[1]); /* their translators keep them */
	trujaman_result *a = run(mean, &s), *again = run(mean, &s), *b = run(logs, &s);
	trujaman_result *c = run(alone, &s), *d = run(first, &s);
	cr_expect(same(a, again));
	cr_expect(same(c, d), "an ensemble of one is that model");
	cr_expect(!same(a, b) && !same(a, c) && !same(b, c));
	trujaman_result *results[] = { a, again, b, c, d };
	for (int i = 0; i < 5; i++)
		trujaman_result_free(results[i]);
	trujaman_translator_free(mean);
	trujaman_translator_free(logs);
	trujaman_translator_free(alone);
	trujaman_translator_free(first);
	free_texts(&s);
}

Test(translators, of_models_that_do_not_fit)
{
	char error[1024];
	trujaman_translator *t = (trujaman_translator *)&t;
	trujaman_options *o = trujaman_options_new();
	trujaman_model *m = model(), *many[TRUJAMAN_MOST_MODELS + 1], *pair[2] = { m };
	for (size_t i = 0; i <= TRUJAMAN_MOST_MODELS; i++)
		many[i] = m;
	cr_expect_eq(ensemble(0, NULL, "mean", &t, error, sizeof error), TRUJAMAN_ERROR_USAGE);
	cr_expect_null(t);
	cr_expect_str_eq(error, "an ensemble needs a model");
	cr_expect_eq(ensemble(TRUJAMAN_MOST_MODELS + 1, many, "mean", &t, error, sizeof error),
	             TRUJAMAN_ERROR_USAGE);
	cr_expect_str_eq(error, "an ensemble has at most 16 models, not 17");
	cr_expect_null(t);
	cr_expect_eq(ensemble(TRUJAMAN_MOST_MODELS, many, "mean", &t, NULL, 0), TRUJAMAN_OK);
	trujaman_translator_free(t);
	/* Options of models hold for each. */
	trujaman_options_set(o, "memory", "7", NULL, 0);
	cr_assert_eq(trujaman_model_open(fixture("gru-general-deep", "safetensors"), o, &pair[1],
	                                 NULL, 0),
	             TRUJAMAN_OK);
	cr_expect_eq(trujaman_translator_new_ensemble(2, pair, o, &t, error, sizeof error),
	             TRUJAMAN_ERROR_USAGE);
	cr_expect_not_null(strstr(error, "opened with 16"), "%s", error);
	trujaman_options_free(o);
	trujaman_model_close(pair[1]);
	trujaman_model_close(m);
}

/* --- Stopping and watching ------------------------------------------------------------ */

struct watch {
	trujaman_translator *t;
	size_t calls, done, n, stop_at, refuse_at; /* 0: never */
};

static int watch(void *context, size_t done, size_t n)
{
	struct watch *w = context;
	cr_expect(done > w->done && done <= n);
	w->calls++;
	w->done = done;
	w->n = n;
	if (w->stop_at > 0 && done >= w->stop_at)
		trujaman_stop(w->t);
	return w->refuse_at > 0 && done >= w->refuse_at;
}

static void expect_stopped(trujaman_translator *t, const struct texts *s, const char *what)
{
	char error[1024];
	trujaman_result *r = (trujaman_result *)&r;
	cr_expect_eq(trujaman_translate(t, s->n, texts_of(s), s->len, &r, error, sizeof error),
	             TRUJAMAN_ERROR_STOPPED, "%s: %s", what, error);
	cr_expect_null(r);
	cr_expect_not_null(strstr(error, "stopped"), "%s", error);
}

Test(translators, are_watched_and_stopped)
{
	struct texts s = make_texts(600);
	trujaman_model *m = model();
	for (int threads = 1; threads <= 2; threads++) {
		trujaman_translator *t = translator(m, "1", threads == 1 ? "1" : "2");
		struct watch w = { .t = t };
		trujaman_observe(t, watch, &w);
		trujaman_result *wanted = run(t, &s);
		cr_expect(w.calls > 1 && w.done == s.n && w.n == s.n);
		w = (struct watch){ .t = t, .refuse_at = 1 };
		expect_stopped(t, &s, "refused");
		cr_expect(w.done < s.n);
		w = (struct watch){ .t = t, .stop_at = 1 };
		expect_stopped(t, &s, "stopped");
		cr_expect(w.done < s.n);
		w = (struct watch){ .t = t };
		expect_stopped(t, &s, "still stopped");
		cr_expect_eq(w.calls, 0);
		trujaman_go_on(t);
		trujaman_observe(t, NULL, NULL);
		trujaman_result *again = run(t, &s);
		cr_expect(same(again, wanted));
		trujaman_result_free(again);
		trujaman_result_free(wanted);
		trujaman_translator_free(t);
	}
	trujaman_model_close(m);
	free_texts(&s);
}

static trujaman_translator *of_handler;

static void on_alarm(int signal_number)
{
	(void)signal_number;
	trujaman_stop(of_handler);
}

/* A signal handler stops a call that would take long. */
Test(translators, a_signal_handler_stops_one)
{
	struct texts s = make_texts(30000);
	trujaman_model *m = model();
	of_handler = translator(m, "8", "2");
	struct itimerval soon = { .it_value = { .tv_usec = 50000 } };
	signal(SIGALRM, on_alarm);
	cr_assert_eq(setitimer(ITIMER_REAL, &soon, NULL), 0);
	expect_stopped(of_handler, &s, "by a signal");
	trujaman_translator_free(of_handler);
	trujaman_model_close(m);
	free_texts(&s);
}

/* --- Results ---------------------------------------------------------------------------- */

Test(translators, a_result_has_no_more_than_it_has)
{
	trujaman_model *m = model();
	trujaman_options *o = options("4", "1");
	trujaman_translator *t;
	trujaman_result *r;
	const char *src[] = { "Let's go.", "" }, *tgt[] = { "Vamos.", "No." };
	const size_t len[] = { 9, 0 }, tgt_len[] = { 6, 3 };
	size_t n;
	cr_assert_eq(trujaman_options_set(o, "n-best", "3", NULL, 0), TRUJAMAN_OK);
	cr_assert_eq(trujaman_translator_new(m, o, &t, NULL, 0), TRUJAMAN_OK);
	cr_expect_eq(trujaman_translator_n_best(t), 3);
	cr_assert_eq(trujaman_translate(t, 2, src, len, &r, NULL, 0), TRUJAMAN_OK);
	cr_expect_eq(trujaman_result_count(r, 0), 3);
	cr_expect_eq(trujaman_result_count(r, 1), 1);
	cr_expect_eq(trujaman_result_count(r, 2), 0);
	const char *text = trujaman_result_text(r, 0, 2, &n);
	cr_expect(text != NULL && strlen(text) == n);
	cr_expect(trujaman_result_score(r, 0, 0) >= trujaman_result_score(r, 0, 1));
	cr_expect_null(trujaman_result_text(r, 0, 3, &n));
	cr_expect_eq(n, 0);
	cr_expect_null(trujaman_result_text(r, 2, 0, NULL));
	cr_expect(isnan(trujaman_result_score(r, 1, 1)) && isnan(trujaman_result_score(r, 2, 0)));
	trujaman_result_free(r);
	cr_assert_eq(trujaman_score(t, 2, src, len, tgt, tgt_len, &r, NULL, 0), TRUJAMAN_OK);
	cr_expect(trujaman_result_score(r, 0, 0) < 0 && trujaman_result_score(r, 1, 0) < 0);
	cr_expect_eq(trujaman_result_count(r, 0), 0);
	cr_expect_null(trujaman_result_text(r, 0, 0, NULL));
	trujaman_result_free(r);
	cr_assert_eq(trujaman_translate(t, 0, NULL, NULL, &r, NULL, 0), TRUJAMAN_OK);
	cr_expect_eq(trujaman_result_lines(r), 0);
	trujaman_result_free(r);
	trujaman_options_free(o);
	trujaman_translator_free(t);
	trujaman_model_close(m);
}

/* --- Programs of another version -------------------------------------------------------- */

static int swallow(void *context, const trujaman_stretch *stretch)
{
	*(size_t *)context += stretch->n_bytes;
	return 0;
}

/* An older program's report ends early; nothing behind it may change. A newer one's has more. */
Test(translators, structs_have_the_size_that_the_caller_says)
{
	union {
		trujaman_report report;
		unsigned char bytes[sizeof(trujaman_report) + 64];
	} r;
	trujaman_model *m = model();
	trujaman_translator *t = translator(m, "1", "1");
	size_t written = 0, cut = offsetof(trujaman_report, split);
	const char *path = in_scratch("in");
	FILE *f = fopen(path, "w");
	cr_assert(f != NULL && fputs("Let's go.\n\n", f) >= 0 && fclose(f) == 0);
	trujaman_input input = { .size = sizeof input, .path = path };
	trujaman_sink sink = { .size = offsetof(trujaman_sink, end),
		               .context = &written,
		               .write = swallow };
	char error[1024];
	for (int newer = 0; newer < 2; newer++) {
		memset(&r, 0xee, sizeof r);
		memset(&r, 0, newer ? sizeof r.report : cut);
		r.report.size = newer ? sizeof r : cut;
		cr_assert_eq(trujaman_translate_to(t, 1, &input, &sink, TRUJAMAN_OUTPUT_PLAIN,
		                                   &r.report, error, sizeof error),
		             TRUJAMAN_OK, "%s", error);
		cr_expect(r.report.lines == 2 && r.report.blank == 1 && written > 0);
		for (size_t i = newer ? sizeof r.report : cut; i < sizeof r; i++)
			cr_assert_eq(r.bytes[i], 0xee, "byte %zu", i);
	}
	r.report.size = 0;
	cr_expect_eq(trujaman_translate_to(t, 1, &input, &sink, TRUJAMAN_OUTPUT_PLAIN, &r.report,
	                                   error, sizeof error),
	             TRUJAMAN_ERROR_USAGE);
	cr_expect_str_eq(error, "the report: its size is not set");
	input.size = 0;
	cr_expect_eq(trujaman_translate_to(t, 1, &input, &sink, TRUJAMAN_OUTPUT_PLAIN, NULL, error,
	                                   sizeof error),
	             TRUJAMAN_ERROR_USAGE);
	sink.size = 0;
	cr_expect_eq(trujaman_translate_to(t, 1, &input, &sink, TRUJAMAN_OUTPUT_PLAIN, NULL, error,
	                                   sizeof error),
	             TRUJAMAN_ERROR_USAGE);
	trujaman_translator_free(t);
	trujaman_model_close(m);
}

Test(translators, the_header_has_the_version_of_the_library)
{
	char text[32];
	snprintf(text, sizeof text, "%d.%d.%d", TRUJAMAN_VERSION_MAJOR, TRUJAMAN_VERSION_MINOR,
	         TRUJAMAN_VERSION_PATCH);
	cr_expect_str_eq(trujaman_version(), text);
	cr_expect_eq(trujaman_version_number(), TRUJAMAN_VERSION_NUMBER);
}
