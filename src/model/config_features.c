/* SPDX-License-Identifier: MIT */
/* What the features of a network require of its other keys (docs/MODEL.md). */
#include "src/model/config_features.h"

#include "src/model/config.h"

void tj_config_check_features(struct tj_check *k)
{
	const struct tj_config *c = k->c;
	const char *path = k->file->path;
	size_t heads = tj_config_heads(c);
	if (c->residual_from > c->encoder_layers)
		tj_fail(k->err, TRUJAMAN_ERROR_FORMAT,
		        "%s: metadata keys residual_from and encoder_layers: found %zu and %zu, "
		        "wanted a layer of the encoder",
		        path, c->residual_from, c->encoder_layers);
	if (heads > 1 && c->attention == TJ_ATTENTION_NONE)
		tj_fail(k->err, TRUJAMAN_ERROR_FORMAT,
		        "%s: metadata keys attention_heads and attention: found %zu and none, "
		        "wanted an attention",
		        path, heads);
	if (c->hidden_size % heads != 0)
		tj_fail(k->err, TRUJAMAN_ERROR_FORMAT,
		        "%s: metadata keys attention_heads and hidden_size: found %zu and %zu, "
		        "wanted heads that divide hidden_size",
		        path, heads, c->hidden_size);
	if (c->attention_size % heads != 0)
		tj_fail(k->err, TRUJAMAN_ERROR_FORMAT,
		        "%s: metadata keys attention_heads and attention_size: found %zu and %zu, "
		        "wanted heads that divide attention_size",
		        path, heads, c->attention_size);
	if (c->context_to_all && !c->query_previous)
		tj_fail(k->err, TRUJAMAN_ERROR_FORMAT,
		        "%s: metadata keys context_to_all and attention_query: found true and "
		        "%s, wanted attention_query previous, or context_to_all false",
		        path, c->attention == TJ_ATTENTION_NONE ? "no attention" : "current");
	if (c->readout_linear && c->readout_size == 0)
		tj_fail(k->err, TRUJAMAN_ERROR_FORMAT,
		        "%s: metadata keys readout_activation and readout_size: found none and 0, "
		        "wanted a readout layer",
		        path);
}
