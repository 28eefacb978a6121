/* SPDX-License-Identifier: MIT */
/* Lists, initialises and reads the tensors that are trained. */
#include "src/train/net/parameters.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simd/pack.h"
#include "src/base/memory.h"
#include "src/base/random.h"

enum { RANK_ONE = 0 }; /* number of columns that stands for a vector */

/* Collects the tensors as they are named; with `items` NULL it only counts them. */
struct list {
	struct tj_parameter *items;
	size_t n, n_floats, n_trained;
};

static void add(struct list *l, size_t rows, size_t columns, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static void add(struct list *l, size_t rows, size_t columns, const char *format, ...)
{
	size_t size = rows * (columns == RANK_ONE ? 1 : columns);
	if (l->items != NULL) {
		struct tj_parameter *p = &l->items[l->n];
		va_list args;
		va_start(args, format);
		vsnprintf(p->name, sizeof p->name, format, args);
		va_end(args);
		p->rank = columns == RANK_ONE ? 1 : 2;
		p->n_rows = rows;
		p->n_columns = columns == RANK_ONE ? 1 : columns;
		p->offset = l->n_floats;
	}
	l->n++;
	l->n_trained += size;
	l->n_floats += tj_round_up(size, 16);
}

static void add_layer(struct list *l, const struct tj_config *c, const char *side, size_t layer,
                      const char *suffix, size_t in, size_t units)
{
	size_t rows = tj_config_gates(c) * units;
	add(l, rows, in, "%s.rnn.weight_ih_l%zu%s", side, layer, suffix);
	add(l, rows, units, "%s.rnn.weight_hh_l%zu%s", side, layer, suffix);
	add(l, rows, RANK_ONE, "%s.rnn.bias_ih_l%zu%s", side, layer, suffix);
	add(l, rows, RANK_ONE, "%s.rnn.bias_hh_l%zu%s", side, layer, suffix);
	if (c->layer_norm)
		add(l, 4 * units, RANK_ONE, "%s.rnn.weight_ln_l%zu%s", side, layer, suffix);
}

static void add_rnns(struct list *l, const struct tj_config *c)
{
	for (size_t i = 0; i < c->encoder_layers; i++) {
		size_t in = i == 0 ? c->embedding_size : c->hidden_size;
		add_layer(l, c, "encoder", i, "", in, tj_config_encoder_units(c));
		if (c->bidirectional)
			add_layer(l, c, "encoder", i, "_reverse", in, tj_config_encoder_units(c));
	}
	for (size_t i = 0; i < c->decoder_layers; i++)
		add_layer(l, c, "decoder", i, "",
		          tj_config_decoder_below(c, i) + tj_config_decoder_fed(c, i),
		          c->hidden_size);
}

static void add_all(struct list *l, const struct tj_config *c)
{
	size_t h = c->hidden_size, z = tj_config_z_size(c);
	if (!c->tied_embeddings)
		add(l, c->source_words, c->embedding_size, "encoder.embedding.weight");
	add(l, c->target_words, c->embedding_size, "decoder.embedding.weight");
	add_rnns(l, c);
	if (c->attention == TJ_GENERAL)
		add(l, h, h, "attention.weight");
	if (c->attention == TJ_ADDITIVE) {
		add(l, c->attention_size, h, "attention.query.weight");
		add(l, c->attention_size, h, "attention.key.weight");
		add(l, c->attention_size, RANK_ONE, "attention.bias");
		add(l, c->attention_size, RANK_ONE, "attention.v");
	}
	if (c->attention_scale)
		add(l, 1, RANK_ONE, "attention.scale");
	if (c->readout_size > 0) {
		add(l, c->readout_size, z, "readout.weight");
		add(l, c->readout_size, RANK_ONE, "readout.bias");
	}
	if (!c->tied_output)
		add(l, c->target_words, c->readout_size > 0 ? c->readout_size : z, "output.weight");
	add(l, c->target_words, RANK_ONE, "output.bias");
}

trujaman_status tj_parameters_open(struct tj_parameters *p, const struct tj_config *c,
                                   struct tj_error *err)
{
	struct list l = { NULL, 0, 0, 0 };
	memset(p, 0, sizeof *p);
	add_all(&l, c);
	p->items = calloc(l.n, sizeof *p->items);
	p->values = tj_alloc_table(l.n_floats, sizeof *p->values);
	if (p->items == NULL || p->values == NULL)
		return tj_fail_memory(err, "the parameters", l.n_floats * sizeof *p->values);
	l = (struct list){ p->items, 0, 0, 0 };
	add_all(&l, c);
	p->n = l.n;
	p->n_floats = l.n_floats;
	p->n_trained = l.n_trained;
	return TRUJAMAN_OK;
}

void tj_parameters_free(struct tj_parameters *p)
{
	free(p->items);
	tj_free(p->values);
	memset(p, 0, sizeof *p);
}

const struct tj_parameter *tj_parameters_find(const struct tj_parameters *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->items[i].name, name) == 0)
			return &p->items[i];
	return NULL;
}

