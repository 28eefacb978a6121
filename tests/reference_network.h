/* SPDX-License-Identifier: MIT */
/* The network of docs/MODEL.md in float64, forward only, written as plainly as possible. The
 * tests check the trainer's losses and gradients against it. It shares no code with the engine,
 * only the names of the tensors and the layout of their values. */
#ifndef TJ_TESTS_REFERENCE_NETWORK_H
#define TJ_TESTS_REFERENCE_NETWORK_H

#include "src/train/net/network.h"
#include "src/train/net/parameters.h"

/* Largest sizes: WIDTH of E, H, A and R; STEPS of either side of a sentence pair; WORDS of a
 * vocabulary; LAYERS of N. */
enum { REFERENCE_WIDTH = 72, REFERENCE_STEPS = 64, REFERENCE_WORDS = 512, REFERENCE_LAYERS = 4 };

struct reference {
	const struct tj_config *config;
	const struct tj_parameters *layout;
	const double *values; /* [layout->n_floats], at the offsets in `layout` */
	int32_t start;        /* id of the decoder's first input */
};

/* Returns sums over the target pieces of the mini-batch: loss = (1 - smoothing) nll + smoothing
 * times the mean over all words of -log p, as PyTorch's cross_entropy defines it; alignment = for
 * each target piece that has links the mean over them of -log of the heads' mean share. */
struct tj_loss reference_run(const struct reference *r, const struct tj_batch *batch,
                             double smoothing);

#endif
