/* SPDX-License-Identifier: MIT */
/* Steps of recurrent layers: the gates are the epilogue of the product, or with layer normalisation
 * a pass over its sums. */
#include "src/model/cell.h"

size_t tj_cell_sums(const struct tj_model *m)
{
	return m->config.layer_norm ? 4 * m->ld_hidden : 0;
}

void tj_cell_step(const struct tj_model *m, size_t layer, struct tj_gemm *g, float *const *sums)
{
	int is_lstm = m->config.cell == TJ_LSTM;
	if (!m->config.layer_norm) {
		g->epilogue = is_lstm ? TJ_EPILOGUE_LSTM : TJ_EPILOGUE_GRU;
		m->kernels->gemm(g);
		return;
	}
	float *const *out = g->out;
	g->epilogue = TJ_EPILOGUE_NONE;
	g->out = sums;
	m->kernels->gemm(g);
	g->out = out;
	m->kernels->norm_step(&(struct tj_norm_step){
	    .n_rows = g->n_rows,
	    .n_units = g->weights->n,
	    .gain = tj_model_gain(m, layer),
	    .shift = tj_model_gain(m, layer) + g->weights->n_groups * TJ_GROUP,
	    .sums = sums,
	    .hidden_in = is_lstm ? NULL : g->rows[g->weights->n_segments - 1],
	    .cell_in = g->cell_in,
	    .cell_out = g->cell_out,
	    .out = out });
}
