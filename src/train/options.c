/* SPDX-License-Identifier: MIT */
/* The table of training options, and the functions that parse, check and list them. */
#include "src/train/options.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/number.h"
#include "src/base/utf8.h"
#include "src/model/config.h"

enum option_kind { TEXT, WORD, WHOLE, NUMBER, BOOLEAN };

struct option {
	const char *name;
	enum option_kind kind;
	size_t field;      /* offset in trujaman_train_options; unused if there is a key */
	double low, high;  /* range of WHOLE and NUMBER */
	const char *words; /* choices of WORD */
	int counts;        /* whether the result depends on it; 0 if there is a key */
	int makes_vocabulary;
	const char *key; /* not NULL: the value is stored as the metadata entry of this key */
};

#define AT(field) offsetof(trujaman_train_options, field)
#define MANY 2147483647.0
#define LARGEST_SIZE 16777216.0 /* of a layer, as in a model file */
#define KEY(name, key) { name, TEXT, 0, 0, 0, NULL, 0, 0, key }
#define KEY_WORD(name, key, words) { name, WORD, 0, 0, 0, words, 0, 0, key }
#define KEY_BOOLEAN(name, key) { name, BOOLEAN, 0, 0, 0, NULL, 0, 0, key }
#define KEY_SIZE(name, key, least) { name, WHOLE, 0, least, LARGEST_SIZE, NULL, 0, 0, key }

