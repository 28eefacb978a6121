/* SPDX-License-Identifier: MIT */
/* One step of the decoder. States alternate between two buffers: a step reads row `parent` of one
 * and writes row m of the other. So reordering a beam, dropping finished rows and starting new
 * ones copies nothing. */
#include "src/model/decoder.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/model/cell.h"
#include "src/model/embedding.h"

struct tj_decoder *tj_decoder_new(const struct tj_model *m, size_t max_rows, size_t max_positions,
                                  struct tj_error *err)
{
	struct tj_decoder *d = calloc(1, sizeof *d);
	if (d == NULL) {
		tj_fail_memory(err, "the decoder", sizeof *d);
		return NULL;
	}
	size_t row = m->ld_hidden * sizeof(float), states = max_rows * m->config.decoder_layers;
	int complete = 1;
	d->model = m;
	d->max_rows = max_rows;
	d->ld_shares = tj_round_up(max_positions, TJ_LANES);
	for (int side = 0; side < 2; side++) {
		d->hidden[side] = tj_alloc(states, row);
		d->cell[side] = tj_alloc(states, row);
		d->context[side] = tj_alloc(max_rows, row);
		d->readout[side] = tj_alloc(max_rows, m->ld_readout * sizeof(float));
		complete = complete && d->hidden[side] && d->cell[side] && d->context[side] &&
		           d->readout[side];
	}
	d->joined = tj_alloc(max_rows, row);
	d->logits = tj_alloc(max_rows, m->ld_logits * sizeof(float));
	d->best = calloc(max_rows, sizeof *d->best);
	d->shares = tj_alloc(max_rows, d->ld_shares * sizeof(float));
	d->attention = tj_attention_work_new(m, max_rows, d->ld_shares);
	d->encoded = calloc(max_rows, sizeof *d->encoded);
	d->embedded = tj_alloc(max_rows, m->config.embedding_size * sizeof(float));
	d->zeros = tj_alloc(m->ld_hidden + m->ld_readout, sizeof(float));
	d->scratch = tj_alloc(m->scratch_bytes, 1);
	d->sums = tj_alloc(max_rows, tj_cell_sums(m) * sizeof(float));
	d->sums_rows = calloc(max_rows, sizeof *d->sums_rows);
	d->tokens = calloc(max_rows, sizeof *d->tokens);
	d->start = calloc(max_rows, sizeof *d->start);
	d->starts = tj_alloc(max_rows, tj_input_sums_bytes(m->decoder_inputs));
	d->cell_in = calloc(max_rows, sizeof *d->cell_in);
	d->cell_out = calloc(max_rows, sizeof *d->cell_out);
	d->out = calloc(max_rows, sizeof *d->out);
	complete = complete && d->joined && d->logits && d->best && d->shares && d->attention &&
	           d->encoded && d->embedded && d->zeros && d->scratch && d->sums && d->sums_rows &&
	           d->tokens && d->start && d->starts && d->cell_in && d->cell_out && d->out;
	for (size_t s = 0; s < TJ_MAX_SEGMENTS; s++) {
		d->rows[s] = calloc(max_rows, sizeof *d->rows[s]);
		complete = complete && d->rows[s];
	}
	if (!complete) {
		tj_fail_memory(err, "the decoder's buffers",
		               max_rows * m->ld_logits * sizeof(float));
		tj_decoder_free(d);
		return NULL;
	}
	for (size_t i = 0; i < max_rows; i++)
		d->sums_rows[i] = d->sums + i * tj_cell_sums(m);
	return d;
}

void tj_decoder_free(struct tj_decoder *d)
{
	if (d == NULL)
		return;
	for (int side = 0; side < 2; side++) {
		tj_free(d->hidden[side]);
		tj_free(d->cell[side]);
		tj_free(d->context[side]);
		tj_free(d->readout[side]);
	}
	tj_free(d->joined);
	tj_free(d->logits);
	free(d->best);
	tj_free(d->shares);
	tj_attention_work_free(d->attention);
	free(d->encoded);
	tj_free(d->embedded);
	tj_free(d->zeros);
	tj_free(d->scratch);
	tj_free(d->sums);
	free(d->sums_rows);
	free(d->tokens);
	free(d->start);
	tj_free(d->starts);
	free(d->cell_in);
	free(d->cell_out);
	free(d->out);
	for (size_t s = 0; s < TJ_MAX_SEGMENTS; s++)
		free(d->rows[s]);
	free(d);
}

