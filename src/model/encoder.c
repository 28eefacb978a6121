/* SPDX-License-Identifier: MIT */
/* Encodes a group of sentences layer by layer and direction by direction; all sentences of the
 * group advance one position at a time. They are sorted by length, so the unfinished ones come
 * first: a step is one product over exactly them. Layers write their outputs to two buffers in
 * turn, one row per position: [forward, padded][reverse, padded]. */
#include "src/model/encoder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/model/cell.h"
#include "src/model/embedding.h"

struct tj_encoder {
	const struct tj_model *model;
	size_t max_sentences, max_positions, width; /* width: floats per row */
	float *outputs[2];                          /* [max_positions][width] */
	float *cell;                                /* [max_sentences][ld_direction] */
	float *keys;                                /* [max_positions][key_size padded] */
	float *embedded;                            /* [max_positions][E] */
	const float **embeddings;                   /* [max_positions]: in `embedded` or the file */
	int32_t *ids;                               /* [row]: pieces of the current step */
	const float **start;                        /* [row]: their input sums */
	float *starts;                              /* [row][an entry's floats], those without entry
	                                             */
	float *zeros;                               /* [ld_direction] */
	void *scratch;                              /* for int8 products */
	float *sums, **sums_rows;                   /* [max_sentences][tj_cell_sums] */
	size_t *offsets;                            /* first position of each sentence */
	const float **rows[TJ_MAX_SEGMENTS], **cell_in;
	float **cell_out, **out;
};

struct tj_encoder *tj_encoder_new(const struct tj_model *m, size_t max_sentences,
                                  size_t max_positions, struct tj_error *err)
{
	struct tj_encoder *e = calloc(1, sizeof *e);
	if (e == NULL) {
		tj_fail_memory(err, "the encoder", sizeof *e);
		return NULL;
	}
	/* The product for the keys has one row per position, so the pointers must suffice for
	 * that. */
	size_t n = max_positions > max_sentences ? max_positions : max_sentences;
	e->model = m;
	e->max_sentences = max_sentences;
	e->max_positions = max_positions;
	e->width = tj_model_directions(m) * m->ld_direction;
	e->outputs[0] = tj_alloc(max_positions, e->width * sizeof(float));
	e->outputs[1] = tj_alloc(max_positions, e->width * sizeof(float));
	e->cell = tj_alloc(max_sentences, m->ld_direction * sizeof(float));
	e->keys = tj_alloc(max_positions, tj_round_up(m->key_size, TJ_LANES) * sizeof(float));
	e->zeros = tj_alloc(m->ld_direction, sizeof(float));
	e->scratch = tj_alloc(m->scratch_bytes, 1);
	e->sums = tj_alloc(max_sentences, tj_cell_sums(m) * sizeof(float));
	e->sums_rows = calloc(max_sentences, sizeof *e->sums_rows);
	e->embedded = tj_alloc(max_positions, m->config.embedding_size * sizeof(float));
	e->embeddings = calloc(max_positions, sizeof *e->embeddings);
	e->ids = calloc(max_sentences, sizeof *e->ids);
	e->start = calloc(max_sentences, sizeof *e->start);
	e->starts = tj_alloc(max_sentences, tj_input_sums_bytes(m->encoder_inputs[0]));
	e->offsets = calloc(max_sentences, sizeof *e->offsets);
	e->cell_in = calloc(n, sizeof *e->cell_in);
	e->cell_out = calloc(n, sizeof *e->cell_out);
	e->out = calloc(n, sizeof *e->out);
	int complete = e->outputs[0] && e->outputs[1] && e->cell && e->keys && e->zeros &&
	               e->scratch && e->sums && e->sums_rows && e->embedded && e->embeddings &&
	               e->ids && e->start && e->starts && e->offsets && e->cell_in && e->cell_out &&
	               e->out;
	for (size_t s = 0; s < TJ_MAX_SEGMENTS; s++) {
		e->rows[s] = calloc(n, sizeof *e->rows[s]);
		complete = complete && e->rows[s];
	}
	if (!complete) {
		tj_fail_memory(err, "the encoder's buffers",
		               max_positions * e->width * sizeof(float));
		tj_encoder_free(e);
		return NULL;
	}
	for (size_t i = 0; i < max_sentences; i++)
		e->sums_rows[i] = e->sums + i * tj_cell_sums(m);
	return e;
}

