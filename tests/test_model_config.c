/* SPDX-License-Identifier: MIT */
/* Configurations: what is read from the fixtures; and every contradiction and every missing,
 * wrong or surplus tensor is reported by name. */
#include "src/model/config.h"
#include "src/model/config_tensors.h"
#include "tests/model_files.h"

#define PARTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const char *const fixtures[] = {
	"additive-relu-current", "all-tied",         "bahdanau-sigmoid-gru",
	"bahdanau-tanh",         "cosine-direct",    "cosine-previous-gru",
	"dot-feeding",           "gru-general-deep", "luong-general",
	"none-gru-bi",           "odd-sizes",        "plain-seq2seq",
	"previous-dot-lstm",
};
enum { N_FIXTURES = sizeof fixtures / sizeof fixtures[0] };

TestSuite(config, .init = make_scratch, .fini = remove_scratch, .timeout = 300);

static const char *fixture_path(const char *name, const char *ending)
{
	char file[128];
	snprintf(file, sizeof file, "tests/fixtures/%s.%s", name, ending);
	return in_source(file);
}

static struct model fixture(const char *name)
{
	return load_model(fixture_path(name, "safetensors"));
}

/* --- What is read --- */

static size_t number(const json_t *keys, const char *key)
{
	return strtoul(json_string_value(json_object_get(keys, key)), NULL, 10);
}

static int is(const json_t *keys, const char *key, const char *value)
{
	return strcmp(json_string_value(json_object_get(keys, key)), value) == 0;
}

/* Compares the configuration key by key with the metadata and the header. */
static void compare(const struct tj_config *c, const json_t *keys, const json_t *header)
{
	int additive = is(keys, "attention", "additive");
	cr_assert_eq(c->cell == TJ_GRU, is(keys, "cell", "gru"));
	cr_assert_eq(c->embedding_size, number(keys, "embedding_size"));
	cr_assert_eq(c->hidden_size, number(keys, "hidden_size"));
	cr_assert_eq(c->encoder_layers, number(keys, "encoder_layers"));
	cr_assert_eq(c->decoder_layers, number(keys, "decoder_layers"));
	cr_assert_eq(c->bidirectional, is(keys, "bidirectional", "true"));
	cr_assert_eq(c->attention == TJ_ATTENTION_NONE, is(keys, "attention", "none"));
	cr_assert_eq(c->attention == TJ_DOT, is(keys, "attention", "dot"));
	cr_assert_eq(c->attention == TJ_COSINE, is(keys, "attention", "cosine"));
	cr_assert_eq(c->attention == TJ_GENERAL, is(keys, "attention", "general"));
	cr_assert_eq(c->attention == TJ_ADDITIVE, additive);
	cr_assert_eq(c->attention_size, additive ? number(keys, "attention_size") : 0);
	cr_assert_eq(c->attention_activation == TJ_SIGMOID,
	             additive && is(keys, "attention_activation", "sigmoid"));
	cr_assert_eq(c->attention_activation == TJ_RELU,
	             additive && is(keys, "attention_activation", "relu"));
	cr_assert_eq(c->query_previous, is(keys, "attention_query", "previous"));
	cr_assert_eq(c->input_feeding, is(keys, "input_feeding", "true"));
	cr_assert_eq(c->readout_size, number(keys, "readout_size"));
	cr_assert_eq(c->source_eos, is(keys, "source_eos", "true"));
	cr_assert_eq(c->start_with_eos, is(keys, "decoder_start", "eos"));
	cr_assert_eq(c->tied_output, json_object_get(header, "output.weight") == NULL);
	cr_assert_eq(c->tied_embeddings,
	             json_object_get(header, "encoder.embedding.weight") == NULL);
	cr_assert_eq(c->attention_scale, json_object_get(header, "attention.scale") != NULL);
}

static struct tj_config must_read(const char *path)
{
	struct tj_error err = { 0 };
	struct tj_config c;
	struct tj_safetensors *s = tj_safetensors_open(path, &err);
	cr_assert_not_null(s, "%s", err.text);
	cr_assert_eq(tj_config_read(s, &c, &err), TRUJAMAN_OK, "%s", err.text);
	tj_safetensors_close(s);
	return c;
}