/* Offset of row m of a layer in a state buffer. */
static size_t state_at(const struct tj_decoder *d, size_t layer, size_t m)
{
	return (layer * d->max_rows + m) * d->model->ld_hidden;
}

static const float *hidden_before(const struct tj_decoder *d, const struct tj_row *row,
                                  size_t layer)
{
	if (row->parent < 0)
		return row->encoded->hidden + layer * d->model->ld_hidden;
	return d->hidden[!d->side] + state_at(d, layer, (size_t)row->parent);
}

static const float *cell_before(const struct tj_decoder *d, const struct tj_row *row, size_t layer)
{
	if (row->parent < 0)
		return row->encoded->cell + layer * d->model->ld_hidden;
	return d->cell[!d->side] + state_at(d, layer, (size_t)row->parent);
}

/* What row m of a layer hands on to what lies above it. */
static const float *handed_on(const struct tj_decoder *d, size_t layer, size_t m)
{
	if (tj_config_is_residual(&d->model->config, layer))
		return d->joined + m * d->model->ld_hidden;
	return d->hidden[d->side] + state_at(d, layer, m);
}

/* Hand on the sum of the layer's hidden states and its input. The input is not needed any more. */
static void add_input(struct tj_decoder *d, size_t n, size_t layer)
{
	size_t n_floats = n * d->model->ld_hidden;
	if (!tj_config_is_residual(&d->model->config, layer))
		return;
	if (handed_on(d, layer - 1, 0) != d->joined)
		memcpy(d->joined, handed_on(d, layer - 1, 0), n_floats * sizeof *d->joined);
	d->model->kernels->axpy(1.0f, d->hidden[d->side] + state_at(d, layer, 0), n_floats,
	                        d->joined);
}

/* What the first layer reads beside the embedding: this step's context vector (query_previous),
 * or the last step's readout (its context vector if there is no readout layer), zeros at the
 * first step. */
static const float *fed(const struct tj_decoder *d, const struct tj_row *row, size_t m)
{
	const struct tj_model *model = d->model;
	if (model->config.query_previous)
		return d->context[d->side] + m * model->ld_hidden;
	if (row->parent < 0)
		return d->zeros;
	if (model->config.readout_size > 0)
		return d->readout[!d->side] + (size_t)row->parent * model->ld_readout;
	return d->context[!d->side] + (size_t)row->parent * model->ld_hidden;
}

static void find_inputs(struct tj_decoder *d, size_t n, const struct tj_row *rows)
{
	for (size_t i = 0; i < n; i++)
		d->tokens[i] = rows[i].token;
	tj_input_sums_find(d->model->decoder_inputs, d->model->kernels, n, d->tokens, d->embedded,
	                   d->scratch, d->starts, d->start);
}

static void run_layer(struct tj_decoder *d, size_t n, const struct tj_row *rows, size_t layer)
{
	const struct tj_model *m = d->model;
	const struct tj_config *c = &m->config;
	int feeds = tj_config_decoder_fed(c, layer) > 0;
	struct tj_input_sums *inputs = layer == 0 ? m->decoder_inputs : NULL;
	if (inputs != NULL)
		find_inputs(d, n, rows);
	for (size_t i = 0; i < n; i++) {
		const struct tj_row *row = &rows[i];
		size_t segment = 0;
		if (layer > 0)
			d->rows[segment++][i] = handed_on(d, layer - 1, i);
		else if (inputs == NULL)
			d->rows[segment++][i] = tj_embedding_row(&m->target_embedding, row->token,
			                                         d->embedded +
			                                             i * c->embedding_size);
		if (feeds)
			d->rows[segment++][i] = fed(d, row, i);
		d->rows[segment][i] = hidden_before(d, row, layer);
		d->cell_in[i] = cell_before(d, row, layer);
		d->cell_out[i] = d->cell[d->side] + state_at(d, layer, i);
		d->out[i] = d->hidden[d->side] + state_at(d, layer, i);
	}
	struct tj_gemm g = { .n_rows = n,
		             .weights = inputs != NULL ? tj_input_sums_rest(inputs)
		                                       : &m->decoder[layer],
		             .rows = { d->rows[0], d->rows[1], d->rows[2] },
		             .start = inputs != NULL ? d->start : NULL,
		             .out = d->out,
		             .cell_in = d->cell_in,
		             .cell_out = d->cell_out,
		             .scratch = d->scratch };
	tj_cell_step(m, tj_cell_decoder(m, layer), &g, d->sums_rows);
	add_input(d, n, layer);
}

