/* SPDX-License-Identifier: MIT */
/* Writes a configuration as metadata entries: the inverse of tj_config_read_keys. */
#include "src/model/config_entries.h"

#include <stdio.h>

static const char *number(size_t value, char *digits)
{
	snprintf(digits, TJ_CONFIG_DIGITS, "%zu", value);
	return digits;
}

size_t tj_config_entries(const struct tj_config *c, struct tj_write_entry *entries,
                         char numbers[TJ_CONFIG_ENTRIES][TJ_CONFIG_DIGITS])
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
	size_t n = 0;
#define ENTRY(k, v) (entries[n] = (struct tj_write_entry){ k, v }, n++)
#define NUMBER(k, v) ENTRY(k, number(v, numbers[n]))
	ENTRY("format", "trujaman/1");
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
