/* SPDX-License-Identifier: MIT */
/* Reads and checks the metadata of a model (docs/MODEL.md). */
#include "src/model/config.h"

#include <stddef.h>
#include <string.h>

#include "src/model/config_check.h"

size_t tj_config_fed_size(const struct tj_config *c)
{
	if (c->attention == TJ_ATTENTION_NONE)
		return 0;
	if (c->query_previous)
		return c->hidden_size;
	if (!c->input_feeding)
		return 0;
	return c->readout_size > 0 ? c->readout_size : c->hidden_size;
}

/* Features */

static const char *const readout_activations[] = { "tanh", "none", NULL };

#define AT(field) offsetof(struct tj_config, field)

const struct tj_feature tj_features[] = {
	{ "attention_heads", TJ_FEATURE_SIZE, AT(attention_heads), 2, NULL },
	{ "context_to_all", TJ_FEATURE_BOOLEAN, AT(context_to_all), 0, NULL },
	{ "layer_norm", TJ_FEATURE_BOOLEAN, AT(layer_norm), 0, NULL },
	{ "normalization", TJ_FEATURE_FLAG, AT(normalization), 0, NULL },
	{ "placeables", TJ_FEATURE_FLAG, AT(placeables), 0, NULL },
	{ "readout_activation", TJ_FEATURE_WORD, AT(readout_linear), 0, readout_activations },
	{ "residual_from", TJ_FEATURE_SIZE, AT(residual_from), 2, NULL },
	{ "token_vocabulary", TJ_FEATURE_FLAG, AT(token_vocabulary), 0, NULL },
	{ "word_list", TJ_FEATURE_FLAG, AT(word_list), 0, NULL },
	{ NULL, TJ_FEATURE_FLAG, 0, 0, NULL },
};

static size_t *size_field(struct tj_config *c, const struct tj_feature *f)
{
	return (size_t *)((char *)c + f->field);
}

static int *int_field(struct tj_config *c, const struct tj_feature *f)
{
	return (int *)((char *)c + f->field);
}

int tj_config_uses(const struct tj_config *config, const struct tj_feature *f)
{
	struct tj_config *c = (struct tj_config *)config;
	return f->kind == TJ_FEATURE_SIZE ? *size_field(c, f) >= f->least : *int_field(c, f) != 0;
}

const char *tj_config_vocabulary(const struct tj_config *c, int target)
{
	static const char *const names[2][2] = { { "source.spm", "target.spm" },
		                                 { "source.tokens", "target.tokens" } };
	return names[c->token_vocabulary != 0][target != 0];
}

trujaman_status tj_config_count_placeables(struct tj_config *c, const char *path, size_t source,
                                           size_t target, struct tj_error *err)
{
	c->n_placeables = 0;
	if (!c->placeables)
		return TRUJAMAN_OK;
	if (source != target || source < TJ_LEAST_PLACEABLES || source > TJ_MOST_PLACEABLES)
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
		               "%s: feature placeables: found %zu placeable pieces in the source "
		               "vocabulary and %zu in the target vocabulary, wanted equal numbers "
		               "from %d to %d",
		               path, source, target, TJ_LEAST_PLACEABLES, TJ_MOST_PLACEABLES);
	c->n_placeables = source;
	return TRUJAMAN_OK;
}

static void unknown_feature(struct tj_check *k, const char *name, size_t n)
{
	char known[TJ_LONGEST_FEATURES] = "";
	for (size_t i = 0; tj_features[i].name != NULL; i++) {
		strncat(known, i > 0 ? ", " : "", sizeof known - strlen(known) - 1);
		strncat(known, tj_features[i].name, sizeof known - strlen(known) - 1);
	}
	tj_fail(k->err, TRUJAMAN_ERROR_FORMAT,
	        "%s: metadata key features: found \"%.*s\", which this version does not know; it "
	        "knows %s",
	        k->file->path, (int)(n < 100 ? n : 100), name, known);
}

/* The index of the first of n bytes in the table, or TJ_MOST_FEATURES. */
static size_t find_feature(const char *name, size_t n)
{
	for (size_t i = 0; tj_features[i].name != NULL; i++)
		if (strlen(tj_features[i].name) == n && memcmp(tj_features[i].name, name, n) == 0)
			return i;
	return TJ_MOST_FEATURES;
}

/* Sets named[i] if the list names feature i. Table and list are both sorted. */
static void read_list(struct tj_check *k, const char *list, int named[TJ_MOST_FEATURES])
{
	size_t next = 0;
	for (const char *name = list;; name++) {
		size_t n = strcspn(name, ","), i = find_feature(name, n);
		if (i == TJ_MOST_FEATURES) {
			unknown_feature(k, name, n);
			return;
		}
		if (i < next) {
			tj_check_value_fault(k, "features", list, "sorted names, each once");
			return;
		}
		named[i] = 1;
		next = i + 1;
		name += n;
		if (*name == '\0')
			return;
	}
}

static void read_feature(struct tj_check *k, const struct tj_feature *f)
{
	if (f->kind == TJ_FEATURE_FLAG)
		*int_field(k->c, f) = 1;
	else if (f->kind == TJ_FEATURE_BOOLEAN)
		*int_field(k->c, f) = tj_check_boolean(k, f->name);
	else if (f->kind == TJ_FEATURE_SIZE)
		*size_field(k->c, f) = tj_check_size(k, f->name, f->least);
	else
		*int_field(k->c, f) = tj_check_choice(k, f->name, f->words);
}

