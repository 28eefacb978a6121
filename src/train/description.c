/* SPDX-License-Identifier: MIT */
/* The configuration and the other metadata of the model in training, from the options and
 * the initial model. */
#include "src/train/description.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/model/config_tensors.h"
#include "src/train/files_check.h"
#include "src/train/options.h"

/* The configuration keys and their default values. */
static const trujaman_entry defaults[] = {
	{ "format", "trujaman/1" }, /* trujaman/1.1 if there are features */
	{ "cell", "lstm" },
	{ "embedding_size", NULL }, /* these four are chosen from the text */
	{ "hidden_size", NULL },
	{ "encoder_layers", NULL },
	{ "decoder_layers", NULL },
	{ "bidirectional", "true" },
	{ "attention", "general" },
	{ "attention_size", NULL }, /* same as hidden_size */
	{ "attention_activation", "tanh" },
	{ "attention_query", "current" },
	{ "input_feeding", "false" },
	{ "readout_size", NULL }, /* same as embedding_size */
	{ "source_eos", "true" },
	{ "decoder_start", "bos" },
};
enum { N_KEYS = sizeof defaults / sizeof *defaults };

/* Metadata that the training itself writes (judge.c). They are not inherited
 * from the initial model. */
static const char *const results[] = { "trained_updates", "averaged_updates", "dev_bleu",
	                               "dev_chrf",        "dev_nll",          NULL };

static int is_among(const char *key, const char *const *keys)
{
	for (; *keys != NULL; keys++)
		if (strcmp(key, *keys) == 0)
			return 1;
	return 0;
}

static const struct tj_feature *feature_of(const char *key)
{
	for (const struct tj_feature *f = tj_features; f->name != NULL; f++)
		if (f->kind != TJ_FEATURE_FLAG && strcmp(key, f->name) == 0)
			return f;
	return NULL;
}

static int is_configuration(const char *key)
{
	if (strcmp(key, "features") == 0 || feature_of(key) != NULL)
		return 1;
	for (size_t i = 0; i < N_KEYS; i++)
		if (strcmp(key, defaults[i].key) == 0)
			return 1;
	return 0;
}

static const char *given(const trujaman_train_options *o, const char *key)
{
	for (size_t i = 0; i < o->n_metadata; i++)
		if (strcmp(o->metadata[i].key, key) == 0)
			return o->metadata[i].value;
	return NULL;
}

/* What the user set, and the defaults of what was not set. */
struct given {
	const trujaman_train_options *o;
	const struct tj_network_sizes *sizes;
};

static const char *value_of(const struct given *g, const char *key)
{
	const char *value = given(g->o, key);
	if (value != NULL)
		return value;
	if (strcmp(key, "embedding_size") == 0)
		return g->sizes->embedding_size;
	if (strcmp(key, "hidden_size") == 0)
		return g->sizes->hidden_size;
	if (strcmp(key, "encoder_layers") == 0)
		return g->sizes->encoder_layers;
	if (strcmp(key, "attention_size") == 0)
		return value_of(g, "hidden_size");
	if (strcmp(key, "readout_size") == 0)
		return value_of(g, "embedding_size");
	/* The decoder cannot have more layers than the encoder, so its default is 1 if the
	 * encoder has one layer. */
	if (strcmp(key, "decoder_layers") == 0)
		return strcmp(value_of(g, "encoder_layers"), "1") == 0 ? "1"
		                                                       : g->sizes->decoder_layers;
	for (size_t i = 0; i < N_KEYS; i++)
		if (strcmp(key, defaults[i].key) == 0)
			return defaults[i].value;
	return NULL;
}

/* Whether a model without the feature does the same: it has no value, or that of trujaman/1. */
static int is_without(const struct tj_feature *f, const char *value)
{
	if (value == NULL)
		return 1;
	if (f->kind == TJ_FEATURE_SIZE)
		return strtoul(value, NULL, 10) < f->least;
	return strcmp(value, f->kind == TJ_FEATURE_WORD ? f->words[0] : "false") == 0;
}