static const struct option table[] = {
	{ "source", TEXT, AT(source), 0, 0, NULL, 0, 0, NULL },
	{ "target", TEXT, AT(target), 0, 0, NULL, 0, 0, NULL },
	{ "dev-source", TEXT, AT(dev_source), 0, 0, NULL, 0, 0, NULL },
	{ "dev-target", TEXT, AT(dev_target), 0, 0, NULL, 0, 0, NULL },
	{ "model", TEXT, AT(model), 0, 0, NULL, 0, 0, NULL },
	{ "init", TEXT, AT(init), 0, 0, NULL, 0, 0, NULL },
	KEY_WORD("cell", "cell", "lstm|gru"),
	KEY_SIZE("embedding-size", "embedding_size", 1),
	KEY_SIZE("hidden-size", "hidden_size", 1),
	KEY_SIZE("encoder-layers", "encoder_layers", 1),
	KEY_SIZE("decoder-layers", "decoder_layers", 1),
	KEY_BOOLEAN("bidirectional", "bidirectional"),
	KEY_WORD("attention", "attention", "none|dot|cosine|general|additive"),
	KEY_SIZE("attention-size", "attention_size", 1),
	KEY_WORD("attention-activation", "attention_activation", "tanh|sigmoid|relu"),
	KEY_WORD("attention-query", "attention_query", "current|previous"),
	KEY_BOOLEAN("input-feeding", "input_feeding"),
	KEY_SIZE("readout-size", "readout_size", 0),
	KEY_WORD("readout-activation", "readout_activation", "tanh|none"),
	KEY_SIZE("residual-from", "residual_from", 0),
	KEY_BOOLEAN("layer-norm", "layer_norm"),
	KEY_SIZE("attention-heads", "attention_heads", 1),
	KEY_BOOLEAN("context-to-all", "context_to_all"),
	KEY_BOOLEAN("source-eos", "source_eos"),
	KEY_WORD("decoder-start", "decoder_start", "bos|eos"),
	KEY("name", "name"),
	KEY("source-language", "source_language"),
	KEY("target-language", "target_language"),
	KEY("license", "license"),
	KEY("attribution", "attribution"),
	{ "tied-output", BOOLEAN, AT(tied_output), 0, 1, NULL, 1, 0, NULL },
	{ "tied-embeddings", BOOLEAN, AT(tied_embeddings), 0, 1, NULL, 1, 0, NULL },
	{ "attention-scale", BOOLEAN, AT(attention_scale), 0, 1, NULL, 1, 0, NULL },
	{ "source-vocab", TEXT, AT(source_vocab), 0, 0, NULL, 0, 1, NULL },
	{ "target-vocab", TEXT, AT(target_vocab), 0, 0, NULL, 0, 1, NULL },
	{ "vocab-size", WHOLE, AT(vocab_size), 8, 1000000, NULL, 1, 1, NULL },
	{ "vocab-type", WORD, AT(vocab_type), 0, 0, TJ_TRAIN_VOCAB_TYPES, 1, 1, NULL },
	{ "shared-vocab", BOOLEAN, AT(shared_vocab), 0, 1, NULL, 1, 1, NULL },
	{ "byte-fallback", BOOLEAN, AT(byte_fallback), 0, 1, NULL, 1, 1, NULL },
	{ "character-coverage", NUMBER, AT(character_coverage), 0.98, 1, NULL, 1, 1, NULL },
	{ "placeables", WHOLE, AT(placeables), 0, TJ_MOST_PLACEABLES, NULL, 1, 1, NULL },
	{ "extend-vocab", BOOLEAN, AT(extend_vocab), 0, 1, NULL, 1, 0, NULL },
	{ "placeables-raw", NUMBER, AT(placeables_raw), 0, 1, NULL, 1, 0, NULL },
	{ "normalization", BOOLEAN, AT(normalization), 0, 1, NULL, 1, 0, NULL },
	{ "subword-sampling", NUMBER, AT(subword_sampling), 0, 1, NULL, 1, 0, NULL },
	{ "case-augmentation", NUMBER, AT(case_augmentation), 0, 1, NULL, 1, 0, NULL },
	{ "punctuation-augmentation", NUMBER, AT(punctuation_augmentation), 0, 1, NULL, 1, 0,
	  NULL },
	{ "copy-target", NUMBER, AT(copy_target), 0, 1, NULL, 1, 0, NULL },
	{ "optimizer", WORD, AT(optimizer), 0, 0, TJ_TRAIN_OPTIMIZERS, 1, 0, NULL },
	{ "learning-rate", NUMBER, AT(learning_rate), 0, 1e38, NULL, 1, 0, NULL },
	{ "schedule", WORD, AT(schedule), 0, 0, TJ_TRAIN_SCHEDULES, 1, 0, NULL },
	{ "warmup", WHOLE, AT(warmup), 0, MANY, NULL, 1, 0, NULL },
	{ "batch-tokens", WHOLE, AT(batch_tokens), 1, 1e7, NULL, 1, 0, NULL },
	{ "clip", NUMBER, AT(clip), 0, 1e9, NULL, 1, 0, NULL },
	{ "dropout", NUMBER, AT(dropout), 0, 0.9, NULL, 1, 0, NULL },
	{ "recurrent-dropout", NUMBER, AT(recurrent_dropout), 0, 0.9, NULL, 1, 0, NULL },
	{ "attention-dropout", NUMBER, AT(attention_dropout), 0, 0.9, NULL, 1, 0, NULL },
	{ "label-smoothing", NUMBER, AT(label_smoothing), 0, 0.9, NULL, 1, 0, NULL },
	{ "ema", NUMBER, AT(ema), 0, 0.999999, NULL, 1, 0, NULL },
	{ "max-pieces", WHOLE, AT(max_pieces), 1, 16384, NULL, 1, 0, NULL },
	{ "seed", WHOLE, AT(seed), 0, MANY, NULL, 1, 0, NULL },
	{ "validate-every", WHOLE, AT(validate_every), 1, MANY, NULL, 1, 0, NULL },
	{ "updates", WHOLE, AT(updates), 0, MANY, NULL, 0, 0, NULL },
	{ "epochs", WHOLE, AT(epochs), 0, MANY, NULL, 0, 0, NULL },
	{ "minutes", NUMBER, AT(minutes), 0, 1e7, NULL, 0, 0, NULL },
	{ "patience", WHOLE, AT(patience), 0, MANY, NULL, 0, 0, NULL },
	{ "checkpoint-every", NUMBER, AT(checkpoint_every), 0, 1e7, NULL, 0, 0, NULL },
	{ "threads", WHOLE, AT(threads), 1, 4096, NULL, 0, 0, NULL },
	{ "resume", BOOLEAN, AT(resume), 0, 1, NULL, 0, 0, NULL },
	{ "force", BOOLEAN, AT(force), 0, 1, NULL, 0, 0, NULL },
	{ "force-text", BOOLEAN, AT(force_text), 0, 1, NULL, 0, 0, NULL },
};
enum { N_OPTIONS = sizeof table / sizeof *table };

trujaman_train_options tj_train_options_default(void)
{
	return (trujaman_train_options){
		.tied_output = -1,
		.tied_embeddings = -1,
		.attention_scale = -1,
		.shared_vocab = -1,
		.byte_fallback = -1,
		.character_coverage = 1,
		.placeables = -1,
		.placeables_raw = 0.1,
		.normalization = -1,
		.optimizer = "adam",
		.schedule = "inverse-sqrt",
		.learning_rate = 0.002,
		.warmup = -1,
		.batch_tokens = -1,
		.max_pieces = 128,
		.clip = 1,
		.dropout = 0.2,
		.label_smoothing = 0.1,
		.ema = 0.999,
		.seed = 1,
		.epochs = 40,
		.patience = 10,
		.checkpoint_every = 5,
	};
}

