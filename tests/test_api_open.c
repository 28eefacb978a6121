/* SPDX-License-Identifier: MIT */
/* Tests of the public API: opening models, options, and the information about an open model. */
#include <math.h>
#include <pthread.h>
#include <sys/stat.h>

#include "tests/api_support.h"

TestSuite(open, .init = make_scratch, .fini = remove_scratch);

/* Checks that opening fails with the status `wanted`, and that the message contains all parts.
 * NULL ends the parts. */
static void expect_refused(const char *model, const trujaman_options *options,
                           trujaman_status wanted, const char *const *parts)
{
	struct handle *t = NULL;
	trujaman_status status = handle_open(model, options, &t);
	cr_assert_not_null(t);
	const char *text = handle_error(t);
	cr_expect_eq(status, wanted, "status %d: %s", status, text);
	for (; *parts != NULL; parts++)
		cr_expect_not_null(strstr(text, *parts), "no \"%s\" in: %s", *parts, text);
	cr_expect_null(strchr(text, '\n'));
	handle_close(t);
}

#define REFUSED(model, options, status, ...) \
	expect_refused(model, options, status, (const char *const[]){ __VA_ARGS__, NULL })

static void copy_fixture(const char *name, const char *to, size_t drop)
{
	size_t n;
	unsigned char *bytes = read_bytes(fixture(name, "safetensors"), &n);
	FILE *f = fopen(to, "wb");
	cr_assert(f != NULL && drop <= n);
	cr_assert_eq(fwrite(bytes, 1, n - drop, f), n - drop);
	cr_assert_eq(fclose(f), 0);
	free(bytes);
}

/* --- Which model --------------------------------------------------------------- */

Test(open, by_path)
{
	struct handle *t = open_fixture("luong-general", NULL);
	cr_expect_str_eq(handle_info(t)->path, fixture("luong-general", "safetensors"));
	handle_close(t);
}

Test(open, by_name_through_the_path)
{
	char list[3 * PATH_MAX];
	copy_fixture("odd-sizes", in_scratch("made-up.safetensors"), 0);
	snprintf(list, sizeof list, "/nonexistent::%s:%s", scratch, in_source("tests/fixtures"));
	cr_assert_eq(setenv("TRUJAMAN_MODEL_PATH", list, 1), 0);
	struct handle *t = open_path("made-up", NULL);
	cr_expect_str_eq(handle_info(t)->path, in_scratch("made-up.safetensors"));
	handle_close(t);
	t = open_path("none-gru-bi", NULL);
	cr_expect_not_null(strstr(handle_info(t)->path, "tests/fixtures/none-gru-bi.safe"));
	handle_close(t);
	copy_fixture("odd-sizes", in_scratch("none-gru-bi.safetensors"), 0);
	t = open_path("none-gru-bi", NULL); /* now scratch, an earlier folder, has it too */
	cr_expect_str_eq(handle_info(t)->path, in_scratch("none-gru-bi.safetensors"));
	handle_close(t);
}

/* The current folder contains a folder with the model's name, and then a file with that name. */
Test(open, a_name_that_is_something_here)
{
	char fixtures[PATH_MAX], file[PATH_MAX];
	cr_assert_not_null(realpath(in_source("tests/fixtures"), fixtures));
	cr_assert_not_null(realpath(fixture("odd-sizes", "safetensors"), file));
	cr_assert_eq(setenv("TRUJAMAN_MODEL_PATH", fixtures, 1), 0);
	cr_assert_eq(chdir(scratch), 0);
	cr_assert_eq(mkdir("none-gru-bi", 0700), 0);
	struct handle *t = open_path("none-gru-bi", NULL);
	cr_expect_not_null(strstr(handle_info(t)->path, "/none-gru-bi.safetensors"));
	handle_close(t);
	cr_assert_eq(rmdir("none-gru-bi"), 0);
	cr_assert_eq(symlink(file, "none-gru-bi"), 0);
	t = open_path("none-gru-bi", NULL);
	cr_expect_str_eq(handle_info(t)->path, "none-gru-bi");
	handle_close(t);
}

