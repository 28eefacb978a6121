/* SPDX-License-Identifier: MIT */
/* Tests of --stats FILE: the JSON object that a run writes. */
#include <signal.h>
#include <sys/stat.h>

#include "src/api/options.h"
#include "src/cli/show/stats.h"
#include "tests/model_files.h"

TestSuite(stats, .init = make_scratch, .fini = remove_scratch, .timeout = 60);

static const trujaman_report report = {
	.lines = 9,
	.blank = 2,
	.split = 1,
	.source_words = 80,
	.source_pieces = 100,
	.target_pieces = UINT64_C(1) << 60,
	.invalid = 3,
	.invalid_line = 7,
	.invalid_column = 5,
	.foreign = 2,
	.foreign_language = "es",
};

static const char *const names[] = { "en-es" };

static struct tj_stats example(trujaman_options *options)
{
	static const trujaman_input input = { .path = "caf\xe9\n.txt" };
	return (struct tj_stats){ .command = "translate",
		                  .seconds = 1.25,
		                  .models = names,
		                  .n_models = 1,
		                  .options = options,
		                  .report = &report,
		                  .n_inputs = 1,
		                  .inputs = &input };
}

static json_t *read_back(const char *path)
{
	json_error_t error;
	json_t *object = json_load_file(path, 0, &error);
	cr_assert_not_null(object, "%s", error.text);
	return object;
}

static void expect_text(const json_t *object, const char *key, const char *wanted)
{
	const char *found = json_string_value(json_object_get(object, key));
	cr_assert_not_null(found, "%s is missing", key);
	cr_expect_str_eq(found, wanted, "%s is %s", key, found);
}

static void expect_number(const json_t *object, const char *key, long long wanted)
{
	const json_t *found = json_object_get(object, key);
	cr_assert(json_is_integer(found), "%s is missing", key);
	cr_expect_eq(json_integer_value(found), wanted, "%s", key);
}

static size_t count_files(void)
{
	size_t n = 0;
	DIR *dir = opendir(scratch);
	cr_assert_not_null(dir);
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n - 2;
}

Test(stats, every_figure_is_there)
{
	trujaman_options options = tj_options_default();
	options.strict = 1;
	struct tj_stats s = example(&options);
	const char *path = in_scratch("stats.json");
	cr_assert_eq(tj_stats_write(path, &s), TJ_EXIT_DONE);
	cr_expect_eq(count_files(), 1);
	json_t *o = read_back(path);
	expect_text(o, "trujaman", trujaman_version());
	expect_text(o, "command", "translate");
	expect_text(o, "ended", "done");
	expect_number(o, "exit_status", 0);
	cr_expect(json_is_null(json_object_get(o, "signal")));
	cr_expect_eq(json_number_value(json_object_get(o, "seconds")), 1.25);
	expect_text(json_object_get(o, "model"), "path", "en-es");
	expect_number(o, "inputs", 1);
	const json_t *counters = json_object_get(o, "counters");
	expect_number(counters, "lines", 9);
	expect_number(counters, "blank", 2);
	expect_number(counters, "split", 1);
	expect_number(counters, "source_words", 80);
	expect_number(counters, "source_pieces", 100);
	expect_number(counters, "target_pieces", 1LL << 60);
	expect_number(counters, "invalid", 3);
	const json_t *first = json_object_get(o, "first_invalid");
	expect_text(first, "input", "caf\\xe9\\n.txt");
	expect_number(first, "line", 7);
	expect_number(first, "column", 5);
	expect_number(counters, "foreign", 2);
	const json_t *foreign = json_object_get(o, "first_foreign");
	expect_text(foreign, "input", "caf\\xe9\\n.txt");
	expect_text(foreign, "language", "es");
	const json_t *of_options = json_object_get(o, "options");
	expect_number(of_options, "beam", options.beam);
	expect_number(of_options, "memory", options.memory);
	cr_expect(json_is_true(json_object_get(of_options, "strict")));
	json_decref(o);
}

Test(stats, the_model_that_was_open)
{
	trujaman_options options = tj_options_default();
	const trujaman_model_info info = { .path = "models/x",
		                           .file_bytes = 12,
		                           .parameters = 34,
		                           .precision = "I8",
		                           .isa = "scalar",
		                           .products = "int8" };
	struct tj_stats s = example(&options);
	const trujaman_model_info *const infos[] = { &info, &info };
	s.infos = infos;
	s.n_models = 2;
	s.threads = 5;
	const char *path = in_scratch("stats.json");
	cr_assert_eq(tj_stats_write(path, &s), TJ_EXIT_DONE);
	json_t *o = read_back(path);
	const json_t *model = json_object_get(o, "model");
	expect_text(model, "path", "models/x");
	expect_text(model, "precision", "I8");
	expect_text(model, "products", "int8");
	expect_text(model, "isa", "scalar");
	expect_number(model, "file_bytes", 12);
	expect_number(model, "parameters", 34);
	cr_assert_eq(json_array_size(json_object_get(o, "ensemble")), 2);
	expect_text(json_array_get(json_object_get(o, "ensemble"), 1), "path", "models/x");
	expect_number(json_object_get(o, "options"), "threads", 5);
	json_decref(o);
}

