/* SPDX-License-Identifier: MIT */
/* Counts the arithmetic that a model needs. */
#ifndef TJ_BENCH_OPERATIONS_H
#define TJ_BENCH_OPERATIONS_H

#include "src/model/config.h"

/* Floating-point operations, two per multiply-add. */
struct bench_operations {
	double products;  /* with weight matrices: in the precision asked for */
	double attention; /* of queries, keys and values: always float32 */
};

/* The operations that the model's shapes require; padding, activations and softmax are not
 * counted. `source` and `target` are numbers of pieces. For each, the multiply-adds are:
 *   source piece  G u (in + u) for each encoder layer and direction, where u is the units of a
 *                 direction, G the gates, in = E in layer 0, else H; and for general and additive
 *                 attention its key, H A (A = H for general)
 *   target piece  G H (in + H) for each decoder layer, where in = E + fed in layer 0, else H;
 *                 the query of additive attention, H A; the readout, z R; the output layer, (R,
 *                 or z without readout) times words; attention, for each source position a
 *                 score, A (else H), and its part of the context vector, H
 * Starting the decoder is a copy and costs none.
 *
 * For beam search the caller multiplies `target` by the beam, as if all hypotheses lived from the
 * first step to the end of the best one. */
struct bench_operations bench_operations(const struct tj_config *c, double sentences, double source,
                                         double target);

#endif