Test(open, a_name_that_nobody_has)
{
	cr_assert_eq(setenv("TRUJAMAN_MODEL_PATH", scratch, 1), 0);
	REFUSED("xx-yy", NULL, TRUJAMAN_ERROR_IO, "no model xx-yy", "xx-yy.safetensors", scratch,
	        "TRUJAMAN_MODEL_PATH");
	unsetenv("TRUJAMAN_MODEL_PATH");
	REFUSED("xx-yy", NULL, TRUJAMAN_ERROR_IO, "no model xx-yy", "TRUJAMAN_MODEL_PATH");
	REFUSED("", NULL, TRUJAMAN_ERROR_USAGE, "empty");
	REFUSED("new\nline", NULL, TRUJAMAN_ERROR_IO, "new?line");
}

Test(open, a_name_that_is_nearly_one)
{
	copy_fixture("odd-sizes", in_scratch("made-up.safetensors"), 0);
	cr_assert_eq(setenv("TRUJAMAN_MODEL_PATH", scratch, 1), 0);
	REFUSED("mode-up", NULL, TRUJAMAN_ERROR_IO, "no model mode-up (did you mean 'made-up'?)");
	REFUSED("made-up.safetensors", NULL, TRUJAMAN_ERROR_IO, "no file made-up.safetensors here",
	        in_scratch("made-up.safetensors"), "its name, made-up");
	REFUSED(in_scratch("made-up"), NULL, TRUJAMAN_ERROR_IO, "did you mean",
	        "made-up.safetensors?");
	REFUSED(scratch, NULL, TRUJAMAN_ERROR_IO, scratch, "is a folder; a model is a file");
	REFUSED(".", NULL, TRUJAMAN_ERROR_IO, ". is a folder");
}

Test(open, a_list_of_what_has_a_name)
{
	char text[2000], list[3 * PATH_MAX];
	trujaman_named_model **models;
	size_t n;
	copy_fixture("odd-sizes", in_scratch("zz-made-up.safetensors"), 0);
	copy_fixture("odd-sizes", in_scratch("none-gru-bi.safetensors"), 0);
	snprintf(list, sizeof list, "/nonexistent:%s:%s", scratch, in_source("tests/fixtures"));
	cr_assert_eq(setenv("TRUJAMAN_MODEL_PATH", list, 1), 0);
	cr_assert_eq(trujaman_list_models(&n, &models, text, sizeof text), TRUJAMAN_OK, "%s", text);
	cr_assert_gt(n, 3);
	cr_expect_str_eq(models[0]->name, "none-gru-bi");
	cr_expect_str_eq(models[0]->path, in_scratch("none-gru-bi.safetensors"));
	cr_expect_str_eq(models[1]->name, "zz-made-up");
	for (size_t i = 2; i < n; i++) {
		struct handle *t = open_path(models[i]->name, NULL);
		cr_expect_str_eq(handle_info(t)->path, models[i]->path);
		handle_close(t);
		cr_expect_str_neq(models[i]->name, models[0]->name);
	}
	trujaman_list_free(n, models);
}

Test(open, a_path_that_is_not_there)
{
	REFUSED(in_scratch("gone.safetensors"), NULL, TRUJAMAN_ERROR_IO, "gone.safetensors",
	        "No such file");
}

Test(open, broken_files)
{
	const char *path = in_scratch("broken");
	cr_assert_eq(mkdir(path, 0700), 0);
	REFUSED(path, NULL, TRUJAMAN_ERROR_IO, "broken");
	cr_assert_eq(rmdir(path), 0);
	copy_fixture("all-tied", path, 1);
	REFUSED(path, NULL, TRUJAMAN_ERROR_FORMAT, "broken");
	copy_fixture("all-tied", path, 200000);
	REFUSED(path, NULL, TRUJAMAN_ERROR_FORMAT, "broken");
	FILE *f = fopen(path, "w");
	cr_assert_not_null(f);
	fputs("this is no model, but it is longer than eight bytes", f);
	cr_assert_eq(fclose(f), 0);
	REFUSED(path, NULL, TRUJAMAN_ERROR_FORMAT, "broken");
	cr_assert_eq(truncate(path, 0), 0);
	REFUSED(path, NULL, TRUJAMAN_ERROR_FORMAT, "broken");
}

