/* SPDX-License-Identifier: MIT */
/* Reads a model's configuration and checks the tensors against it: each that it needs is there, in
 * its shape, and no other one is (docs/MODEL.md). */
#include "src/model/config_tensors.h"

#include <stdlib.h>
#include <string.h>

#include "src/model/config_check.h"

static void want_rnn_layer(struct tj_check *k, const char *side, size_t layer, const char *suffix,
                           size_t in, size_t units)
{
	size_t rows = tj_config_gates(k->c) * units;
	tj_check_tensor(k, TJ_WEIGHT, rows, in, "%s.rnn.weight_ih_l%zu%s", side, layer, suffix);
	tj_check_tensor(k, TJ_WEIGHT, rows, units, "%s.rnn.weight_hh_l%zu%s", side, layer, suffix);
	tj_check_tensor(k, TJ_VECTOR, rows, 0, "%s.rnn.bias_ih_l%zu%s", side, layer, suffix);
	tj_check_tensor(k, TJ_VECTOR, rows, 0, "%s.rnn.bias_hh_l%zu%s", side, layer, suffix);
	if (k->c->layer_norm)
		tj_check_tensor(k, TJ_VECTOR, 4 * units, 0, "%s.rnn.weight_ln_l%zu%s", side, layer,
		                suffix);
}

static void want_rnns(struct tj_check *k)
{
	const struct tj_config *c = k->c;
	size_t units = tj_config_encoder_units(c);
	for (size_t i = 0; i < c->encoder_layers && !tj_check_failed(k); i++) {
		size_t in = i == 0 ? c->embedding_size : c->hidden_size;
		want_rnn_layer(k, "encoder", i, "", in, units);
		if (c->bidirectional)
			want_rnn_layer(k, "encoder", i, "_reverse", in, units);
	}
	for (size_t i = 0; i < c->decoder_layers && !tj_check_failed(k); i++) {
		size_t in = tj_config_decoder_below(c, i) + tj_config_decoder_fed(c, i);
		want_rnn_layer(k, "decoder", i, "", in, c->hidden_size);
	}
}

/* Check an embedding; returns its rows, which are the size of the vocabulary. */
static size_t want_words(struct tj_check *k, const char *name)
{
	size_t columns = k->c->embedding_size;
	const struct tj_tensor *t = tj_check_take(k, name);
	if (t == NULL)
		tj_check_tensor_fault(k, name, "found none, wanted F32 or I8 [words, %zu]",
		                      columns);
	else if (t->rank != 2 || t->shape[1] != columns)
		tj_check_tensor_fault(k, name, "found shape %s, wanted [words, %zu]",
		                      tj_show_shape(t->rank, t->shape).text, columns);
	else if (t->shape[0] < 2 || t->shape[0] > TJ_MAX_SIZE)
		tj_check_tensor_fault(k, name, "found shape %s, wanted 2 to %d words",
		                      tj_show_shape(t->rank, t->shape).text, TJ_MAX_SIZE);
	if (tj_check_failed(k))
		return 0;
	tj_check_tensor(k, TJ_WEIGHT, t->shape[0], columns, "%s", name);
	return t->shape[0];
}

static void want_embeddings(struct tj_check *k)
{
	struct tj_config *c = k->c;
	c->target_words = want_words(k, "decoder.embedding.weight");
	c->tied_embeddings = tj_safetensors_find(k->file, "encoder.embedding.weight") == NULL;
	c->source_words = c->tied_embeddings ? c->target_words
	                                     : want_words(k, "encoder.embedding.weight");
}

static void want_attention(struct tj_check *k)
{
	struct tj_config *c = k->c;
	size_t h = c->hidden_size, a = c->attention_size;
	if (c->attention == TJ_GENERAL)
		tj_check_tensor(k, TJ_WEIGHT, h, h, "attention.weight");
	if (c->attention == TJ_ADDITIVE) {
		tj_check_tensor(k, TJ_WEIGHT, a, h, "attention.query.weight");
		tj_check_tensor(k, TJ_WEIGHT, a, h, "attention.key.weight");
		tj_check_tensor(k, TJ_VECTOR, a, 0, "attention.bias");
		tj_check_tensor(k, TJ_VECTOR, a, 0, "attention.v");
	}
	c->attention_scale = c->attention != TJ_ATTENTION_NONE &&
	                     tj_safetensors_find(k->file, "attention.scale") != NULL;
	if (c->attention_scale)
		tj_check_tensor(k, TJ_VECTOR, 1, 0, "attention.scale");
}