Test(config, fixtures_are_read)
{
	for (size_t i = 0; i < N_FIXTURES; i++) {
		struct model m = fixture(fixtures[i]);
		struct tj_config c = must_read(fixture_path(fixtures[i], "safetensors"));
		json_t *json = json_load_file(fixture_path(fixtures[i], "json"), 0, NULL);
		cr_assert_not_null(json, "%s", fixtures[i]);
		compare(&c, json_object_get(json, "config"), m.header);
		cr_assert_eq(c.source_words, 400);
		cr_assert_eq(c.target_words, 400);
		json_decref(json);
		free_model(&m);
	}
}

Test(config, shipped_model_is_read)
{
	struct model m = load_model(in_source("models/en-es.safetensors"));
	struct tj_config c = must_read(in_source("models/en-es.safetensors"));
	compare(&c, json_object_get(m.header, "__metadata__"), m.header);
	free_model(&m);
}

Test(config, widths_that_follow)
{
	struct tj_config c = { .cell = TJ_GRU,
		               .hidden_size = 10,
		               .readout_size = 7,
		               .attention = TJ_DOT,
		               .input_feeding = 1,
		               .bidirectional = 1 };
	cr_assert_eq(tj_config_fed_size(&c), 7);
	cr_assert_eq(tj_config_z_size(&c), 20);
	cr_assert_eq(tj_config_encoder_units(&c), 5);
	cr_assert_eq(tj_config_gates(&c), 3);
	c.readout_size = 0;
	cr_assert_eq(tj_config_fed_size(&c), 10);
	c.input_feeding = 0;
	cr_assert_eq(tj_config_fed_size(&c), 0);
	c.query_previous = 1;
	cr_assert_eq(tj_config_fed_size(&c), 10);
	c.query_previous = 0;
	c.attention = TJ_ATTENTION_NONE;
	c.bidirectional = 0;
	c.cell = TJ_LSTM;
	cr_assert_eq(tj_config_fed_size(&c), 0);
	cr_assert_eq(tj_config_z_size(&c), 10);
	cr_assert_eq(tj_config_encoder_units(&c), 10);
	cr_assert_eq(tj_config_gates(&c), 4);
}

static struct tj_config read_changed(struct model *m)
{
	struct tj_config c = must_read(write_model(m));
	free_model(m);
	return c;
}

Test(config, additive_keys_are_optional_without_additive)
{
	struct model m = fixture("dot-feeding");
	set_key(&m, "attention_size", NULL);
	set_key(&m, "attention_activation", "not looked at");
	struct tj_config c = read_changed(&m);
	cr_assert_eq(c.attention, TJ_DOT);
	cr_assert_eq(c.attention_size, 0);
}

Test(config, query_is_optional_without_attention)
{
	struct model m = fixture("plain-seq2seq");
	set_key(&m, "attention_query", NULL);
	cr_assert_eq(read_changed(&m).query_previous, 0);
}

Test(config, unknown_keys_are_kept)
{
	struct model m = fixture("plain-seq2seq");
	set_key(&m, "name", "a model");
	const char *path = write_model(&m);
	struct tj_error err = { 0 };
	struct tj_config c;
	struct tj_safetensors *s = tj_safetensors_open(path, &err);
	cr_assert_not_null(s, "%s", err.text);
	cr_assert_eq(tj_config_read(s, &c, &err), TRUJAMAN_OK, "%s", err.text);
	cr_assert_str_eq(tj_safetensors_metadata(s, "name"), "a model");
	tj_safetensors_close(s);
	free_model(&m);
}

/* luong-general with attention.weight [32, 32] in I8 and n_scales scales. */
static struct model quantised(size_t n_scales)
{
	struct model m = fixture("luong-general");
	char shape[32];
	snprintf(shape, sizeof shape, "[%zu]", n_scales);
	put_tensor(&m, "attention.weight", "I8", "[32,32]", 32 * 32);
	put_tensor(&m, "attention.weight_scale", "F32", shape, 4 * n_scales);
	return m;
}

Test(config, one_matrix_in_i8)
{
	struct model m = quantised(32);
	cr_assert_eq(read_changed(&m).attention, TJ_GENERAL);
}

Test(config, vocabularies_of_two_sizes)
{
	struct model m = fixture("plain-seq2seq");
	put_tensor(&m, "encoder.embedding.weight", "F32", "[7,24]", 4 * 7 * 24);
	struct tj_config c = read_changed(&m);
	cr_assert_eq(c.source_words, 7);
	cr_assert_eq(c.target_words, 400);
}