Test(open, vocabularies_that_do_not_fit)
{
	struct model m = load_model(fixture("luong-general", "safetensors"));
	json_t *source = json_incref(json_object_get(m.header, "source.spm"));
	drop_tensor(&m, "source.spm");
	put_tensor(&m, "source.spm", "U8", "[64]", 64);
	REFUSED(write_model(&m), NULL, TRUJAMAN_ERROR_FORMAT, "source.spm");
	/* An embedding with one word too many. */
	cr_assert_eq(json_object_set_new(m.header, "source.spm", source), 0);
	drop_tensor(&m, "encoder.embedding.weight");
	put_tensor(&m, "encoder.embedding.weight", "F32", "[401, 24]", 401 * 24 * 4);
	REFUSED(write_model(&m), NULL, TRUJAMAN_ERROR_FORMAT, "source.spm", "400", "401");
	free_model(&m);
}

Test(open, nothing_to_close)
{
	trujaman_model *m = (trujaman_model *)&m;
	cr_expect_eq(trujaman_model_open(in_scratch("gone"), NULL, &m, NULL, 0), TRUJAMAN_ERROR_IO);
	cr_expect_null(m);
	trujaman_model_close(NULL);
	trujaman_translator_free(NULL);
	trujaman_result_free(NULL);
	trujaman_options_free(NULL);
}

/* --- The machine --------------------------------------------------------------- */

/* Two nodes with three cores of two CPUs each, and five threads on the cores. */
Test(open, machine)
{
	trujaman_options o = tj_options_default();
	struct handle *t = NULL;
	size_t n_cpu_threads = 0, n_node_threads = 0;
	cr_assert_eq(setenv("HWLOC_SYNTHETIC", "node:2 core:3 pu:2", 1), 0);
	o.threads = 5;
	cr_assert_eq(handle_open(fixture("luong-general", "safetensors"), &o, &t), TRUJAMAN_OK);
	const trujaman_machine *m = trujaman_translator_machine(t->translator);
	cr_assert_not_null(m);
	cr_expect(m->n_nodes == 2 && m->n_cores == 6 && m->n_cpus == 12);
	for (size_t i = 0; i < m->n_cpus; i++) {
		cr_expect(m->cpus[i]->number == i && m->cpus[i]->core == i / 2);
		cr_expect(m->cpus[i]->node == i / 6 && m->cpus[i]->threads <= (i + 1) % 2);
		n_cpu_threads += m->cpus[i]->threads;
	}
	for (size_t i = 0; i < m->n_nodes; i++)
		n_node_threads += m->nodes[i]->threads;
	cr_expect(n_cpu_threads == 5 && n_node_threads == 5);
	cr_expect(m->n_copies == 2 && handle_info(t)->copy_bytes > 0 && m->quota >= 0);
	cr_expect_eq(trujaman_translator_machine(t->translator), m);
	handle_close(t);
}

/* --- Options ------------------------------------------------------------------- */

Test(open, default_options)
{
	trujaman_options o = tj_options_default();
	cr_expect_eq(o.threads, 0);
	cr_expect_eq(o.beam, 4);
	cr_expect_eq(o.length_penalty, 1);
	cr_expect_eq(o.beam_threshold, 2);
	cr_expect_eq(o.exact, 0);
	cr_expect_eq(o.n_best, 1);
	cr_expect_eq(o.max_pieces, 256);
	cr_expect_eq(o.strict, 0);
	cr_expect_eq(o.smt, 0);
	cr_expect_null(o.isa);
}

Test(open, options_out_of_range)
{
	const trujaman_options d = tj_options_default();
	trujaman_options o[32];
	const char *word[32];
	size_t n = 0;
#define BAD(field, value) (o[n] = d, o[n].field = (value), word[n++] = "--" #field)
	BAD(threads, -1), BAD(threads, 4097), BAD(threads, INT_MIN);
	BAD(beam, 0), BAD(beam, -4), BAD(beam, 65), BAD(beam, INT_MAX);
	BAD(memory, -1), BAD(cache, 1 << 21), BAD(strict, 2);
#undef BAD
#define BAD(field, value, name) (o[n] = d, o[n].field = (value), word[n++] = "--" name)
	BAD(n_best, 0, "n-best"), BAD(n_best, -1, "n-best"), BAD(no_repeat_ngram, 3, "no-repeat");
	BAD(length_penalty, -0.001, "length-penalty"), BAD(length_penalty, 101, "length-penalty");
	BAD(length_penalty, (double)NAN, "length-penalty");
	BAD(length_penalty, (double)INFINITY, "length-penalty");
	BAD(length_penalty, -(double)INFINITY, "length-penalty");
	BAD(beam_threshold, 0, "beam-threshold"), BAD(beam_threshold, 101, "beam-threshold");
	BAD(beam_threshold, (double)NAN, "beam-threshold");
	BAD(max_pieces, 7, "max-pieces"), BAD(max_pieces, -256, "max-pieces");
	BAD(max_pieces, 65537, "max-pieces"), BAD(split, "on", "split");
#undef BAD
	for (size_t i = 0; i < n; i++)
		REFUSED(fixture("odd-sizes", "safetensors"), &o[i], TRUJAMAN_ERROR_USAGE, word[i],
		        "must be", "not '");
	o[0] = d;
	o[0].n_best = 5;
	REFUSED(fixture("odd-sizes", "safetensors"), &o[0], TRUJAMAN_ERROR_USAGE, "--n-best 5",
	        "--beam");
}

