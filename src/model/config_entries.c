/* SPDX-License-Identifier: MIT */
/* Writes a configuration as metadata entries: the inverse of tj_config_read_keys. */
#include "src/model/config_entries.h"

#include <stdio.h>
#include <string.h>

static const char *number(size_t value, char *digits)
{
	snprintf(digits, TJ_CONFIG_DIGITS, "%zu", value);
	return digits;
}

const char *tj_config_list_features(const struct tj_config *c, char *list)
{
	list[0] = '\0';
	for (const struct tj_feature *f = tj_features; f->name != NULL; f++) {
		if (!tj_config_uses(c, f))
			continue;
		size_t n = strlen(list);
		snprintf(list + n, TJ_LONGEST_FEATURES - n, "%s%s", n > 0 ? "," : "", f->name);
	}
	return list;
}

static const char *feature_value(const struct tj_config *c, const struct tj_feature *f,
                                 char *digits)
{
	const void *field = (const char *)c + f->field;
	if (f->kind == TJ_FEATURE_SIZE)
		return number(*(const size_t *)field, digits);
	return f->kind == TJ_FEATURE_WORD ? f->words[*(const int *)field] : "true";
}

size_t tj_config_entries(const struct tj_config *c, struct tj_write_entry *entries,
                         struct tj_config_values *values)
{
	static const char *const kinds[] = { [TJ_ATTENTION_NONE] = "none",
		                             [TJ_DOT] = "dot",
		                             [TJ_COSINE] = "cosine",
		                             [TJ_GENERAL] = "general",
		                             [TJ_ADDITIVE] = "additive" };
	static const char *const activations[] = {
		[TJ_TANH] = "tanh", [TJ_SIGMOID] = "sigmoid", [TJ_RELU] = "relu"
	};
	static const char *const truth[] = { "false", "true" };
	const char *features = tj_config_list_features(c, values->features);
	size_t n = 0;
#define ENTRY(k, v) (entries[n] = (struct tj_write_entry){ k, v }, n++)
#define NUMBER(k, v) ENTRY(k, number(v, values->numbers[n]))
	ENTRY("format", *features != '\0' ? "trujaman/1.1" : "trujaman/1");
	if (*features != '\0')
		ENTRY("features", features);
	for (const struct tj_feature *f = tj_features; f->name != NULL; f++)
		if (f->kind != TJ_FEATURE_FLAG && tj_config_uses(c, f))
			ENTRY(f->name, feature_value(c, f, values->numbers[n]));
	ENTRY("cell", c->cell == TJ_LSTM ? "lstm" : "gru");
	NUMBER("embedding_size", c->embedding_size);
	NUMBER("hidden_size", c->hidden_size);
	NUMBER("encoder_layers", c->encoder_layers);
	NUMBER("decoder_layers", c->decoder_layers);
	ENTRY("bidirectional", truth[c->bidirectional != 0]);
	ENTRY("attention", kinds[c->attention]);
	if (c->attention == TJ_ADDITIVE) {
		NUMBER("attention_size", c->attention_size);
		ENTRY("attention_activation", activations[c->attention_activation]);
	}
	ENTRY("attention_query", c->query_previous ? "previous" : "current");
	ENTRY("input_feeding", truth[c->input_feeding != 0]);
	NUMBER("readout_size", c->readout_size);
	ENTRY("source_eos", truth[c->source_eos != 0]);
	ENTRY("decoder_start", c->start_with_eos ? "eos" : "bos");
#undef NUMBER
#undef ENTRY
	return n;
}
