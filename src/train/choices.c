/* SPDX-License-Identifier: MIT */
/* The table of sizes, and the warm-up and validation interval that follow from an epoch. */
#include "src/train/choices.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "src/train/options.h"

/* A long epoch is divided into equal parts of at most MOST_UPDATES_TO_VALIDATE updates; several
 * short epochs share one validation. */
enum { MOST_UPDATES_TO_VALIDATE = 1000 };

/* A warm-up takes some epochs: one if the model is trained already. */
enum { LONGEST_WARMUP = 1000, EPOCHS_OF_WARMUP = 4, SHORTEST_WARMUP = 100 };

/* For estimates, before the text is split into pieces. */
enum { BYTES_PER_PIECE = 3 };

const struct tj_network_sizes tj_largest_network = { "256", "512", "2", "2" };

static const struct scale {
	size_t below; /* bytes of the target text */
	int vocab_size, batch_tokens;
	struct tj_network_sizes network;
	uint64_t least_interval;
} scales[] = {
	{ 300000, 1000, 500, { "128", "256", "1", "1" }, 100 },
	{ 1000000, 2000, 1000, { "192", "384", "1", "1" }, 150 },
	{ 3000000, 4000, 1500, { "256", "512", "1", "1" }, 250 },
	{ SIZE_MAX, 8000, 2500, { "256", "512", "2", "2" }, 250 },
};
enum { N_SCALES = sizeof scales / sizeof *scales };

static const struct scale *scale_of(const struct tj_text_size *size)
{
	size_t i = 0;
	while (i < N_SCALES - 1 && size->target_bytes >= scales[i].below)
		i++;
	return &scales[i];
}

static void add(struct tj_choices *c, const char *option, const char *value)
{
	size_t n = strlen(c->text);
	snprintf(c->text + n, sizeof c->text - n, "%s--%s %s", n > 0 ? " " : "", option, value);
}

void tj_choices_add(struct tj_choices *c, const char *option, uint64_t value)
{
	char digits[24];
	snprintf(digits, sizeof digits, "%" PRIu64, value);
	add(c, option, digits);
}

static int sets_a_size(const trujaman_train_options *o)
{
	static const char *const keys[] = { "embedding_size", "hidden_size",    "encoder_layers",
		                            "decoder_layers", "attention_size", "readout_size" };
	if (o->vocab_size > 0)
		return 1;
	for (size_t i = 0; i < o->n_metadata; i++)
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			if (strcmp(o->metadata[i].key, keys[k]) == 0)
				return 1;
	return 0;
}

static void choose_sizes(struct tj_choices *c, trujaman_train_options *o, const struct scale *s)
{
	if (o->source_vocab == NULL || o->target_vocab == NULL) {
		o->vocab_size = s->vocab_size;
		tj_choices_add(c, "vocab-size", (uint64_t)s->vocab_size);
	}
	c->network = s->network;
	add(c, "embedding-size", s->network.embedding_size);
	add(c, "hidden-size", s->network.hidden_size);
	add(c, "encoder-layers", s->network.encoder_layers);
	add(c, "decoder-layers", s->network.decoder_layers);
}

static int warmup_for(const trujaman_train_options *o, const struct tj_text_size *size)
{
	size_t epoch = size->target_bytes / BYTES_PER_PIECE / (size_t)o->batch_tokens;
	size_t n = o->init != NULL ? epoch : EPOCHS_OF_WARMUP * epoch;
	if (n > LONGEST_WARMUP)
		return LONGEST_WARMUP;
	return n < SHORTEST_WARMUP && o->init == NULL ? SHORTEST_WARMUP : (int)n;
}

void tj_choose(struct tj_choices *c, trujaman_train_options *o, const struct tj_text_size *size)
{
	const struct scale *s = scale_of(size), *largest = &scales[N_SCALES - 1];
	*c = (struct tj_choices){ .network = tj_largest_network,
		                  .least_interval = s->least_interval };
	if (o->init == NULL && !sets_a_size(o))
		choose_sizes(c, o, s);
	/* A model to start from decides on these. */
	if (o->init == NULL && o->placeables < 0)
		o->placeables = 0;
	if ((o->init == NULL || o->extend_vocab) && o->normalization < 0)
		o->normalization = !tj_train_options_tokens(o);
	if (o->init == NULL && o->vocab_size == 0)
		o->vocab_size = largest->vocab_size;
	if (o->batch_tokens < 0) {
		o->batch_tokens = o->warmup < 0 ? s->batch_tokens : largest->batch_tokens;
		if (o->warmup < 0)
			tj_choices_add(c, "batch-tokens", (uint64_t)o->batch_tokens);
	}
	if (o->warmup < 0) {
		o->warmup = warmup_for(o, size);
		tj_choices_add(c, "warmup", (uint64_t)o->warmup);
	}
}

uint64_t tj_choose_interval(const struct tj_choices *c, uint64_t n)
{
	uint64_t least = c->least_interval, parts;
	if (n < least)
		return n * ((least + n - 1) / n);
	parts = (n + MOST_UPDATES_TO_VALIDATE - 1) / MOST_UPDATES_TO_VALIDATE;
	return (n + parts - 1) / parts;
}