Test(open, options_at_their_limits)
{
	trujaman_options low = tj_options_default(), high = tj_options_default();
	low.threads = low.beam = 1;
	low.length_penalty = 0;
	low.max_pieces = 8;
	high.threads = 2;
	high.beam = high.n_best = 64;
	high.length_penalty = 100;
	high.max_pieces = 65536;
	high.strict = 1;
	const char *text = "Good evening. Please come in.";
	size_t len = strlen(text);
	struct translated dst[64];
	struct handle *t = open_fixture("odd-sizes", &low);
	cr_expect_eq(handle_threads(t), 1);
	cr_assert_eq(handle_translate(t, 1, &text, &len, dst), TRUJAMAN_OK);
	translated_free(1, dst);
	handle_close(t);
	t = open_fixture("odd-sizes", &high);
	cr_expect_eq(handle_threads(t), 2);
	cr_assert_eq(handle_translate(t, 1, &text, &len, dst), TRUJAMAN_OK);
	cr_expect_not_null(dst[63].text);
	translated_free(64, dst);
	handle_close(t);
}

Test(open, unknown_instruction_set)
{
	trujaman_options o = tj_options_default();
	o.isa = "mmx";
	REFUSED(fixture("odd-sizes", "safetensors"), &o, TRUJAMAN_ERROR_USAGE, "mmx", "scalar");
	cr_assert_eq(setenv("TRUJAMAN_ISA", "avx9", 1), 0);
	REFUSED(fixture("odd-sizes", "safetensors"), NULL, TRUJAMAN_ERROR_USAGE, "TRUJAMAN_ISA",
	        "avx9");
	o.isa = "scalar"; /* the option overrides the environment variable */
	struct handle *t = open_fixture("odd-sizes", &o);
	cr_expect_str_eq(handle_info(t)->isa, "scalar");
	handle_close(t);
	cr_assert_eq(setenv("TRUJAMAN_ISA", "scalar", 1), 0);
	t = open_fixture("odd-sizes", NULL);
	cr_expect_str_eq(handle_info(t)->isa, "scalar");
	handle_close(t);
}

/* The caller may free the string after trujaman_open. */
Test(open, options_are_not_kept)
{
	char *isa = strdup("scalar");
	trujaman_options o = options_of(2, 1);
	cr_assert_not_null(isa);
	o.isa = isa;
	struct handle *t = open_fixture("odd-sizes", &o);
	memset(isa, 'x', 6);
	free(isa);
	struct texts s = make_texts(5);
	free_translations(s.n, translate(t, &s, 1));
	cr_expect_str_eq(handle_info(t)->isa, "scalar");
	free_texts(&s);
	handle_close(t);
}

Test(open, instruction_sets)
{
	const char *const *isas = trujaman_isas();
	size_t n = 0;
	unsetenv("TRUJAMAN_ISA");
	for (; isas[n] != NULL; n++) {
		trujaman_options o = tj_options_default();
		o.isa = isas[n];
		struct handle *t = open_fixture("odd-sizes", &o);
		cr_expect_str_eq(handle_info(t)->isa, isas[n]);
		handle_close(t);
	}
	cr_assert_geq(n, 1);
	cr_expect_str_eq(isas[n - 1], "scalar");
	struct handle *t = open_fixture("odd-sizes", NULL);
	cr_expect_str_eq(handle_info(t)->isa, isas[0], "the best is the default");
	handle_close(t);
}

/* --- Information about an open model ------------------------------------------- */

