/* SPDX-License-Identifier: MIT */
/* Features of a model file: what is read, what is refused, and the table itself. */
#include "src/model/config.h"
#include "src/model/config_tensors.h"
#include "tests/model_files.h"

#define PARTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

TestSuite(features, .init = make_scratch, .fini = remove_scratch, .timeout = 300);

static struct tj_config must_read(struct model *m)
{
	struct tj_error err = { 0 };
	struct tj_config c;
	struct tj_safetensors *s = tj_safetensors_open(write_model(m), &err);
	cr_assert_not_null(s, "%s", err.text);
	cr_assert_eq(tj_config_read(s, &c, &err), TRUJAMAN_OK, "%s", err.text);
	tj_safetensors_close(s);
	free_model(m);
	return c;
}

/* Writes and reads the model, expects the fault, and frees the model. */
static void refuse(struct model *m, const char *const *parts)
{
	struct tj_error err = { 0 };
	struct tj_config c;
	const char *path = write_model(m);
	struct tj_safetensors *s = tj_safetensors_open(path, &err);
	cr_assert_not_null(s, "%s", err.text);
	cr_assert_eq(tj_config_read(s, &c, &err), TRUJAMAN_ERROR_FORMAT);
	expect_fault(&err, TRUJAMAN_ERROR_FORMAT, path, parts);
	tj_safetensors_close(s);
	free_model(m);
}

static struct model with_features(const char *list)
{
	struct model m = load_model(in_source("tests/fixtures/all-tied.safetensors"));
	set_key(&m, "format", "trujaman/1.1");
	set_key(&m, "features", list);
	return m;
}

Test(features, features_are_read)
{
	struct model m = with_features("placeables");
	struct tj_config c = must_read(&m);
	cr_expect(c.placeables && !c.normalization && c.n_placeables == 0);
	m = with_features("normalization,placeables");
	c = must_read(&m);
	cr_expect(c.placeables && c.normalization);
}

Test(features, unknown_features_are_refused)
{
	static const char *const unknown[][2] = {
		{ "colour", "found \"colour\"" },
		{ "normalization,colour,placeables", "found \"colour\"" },
		{ "placeable", "found \"placeable\"" },
		{ "placeabless", "found \"placeabless\"" },
		{ "normalization, placeables", "found \" placeables\"" },
		{ "", "found \"\"" },
		{ "placeables,", "found \"\"" },
		{ "Placeables", "found \"Placeables\"" },
	};
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
		struct model m = with_features(unknown[i][0]);
		refuse(&m, PARTS(": metadata key features: ", unknown[i][1],
		                 "which this version does not know; it knows ",
		                 "normalization, placeables"));
	}
}

Test(features, features_are_sorted_and_named_once)
{
	static const char *const lists[] = { "placeables,normalization", "placeables,placeables" };
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		struct model m = with_features(lists[i]);
		refuse(&m, PARTS(": metadata key features: ", lists[i],
		                 "wanted sorted names, each once"));
	}
}

/* The table is sorted, and the buffers have room for all of it. */
Test(features, the_table_of_features)
{
	size_t n = 0, n_bytes = 0;
	for (; tj_features[n].name != NULL; n++) {
		n_bytes += strlen(tj_features[n].name) + 2;
		cr_expect(n == 0 || strcmp(tj_features[n - 1].name, tj_features[n].name) < 0);
	}
	cr_expect_leq(n, (size_t)TJ_MOST_FEATURES);
	cr_expect_leq(n_bytes + 1, (size_t)TJ_LONGEST_FEATURES);
}