static void attend(struct tj_decoder *d, size_t n, const struct tj_row *rows)
{
	const struct tj_config *c = &d->model->config;
	size_t top = c->decoder_layers - 1;
	if (c->attention == TJ_ATTENTION_NONE)
		return;
	for (size_t i = 0; i < n; i++) {
		d->rows[0][i] = c->query_previous ? hidden_before(d, &rows[i], top)
		                                  : handed_on(d, top, i);
		d->encoded[i] = rows[i].encoded;
	}
	tj_attention_run(d->attention, n, d->rows[0], d->encoded, d->shares, d->context[d->side],
	                 d->scratch);
}

/* From z = [context ; hidden state], through the readout layer if there is one, to the logits, or
 * only to the best logit of each row. */
static void run_output(struct tj_decoder *d, size_t n, enum tj_epilogue last, int32_t banned)
{
	const struct tj_model *m = d->model;
	size_t top = m->config.decoder_layers - 1;
	int attends = m->config.attention != TJ_ATTENTION_NONE;
	for (size_t i = 0; i < n; i++) {
		d->rows[0][i] = d->context[d->side] + i * m->ld_hidden;
		d->rows[attends][i] = handed_on(d, top, i);
	}
	struct tj_gemm g = { .n_rows = n,
		             .rows = { d->rows[0], d->rows[1] },
		             .out = d->out,
		             .scratch = d->scratch };
	if (m->config.readout_size > 0) {
		for (size_t i = 0; i < n; i++) {
			d->out[i] = d->readout[d->side] + i * m->ld_readout;
			d->rows[2][i] = d->out[i];
		}
		g.weights = &m->readout;
		g.epilogue = m->config.readout_linear ? TJ_EPILOGUE_NONE : TJ_EPILOGUE_TANH;
		m->kernels->gemm(&g);
		g.rows[0] = d->rows[2];
	}
	for (size_t i = 0; i < n; i++)
		d->out[i] = d->logits + i * m->ld_logits;
	g.weights = &m->output;
	g.epilogue = last;
	g.best = d->best;
	g.banned = banned;
	m->kernels->gemm(&g);
}

static void step(struct tj_decoder *d, size_t n, const struct tj_row *rows, enum tj_epilogue last,
                 int32_t banned)
{
	const struct tj_config *c = &d->model->config;
	assert(n <= d->max_rows);
	d->side = !d->side;
	if (c->query_previous)
		attend(d, n, rows);
	for (size_t layer = 0; layer < c->decoder_layers; layer++)
		run_layer(d, n, rows, layer);
	if (!c->query_previous)
		attend(d, n, rows);
	run_output(d, n, last, banned);
}

void tj_decoder_step(struct tj_decoder *d, size_t n, const struct tj_row *rows)
{
	step(d, n, rows, TJ_EPILOGUE_NONE, -1);
}

void tj_decoder_step_greedy(struct tj_decoder *d, size_t n, const struct tj_row *rows,
                            int32_t banned)
{
	step(d, n, rows, TJ_EPILOGUE_ARGMAX, banned);
}

void tj_decoder_logits(struct tj_decoder *d, size_t n, const size_t *rows)
{
	const struct tj_model *m = d->model;
	size_t top = m->config.decoder_layers - 1;
	int attends = m->config.attention != TJ_ATTENTION_NONE;
	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		size_t row = rows[i];
		if (m->config.readout_size > 0)
			d->rows[0][i] = d->readout[d->side] + row * m->ld_readout;
		else {
			d->rows[0][i] = d->context[d->side] + row * m->ld_hidden;
			d->rows[attends][i] = d->hidden[d->side] + state_at(d, top, row);
		}
		d->out[i] = d->logits + row * m->ld_logits;
	}
	m->kernels->gemm(&(struct tj_gemm){ .n_rows = n,
	                                    .weights = &m->output,
	                                    .rows = { d->rows[0], d->rows[1] },
	                                    .out = d->out,
	                                    .scratch = d->scratch });
}
