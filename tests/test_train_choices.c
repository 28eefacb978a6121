/* SPDX-License-Identifier: MIT */
/* What is chosen from the size of the training text, and what holds it back. */
#include <criterion/criterion.h>
#include <string.h>

#include "src/train/choices.h"
#include "src/train/options.h"

static struct tj_choices choose(trujaman_train_options *o, size_t target_bytes)
{
	const struct tj_text_size size = { target_bytes / 30 + 1, target_bytes };
	struct tj_choices c;
	tj_choose(&c, o, &size);
	return c;
}

static void expect_largest(const struct tj_choices *c)
{
	cr_expect_str_eq(c->network.embedding_size, "256");
	cr_expect_str_eq(c->network.hidden_size, "512");
	cr_expect_str_eq(c->network.encoder_layers, "2");
	cr_expect_str_eq(c->network.decoder_layers, "2");
}

Test(train_choices, a_large_text_has_the_largest_values)
{
	for (size_t bytes = 3000000; bytes < (size_t)1 << 40; bytes *= 3) {
		trujaman_train_options o = tj_train_options_default();
		struct tj_choices c = choose(&o, bytes);
		expect_largest(&c);
		cr_expect_eq(o.vocab_size, 8000);
		cr_expect_eq(o.batch_tokens, 2500);
		cr_expect_eq(o.warmup, 1000);
		cr_expect_eq(c.least_interval, 250);
		cr_expect_str_eq(c.text,
		                 "--vocab-size 8000 --embedding-size 256 --hidden-size 512 "
		                 "--encoder-layers 2 --decoder-layers 2 --batch-tokens 2500 "
		                 "--warmup 1000");
	}
}

Test(train_choices, values_grow_with_the_text)
{
	int vocabulary = 0, batch = 0;
	for (size_t bytes = 1; bytes < 10000000; bytes = bytes * 5 / 4 + 1) {
		trujaman_train_options o = tj_train_options_default();
		struct tj_choices c = choose(&o, bytes);
		cr_expect_geq(o.vocab_size, vocabulary);
		cr_expect_geq(o.batch_tokens, batch);
		cr_expect(o.warmup >= 100 && o.warmup <= 1000, "%d", o.warmup);
		/* The warm-up ends long before the training does. */
		double epochs = o.warmup / ((double)bytes / 3 / o.batch_tokens);
		cr_expect(epochs < 4.5 || o.warmup == 100, "%zu bytes: %g epochs", bytes, epochs);
		cr_expect_lt(strlen(c.text) + 40, sizeof c.text);
		vocabulary = o.vocab_size;
		batch = o.batch_tokens;
	}
	cr_expect_eq(vocabulary, 8000);
}

Test(train_choices, what_is_set_stays)
{
	trujaman_train_options o = tj_train_options_default();
	o.vocab_size = 500;
	o.batch_tokens = 700;
	o.warmup = 0;
	struct tj_choices c = choose(&o, 1000);
	expect_largest(&c);
	cr_expect(o.vocab_size == 500 && o.batch_tokens == 700 && o.warmup == 0);
	cr_expect_str_eq(c.text, "");

	o = tj_train_options_default();
	o.warmup = 300;
	c = choose(&o, 1000);
	cr_expect_eq(o.batch_tokens, 2500, "a warm-up counts batches");
	cr_expect_null(strstr(c.text, "--batch-tokens"));

	static const char *const sizes[] = { "embedding-size", "hidden-size",    "encoder-layers",
		                             "decoder-layers", "attention-size", "readout-size" };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct tj_error err = { 0 };
		o = tj_train_options_default();
		cr_assert_eq(tj_train_options_set(&o, sizes[i], "2", &err), TRUJAMAN_OK);
		c = choose(&o, 1000);
		expect_largest(&c);
		cr_expect_eq(o.vocab_size, 8000);
		cr_expect_null(strstr(c.text, "-size"), "%s", c.text);
	}
}

Test(train_choices, the_model_to_start_from_has_its_sizes)
{
	trujaman_train_options o = tj_train_options_default();
	o.init = "some.safetensors";
	struct tj_choices c = choose(&o, 90000);
	cr_expect_eq(o.vocab_size, 0);
	cr_expect_eq(o.warmup, 90000 / 3 / 500, "one epoch");
	cr_expect_str_eq(c.text, "--batch-tokens 500 --warmup 60");
}

/* The number of updates of an epoch, and the interval of a large text. */
Test(train_choices, intervals)
{
	static const uint64_t of_large[][2] = {
		{ 1, 250 },     { 11, 253 },   { 249, 498 },  { 250, 250 },
		{ 1000, 1000 }, { 1001, 501 }, { 3500, 875 },
	};
	struct tj_choices c = { .least_interval = 250 };
	for (size_t i = 0; i < sizeof of_large / sizeof *of_large; i++)
		cr_expect_eq(tj_choose_interval(&c, of_large[i][0]), of_large[i][1]);
	c.least_interval = 100;
	cr_expect_eq(tj_choose_interval(&c, 85), 170);
	cr_expect_eq(tj_choose_interval(&c, 7), 105);
}
