/* SPDX-License-Identifier: MIT */
/* What is done with the table of training options. */
#include "src/train/options.h"

#include <string.h>

#include "src/base/utf8.h"
#include "src/model/config.h"

#define table tj_train_options
#define N_OPTIONS tj_n_train_options

trujaman_train_options tj_train_options_default(void)
{
	struct tj_error err = { 0 };
	trujaman_train_options o = {
		.size = sizeof o,
		.tied_output = -1,
		.tied_embeddings = -1,
		.attention_scale = -1,
		.shared_vocab = -1,
		.byte_fallback = -1,
		.placeables = -1,
		.normalization = -1,
		.warmup = -1,
		.batch_tokens = -1,
	};
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (table[i].o.about.initial != NULL)
			(void)tj_option_set(&o, &table[i].o, table[i].o.about.initial, &err);
	return o;
}

/* --- Parsing ---------------------------------------------------------------------- */

/* Checks a value that is stored as text. */
static trujaman_status check_text(const struct tj_train_option *t, const char *value,
                                  struct tj_error *err)
{
	/* A model file has its sizes without leading zeros. */
	if (t->o.about.kind == TRUJAMAN_OPTION_WHOLE && value[0] == '0' && value[1] != '\0')
		return tj_option_fault(&t->o, value, err);
	return tj_option_check_text(&t->o, value, err);
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

static trujaman_status set(trujaman_train_options *o, const struct tj_train_option *t,
                           const char *value, struct tj_error *err)
{
	if (t->key == NULL)
		return tj_option_set(o, &t->o, value, err);
	return check_text(t, value, err) == TRUJAMAN_OK ? set_metadata(o, t->key, value, err)
	                                                : err->status;
}

trujaman_status tj_train_options_set(trujaman_train_options *o, const char *name, const char *value,
                                     struct tj_error *err)
{
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (strcmp(table[i].o.about.name, name) == 0)
			return set(o, &table[i], value, err);
	return tj_fail(err, TRUJAMAN_ERROR_USAGE, "there is no option --%s", name);
}

/* --- Checks ----------------------------------------------------------------------- */

static const struct tj_train_option *option_of_key(const char *key)
{
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (table[i].key != NULL && strcmp(table[i].key, key) == 0)
			return &table[i];
	return NULL;
}

const char *tj_train_option_of_key(const char *key)
{
	const struct tj_train_option *t = option_of_key(key);
	return t != NULL ? t->o.about.name : NULL;
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
		const struct tj_train_option *t = option_of_key(key);
		const char *prefix = t != NULL ? "--" : "metadata key ";
		const char *name = t != NULL ? t->o.about.name : key;
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
	const trujaman_train_options defaults = tj_train_options_default();
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (table[i].key == NULL &&
		    tj_option_check(o, &defaults, &table[i].o, err) != TRUJAMAN_OK)
			return err->status;
	if (o->placeables > 0 && o->placeables < TJ_LEAST_PLACEABLES)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--placeables must be 0 or from %d to %d, not %d",
		               TJ_LEAST_PLACEABLES, TJ_MOST_PLACEABLES, o->placeables);
	return check_metadata(o, err);
}

static int is_set(const trujaman_train_options *o, const struct tj_train_option *t)
{
	const trujaman_train_options defaults = tj_train_options_default();
	char digits[TJ_NUMBER_TEXT], unset[TJ_NUMBER_TEXT];
	const char *value = tj_option_show(o, &t->o, digits);
	const char *before = tj_option_show(&defaults, &t->o, unset);
	return value != NULL && (before == NULL || strcmp(value, before) != 0);
}

const char *tj_train_options_vocabulary(const trujaman_train_options *o)
{
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (table[i].makes_vocabulary && is_set(o, &table[i]) &&
		    !(o->extend_vocab && strcmp(table[i].o.about.name, "placeables") == 0))
			return table[i].o.about.name;
	return NULL;
}

trujaman_status tj_train_options_each(const trujaman_train_options *o,
                                      tj_train_option_function *each, void *context,
                                      struct tj_error *err)
{
	for (size_t i = 0; i < N_OPTIONS; i++) {
		const struct tj_train_option *t = &table[i];
		char digits[TJ_NUMBER_TEXT];
		if (t->counts == TJ_COUNTS_NEVER ||
		    (t->counts == TJ_COUNTS_IF_SET && !is_set(o, t)))
			continue;
		const char *value = tj_option_show(o, &t->o, digits);
		if (each(context, t->o.about.name, value != NULL ? value : "default", err) !=
		    TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

int tj_train_options_tokens(const trujaman_train_options *o)
{
	return o->init == NULL && o->vocab_type != NULL && strcmp(o->vocab_type, "tokens") == 0;
}