/* --- Faults --- */

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

/* A fixture with one metadata key changed; NULL removes the key. */
#define KEY_FAULT(test, name, key, value, ...) \
	Test(config, test) \
	{ \
		struct model m = fixture(name); \
		set_key(&m, key, value); \
		refuse(&m, PARTS(__VA_ARGS__)); \
	}

Test(config, every_key_is_missed)
{
	static const char *const keys[] = {
		"format",          "cell",
		"embedding_size",  "hidden_size",
		"encoder_layers",  "decoder_layers",
		"bidirectional",   "attention",
		"attention_size",  "attention_activation",
		"attention_query", "input_feeding",
		"readout_size",    "source_eos",
		"decoder_start",
	};
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		char text[64];
		struct model m = fixture("bahdanau-tanh");
		set_key(&m, keys[i], NULL);
		snprintf(text, sizeof text, ": metadata key %s: found none, wanted ", keys[i]);
		refuse(&m, PARTS(text));
	}
}

Test(config, numbers_are_plain)
{
	static const char *const numbers[] = {
		"",           "0",     "-1",   "+1",       " 32",      "32 ",
		"032",        "3.2e1", "0x20", "16777217", "99999999", "18446744073709551648",
		"thirty-two", "٣٢",
	};
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		char found[64];
		struct model m = fixture("bahdanau-tanh");
		set_key(&m, "hidden_size", numbers[i]);
		snprintf(found, sizeof found, "found \"%s\"", numbers[i]);
		refuse(&m, PARTS(": metadata key hidden_size: ", found,
		                 "wanted a whole number from 1 to 16777216"));
	}
}

KEY_FAULT(format, "all-tied", "format", "trujaman/2",
          ": metadata key format: found \"trujaman/2\", wanted trujaman/1")
KEY_FAULT(features_missing, "all-tied", "format", "trujaman/1.1",
          ": metadata key features: found none, wanted the names")
KEY_FAULT(features_in_the_old_format, "all-tied", "features", "placeables",
          ": metadata key features: found \"placeables\", wanted none in a file of format "
          "trujaman/1")
KEY_FAULT(cell, "all-tied", "cell", "LSTM",
          ": metadata key cell: found \"LSTM\", wanted lstm or gru")
KEY_FAULT(boolean, "all-tied", "source_eos", "yes",
          ": metadata key source_eos: found \"yes\", wanted false or true")
KEY_FAULT(boolean_number, "all-tied", "bidirectional", "1",
          ": metadata key bidirectional: found \"1\", wanted false or true")
KEY_FAULT(attention, "all-tied", "attention", "concat", ": metadata key attention: ",
          "found \"concat\", wanted none, dot, cosine, general or additive")
KEY_FAULT(activation, "bahdanau-tanh", "attention_activation", "gelu",
          ": metadata key attention_activation: found \"gelu\", wanted tanh, sigmoid or relu")
KEY_FAULT(query, "bahdanau-tanh", "attention_query", "next",
          ": metadata key attention_query: found \"next\", wanted current or previous")
KEY_FAULT(start, "bahdanau-tanh", "decoder_start", "pad",
          ": metadata key decoder_start: found \"pad\", wanted bos or eos")
KEY_FAULT(readout, "bahdanau-tanh", "readout_size", "-1",
          ": metadata key readout_size: ", "found \"-1\", wanted a whole number from 0 to 16777216")

KEY_FAULT(decoder_deeper, "all-tied", "decoder_layers", "3", "decoder_layers", "encoder_layers",
          "found 3 and 2")
KEY_FAULT(odd_halves, "all-tied", "hidden_size", "33", "bidirectional", "hidden_size",
          "found true and 33", "wanted an even hidden_size")
KEY_FAULT(feeding_with_previous, "bahdanau-tanh", "input_feeding", "true", "input_feeding",
          "attention_query", "found true and previous")
KEY_FAULT(feeding_without_attention, "plain-seq2seq", "input_feeding", "true",
          "keys input_feeding and attention:", "found true and none")

/* A key that contradicts the tensors. */
KEY_FAULT(odd_whole, "plain-seq2seq", "hidden_size", "33",
          ": tensor encoder.rnn.weight_ih_l0: found shape [128, 24], wanted [132, 24]")
KEY_FAULT(other_width, "luong-general", "hidden_size", "34",
          ": tensor encoder.rnn.weight_ih_l0: found shape [64, 24], wanted [68, 24]")