static void want_output(struct tj_check *k)
{
	struct tj_config *c = k->c;
	size_t z = tj_config_z_size(c), in = c->readout_size > 0 ? c->readout_size : z;
	if (c->readout_size > 0) {
		tj_check_tensor(k, TJ_WEIGHT, c->readout_size, z, "readout.weight");
		tj_check_tensor(k, TJ_VECTOR, c->readout_size, 0, "readout.bias");
	}
	c->tied_output = tj_safetensors_find(k->file, "output.weight") == NULL;
	if (c->tied_output && in != c->embedding_size)
		tj_check_tensor_fault(k, "output.weight",
		                      "found none, wanted F32 or I8 [%zu, %zu]; without it "
		                      "decoder.embedding.weight serves, which needs %s to be "
		                      "embedding_size, but they are %zu and %zu",
		                      c->target_words, in,
		                      c->readout_size > 0                 ? "readout_size"
		                      : c->attention == TJ_ATTENTION_NONE ? "hidden_size"
		                                                          : "twice hidden_size",
		                      in, c->embedding_size);
	if (!c->tied_output)
		tj_check_tensor(k, TJ_WEIGHT, c->target_words, in, "output.weight");
	tj_check_tensor(k, TJ_VECTOR, c->target_words, 0, "output.bias");
}

static const struct tj_tensor *want_bytes(struct tj_check *k, const char *name, const char *what)
{
	const struct tj_tensor *t = tj_check_take(k, name);
	if (t == NULL)
		tj_check_tensor_fault(k, name, "found none, wanted U8 [bytes], %s", what);
	else if (t->dtype != TJ_U8)
		tj_check_tensor_fault(k, name, "found dtype %s, wanted U8",
		                      tj_dtype_name(t->dtype));
	else if (t->rank != 1 || t->n_bytes == 0)
		tj_check_tensor_fault(k, name, "found shape %s, wanted [bytes], at least 1",
		                      tj_show_shape(t->rank, t->shape).text);
	return t;
}

static void want_vocabularies(struct tj_check *k)
{
	const char *what = k->c->token_vocabulary ? "a list of tokens" : "a SentencePiece model";
	const char *names[2] = { tj_config_vocabulary(k->c, 0), tj_config_vocabulary(k->c, 1) };
	const struct tj_tensor *source = want_bytes(k, names[0], what);
	const struct tj_tensor *target = want_bytes(k, names[1], what);
	if (tj_check_failed(k) || !k->c->tied_embeddings)
		return;
	if (source->n_bytes != target->n_bytes ||
	    memcmp(source->data, target->data, source->n_bytes) != 0)
		tj_fail(k->err, TRUJAMAN_ERROR_FORMAT,
		        "%s: tensors %s and %s: found different vocabularies, wanted one, because "
		        "there is no encoder.embedding.weight and decoder.embedding.weight serves "
		        "both sides",
		        k->file->path, names[0], names[1]);
}

static void refuse_surplus(struct tj_check *k)
{
	for (size_t i = 0; i < k->file->n_tensors && !tj_check_failed(k); i++) {
		const char *name = k->file->tensors[i].name, *scale = "_scale";
		size_t n = strlen(name), tail = strlen(scale);
		if (k->used[i])
			continue;
		if (n > tail && strcmp(name + n - tail, scale) == 0)
			tj_check_tensor_fault(
			    k, name, "found scales, wanted them only beside an I8 tensor %.*s",
			    (int)(n - tail < 100 ? n - tail : 100), name);
		else
			tj_check_tensor_fault(k, name,
			                      "found, wanted no such tensor in a model of this "
			                      "configuration");
	}
}

static void check_tensors(struct tj_check *k)
{
	want_embeddings(k);
	want_rnns(k);
	want_attention(k);
	want_output(k);
	want_vocabularies(k);
	/* The list itself is checked when the model is opened (src/text/word_list.h). */
	if (k->c->word_list)
		(void)want_bytes(k, "source.words", "a list of words");
	refuse_surplus(k);
}

trujaman_status tj_config_read(const struct tj_safetensors *file, struct tj_config *config,
                               struct tj_error *err)
{
	struct tj_check k = { .file = file, .c = config, .err = err };
	if (tj_config_read_keys(file, config, err) != TRUJAMAN_OK)
		return err->status;
	k.used = calloc(file->n_tensors + 1, 1);
	if (k.used == NULL)
		return tj_fail_memory(err, "the list of tensors", file->n_tensors + 1);
	check_tensors(&k);
	free(k.used);
	return err->status;
}