Test(stats, how_it_ended)
{
	static const struct {
		int status;
		const char *ended, *signal;
	} cases[] = {
		{ TJ_EXIT_FAILED, "failed", NULL },
		{ TJ_EXIT_USAGE, "failed", NULL },
		{ 128 + SIGINT, "interrupted", "SIGINT" },
		{ 128 + SIGTERM, "interrupted", "SIGTERM" },
	};
	trujaman_options options = tj_options_default();
	const char *path = in_scratch("stats.json");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct tj_stats s = example(&options);
		s.exit_status = cases[i].status;
		cr_expect_eq(tj_stats_write(path, &s), cases[i].status);
		json_t *o = read_back(path); /* it replaces the previous one */
		expect_text(o, "ended", cases[i].ended);
		expect_number(o, "exit_status", cases[i].status);
		if (cases[i].signal != NULL)
			expect_text(o, "signal", cases[i].signal);
		json_decref(o);
	}
	cr_expect_eq(count_files(), 1);
}

Test(stats, what_cannot_be_written)
{
	trujaman_options options = tj_options_default();
	struct tj_stats s = example(&options);
	cr_expect_eq(tj_stats_check(NULL), TJ_EXIT_DONE);
	cr_expect_eq(tj_stats_write(NULL, &s), TJ_EXIT_DONE);
	cr_expect_eq(tj_stats_check(in_scratch("new.json")), TJ_EXIT_DONE);
	cr_expect_eq(tj_stats_check("new.json"), TJ_EXIT_DONE);
	cr_expect_eq(tj_stats_check(scratch), TJ_EXIT_FAILED);
	cr_expect_eq(tj_stats_check(""), TJ_EXIT_FAILED);
	cr_expect_eq(tj_stats_check(in_scratch("nowhere/new.json")), TJ_EXIT_FAILED);
	cr_expect_eq(tj_stats_write(in_scratch("nowhere/new.json"), &s), TJ_EXIT_FAILED);
	s.exit_status = 128 + SIGINT;
	cr_expect_eq(tj_stats_write(in_scratch("nowhere/new.json"), &s), 128 + SIGINT);
	cr_expect_eq(count_files(), 0);
	if (access("/dev/full", W_OK) == 0) {
		s.exit_status = TJ_EXIT_DONE;
		cr_expect_eq(tj_stats_check("/dev/full"), TJ_EXIT_DONE);
		cr_expect_eq(tj_stats_write("/dev/full", &s), TJ_EXIT_FAILED);
	}
}

static size_t n_asked, failing; /* allocations of jansson so far; the one that fails, from 0 */

static void *may_fail(size_t n)
{
	return n_asked++ == failing ? NULL : malloc(n);
}

/* A figure that is lost must not go unnoticed: without memory there is no file, or a whole one. */
Test(stats, no_memory_for_json)
{
	static const char *const two[] = { "one", "two" };
	trujaman_options options = tj_options_default();
	struct tj_stats s = example(&options);
	s.models = two;
	s.n_models = 2;
	const char *path = in_scratch("stats.json");
	char *whole = NULL;
	size_t n_failed = 0;
	json_set_alloc_funcs(may_fail, free);
	for (failing = SIZE_MAX; failing == SIZE_MAX || failing < n_asked; failing++) {
		n_asked = 0;
		int status = tj_stats_write(path, &s);
		size_t asked = n_asked;
		n_asked = SIZE_MAX / 2; /* none fails here */
		if (status != TJ_EXIT_DONE) {
			n_failed++;
			cr_expect_eq(count_files(), 0, "allocation %zu", failing);
		} else {
			json_t *o = read_back(path);
			char *text = json_dumps(o, JSON_SORT_KEYS);
			cr_assert_not_null(text);
			cr_expect_eq(json_array_size(json_object_get(o, "ensemble")), 2);
			if (whole == NULL)
				whole = text;
			cr_expect_str_eq(text, whole, "allocation %zu", failing);
			if (text != whole)
				free(text);
			json_decref(o);
			cr_assert_eq(remove(path), 0);
		}
		n_asked = asked;
	}
	cr_expect(n_failed > 50, "%zu failed", n_failed);
	free(whole);
	json_set_alloc_funcs(malloc, free);
}

Test(stats, a_link_stays_a_link)
{
	trujaman_options options = tj_options_default();
	struct tj_stats s = example(&options);
	struct stat st;
	char file[PATH_MAX + 260], link[PATH_MAX + 260];
	snprintf(file, sizeof file, "%s", in_scratch("file"));
	snprintf(link, sizeof link, "%s", in_scratch("link"));
	cr_assert_eq(tj_stats_write(file, &s), TJ_EXIT_DONE);
	cr_assert_eq(symlink("file", link), 0);
	s.command = "score";
	cr_assert_eq(tj_stats_write(link, &s), TJ_EXIT_DONE);
	cr_assert(lstat(link, &st) == 0 && S_ISLNK(st.st_mode));
	json_t *o = read_back(file);
	expect_text(o, "command", "score");
	json_decref(o);
}