KEY_FAULT(other_cell, "luong-general", "cell", "gru",
          ": tensor encoder.rnn.weight_ih_l0: found shape [64, 24], wanted [48, 24]")
KEY_FAULT(other_embedding, "luong-general", "embedding_size", "25",
          ": tensor decoder.embedding.weight: found shape [400, 24], wanted [words, 25]")
KEY_FAULT(no_feeding, "luong-general", "input_feeding", "false",
          ": tensor decoder.rnn.weight_ih_l0: found shape [128, 48], wanted [128, 24]")
KEY_FAULT(many_layers, "luong-general", "encoder_layers", "16777216",
          ": tensor encoder.rnn.weight_ih_l2: found none, wanted F32 or I8 [64, 32]")
KEY_FAULT(one_direction, "none-gru-bi", "bidirectional", "false",
          ": tensor encoder.rnn.weight_ih_l0: found shape [48, 24], wanted [96, 24]")
KEY_FAULT(fewer_layers, "luong-general", "decoder_layers", "1",
          ": tensor decoder.rnn.bias_hh_l1: ", "no such tensor")
KEY_FAULT(other_attention, "luong-general", "attention", "dot",
          ": tensor attention.weight: ", "no such tensor")
KEY_FAULT(scale_without_attention, "cosine-direct", "attention", "none",
          ": tensor output.weight: found shape [400, 64], wanted [400, 32]")
KEY_FAULT(tied_readout, "all-tied", "readout_size", "24",
          ": tensor decoder.rnn.weight_ih_l0: found shape [128, 64], wanted [128, 56]")

/* Whether the model is still valid without this tensor. */
static int is_optional(const json_t *header, const char *name)
{
	const json_t *shape = json_object_get(json_object_get(header, name), "shape");
	if (strcmp(name, "output.weight") == 0)
		return (size_t)json_integer_value(json_array_get(shape, 1)) ==
		       number(json_object_get(header, "__metadata__"), "embedding_size");
	return strcmp(name, "attention.scale") == 0;
}

Test(config, every_tensor_is_missed)
{
	for (size_t i = 0; i < N_FIXTURES; i++) {
		struct model whole = fixture(fixtures[i]);
		const char *name;
		json_t *entry;
		json_object_foreach(whole.header, name, entry)
		{
			char text[128];
			struct model m = fixture(fixtures[i]);
			drop_tensor(&m, name);
			snprintf(text, sizeof text, ": tensor %s: found none, wanted ", name);
			if (strcmp(name, "__metadata__") == 0)
				refuse(&m, PARTS("metadata key format: found none, wanted "));
			else if (strcmp(name, "encoder.embedding.weight") == 0)
				refuse(&m, PARTS("tensors source.spm and target.spm: ",
				                 "different vocabularies"));
			else if (is_optional(whole.header, name))
				read_changed(&m);
			else
				refuse(&m, PARTS(text));
		}
		free_model(&whole);
	}
}

/* A fixture with one tensor added or replaced. */
#define TENSOR_FAULT(test, fixture_name, name, dtype, shape, n_bytes, ...) \
	Test(config, test) \
	{ \
		struct model m = fixture(fixture_name); \
		put_tensor(&m, name, dtype, shape, n_bytes); \
		refuse(&m, PARTS(__VA_ARGS__)); \
	}

TENSOR_FAULT(surplus, "all-tied", "readout.gate", "F32", "[2]", 8,
             ": tensor readout.gate: ", "no such tensor")
TENSOR_FAULT(surplus_scale, "all-tied", "readout.weight_scale", "F32", "[32]", 128,
             ": tensor readout.weight_scale: ", "only beside an I8 tensor readout.weight")
TENSOR_FAULT(surplus_direction, "plain-seq2seq", "encoder.rnn.bias_ih_l0_reverse", "F32", "[128]",
             512, ": tensor encoder.rnn.bias_ih_l0_reverse: ", "no such tensor")
TENSOR_FAULT(surplus_attention_scale, "plain-seq2seq", "attention.scale", "F32", "[1]", 4,
             ": tensor attention.scale: ", "no such tensor")
TENSOR_FAULT(scales_missing, "luong-general", "attention.weight", "I8", "[32,32]", 1024,
             ": tensor attention.weight_scale: found none, wanted F32 [32]")