void tj_encoder_free(struct tj_encoder *e)
{
	if (e == NULL)
		return;
	tj_free(e->outputs[0]);
	tj_free(e->outputs[1]);
	tj_free(e->cell);
	tj_free(e->keys);
	tj_free(e->zeros);
	tj_free(e->scratch);
	tj_free(e->sums);
	free(e->sums_rows);
	tj_free(e->embedded);
	free(e->embeddings);
	free(e->ids);
	free(e->start);
	tj_free(e->starts);
	free(e->offsets);
	free(e->cell_in);
	free(e->cell_out);
	free(e->out);
	for (size_t s = 0; s < TJ_MAX_SEGMENTS; s++)
		free(e->rows[s]);
	free(e);
}

/* Set the pointers of the gemm's row i to sentence i at this step. */
static void set_row(struct tj_encoder *e, const struct tj_sentence *s, size_t i, size_t layer,
                    size_t direction, size_t step)
{
	const struct tj_model *m = e->model;
	size_t t = direction ? s->n - 1 - step : step, before = direction ? t + 1 : t - 1;
	size_t position = e->offsets[i] + t, segment = 0;
	float *outputs = e->outputs[layer % 2];
	const float *lower = e->outputs[(layer + 1) % 2] + position * e->width;
	size_t shift = direction * m->ld_direction;

	if (layer == 0 && m->encoder_inputs[direction] != NULL)
		e->ids[i] = s->ids[t];
	else if (layer == 0)
		e->rows[segment++][i] = e->embeddings[position];
	else
		for (size_t d = 0; d < tj_model_directions(m); d++)
			e->rows[segment++][i] = lower + d * m->ld_direction;
	e->rows[segment][i] = step == 0 ? e->zeros
	                                : outputs + (e->offsets[i] + before) * e->width + shift;
	e->cell_out[i] = e->cell + i * m->ld_direction;
	e->cell_in[i] = step == 0 ? e->zeros : e->cell_out[i];
	e->out[i] = outputs + position * e->width + shift;
}

static void run_direction(struct tj_encoder *e, size_t n, const struct tj_sentence *group,
                          size_t layer, size_t direction)
{
	const struct tj_model *m = e->model;
	struct tj_input_sums *inputs = layer == 0 ? m->encoder_inputs[direction] : NULL;
	size_t number = tj_cell_encoder(m, layer, direction);
	struct tj_gemm g = {
		.weights = inputs != NULL ? tj_input_sums_rest(inputs) : &m->encoder[number],
		.start = inputs != NULL ? e->start : NULL,
		.out = e->out,
		.cell_in = e->cell_in,
		.cell_out = e->cell_out,
		.scratch = e->scratch,
	};
	for (size_t s = 0; s < g.weights->n_segments; s++)
		g.rows[s] = e->rows[s];
	for (size_t step = 0; step < group[0].n; step++) {
		while (group[n - 1].n <= step)
			n--;
		for (size_t i = 0; i < n; i++)
			set_row(e, &group[i], i, layer, direction, step);
		if (inputs != NULL)
			tj_input_sums_find(inputs, m->kernels, n, e->ids, e->embedded, e->scratch,
			                   e->starts, e->start);
		g.n_rows = n;
		tj_cell_step(m, number, &g, e->sums_rows);
	}
}

/* Decoder layer j starts from the final states of encoder layer N - M + j: [forward state after
 * the last piece ; reverse state after the first piece]. */
