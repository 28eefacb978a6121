/* SPDX-License-Identifier: MIT */
/* The network of docs/MODEL.md in float64, forward only, written as plainly as it can be:
 * what the trainer's losses and gradients are checked against. It shares no code with the
 * engine, only the names of the tensors and where their values lie. */
#ifndef TJ_TESTS_REFERENCE_NETWORK_H
#define TJ_TESTS_REFERENCE_NETWORK_H

#include "src/train/net/network.h"
#include "src/train/net/parameters.h"

/* Largest sizes: of E, H, A and R; of either side of a pair; of a vocabulary; of N. */
enum { REFERENCE_WIDTH = 72, REFERENCE_STEPS = 64, REFERENCE_WORDS = 512, REFERENCE_LAYERS = 4 };

struct reference {
	const struct tj_config *config;
	const struct tj_parameters *layout;
	const double *values; /* [layout->n_floats], where `layout` says */
	int32_t start;        /* the decoder's first input */
};

/* Sums over the target pieces of the batch: loss = (1 - smoothing) nll + smoothing times the
 * mean over all words of -log p, as PyTorch's cross_entropy has it. */
struct tj_loss reference_run(const struct reference *r, const struct tj_batch *batch,
                             double smoothing);

#endif