static const char **text_of(trujaman_train_options *o, const struct option *t)
{
	return (const char **)((char *)o + t->field);
}

static int *whole_of(trujaman_train_options *o, const struct option *t)
{
	return (int *)((char *)o + t->field);
}

static double *number_of(trujaman_train_options *o, const struct option *t)
{
	return (double *)((char *)o + t->field);
}

int tj_train_word(const char *word, const char *words)
{
	size_t n = strlen(word);
	for (int i = 0; *words; i++) {
		size_t length = strcspn(words, "|");
		if (length == n && memcmp(word, words, n) == 0)
			return i;
		words += length + (words[length] == '|');
	}
	return -1;
}

/* --- Parsing ---------------------------------------------------------------------- */

static trujaman_status value_fault(const struct option *t, const char *value, struct tj_error *err)
{
	switch (t->kind) {
	case WHOLE:
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--%s must be a whole number from %.0f to %.0f, not '%s'", t->name,
		               t->low, t->high, value);
	case NUMBER:
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--%s must be a number from %g to %g, not '%s'", t->name, t->low,
		               t->high, value);
	case BOOLEAN:
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "--%s must be true or false, not '%s'",
		               t->name, value);
	default:
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "--%s must be one of %s, not '%s'",
		               t->name, t->words, value);
	}
}

static int in_range(const struct option *t, double value)
{
	return value >= t->low && value <= t->high;
}

static int read_number(const struct option *t, const char *text, double *value)
{
	if (t->kind == WHOLE && text[strspn(text, "0123456789")] != '\0')
		return 0;
	/* A model file has its sizes without leading zeros. */
	if (t->key != NULL && text[0] == '0' && text[1] != '\0')
		return 0;
	return tj_number_read(text, value) && in_range(t, *value);
}

/* Checks a value that is stored as text. */
static trujaman_status check_text(const struct option *t, const char *value, struct tj_error *err)
{
	double number;
	int ok = t->kind == WORD      ? tj_train_word(value, t->words) >= 0
	         : t->kind == BOOLEAN ? tj_train_word(value, "false|true") >= 0
	         : t->kind == WHOLE   ? read_number(t, value, &number)
	                              : 1;
	return ok ? TRUJAMAN_OK : value_fault(t, value, err);
}

static trujaman_status set_metadata(trujaman_train_options *o, const char *key, const char *value,
                                    struct tj_error *err)
{
	for (size_t i = 0; i < o->n_metadata; i++)
		if (strcmp(o->metadata[i].key, key) == 0) {
			o->metadata[i].value = value;
			return TRUJAMAN_OK;
		}
	if (o->n_metadata >= TRUJAMAN_MAX_ENTRIES)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "more than %d metadata entries",
		               TRUJAMAN_MAX_ENTRIES);
	o->metadata[o->n_metadata++] = (trujaman_entry){ key, value };
	return TRUJAMAN_OK;
}

static trujaman_status set(trujaman_train_options *o, const struct option *t, const char *value,
                           struct tj_error *err)
{
	double number;
	int word;
	if (t->key != NULL)
		return check_text(t, value, err) == TRUJAMAN_OK
		           ? set_metadata(o, t->key, value, err)
		           : err->status;
	switch (t->kind) {
	case WORD:
		if (tj_train_word(value, t->words) < 0)
			return value_fault(t, value, err);
		/* fall through */
	case TEXT:
		*text_of(o, t) = value;
		return TRUJAMAN_OK;
	case BOOLEAN:
		word = tj_train_word(value, "false|true");
		if (word < 0)
			return value_fault(t, value, err);
		*whole_of(o, t) = word;
		return TRUJAMAN_OK;
	default:
		if (!read_number(t, value, &number))
			return value_fault(t, value, err);
		if (t->kind == WHOLE)
			*whole_of(o, t) = (int)number;
		else
			*number_of(o, t) = number;
		return TRUJAMAN_OK;
	}
}

trujaman_status tj_train_options_set(trujaman_train_options *o, const char *name, const char *value,
                                     struct tj_error *err)
{
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (strcmp(table[i].name, name) == 0)
			return set(o, &table[i], value, err);
	return tj_fail(err, TRUJAMAN_ERROR_USAGE, "there is no option --%s", name);
}

/* --- Checks ----------------------------------------------------------------------- */