static void keep_states(struct tj_encoder *e, size_t n, const struct tj_sentence *group,
                        size_t layer, size_t direction)
{
	const struct tj_model *m = e->model;
	size_t skipped = m->config.encoder_layers - m->config.decoder_layers;
	size_t units = tj_config_encoder_units(&m->config);
	if (layer < skipped)
		return;
	for (size_t i = 0; i < n; i++) {
		struct tj_encoded *encoded = group[i].encoded;
		size_t last = e->offsets[i] + (direction ? 0 : group[i].n - 1);
		size_t to = (layer - skipped) * m->ld_hidden + direction * units;
		memcpy(encoded->hidden + to,
		       e->outputs[layer % 2] + last * e->width + direction * m->ld_direction,
		       units * sizeof(float));
		if (m->config.cell == TJ_LSTM)
			memcpy(encoded->cell + to, e->cell + i * m->ld_direction,
			       units * sizeof(float));
	}
}

/* Hand on the sum of the layer's hidden states and its input. The hidden states are not needed
 * any more. */
static void add_input(struct tj_encoder *e, size_t layer, size_t n_positions)
{
	if (tj_config_is_residual(&e->model->config, layer))
		e->model->kernels->axpy(1.0f, e->outputs[(layer + 1) % 2], n_positions * e->width,
		                        e->outputs[layer % 2]);
}

static trujaman_status encoded_reserve(const struct tj_model *m, size_t n_positions,
                                       struct tj_encoded *encoded, struct tj_error *err)
{
	int attends = m->config.attention != TJ_ATTENTION_NONE;
	size_t n_panels = (n_positions + TJ_LANES - 1) / TJ_LANES;
	size_t values = attends ? n_positions * m->ld_hidden : 0;
	size_t keys = n_panels * m->key_size * TJ_LANES;
	size_t slices = m->slices_apart ? n_positions * tj_config_heads(&m->config) * m->slice : 0;
	size_t states = m->config.decoder_layers * m->ld_hidden;
	size_t need = values + slices + keys + 2 * states;
	/* Not zeroed: everything except the padding of the states will be written. */
	tj_encoded_release(encoded);
	encoded->block = aligned_alloc(64, tj_round_up(need * sizeof(float), 64));
	if (encoded->block == NULL)
		return tj_fail_memory(err, "a sentence's memory", need * sizeof(float));
	encoded->n_positions = n_positions;
	encoded->n_panels = n_panels;
	encoded->hidden = encoded->block;
	encoded->cell = encoded->hidden + states;
	encoded->keys = encoded->cell + states;
	encoded->values = encoded->keys + keys;
	encoded->slices = slices > 0 ? encoded->values + values : encoded->values;
	/* Only H floats of each state are copied in; the padding must be zero. */
	memset(encoded->hidden, 0, 2 * states * sizeof(float));
	return TRUJAMAN_OK;
}

/* Store the encoder states in the decoder's layout: both directions side by side, unpadded. */
static void fill_values(const struct tj_encoder *e, const float *outputs,
                        struct tj_encoded *encoded)
{
	const struct tj_model *m = e->model;
	size_t units = tj_config_encoder_units(&m->config), hidden = m->config.hidden_size;
	for (size_t t = 0; t < encoded->n_positions; t++) {
		float *value = encoded->values + t * m->ld_hidden;
		for (size_t d = 0; d < tj_model_directions(m); d++)
			memcpy(value + d * units, outputs + t * e->width + d * m->ld_direction,
			       units * sizeof *value);
		memset(value + hidden, 0, (m->ld_hidden - hidden) * sizeof *value);
	}
}

/* Pad each head's slice of the encoder states. */
static void fill_slices(const struct tj_model *m, struct tj_encoded *encoded)
{
	size_t heads = tj_config_heads(&m->config), width = m->config.hidden_size / heads;
	for (size_t t = 0; m->slices_apart && t < encoded->n_positions; t++)
		for (size_t head = 0; head < heads; head++) {
			float *to = encoded->slices + (t * heads + head) * m->slice;
			memcpy(to, encoded->values + t * m->ld_hidden + head * width,
			       width * sizeof *to);
			memset(to + width, 0, (m->slice - width) * sizeof *to);
		}
}