static int is_used(const struct given *g, const struct tj_feature *f)
{
	if (f->kind == TJ_FEATURE_FLAG)
		return 0;
	return !is_without(f, given(g->o, f->name));
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static trujaman_status tie(struct tj_config *c, const trujaman_train_options *o, int same,
                           struct tj_error *err)
{
	size_t in = c->readout_size > 0 ? c->readout_size : tj_config_z_size(c);
	c->tied_output = o->tied_output < 0 ? in == c->embedding_size : o->tied_output;
	c->tied_embeddings = o->tied_embeddings > 0;
	c->attention_scale = o->attention_scale > 0;
	if (c->tied_output && in != c->embedding_size)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--tied-output true needs %s to be the embedding size, %zu, not %zu",
		               c->readout_size > 0 ? "the readout size"
		                                   : "the input of the output layer",
		               c->embedding_size, in);
	if (c->tied_embeddings && !same)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--tied-embeddings true needs one vocabulary for both sides: "
		               "--shared-vocab, or one file as --source-vocab and --target-vocab");
	if (c->attention_scale && c->attention == TJ_ATTENTION_NONE)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--attention-scale true needs an attention, not none");
	return TRUJAMAN_OK;
}

static int is_value(const struct given *g, const char *key, const char *value)
{
	const char *given = value_of(g, key);
	return given != NULL && strcmp(given, value) == 0;
}

static unsigned long number_of(const struct given *g, const char *key)
{
	const char *value = value_of(g, key);
	return value != NULL ? strtoul(value, NULL, 10) : 0;
}

/* The features of the network, like check_combinations. */
static trujaman_status check_features(const struct given *g, struct tj_error *err)
{
	unsigned long heads = number_of(g, "attention_heads");
	unsigned long from = number_of(g, "residual_from"), hidden = number_of(g, "hidden_size");
	unsigned long layers = number_of(g, "encoder_layers");
	int attends = !is_value(g, "attention", "none");
	if (from == 1 || from > layers)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--residual-from %lu must be 0, or a layer from 2 to "
		               "--encoder-layers, %lu",
		               from, layers);
	if (heads > 1 && !attends)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--attention-heads %lu needs an --attention, not none", heads);
	if (heads > 1 && hidden % heads != 0)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--attention-heads %lu must divide --hidden-size, %lu", heads,
		               hidden);
	if (heads > 1 && is_value(g, "attention", "additive") &&
	    number_of(g, "attention_size") % heads != 0)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--attention-heads %lu must divide --attention-size, %lu", heads,
		               number_of(g, "attention_size"));
	if (is_value(g, "context_to_all", "true") &&
	    !(attends && is_value(g, "attention_query", "previous")))
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--context-to-all true needs an --attention with "
		               "--attention-query previous, not %s",
		               attends ? "current" : "none");
	if (is_value(g, "readout_activation", "none") && number_of(g, "readout_size") == 0)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--readout-activation none needs a readout: more than "
		               "--readout-size 0");
	return TRUJAMAN_OK;
}

/* What tj_config_read_keys would refuse too, in the words of a file. Each value by itself is
 * known to be good (tj_train_options_check). */
static trujaman_status check_combinations(const struct given *g, struct tj_error *err)
{
	const char *hidden = value_of(g, "hidden_size");
	const char *encoder = value_of(g, "encoder_layers"),
		   *decoder = value_of(g, "decoder_layers");
	if (strtoul(decoder, NULL, 10) > strtoul(encoder, NULL, 10))
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--decoder-layers %s needs at least as many --encoder-layers, "
		               "not %s",
		               decoder, encoder);
	if (strtoul(hidden, NULL, 10) % 2 != 0 && is_value(g, "bidirectional", "true"))
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--hidden-size %s must be even, half of it for each direction of "
		               "the encoder, or --bidirectional false",
		               hidden);
	if (check_features(g, err) != TRUJAMAN_OK || !is_value(g, "input_feeding", "true"))
		return err->status;
	if (is_value(g, "attention", "none"))
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--input-feeding true needs an --attention, not none");
	if (is_value(g, "attention_query", "previous"))
		return tj_fail(
		    err, TRUJAMAN_ERROR_USAGE,
		    "--input-feeding true needs --attention-query current, not previous");
	return TRUJAMAN_OK;
}