Test(features, placeables_are_counted)
{
	struct tj_error err = { 0 };
	struct tj_config c = { .placeables = 0 };
	cr_expect_eq(tj_config_count_placeables(&c, "m", 3, 5, &err), TRUJAMAN_OK);
	cr_expect_eq(c.n_placeables, 0);
	c.placeables = 1;
	cr_expect_eq(tj_config_count_placeables(&c, "m", 16, 16, &err), TRUJAMAN_OK);
	cr_expect_eq(c.n_placeables, 16);
	cr_expect_eq(tj_config_count_placeables(&c, "m", 64, 64, &err), TRUJAMAN_OK);
	cr_expect_eq(c.n_placeables, 64);
	const size_t wrong[][2] = { { 0, 0 }, { 15, 15 }, { 16, 17 }, { 65, 65 } };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct tj_error fault = { 0 };
		char found[64];
		snprintf(found, sizeof found, "found %zu placeable pieces in the source",
		         wrong[i][0]);
		cr_expect_eq(tj_config_count_placeables(&c, "m", wrong[i][0], wrong[i][1], &fault),
		             TRUJAMAN_ERROR_FORMAT);
		expect_fault(&fault, TRUJAMAN_ERROR_FORMAT, "m",
		             PARTS(": feature placeables: ", found, "wanted equal numbers"));
		cr_expect_eq(c.n_placeables, 0);
	}
}

Test(features, a_list_of_words)
{
	struct model m = with_features("word_list");
	refuse(&m, PARTS(": tensor source.words: found none, wanted U8 [bytes], a list of words"));
	m = with_features("word_list");
	put_tensor(&m, "source.words", "F32", "[4]", 16);
	refuse(&m, PARTS(": tensor source.words: found dtype F32, wanted U8"));
	m = with_features("word_list");
	put_tensor(&m, "source.words", "U8", "[0]", 0);
	refuse(&m, PARTS(": tensor source.words: found shape [0], wanted [bytes], at least 1"));
	m = with_features("placeables");
	put_tensor(&m, "source.words", "U8", "[4]", 4);
	refuse(&m, PARTS(": tensor source.words: found, wanted no such tensor"));
	m = with_features("word_list");
	put_tensor(&m, "source.words", "U8", "[4]", 4);
	struct tj_config c = must_read(&m);
	cr_expect(c.word_list);
}

/* Lists of tokens instead of SentencePiece models, and nothing that would change their text. */
Test(features, token_vocabularies)
{
	struct model m = with_features("token_vocabulary");
	refuse(&m,
	       PARTS(": tensor source.tokens: found none, wanted U8 [bytes], a list of tokens"));
	m = with_features("token_vocabulary");
	put_tensor(&m, "source.tokens", "U8", "[4]", 4);
	put_tensor(&m, "target.tokens", "F32", "[1]", 4);
	refuse(&m, PARTS(": tensor target.tokens: found dtype F32, wanted U8"));
	m = with_features("token_vocabulary");
	put_tensor(&m, "source.tokens", "U8", "[4]", 4);
	put_tensor(&m, "target.tokens", "U8", "[0]", 0);
	refuse(&m, PARTS(": tensor target.tokens: found shape [0], wanted [bytes], at least 1"));
	m = with_features("token_vocabulary");
	put_tensor(&m, "source.tokens", "U8", "[4]", 4);
	put_tensor(&m, "target.tokens", "U8", "[5]", 5);
	refuse(&m, PARTS(": tensors source.tokens and target.tokens: found different "));
	m = with_features("token_vocabulary");
	put_tensor(&m, "source.tokens", "U8", "[4]", 4);
	put_tensor(&m, "target.tokens", "U8", "[4]", 4);
	refuse(&m, PARTS(": tensor source.spm: found, wanted no such tensor"));
	m = with_features("placeables");
	put_tensor(&m, "source.tokens", "U8", "[4]", 4);
	refuse(&m, PARTS(": tensor source.tokens: found, wanted no such tensor"));
	static const char *const others[] = { "normalization,token_vocabulary",
		                              "placeables,token_vocabulary",
		                              "token_vocabulary,word_list" };
	for (size_t i = 0; i < 3; i++) {
		m = with_features(others[i]);
		refuse(&m, PARTS(": metadata key features: found token_vocabulary and ",
		                 "wanted one of them"));
	}
}