TENSOR_FAULT(weight_in_u8, "luong-general", "attention.weight", "U8", "[32,32]", 1024,
             ": tensor attention.weight: found dtype U8, wanted F32 or I8")
TENSOR_FAULT(bias_in_i8, "luong-general", "readout.bias", "I8", "[24]", 24,
             ": tensor readout.bias: found dtype I8, wanted F32")
TENSOR_FAULT(v_in_i8, "bahdanau-tanh", "attention.v", "I8", "[20]", 20,
             ": tensor attention.v: found dtype I8, wanted F32")
TENSOR_FAULT(weight_of_rank_1, "luong-general", "attention.weight", "F32", "[1024]", 4096,
             ": tensor attention.weight: found shape [1024], wanted [32, 32]")
TENSOR_FAULT(bias_of_rank_2, "luong-general", "readout.bias", "F32", "[24,1]", 96,
             ": tensor readout.bias: found shape [24, 1], wanted [24]")
TENSOR_FAULT(bias_too_long, "gru-general-deep", "encoder.rnn.bias_hh_l2_reverse", "F32", "[49]",
             196, ": tensor encoder.rnn.bias_hh_l2_reverse: found shape [49], wanted [48]")
TENSOR_FAULT(attention_scale_of_two, "luong-general", "attention.scale", "F32", "[2]", 8,
             ": tensor attention.scale: found shape [2], wanted [1]")
TENSOR_FAULT(attention_scale_scalar, "luong-general", "attention.scale", "F32", "[]", 4,
             ": tensor attention.scale: found shape [], wanted [1]")
TENSOR_FAULT(embedding_of_rank_4, "luong-general", "decoder.embedding.weight", "F32", "[1,2,3,4]",
             96, ": tensor decoder.embedding.weight: found shape [1, 2, 3, 4], ",
             "wanted [words, 24]")
TENSOR_FAULT(one_word, "luong-general", "encoder.embedding.weight", "F32", "[1,24]", 96,
             ": tensor encoder.embedding.weight: found shape [1, 24], wanted 2 to 16777216")
TENSOR_FAULT(embedding_in_u8, "luong-general", "encoder.embedding.weight", "U8", "[2,24]", 48,
             ": tensor encoder.embedding.weight: found dtype U8, wanted F32 or I8")
TENSOR_FAULT(output_of_other_words, "luong-general", "output.weight", "F32", "[399,24]", 399 * 96,
             ": tensor output.weight: found shape [399, 24], wanted [400, 24]")
TENSOR_FAULT(bias_of_other_words, "luong-general", "output.bias", "F32", "[401]", 1604,
             ": tensor output.bias: found shape [401], wanted [400]")
TENSOR_FAULT(fewer_target_words, "luong-general", "decoder.embedding.weight", "F32", "[9,24]", 864,
             ": tensor output.weight: found shape [400, 24], wanted [9, 24]")
TENSOR_FAULT(pieces_empty, "luong-general", "source.spm", "U8", "[0]", 0,
             ": tensor source.spm: found shape [0], wanted [bytes], at least 1")
TENSOR_FAULT(pieces_of_rank_2, "luong-general", "target.spm", "U8", "[2,2]", 4,
             ": tensor target.spm: found shape [2, 2], wanted [bytes]")
TENSOR_FAULT(pieces_in_i8, "luong-general", "target.spm", "I8", "[4]", 4,
             ": tensor target.spm: found dtype I8, wanted U8")
TENSOR_FAULT(tied_vocabularies_differ, "all-tied", "source.spm", "U8", "[4]", 4,
             ": tensors source.spm and target.spm: found different vocabularies, wanted one")

Test(config, too_few_scales)
{
	struct model m = quantised(31);
	refuse(&m, PARTS(": tensor attention.weight_scale: found shape [31], wanted [32]"));
}

Test(config, output_cannot_be_tied)
{
	static const struct {
		const char *fixture, *wanted;
	} cases[] = {
		{ "additive-relu-current", "readout_size to be embedding_size, but they are 17 "
		                           "and 24" },
		{ "dot-feeding", "twice hidden_size to be embedding_size, but they are 64 and 24" },
		{ "plain-seq2seq", "needs hidden_size to be embedding_size, but they are 32 and "
		                   "24" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct model m = fixture(cases[i].fixture);
		drop_tensor(&m, "output.weight");
		refuse(&m, PARTS(": tensor output.weight: found none", cases[i].wanted));
	}
}
