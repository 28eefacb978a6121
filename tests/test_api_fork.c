/* SPDX-License-Identifier: MIT */
/* Tests that a child may translate and train after its parent has done so with several threads,
 * beside the program's own use of OpenMP, which stays as it is. */
#include <omp.h>
#include <sys/wait.h>

#include "tests/api_support.h"

TestSuite(api_fork, .init = make_scratch, .fini = remove_scratch, .timeout = 120);

enum { N_TEXTS = 40, SECONDS = 60 };

/* The program's own use of OpenMP: the number of its threads, all of which worked. */
static int own_team(int n)
{
	int threads = 0;
#pragma omp parallel num_threads(n) reduction(+ : threads)
	threads += 1;
	return threads;
}

/* Runs the test in a child, which must end well in time. A child that hangs is ended by its alarm.
 */
static void expect_in_child(int (*test)(void *), void *context, const char *what)
{
	int status;
	fflush(NULL);
	pid_t child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		alarm(SECONDS);
		_exit(test(context));
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_expect(WIFEXITED(status), "%s: ended by signal %d", what, WTERMSIG(status));
	cr_expect_eq(WEXITSTATUS(status), 0, "%s", what);
}

struct work {
	struct handle *t;
	struct texts texts;
	const struct translated *wanted;
};

static int translates_the_same(struct handle *t, const struct work *w)
{
	struct translated found[N_TEXTS];
	if (handle_translate(t, w->texts.n, texts_of(&w->texts), w->texts.len, found) !=
	    TRUJAMAN_OK)
		return 0;
	int same = 1;
	for (size_t i = 0; i < w->texts.n; i++)
		same &= found[i].len == w->wanted[i].len &&
		        memcmp(found[i].text, w->wanted[i].text, found[i].len) == 0;
	translated_free(w->texts.n, found);
	return same;
}

static int with_the_handle(void *context)
{
	const struct work *w = context;
	return !(translates_the_same(w->t, w) && translates_the_same(w->t, w));
}

static int with_another_handle(void *context)
{
	const struct work *w = context;
	trujaman_options o = options_of(1, 3);
	struct handle *t;
	if (handle_open(fixture("luong-general", "safetensors"), &o, &t) != TRUJAMAN_OK)
		return 2;
	int same = translates_the_same(t, w);
	handle_close(t);
	return !same;
}

/* A grandchild, too. */
static int with_a_child_of_its_own(void *context)
{
	int status;
	if (with_the_handle(context) != 0)
		return 3;
	pid_t child = fork();
	if (child == 0)
		_exit(with_the_handle(context));
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 4;
	return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

Test(api_fork, a_child_translates)
{
	trujaman_options o = options_of(1, 2);
	struct work w = { .t = open_fixture("luong-general", &o), .texts = make_texts(N_TEXTS) };
	struct translated *wanted = translate(w.t, &w.texts, 1);
	w.wanted = wanted;
	expect_in_child(with_the_handle, &w, "the handle of the parent");
	expect_in_child(with_another_handle, &w, "a handle of its own");
	expect_in_child(with_a_child_of_its_own, &w, "a grandchild");
	cr_expect(translates_the_same(w.t, &w), "the parent goes on");
	free_translations(w.texts.n, wanted);
	free_texts(&w.texts);
	handle_close(w.t);
}

Test(api_fork, the_programs_own_team_is_left_alone)
{
	trujaman_options o = options_of(1, 2);
	struct work w = { .t = open_fixture("luong-general", &o), .texts = make_texts(N_TEXTS) };
	cr_expect_eq(own_team(3), 3);
	struct translated *wanted = translate(w.t, &w.texts, 1);
	w.wanted = wanted;
	cr_expect_eq(own_team(3), 3);
	expect_in_child(with_the_handle, &w, "beside another user of OpenMP");
	cr_expect_eq(own_team(3), 3);
	cr_expect(translates_the_same(w.t, &w));
	free_translations(w.texts.n, wanted);
	free_texts(&w.texts);
	handle_close(w.t);
}

static char texts[2][PATH_MAX + 300], model[PATH_MAX + 300];

static trujaman_status train(const char *name)
{
	trujaman_train_options o = { .size = sizeof o };
	trujaman_train_options_default(&o);
	static const char *const settings[][2] = {
		{ "embedding-size", "8" }, { "hidden-size", "16" },      { "encoder-layers", "1" },
		{ "vocab-size", "40" },    { "byte-fallback", "false" }, { "threads", "2" },
		{ "updates", "3" },
	};
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (trujaman_train_set(&o, settings[i][0], settings[i][1], NULL, 0) != TRUJAMAN_OK)
			return TRUJAMAN_ERROR_USAGE;
	for (int side = 0; side < 2; side++) {
		snprintf(texts[side], sizeof texts[side], "%s", in_scratch(side ? "b" : "a"));
		FILE *f = fopen(texts[side], "w");
		if (f == NULL)
			return TRUJAMAN_ERROR_IO;
		for (int i = 0; i < 200; i++)
			fprintf(f, "%s %d%d\n", side ? "uno dos" : "one two", i % 7, i % 5);
		fclose(f);
	}
	snprintf(model, sizeof model, "%s", in_scratch(name));
	o.source = texts[0];
	o.target = texts[1];
	o.model = model;
	o.batch_tokens = 100;
	return trujaman_train(&o, NULL, NULL, 0);
}

static int trains(void *context)
{
	return train(context) != TRUJAMAN_OK;
}

Test(api_fork, a_child_trains)
{
	cr_assert_eq(train("first"), TRUJAMAN_OK);
	expect_in_child(trains, "second", "training");
}