/* Returns an option's value as text, NULL if it is not set. `digits` holds numbers. */
static const char *show(const trujaman_train_options *options, const struct option *t,
                        char digits[TJ_NUMBER_TEXT])
{
	trujaman_train_options *o = (trujaman_train_options *)options;
	switch (t->kind) {
	case WHOLE:
		snprintf(digits, TJ_NUMBER_TEXT, "%d", *whole_of(o, t));
		return digits;
	case NUMBER:
		tj_number_print(digits, TJ_NUMBER_TEXT, "%.17g", *number_of(o, t));
		return digits;
	case BOOLEAN:
		return *whole_of(o, t) < 0 ? NULL : *whole_of(o, t) ? "true" : "false";
	default:
		return *text_of(o, t);
	}
}

/* A program may have filled the struct with anything. */
static trujaman_status check_value(const trujaman_train_options *options, const struct option *t,
                                   struct tj_error *err)
{
	trujaman_train_options *o = (trujaman_train_options *)options;
	trujaman_train_options defaults = tj_train_options_default();
	char digits[TJ_NUMBER_TEXT];
	int ok = 1;
	if (t->kind == WHOLE)
		ok = *whole_of(o, t) == *whole_of(&defaults, t) || in_range(t, *whole_of(o, t));
	else if (t->kind == NUMBER)
		ok = in_range(t, *number_of(o, t));
	else if (t->kind == BOOLEAN)
		ok = *whole_of(o, t) >= -1 && *whole_of(o, t) <= 1;
	else if (t->kind == WORD)
		ok = *text_of(o, t) == NULL || tj_train_word(*text_of(o, t), t->words) >= 0;
	return ok ? TRUJAMAN_OK : value_fault(t, show(o, t, digits), err);
}

static const struct option *option_of_key(const char *key)
{
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (table[i].key != NULL && strcmp(table[i].key, key) == 0)
			return &table[i];
	return NULL;
}

const char *tj_train_option_of_key(const char *key)
{
	const struct option *t = option_of_key(key);
	return t != NULL ? t->name : NULL;
}

static int is_utf8(const char *text)
{
	size_t n = strlen(text);
	return tj_utf8_valid_prefix(text, n) == n;
}

static trujaman_status check_metadata(const trujaman_train_options *o, struct tj_error *err)
{
	if (o->n_metadata > TRUJAMAN_MAX_ENTRIES)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "more than %d metadata entries",
		               TRUJAMAN_MAX_ENTRIES);
	for (size_t i = 0; i < o->n_metadata; i++) {
		const char *key = o->metadata[i].key, *value = o->metadata[i].value;
		const struct option *t = option_of_key(key);
		const char *prefix = t != NULL ? "--" : "metadata key ";
		const char *name = t != NULL ? t->name : key;
		for (size_t k = 0; k < i; k++)
			if (strcmp(key, o->metadata[k].key) == 0)
				return tj_fail(err, TRUJAMAN_ERROR_USAGE, "%s%.100s is there twice",
				               prefix, name);
		if (!is_utf8(key) || !is_utf8(value))
			return tj_fail(err, TRUJAMAN_ERROR_USAGE, "%s%.100s: found invalid UTF-8",
			               prefix, name);
		if (t != NULL && check_text(t, value, err) != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

trujaman_status tj_train_options_check(const trujaman_train_options *o, struct tj_error *err)
{
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (table[i].key == NULL && check_value(o, &table[i], err) != TRUJAMAN_OK)
			return err->status;
	if (o->placeables > 0 && o->placeables < TJ_LEAST_PLACEABLES)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--placeables must be 0 or from %d to %d, not %d",
		               TJ_LEAST_PLACEABLES, TJ_MOST_PLACEABLES, o->placeables);
	return check_metadata(o, err);
}

static int is_set(const trujaman_train_options *o, const struct option *t)
{
	const trujaman_train_options defaults = tj_train_options_default();
	char digits[TJ_NUMBER_TEXT], unset[TJ_NUMBER_TEXT];
	const char *value = show(o, t, digits), *before = show(&defaults, t, unset);
	return value != NULL && (before == NULL || strcmp(value, before) != 0);
}

const char *tj_train_options_vocabulary(const trujaman_train_options *o)
{
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (table[i].makes_vocabulary && is_set(o, &table[i]) &&
		    !(o->extend_vocab && table[i].field == AT(placeables)))
			return table[i].name;
	return NULL;
}

trujaman_status tj_train_options_each(const trujaman_train_options *o,
                                      tj_train_option_function *each, void *context,
                                      struct tj_error *err)
{
	for (size_t i = 0; i < N_OPTIONS; i++) {
		char digits[TJ_NUMBER_TEXT];
		const char *value = table[i].counts ? show(o, &table[i], digits) : NULL;
		if (table[i].counts && each(context, table[i].name,
		                            value != NULL ? value : "default", err) != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}