size_t tj_parameters_offset(const struct tj_parameters *p, const char *name)
{
	const struct tj_parameter *found = tj_parameters_find(p, name);
	assert(found != NULL);
	return found->offset;
}

/* Approximately normal: the sum of twelve uniform numbers minus its mean has standard
 * deviation 1. */
static float normal(uint64_t seed, uint64_t counter)
{
	float sum = -6.0f;
	for (uint64_t i = 0; i < 12; i++)
		sum += tj_random_unit(seed, 12 * counter + i);
	return sum;
}

static void fill_uniform(float *x, size_t n, float limit, uint64_t seed)
{
	for (size_t i = 0; i < n; i++)
		x[i] = limit * (2.0f * tj_random_unit(seed, i) - 1.0f);
}

static void init_one(const struct tj_parameter *t, const struct tj_config *c, float *x,
                     uint64_t seed)
{
	size_t n = t->n_rows * t->n_columns, gates = tj_config_gates(c);
	if (strstr(t->name, ".embedding.") != NULL) {
		float deviation = 1.0f / sqrtf((float)c->embedding_size);
		for (size_t i = 0; i < n; i++)
			x[i] = deviation * normal(seed, i);
	} else if (strstr(t->name, ".rnn.weight_hh") != NULL) {
		fill_uniform(x, n, 1.0f / sqrtf((float)t->n_columns), seed);
	} else if (strstr(t->name, ".rnn.weight_ih") != NULL) {
		size_t n_units = t->n_rows / gates;
		fill_uniform(x, n, sqrtf(6.0f / (float)(n_units + t->n_columns)), seed);
	} else if (t->rank == 2) {
		fill_uniform(x, n, sqrtf(6.0f / (float)(t->n_rows + t->n_columns)), seed);
	} else if (strstr(t->name, ".rnn.weight_ln") != NULL) {
		for (size_t i = 0; i < n; i++)
			x[i] = 1.0f;
	} else if (strcmp(t->name, "attention.v") == 0) {
		fill_uniform(x, n, sqrtf(6.0f / (float)(t->n_rows + 1)), seed);
	} else if (strcmp(t->name, "attention.scale") == 0) {
		x[0] = 1.0f;
	} else if (c->cell == TJ_LSTM && strstr(t->name, ".rnn.bias_ih") != NULL) {
		size_t units = n / gates;
		for (size_t i = units; i < 2 * units; i++)
			x[i] = 1.0f; /* forget gate: keep the cell state at first */
	}
}

void tj_parameters_init(struct tj_parameters *p, const struct tj_config *c, uint64_t seed)
{
	memset(p->values, 0, p->n_floats * sizeof *p->values);
	for (size_t i = 0; i < p->n; i++)
		init_one(&p->items[i], c, p->values + p->items[i].offset, tj_random(seed, i));
}

/* A tensor with a row for each piece of a vocabulary. */
static int is_of_words(const struct tj_parameter *t)
{
	return strstr(t->name, ".embedding.") != NULL || strncmp(t->name, "output.", 7) == 0;
}

/* The rows of a parameter that a tensor has; 0: it does not fit. */
static size_t rows_in(const struct tj_parameter *t, const struct tj_tensor *from, int some_rows)
{
	size_t rows = from->n_elements / t->n_columns;
	if (rows * t->n_columns != from->n_elements || rows > t->n_rows)
		return 0;
	return rows == t->n_rows || (some_rows && is_of_words(t)) ? rows : 0;
}

trujaman_status tj_parameters_read(struct tj_parameters *p, const struct tj_safetensors *file,
                                   int some_rows, struct tj_error *err)
{
	for (size_t i = 0; i < p->n; i++) {
		const struct tj_parameter *t = &p->items[i];
		const struct tj_tensor *from = tj_safetensors_find(file, t->name), *scales = NULL;
		char name[sizeof t->name + 8];
		snprintf(name, sizeof name, "%s_scale", t->name);
		if (from != NULL && from->dtype == TJ_I8)
			scales = tj_safetensors_find(file, name);
		size_t n_rows = from != NULL ? rows_in(t, from, some_rows) : 0;
		if (n_rows == 0 || from->dtype == TJ_U8 || (from->dtype == TJ_I8 && scales == NULL))
			return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
			               "%s: tensor %s: found none of [%zu, %zu]", file->path,
			               t->name, t->n_rows, t->n_columns);
		struct tj_matrix m = { from->data, scales != NULL ? scales->data : NULL, n_rows,
			               t->n_columns };
		for (size_t row = 0; row < n_rows; row++)
			tj_matrix_read(&m, row, 0, t->n_columns,
			               p->values + t->offset + row * t->n_columns);
	}
	return TRUJAMAN_OK;
}
