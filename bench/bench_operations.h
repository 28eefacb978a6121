/* SPDX-License-Identifier: MIT */
/* How much arithmetic a model calls for. */
#ifndef TJ_BENCH_OPERATIONS_H
#define TJ_BENCH_OPERATIONS_H

#include "src/model/config.h"

/* Floating-point operations, two a multiply-add. */
struct bench_operations {
	double products;  /* of weight matrices: in the precision asked for */
	double attention; /* of queries, keys and values: always float32 */
};

/* What the model's shapes call for; padding, activations and softmax not counted.
 *
 * A source piece: for each encoder layer and direction G u (in + u), where u are the
 * units of a direction, G the gates, in = E in layer 0, else H; and for general and
 * additive attention its key, H A (A = H for general).
 * A target piece: for each decoder layer G H (in + H), where in = E + fed in layer 0;
 * additive attention's query H A; readout z R; output layer (R, or z without
 * readout) times words; attention: for each source position a score, A (else H), and its
 * part of the context, H. Starting the decoder is a copy.
 *
 * A beam multiplies the target's part: as if all its hypotheses lived from the first step
 * to the end of the best one. */
struct bench_operations bench_operations(const struct tj_config *c, double sentences, double source,
                                         double target);

#endif
