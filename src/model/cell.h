/* SPDX-License-Identifier: MIT */
/* One step of a recurrent layer, with or without layer normalisation. */
#ifndef TJ_MODEL_CELL_H
#define TJ_MODEL_CELL_H

#include "src/model/model.h"

/* Run one step of recurrent layer `layer`, its number in tj_model_weights. `g` is the layer's
 * product, complete except for the epilogue. The sums of a normalised layer go to the g->n_rows
 * rows of `sums`, each of tj_cell_sums floats, 64-byte aligned; other layers do not use them. */
void tj_cell_step(const struct tj_model *m, size_t layer, struct tj_gemm *g, float *const *sums);

/* The most floats of a row of sums of any layer; 0 without layer normalisation. */
size_t tj_cell_sums(const struct tj_model *m);

/* The number of a layer in tj_model_weights. */
static inline size_t tj_cell_encoder(const struct tj_model *m, size_t layer, size_t direction)
{
	return layer * tj_model_directions(m) + direction;
}

static inline size_t tj_cell_decoder(const struct tj_model *m, size_t layer)
{
	return m->config.encoder_layers * tj_model_directions(m) + layer;
}

#endif