static void expect_metadata(const char *name)
{
	struct handle *t = open_fixture(name, NULL);
	const trujaman_model_info *info = handle_info(t);
	json_t *json = json_load_file(fixture(name, "json"), 0, NULL), *value;
	json_t *wanted = json_object_get(json, "config");
	const char *key;
	cr_assert_not_null(wanted);
	cr_expect_geq(info->n_metadata, json_object_size(wanted));
	json_object_foreach(wanted, key, value)
	{
		const char *found = handle_metadata(t, key);
		cr_expect(found != NULL && strcmp(found, json_string_value(value)) == 0, "%s: %s",
		          name, key);
	}
	for (size_t i = 0; i < info->n_metadata; i++) {
		if (i > 0)
			cr_expect(strcmp(info->keys[i - 1], info->keys[i]) < 0, "not sorted");
		cr_expect_str_eq(handle_metadata(t, info->keys[i]), info->values[i]);
	}
	cr_expect_null(handle_metadata(t, "no such key"));
	json_decref(json);
	handle_close(t);
}

Test(open, metadata)
{
	expect_metadata("gru-general-deep");
	expect_metadata("bahdanau-tanh");
}

Test(open, metadata_that_nobody_knows)
{
	struct model m = load_model(fixture("odd-sizes", "safetensors"));
	set_key(&m, "attribution", "somebody, somewhere");
	set_key(&m, "zz", "");
	struct handle *t = open_path(write_model(&m), NULL);
	cr_expect_str_eq(handle_metadata(t, "attribution"), "somebody, somewhere");
	cr_expect_str_eq(handle_metadata(t, "zz"), "");
	free_model(&m);
	handle_close(t);
}

Test(open, info)
{
	trujaman_options o = options_of(4, 3);
	struct model m = load_model(fixture("all-tied", "safetensors"));
	struct stat st;
	uint64_t parameters = 0;
	const char *name;
	json_t *entry;
	json_object_foreach(m.header, name, entry)
	{
		const char *dtype = json_string_value(json_object_get(entry, "dtype"));
		const json_t *at = json_object_get(entry, "data_offsets");
		if (dtype != NULL && strcmp(dtype, "F32") == 0)
			parameters += (uint64_t)(json_integer_value(json_array_get(at, 1)) -
			                         json_integer_value(json_array_get(at, 0))) /
			              4;
	}
	struct handle *t = open_fixture("all-tied", &o);
	const trujaman_model_info *info = handle_info(t);
	cr_assert_eq(stat(info->path, &st), 0);
	cr_expect_eq(info->file_bytes, (uint64_t)st.st_size);
	cr_expect_eq(info->parameters, parameters);
	cr_expect_str_eq(info->precision, "F32");
	cr_expect_eq(handle_threads(t), 3);
	cr_expect_eq(info->source_words, 400);
	cr_expect_eq(info->target_words, 400);
	cr_expect_str_neq(trujaman_version(), "");
	free_model(&m);
	handle_close(t);
}

/* The caller's strings may go after trujaman_open. */
Test(api_open, options_are_copied)
{
	char split[] = "off", precision[] = "int8", isa[] = "scalar";
	trujaman_options o = options_of(1, 1);
	o.split = split;
	o.precision = precision;
	o.isa = isa;
	struct texts s = make_texts(20);
	struct handle *kept = open_fixture("luong-general", &o),
		      *t = open_fixture("luong-general", &o);
	struct translated *before = translate(kept, &s, 1);
	memcpy(split, "abc", 3);
	memcpy(precision, "xxxx", 4);
	memcpy(isa, "yyyyyy", 6);
	struct translated *after = translate(t, &s, 1);
	expect_same_texts(s.n, after, before, "changed strings");
	free_translations(s.n, before);
	free_translations(s.n, after);
	free_texts(&s);
	handle_close(kept);
	handle_close(t);
}

/* Run by several threads: under ThreadSanitizer, a result that is written anew would be a race. */
static void *read_isas(void *first)
{
	for (int i = 0; i < 1000; i++) {
		const char *const *isas = trujaman_isas();
		cr_assert_eq((const void *)isas[0], first);
	}
	return NULL;
}

Test(api_open, threads_may_ask_for_the_instruction_sets_at_once)
{
	pthread_t threads[4];
	void *first = (void *)(uintptr_t)trujaman_isas()[0];
	for (int i = 0; i < 4; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, read_isas, first), 0);
	for (int i = 0; i < 4; i++)
		cr_assert_eq(pthread_join(threads[i], NULL), 0);
}