/* What a file of this configuration would have as its metadata. */
struct metadata {
	const char *keys[N_KEYS + 1 + TJ_MOST_FEATURES], *values[N_KEYS + 1 + TJ_MOST_FEATURES];
	char features[TJ_LONGEST_FEATURES];
	size_t n;
};

static void fill_metadata(struct metadata *m, const struct given *g)
{
	m->n = 0;
	m->features[0] = '\0';
	for (size_t i = 0; i < N_KEYS; i++)
		m->keys[m->n++] = defaults[i].key;
	for (const struct tj_feature *f = tj_features; f->name != NULL; f++) {
		size_t length = strlen(m->features);
		if (!is_used(g, f))
			continue;
		snprintf(m->features + length, sizeof m->features - length, "%s%s",
		         length > 0 ? "," : "", f->name);
		if (f->kind != TJ_FEATURE_FLAG)
			m->keys[m->n++] = f->name;
	}
	if (m->features[0] != '\0')
		m->keys[m->n++] = "features";
	qsort(m->keys, m->n, sizeof *m->keys, compare_strings);
	for (size_t i = 0; i < m->n; i++) {
		m->values[i] = value_of(g, m->keys[i]);
		if (strcmp(m->keys[i], "features") == 0)
			m->values[i] = m->features;
		if (strcmp(m->keys[i], "format") == 0 && m->features[0] != '\0')
			m->values[i] = "trujaman/1.1";
	}
}

/* Builds the configuration from options alone, with the same checks as one from a file. */
static trujaman_status configure(struct tj_description *d, const struct given *g,
                                 struct tj_error *err)
{
	struct metadata m;
	char name[] = "the options";
	struct tj_error fault = { 0 };
	if (check_combinations(g, err) != TRUJAMAN_OK)
		return err->status;
	fill_metadata(&m, g);
	struct tj_safetensors file = {
		.path = name, .n_metadata = m.n, .keys = m.keys, .values = m.values
	};
	if (tj_config_read_keys(&file, &d->config, &fault) != TRUJAMAN_OK)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "%s", fault.text);
	/* Not chosen yet, it is what will be chosen. */
	d->config.normalization = g->o->normalization > 0 ||
	                          (g->o->normalization < 0 && !tj_train_options_tokens(g->o));
	d->config.placeables = g->o->placeables > 0;
	d->config.token_vocabulary = tj_train_options_tokens(g->o);
	/* Report errors now rather than after minutes of work on vocabularies. Two
	 * vocabulary files may hold the same vocabulary; tj_description_words checks that
	 * later. */
	int same = g->o->shared_vocab > 0 ||
	           (g->o->source_vocab != NULL && g->o->target_vocab != NULL);
	return tie(&d->config, g->o, same, err);
}

static trujaman_status no_contradiction(const trujaman_train_options *o,
                                        const struct tj_safetensors *init, struct tj_error *err)
{
	for (size_t i = 0; i < o->n_metadata; i++) {
		const char *key = o->metadata[i].key, *value = o->metadata[i].value;
		const char *has = tj_safetensors_metadata(init, key);
		const char *option = tj_train_option_of_key(key);
		const struct tj_feature *feature = feature_of(key);
		if (feature != NULL && is_without(feature, has) && is_without(feature, value))
			continue;
		if (is_configuration(key) && (has != NULL || feature != NULL) &&
		    (has == NULL || strcmp(has, value) != 0))
			return tj_fail(err, TRUJAMAN_ERROR_USAGE,
			               "%s%s: found \"%.100s\", wanted \"%.100s\" as in %s, the "
			               "model to start from",
			               option != NULL ? "--" : "metadata key ",
			               option != NULL ? option : key, value,
			               has != NULL ? has : "none", init->path);
	}
	return TRUJAMAN_OK;
}