/* Reads the keys format and features, and the keys of the features. */
static void read_features(struct tj_check *k)
{
	int named[TJ_MOST_FEATURES] = { 0 };
	const char *const formats[] = { "trujaman/1", "trujaman/1.1", NULL };
	const char *list = tj_safetensors_metadata(k->file, "features");
	if (tj_check_choice(k, "format", formats) == 0) {
		if (!tj_check_failed(k) && list != NULL)
			tj_check_value_fault(k, "features", list,
			                     "none in a file of format trujaman/1");
		return;
	}
	list = tj_check_value(k, "features", "the names of the features that the model uses");
	if (list != NULL)
		read_list(k, list, named);
	for (size_t i = 0; !tj_check_failed(k) && tj_features[i].name != NULL; i++) {
		const struct tj_feature *f = &tj_features[i];
		const char *value = tj_safetensors_metadata(k->file, f->name);
		if (named[i])
			read_feature(k, f);
		else if (value != NULL && f->kind != TJ_FEATURE_FLAG)
			tj_check_value_fault(k, f->name, value,
			                     "none, because the key features does not name it");
	}
}

/* Metadata */

static void read_keys(struct tj_check *k)
{
	struct tj_config *c = k->c;
	read_features(k);
	c->cell = (enum tj_cell)tj_check_choice(k, "cell",
	                                        (const char *const[]){ "lstm", "gru", NULL });
	c->embedding_size = tj_check_size(k, "embedding_size", 1);
	c->hidden_size = tj_check_size(k, "hidden_size", 1);
	c->encoder_layers = tj_check_size(k, "encoder_layers", 1);
	c->decoder_layers = tj_check_size(k, "decoder_layers", 1);
	c->bidirectional = tj_check_boolean(k, "bidirectional");
	c->attention = (enum tj_attention)tj_check_choice(k, "attention",
	                                                  (const char *const[]){
							      "none", "dot", "cosine", "general",
							      "additive", NULL });
	if (c->attention == TJ_ADDITIVE) {
		c->attention_size = tj_check_size(k, "attention_size", 1);
		c->attention_activation = (enum tj_activation)
		    tj_check_choice(k, "attention_activation",
		                    (const char *const[]){ "tanh", "sigmoid", "relu", NULL });
	}
	if (c->attention != TJ_ATTENTION_NONE)
		c->query_previous = tj_check_choice(k, "attention_query",
		                                    (const char *const[]){ "current", "previous",
		                                                           NULL });
	c->input_feeding = tj_check_boolean(k, "input_feeding");
	c->readout_size = tj_check_size(k, "readout_size", 0);
	c->source_eos = tj_check_boolean(k, "source_eos");
	c->start_with_eos = tj_check_choice(k, "decoder_start",
	                                    (const char *const[]){ "bos", "eos", NULL });
}

/* What the tools of the user have cut is given to the network as it is. */
static void check_tokens(struct tj_check *k)
{
	const struct tj_config *c = k->c;
	const char *other = c->normalization ? "normalization"
	                    : c->placeables  ? "placeables"
	                    : c->word_list   ? "word_list"
	                                     : NULL;
	if (c->token_vocabulary && other != NULL)
		tj_fail(k->err, TRUJAMAN_ERROR_FORMAT,
		        "%s: metadata key features: found token_vocabulary and %s, wanted one "
		        "of them: text that is cut into tokens stays as it is",
		        k->file->path, other);
}

/* Values that are good each by itself. */
static void check_keys(struct tj_check *k)
{
	const struct tj_config *c = k->c;
	size_t heads = tj_config_heads(c), h = c->hidden_size;
	int attends = c->attention != TJ_ATTENTION_NONE;
	if (c->decoder_layers > c->encoder_layers)
		tj_check_clash(k, "decoder_layers", "encoder_layers",
		               "at most as many decoder layers as encoder layers");
	if (c->bidirectional && h % 2 != 0)
		tj_check_clash(k, "bidirectional", "hidden_size",
		               "an even hidden_size, half of it for each direction");
	if (c->input_feeding && !attends)
		tj_check_clash(k, "input_feeding", "attention",
		               "an attention, or input_feeding false");
	if (c->input_feeding && c->query_previous)
		tj_check_clash(k, "input_feeding", "attention_query",
		               "attention_query current, or input_feeding false");
	if (c->residual_from > c->encoder_layers)
		tj_check_clash(k, "residual_from", "encoder_layers", "a layer of the encoder");
	if (heads > 1 && !attends)
		tj_check_clash(k, "attention_heads", "attention", "an attention");
	if (h % heads != 0)
		tj_check_clash(k, "attention_heads", "hidden_size",
		               "heads that divide hidden_size");
	if (c->attention_size % heads != 0)
		tj_check_clash(k, "attention_heads", "attention_size",
		               "heads that divide attention_size");
	if (c->context_to_all && !attends)
		tj_check_clash(k, "context_to_all", "attention",
		               "an attention, or context_to_all false");
	if (c->context_to_all && !c->query_previous)
		tj_check_clash(k, "context_to_all", "attention_query",
		               "attention_query previous, or context_to_all false");
	if (c->readout_linear && c->readout_size == 0)
		tj_check_clash(k, "readout_activation", "readout_size", "a readout layer");
}

trujaman_status tj_config_read_keys(const struct tj_safetensors *file, struct tj_config *config,
                                    struct tj_error *err)
{
	struct tj_check k = { .file = file, .c = config, .err = err };
	memset(config, 0, sizeof *config);
	read_keys(&k);
	check_keys(&k);
	if (!tj_check_failed(&k))
		check_tokens(&k);
	return err->status;
}
