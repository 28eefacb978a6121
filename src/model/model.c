/* SPDX-License-Identifier: MIT */
/* Binds a checked model file to kernels: packs its weights for the products. */
#include "src/model/model.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simd/pack_int8.h"
#include "src/base/memory.h"
#include "src/model/values.h"

struct binder {
	const struct tj_safetensors *file;
	struct tj_model *model;
	struct tj_error *err;
};

static const struct tj_tensor *find(const struct binder *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* NULL for an optional tensor that the file lacks; config.c has checked the others. */
static const struct tj_tensor *find(const struct binder *b, const char *format, ...)
{
	char name[128];
	va_list args;
	va_start(args, format);
	vsnprintf(name, sizeof name, format, args);
	va_end(args);
	return tj_safetensors_find(b->file, name);
}

/* A rank 2 tensor as a matrix, or a vector as a matrix of one column. */
static struct tj_matrix matrix_of(const struct binder *b, const struct tj_tensor *t)
{
	struct tj_matrix m = { t->data, NULL, t->shape[0], t->rank == 2 ? t->shape[1] : 1 };
	if (t->dtype == TJ_I8) {
		const struct tj_tensor *scales = find(b, "%s_scale", t->name);
		assert(scales != NULL);
		m.scales = scales->data;
	}
	return m;
}

static trujaman_status check_tensors(const struct binder *b)
{
	for (size_t i = 0; i < b->file->n_tensors; i++) {
		const struct tj_tensor *t = &b->file->tensors[i];
		if (tj_tensor_check_values(b->file, t, b->err) != TRUJAMAN_OK)
			return b->err->status;
		size_t n = strlen(t->name);
		if (t->dtype != TJ_U8 && !(n > 6 && strcmp(t->name + n - 6, "_scale") == 0))
			b->model->n_parameters += t->n_elements;
	}
	return TRUJAMAN_OK;
}

static trujaman_status pack(const struct binder *b, struct tj_weights *w, enum tj_pack_kind kind,
                            size_t n, size_t n_segments, const struct tj_pack_source *sources,
                            const void *bias, const void *second_bias, float padding)
{
	struct tj_model *m = b->model;
	if (!m->int8)
		return tj_weights_pack(w, kind, n, n_segments, sources, bias, second_bias, padding,
		                       b->err);
	tj_weights_pack_int8(w, kind, n, n_segments, sources, bias, second_bias, padding,
	                     m->kernels->int8_layout, b->err);
	size_t need = tj_gemm_scratch(w);
	m->scratch_bytes = need > m->scratch_bytes ? need : m->scratch_bytes;
	return b->err->status;
}

int tj_model_is_int8(const struct tj_safetensors *file)
{
	for (size_t i = 0; i < file->n_tensors; i++)
		if (file->tensors[i].rank == 2 && file->tensors[i].dtype != TJ_I8)
			return 0;
	return 1;
}

static void bind_embeddings(struct binder *b)
{
	struct tj_model *m = b->model;
	const struct tj_tensor *source = find(b, "encoder.embedding.weight");
	m->target_embedding = matrix_of(b, find(b, "decoder.embedding.weight"));
	m->source_embedding = source != NULL ? matrix_of(b, source) : m->target_embedding;
}

static size_t n_encoder_parts(const struct tj_model *m)
{
	return m->config.encoder_layers * tj_model_directions(m);
}

/* Floats of gains and biases of layer i. */
static size_t gain_floats(const struct tj_model *m, size_t i)
{
	return 2 * 4 * (i < n_encoder_parts(m) ? m->ld_direction : m->ld_hidden);
}

const float *tj_model_gain(const struct tj_model *m, size_t i)
{
	const float *gain = m->gains;
	for (size_t k = 0; k < i; k++)
		gain += gain_floats(m, k);
	return gain;
}

size_t tj_model_gain_floats(const struct tj_model *m)
{
	size_t n = 0, n_layers = n_encoder_parts(m) + m->config.decoder_layers;
	for (size_t i = 0; i < n_layers && m->config.layer_norm; i++)
		n += gain_floats(m, i);
	return n;
}

static trujaman_status alloc_gains(const struct binder *b)
{
	struct tj_model *m = b->model;
	size_t n = tj_model_gain_floats(m);
	if (n == 0)
		return TRUJAMAN_OK;
	m->gains = tj_alloc(n, sizeof *m->gains);
	return m->gains != NULL ? TRUJAMAN_OK
	                        : tj_fail_memory(b->err, "gains", n * sizeof *m->gains);
}

/* The weights `w` of a layer, which is number i of all. `widths` are the n_widths segments of its
 * input; the hidden state follows them. */
static trujaman_status bind_layer(const struct binder *b, struct tj_weights *w, size_t i,
                                  const char *stack, size_t layer, const char *suffix, size_t units,
                                  size_t n_widths, const size_t *widths)
{
	struct tj_model *m = b->model;
	struct tj_pack_source sources[TJ_MAX_SEGMENTS];
	enum tj_pack_kind kind = m->config.cell == TJ_LSTM ? TJ_PACK_LSTM : TJ_PACK_GRU;
	struct tj_matrix ih = matrix_of(b,
	                                find(b, "%s.rnn.weight_ih_l%zu%s", stack, layer, suffix));
	struct tj_matrix hh = matrix_of(b,
	                                find(b, "%s.rnn.weight_hh_l%zu%s", stack, layer, suffix));
	size_t column = 0;
	const void *b_ih = find(b, "%s.rnn.bias_ih_l%zu%s", stack, layer, suffix)->data;
	const void *b_hh = find(b, "%s.rnn.bias_hh_l%zu%s", stack, layer, suffix)->data;
	for (size_t k = 0; k < n_widths; column += widths[k++])
		sources[k] = (struct tj_pack_source){ &ih, column, widths[k] };
	assert(column == ih.n_columns);
	sources[n_widths] = (struct tj_pack_source){ &hh, 0, units };
	if (!m->config.layer_norm)
		return pack(b, w, kind, units, n_widths + 1, sources, b_ih, b_hh, 0);
	float *gain = (float *)tj_model_gain(m, i);
	size_t n_groups = tj_round_up(units, TJ_LANES) / TJ_LANES;
	tj_pack_gains(gain, kind, units, n_groups,
	              find(b, "%s.rnn.weight_ln_l%zu%s", stack, layer, suffix)->data);
	tj_pack_biases(gain + n_groups * TJ_GROUP, kind, units, n_groups, b_ih, b_hh, 0);
	return pack(b, w, kind, units, n_widths + 1, sources, NULL, NULL, 0);
}

static trujaman_status bind_encoder(struct binder *b)
{
	struct tj_model *m = b->model;
	const struct tj_config *c = &m->config;
	size_t directions = tj_model_directions(m), units = tj_config_encoder_units(c);
	m->encoder = calloc(c->encoder_layers * directions, sizeof *m->encoder);
	if (m->encoder == NULL)
		return tj_fail_memory(b->err, "encoder layers", c->encoder_layers);
	for (size_t layer = 0; layer < c->encoder_layers; layer++)
		for (size_t d = 0; d < directions; d++) {
			const size_t lower[2] = { units, units };
			size_t i = layer * directions + d;
			if (bind_layer(b, &m->encoder[i], i, "encoder", layer, d ? "_reverse" : "",
			               units, layer ? directions : 1,
			               layer ? lower : &c->embedding_size) != TRUJAMAN_OK)
				return b->err->status;
		}
	return TRUJAMAN_OK;
}

static trujaman_status bind_decoder(struct binder *b)
{
	struct tj_model *m = b->model;
	const struct tj_config *c = &m->config;
	m->decoder = calloc(c->decoder_layers, sizeof *m->decoder);
	if (m->decoder == NULL)
		return tj_fail_memory(b->err, "decoder layers", c->decoder_layers);
	for (size_t layer = 0; layer < c->decoder_layers; layer++) {
		const size_t widths[2] = { tj_config_decoder_below(c, layer),
			                   tj_config_decoder_fed(c, layer) };
		if (bind_layer(b, &m->decoder[layer], n_encoder_parts(m) + layer, "decoder", layer,
		               "", c->hidden_size, widths[1] > 0 ? 2 : 1, widths) != TRUJAMAN_OK)
			return b->err->status;
	}
	return TRUJAMAN_OK;
}

/* For an encoder state e, e . (W q) = (W' e) . q, with W' the transpose of W. So the keys W' e
 * are computed once per sentence. */
static trujaman_status bind_general(struct binder *b)
{
	size_t n = b->model->config.hidden_size;
	struct tj_matrix w = matrix_of(b, find(b, "attention.weight"));
	float *transposed = tj_alloc(n * n, sizeof *transposed);
	float *row = tj_alloc(n, sizeof *row);
	if (transposed == NULL || row == NULL) {
		tj_free(transposed);
		tj_free(row);
		return tj_fail_memory(b->err, "attention.weight", n * n * sizeof *row);
	}
	for (size_t i = 0; i < n; i++) {
		tj_matrix_read(&w, i, 0, n, row);
		for (size_t j = 0; j < n; j++)
			transposed[j * n + i] = row[j];
	}
	struct tj_matrix t = { transposed, NULL, n, n };
	struct tj_pack_source source = { &t, 0, n };
	trujaman_status status = pack(b, &b->model->key, TJ_PACK_PLAIN, n, 1, &source, NULL, NULL,
	                              0);
	tj_free(transposed);
	tj_free(row);
	return status;
}

static trujaman_status bind_additive(struct binder *b)
{
	struct tj_model *m = b->model;
	size_t n = m->config.attention_size, hidden = m->config.hidden_size;
	struct tj_matrix query = matrix_of(b, find(b, "attention.query.weight"));
	struct tj_matrix key = matrix_of(b, find(b, "attention.key.weight"));
	struct tj_pack_source query_source = { &query, 0, hidden },
			      key_source = { &key, 0, hidden };
	m->additive_v = tj_alloc(n, sizeof *m->additive_v);
	if (m->additive_v == NULL)
		return tj_fail_memory(b->err, "attention.v", n * sizeof *m->additive_v);
	memcpy(m->additive_v, find(b, "attention.v")->data, n * sizeof *m->additive_v);
	if (pack(b, &m->query, TJ_PACK_PLAIN, n, 1, &query_source, NULL, NULL, 0) != TRUJAMAN_OK)
		return b->err->status;
	return pack(b, &m->key, TJ_PACK_PLAIN, n, 1, &key_source, find(b, "attention.bias")->data,
	            NULL, 0);
}

static trujaman_status bind_attention(struct binder *b)
{
	struct tj_model *m = b->model;
	const struct tj_tensor *scale = find(b, "attention.scale");
	m->attention_scale = 1.0f;
	if (scale != NULL)
		memcpy(&m->attention_scale, scale->data, sizeof m->attention_scale);
	if (m->config.attention == TJ_GENERAL)
		return bind_general(b);
	if (m->config.attention == TJ_ADDITIVE)
		return bind_additive(b);
	return TRUJAMAN_OK;
}

/* Readout and output layer; either can read z = [context ; hidden state]. */
static trujaman_status bind_output(struct binder *b)
{
	struct tj_model *m = b->model;
	const struct tj_config *c = &m->config;
	const struct tj_tensor *weight = find(b, "output.weight");
	if (weight == NULL)
		weight = find(b, "decoder.embedding.weight");
	struct tj_matrix output = matrix_of(b, weight), readout = output;
	size_t n_z = c->attention == TJ_ATTENTION_NONE ? 1 : 2;
	if (c->readout_size > 0)
		readout = matrix_of(b, find(b, "readout.weight"));
	const struct tj_pack_source z[2] = { { &readout, 0, c->hidden_size },
		                             { &readout, c->hidden_size, c->hidden_size } };
	const struct tj_pack_source r = { &output, 0, c->readout_size };
	if (c->readout_size > 0 && pack(b, &m->readout, TJ_PACK_PLAIN, c->readout_size, n_z, z,
	                                find(b, "readout.bias")->data, NULL, 0) != TRUJAMAN_OK)
		return b->err->status;
	/* Bias -inf: the padding of the vocabulary must never win, nor add to a sum of
	 * exponentials. */
	return pack(b, &m->output, TJ_PACK_PLAIN, c->target_words, c->readout_size > 0 ? 1 : n_z,
	            c->readout_size > 0 ? &r : z, find(b, "output.bias")->data, NULL, -INFINITY);
}

/* Tables of input sums for the first layers, each for as many pieces as fit into so many bytes. */
static trujaman_status bind_inputs(struct binder *b, size_t bytes)
{
	struct tj_model *m = b->model;
	size_t directions = tj_model_directions(m), entries = tj_input_sums_entry(&m->decoder[0]);
	for (size_t d = 0; d < directions; d++)
		entries += tj_input_sums_entry(&m->encoder[d]);
	size_t n_kept = bytes / entries;
	if (n_kept == 0)
		return TRUJAMAN_OK;
	m->decoder_inputs = tj_input_sums_new(&m->decoder[0], &m->target_embedding, n_kept, b->err);
	for (size_t d = 0; d < directions && b->err->status == TRUJAMAN_OK; d++)
		m->encoder_inputs[d] = tj_input_sums_new(&m->encoder[d], &m->source_embedding,
		                                         n_kept, b->err);
	return b->err->status;
}

struct tj_model *tj_model_bind(const struct tj_safetensors *file, const struct tj_config *config,
                               const struct tj_kernels *kernels, int int8, size_t table_bytes,
                               struct tj_error *err)
{
	struct tj_model *m = calloc(1, sizeof *m);
	struct binder b = { file, m, err };
	if (m == NULL) {
		tj_fail_memory(err, "the model", sizeof *m);
		return NULL;
	}
	m->config = *config;
	m->kernels = kernels;
	m->int8 = int8;
	m->ld_hidden = tj_round_up(config->hidden_size, TJ_LANES);
	m->ld_direction = tj_round_up(tj_config_encoder_units(config), TJ_LANES);
	m->ld_readout = tj_round_up(config->readout_size, TJ_LANES);
	m->ld_logits = tj_round_up(config->target_words, TJ_LANES);
	if (config->attention != TJ_ATTENTION_NONE)
		m->key_size = config->attention == TJ_ADDITIVE ? config->attention_size
		                                               : config->hidden_size;
	size_t heads = tj_config_heads(config), width = config->hidden_size / heads;
	m->slice = tj_round_up(width, TJ_LANES);
	m->slices_apart = heads > 1 && m->slice != width;
	bind_embeddings(&b);
	if (check_tensors(&b) != TRUJAMAN_OK || alloc_gains(&b) != TRUJAMAN_OK ||
	    bind_encoder(&b) != TRUJAMAN_OK || bind_decoder(&b) != TRUJAMAN_OK ||
	    bind_attention(&b) != TRUJAMAN_OK || bind_output(&b) != TRUJAMAN_OK ||
	    bind_inputs(&b, table_bytes) != TRUJAMAN_OK) {
		tj_model_free(m);
		return NULL;
	}
	return m;
}

struct tj_weights *tj_model_weights(struct tj_model *m, size_t i)
{
	struct tj_weights *const single[] = { &m->key, &m->query, &m->readout, &m->output };
	/* The layers are NULL if binding failed before them. */
	size_t n_encoder = m->encoder != NULL ? n_encoder_parts(m) : 0;
	size_t n_decoder = m->decoder != NULL ? m->config.decoder_layers : 0;
	if (i < n_encoder)
		return &m->encoder[i];
	if (i < n_encoder + n_decoder)
		return &m->decoder[i - n_encoder];
	i -= n_encoder + n_decoder;
	return i < sizeof single / sizeof *single ? single[i] : NULL;
}

void tj_model_free(struct tj_model *m)
{
	if (m == NULL)
		return;
	struct tj_weights *w;
	for (size_t i = 0; (w = tj_model_weights(m, i)) != NULL; i++)
		tj_weights_free(w);
	tj_input_sums_free(m->encoder_inputs[0]);
	tj_input_sums_free(m->encoder_inputs[1]);
	tj_input_sums_free(m->decoder_inputs);
	tj_free(m->additive_v);
	tj_free(m->gains);
	free(m->encoder);
	free(m->decoder);
	free(m);
}