/* Divide each head's slice of the keys by its length. */
static void normalise_keys(const struct tj_model *m, struct tj_encoded *encoded)
{
	size_t heads = tj_config_heads(&m->config), k = m->key_size / heads;
	if (heads == 1) {
		m->kernels->normalise(encoded->keys, k, encoded->n_panels);
		return;
	}
	for (size_t i = 0; i < encoded->n_panels * heads; i++)
		m->kernels->normalise(encoded->keys + i * k * TJ_LANES, k, 1);
}

/* Store the keys as panels: [position][k] to [panel][k][16], zeros after the last position. */
static void fill_keys(const float *from, size_t ld, size_t k, struct tj_encoded *encoded)
{
	for (size_t p = 0; p < encoded->n_panels; p++) {
		float *panel = encoded->keys + p * k * TJ_LANES;
		size_t n = encoded->n_positions - p * TJ_LANES;
		if (n > TJ_LANES)
			n = TJ_LANES;
		if (n < TJ_LANES)
			memset(panel, 0, k * TJ_LANES * sizeof *panel);
		for (size_t j = 0; j < n; j++) {
			const float *key = from + (p * TJ_LANES + j) * ld;
			for (size_t i = 0; i < k; i++)
				panel[i * TJ_LANES + j] = key[i];
		}
	}
}

static void finish_encoding(struct tj_encoder *e, struct tj_encoded *encoded, const float *outputs)
{
	const struct tj_model *m = e->model;
	enum tj_attention form = m->config.attention;
	const float *keys = encoded->values;
	size_t ld = m->ld_hidden;

	if (form == TJ_ATTENTION_NONE)
		return;
	fill_values(e, outputs, encoded);
	fill_slices(m, encoded);
	if (form == TJ_GENERAL || form == TJ_ADDITIVE) {
		ld = tj_round_up(m->key_size, TJ_LANES);
		for (size_t t = 0; t < encoded->n_positions; t++) {
			e->rows[0][t] = encoded->values + t * m->ld_hidden;
			e->out[t] = e->keys + t * ld;
		}
		m->kernels->gemm(&(struct tj_gemm){ .n_rows = encoded->n_positions,
		                                    .weights = &m->key,
		                                    .rows = { e->rows[0] },
		                                    .out = e->out,
		                                    .scratch = e->scratch });
		keys = e->keys;
	}
	fill_keys(keys, ld, m->key_size, encoded);
	if (form == TJ_COSINE)
		normalise_keys(m, encoded);
}

static void embed(struct tj_encoder *e, const struct tj_sentence *s, size_t offset)
{
	size_t width = e->model->config.embedding_size;
	for (size_t t = 0; t < s->n; t++)
		e->embeddings[offset + t] = tj_embedding_row(&e->model->source_embedding, s->ids[t],
		                                             e->embedded + (offset + t) * width);
}

trujaman_status tj_encode(struct tj_encoder *e, size_t n, const struct tj_sentence *group,
                          struct tj_error *err)
{
	const struct tj_model *m = e->model;
	size_t layers = m->config.encoder_layers, n_positions = 0;
	assert(n >= 1 && n <= e->max_sentences);
	for (size_t i = 0; i < n; i++) {
		assert(group[i].n >= 1 && (i == 0 || group[i].n <= group[i - 1].n));
		if (encoded_reserve(m, group[i].n, group[i].encoded, err) != TRUJAMAN_OK)
			return err->status;
		e->offsets[i] = n_positions;
		n_positions += group[i].n;
		assert(n_positions <= e->max_positions);
		if (m->encoder_inputs[0] == NULL) /* tables embed what they need */
			embed(e, &group[i], e->offsets[i]);
	}
	for (size_t layer = 0; layer < layers; layer++) {
		for (size_t d = 0; d < tj_model_directions(m); d++) {
			run_direction(e, n, group, layer, d);
			keep_states(e, n, group, layer, d);
		}
		add_input(e, layer, n_positions);
	}
	for (size_t i = 0; i < n; i++)
		finish_encoding(e, group[i].encoded,
		                e->outputs[(layers - 1) % 2] + e->offsets[i] * e->width);
	return TRUJAMAN_OK;
}

void tj_encoded_release(struct tj_encoded *encoded)
{
	free(encoded->block);
	memset(encoded, 0, sizeof *encoded);
}