/* Collects the metadata other than the configuration. An option overrides the entry of the
 * initial model. */
static trujaman_status describe(struct tj_description *d, const trujaman_train_options *o,
                                const struct tj_safetensors *init, struct tj_error *err)
{
	size_t most = o->n_metadata + (init != NULL ? init->n_metadata : 0);
	d->entries = calloc(most + 1, sizeof *d->entries);
	if (d->entries == NULL)
		return tj_fail_memory(err, "metadata", most * sizeof *d->entries);
	for (size_t i = 0; i < o->n_metadata; i++)
		if (!is_configuration(o->metadata[i].key))
			d->entries[d->n_entries++] = (struct tj_write_entry){
				o->metadata[i].key, o->metadata[i].value
			};
	for (size_t i = 0; init != NULL && i < init->n_metadata; i++)
		if (!is_configuration(init->keys[i]) && !is_among(init->keys[i], results) &&
		    given(o, init->keys[i]) == NULL)
			d->entries[d->n_entries++] = (struct tj_write_entry){ init->keys[i],
				                                              init->values[i] };
	return TRUJAMAN_OK;
}

trujaman_status tj_description_make(struct tj_description *d, const trujaman_train_options *o,
                                    const struct tj_network_sizes *sizes,
                                    const struct tj_safetensors *init, struct tj_error *err)
{
	const struct given given = { o, sizes };
	memset(d, 0, sizeof *d);
	if (init == NULL ? configure(d, &given, err) != TRUJAMAN_OK
	                 : tj_config_read(init, &d->config, err) != TRUJAMAN_OK ||
	                       no_contradiction(o, init, err) != TRUJAMAN_OK)
		return err->status;
	if (d->config.token_vocabulary && tj_train_tokens_check(o, err) != TRUJAMAN_OK)
		return err->status;
	if (o->extend_vocab) {
		d->config.placeables |= o->placeables > 0;
		d->config.normalization |= o->normalization > 0;
	}
	return describe(d, o, init, err);
}

void tj_description_free(struct tj_description *d)
{
	free(d->entries);
	memset(d, 0, sizeof *d);
}

static trujaman_status no_change(const char *name, int option, int has, struct tj_error *err)
{
	if (option < 0 || option == has)
		return TRUJAMAN_OK;
	return tj_fail(err, TRUJAMAN_ERROR_USAGE,
	               "--%s: found %s, wanted %s as in the model to start from", name,
	               option ? "true" : "false", has ? "true" : "false");
}

trujaman_status tj_description_words(struct tj_description *d, const trujaman_train_options *o,
                                     size_t source_words, size_t target_words, int same,
                                     struct tj_error *err)
{
	struct tj_config *c = &d->config;
	if (o->extend_vocab) {
		c->source_words = source_words;
		c->target_words = target_words;
	}
	if (o->init == NULL) {
		c->source_words = source_words;
		c->target_words = target_words;
		return tie(c, o, same, err);
	}
	if (c->source_words != source_words || c->target_words != target_words)
		return tj_fail(
		    err, TRUJAMAN_ERROR_FORMAT,
		    "%s: found vocabularies of %zu and %zu pieces, wanted %zu and %zu, the "
		    "rows of its embeddings",
		    o->init, source_words, target_words, c->source_words, c->target_words);
	if (no_change("tied-output", o->tied_output, c->tied_output, err) != TRUJAMAN_OK ||
	    no_change("tied-embeddings", o->tied_embeddings, c->tied_embeddings, err) !=
	        TRUJAMAN_OK)
		return err->status;
	if (no_change("normalization", o->normalization, c->normalization, err) != TRUJAMAN_OK)
		return err->status;
	return no_change("attention-scale", o->attention_scale, c->attention_scale, err);
}
