/* SPDX-License-Identifier: MIT */
/* Features of the network in a model file: their keys, what they require of other keys, and the
 * shapes of the tensors that follow. */
#include "src/model/config.h"
#include "src/model/config_tensors.h"
#include "tests/model_files.h"

#define PARTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

TestSuite(network, .init = make_scratch, .fini = remove_scratch, .timeout = 300);

static struct model fixture(const char *name)
{
	char path[128];
	snprintf(path, sizeof path, "tests/fixtures/%s.safetensors", name);
	return load_model(in_source(path));
}

static trujaman_status read_it(struct model *m, struct tj_config *c, const char **path,
                               struct tj_error *err)
{
	*path = write_model(m);
	struct tj_safetensors *s = tj_safetensors_open(*path, err);
	cr_assert_not_null(s, "%s", err->text);
	trujaman_status status = tj_config_read(s, c, err);
	tj_safetensors_close(s);
	free_model(m);
	return status;
}

static struct tj_config must_read(const char *name)
{
	struct tj_error err = { 0 };
	struct tj_config c;
	const char *path;
	struct model m = fixture(name);
	cr_assert_eq(read_it(&m, &c, &path, &err), TRUJAMAN_OK, "%s", err.text);
	return c;
}

static void refuse(struct model *m, const char *const *parts)
{
	struct tj_error err = { 0 };
	struct tj_config c;
	const char *path;
	cr_assert_eq(read_it(m, &c, &path, &err), TRUJAMAN_ERROR_FORMAT);
	expect_fault(&err, TRUJAMAN_ERROR_FORMAT, path, parts);
}

Test(network, features_are_read)
{
	struct tj_config c = must_read("all-features");
	cr_expect(c.layer_norm && c.context_to_all && c.readout_linear);
	cr_expect(c.residual_from == 2 && c.attention_heads == 3);
	cr_expect(!tj_config_is_residual(&c, 0) && tj_config_is_residual(&c, 1));
	c = must_read("luong-general");
	cr_expect(!c.layer_norm && !c.context_to_all && !c.readout_linear);
	cr_expect(c.residual_from == 0 && tj_config_heads(&c) == 1);
	cr_expect(!tj_config_is_residual(&c, 0) && !tj_config_is_residual(&c, 7));
}

Test(network, values_of_the_keys)
{
	static const struct {
		const char *key, *value, *wanted;
	} wrong[] = {
		{ "attention_heads", "1", "wanted a whole number from 2" },
		{ "attention_heads", "0", "wanted a whole number from 2" },
		{ "attention_heads", "-2", "wanted a whole number from 2" },
		{ "attention_heads", "03", "wanted a whole number from 2" },
		{ "attention_heads", "16777217", "wanted a whole number from 2" },
		{ "residual_from", "1", "wanted a whole number from 2" },
		{ "residual_from", "two", "wanted a whole number from 2" },
		{ "layer_norm", "1", "wanted false or true" },
		{ "context_to_all", "", "wanted false or true" },
		{ "readout_activation", "relu", "wanted tanh or none" },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct model m = fixture("all-features");
		set_key(&m, wrong[i].key, wrong[i].value);
		refuse(&m, PARTS(wrong[i].key, wrong[i].wanted));
	}
	static const char *const keys[] = { "attention_heads", "context_to_all", "layer_norm",
		                            "readout_activation", "residual_from" };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		struct model m = fixture("all-features");
		set_key(&m, keys[i], NULL);
		refuse(&m, PARTS(keys[i], ": found none, wanted"));
	}
}

Test(network, keys_that_do_not_go_together)
{
	static const struct {
		const char *model, *key, *value, *wanted;
	} wrong[] = {
		{ "all-features", "attention_heads", "4",
		  "metadata keys attention_heads and hidden_size: found 4 and 18" },
		{ "all-features", "attention_heads", "2",
		  "metadata keys attention_heads and attention_size: found 2 and 9" },
		{ "all-features", "residual_from", "4",
		  "metadata keys residual_from and encoder_layers: found 4 and 3" },
		{ "all-features", "attention_query", "current",
		  "metadata keys context_to_all and attention_query: found true and current" },
		{ "context-to-all", "attention", "none",
		  "metadata keys context_to_all and attention: found true and none" },
		{ "heads-general", "attention", "none",
		  "metadata keys input_feeding and attention: found true and none" },
		{ "heads-cosine-gru", "attention", "none",
		  "metadata keys attention_heads and attention: found 3 and none" },
		{ "linear-readout", "readout_size", "0",
		  "metadata keys readout_activation and readout_size: found none and 0" },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct model m = fixture(wrong[i].model);
		set_key(&m, wrong[i].key, wrong[i].value);
		refuse(&m, PARTS(wrong[i].wanted, ", wanted "));
	}
}

/* With a feature that the weights were not made for, and without one that they were made for. */
Test(network, tensors_that_features_need)
{
	struct model m = fixture("luong-general");
	set_key(&m, "format", "trujaman/1.1");
	set_key(&m, "features", "layer_norm");
	set_key(&m, "layer_norm", "true");
	refuse(&m, PARTS("encoder.rnn.weight_ln_l0", "found none, wanted F32 ["));
	m = fixture("layer-norm");
	set_key(&m, "format", "trujaman/1");
	set_key(&m, "features", NULL);
	set_key(&m, "layer_norm", NULL);
	refuse(&m, PARTS("weight_ln", "wanted no such tensor"));
	static const char *const gains[] = { "encoder.rnn.weight_ln_l1_reverse",
		                             "decoder.rnn.weight_ln_l2" };
	for (size_t i = 0; i < 2; i++) {
		m = fixture("all-features");
		drop_tensor(&m, gains[i]);
		refuse(&m, PARTS(gains[i], "found none, wanted F32 ["));
		m = fixture("all-features");
		put_tensor(&m, gains[i], "F32", "[18]", 72);
		refuse(&m, PARTS(gains[i], "found shape [18], wanted ["));
		m = fixture("all-features");
		put_tensor(&m, gains[i], "I8", i == 0 ? "[36]" : "[72]", i == 0 ? 36 : 72);
		refuse(&m, PARTS(gains[i], "found dtype I8, wanted F32"));
	}
	/* A GRU has four gains too. */
	m = fixture("layer-norm-gru");
	put_tensor(&m, "decoder.rnn.weight_ln_l0", "F32", "[102]", 408);
	refuse(&m, PARTS("decoder.rnn.weight_ln_l0", "found shape [102], wanted [136]"));
	/* Layers above the first read 2H numbers if the context vector goes to all. */
	m = fixture("context-to-all");
	put_tensor(&m, "decoder.rnn.weight_ih_l1", "F32", "[48, 12]", 2304);
	refuse(&m, PARTS("decoder.rnn.weight_ih_l1", "found shape [48, 12], wanted [48, 24]"));
	m = fixture("context-to-all");
	set_key(&m, "context_to_all", "false");
	refuse(&m, PARTS("decoder.rnn.weight_ih_l1", "found shape [48, 24], wanted [48, 12]"));
}
