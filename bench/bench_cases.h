/* SPDX-License-Identifier: MIT */
/* What bench-kernels measures: each kernel in the shapes that the translator and the trainer use.
 * A case is named kernel/precision/isa/shape. The shape is rows x k x n, without the sizes that a
 * kernel does not have.
 *
 * How the shapes map to layers, for embeddings, hidden states and readout of 512 and a vocabulary
 * of 8,000. R rows are the hypotheses of a decoder, or the sentences of an encoder (times their
 * positions if all positions are done at once):
 *   gemm Rx512x512      the readout, the queries and keys of attention
 *   gemm Rx512x8000     the output layer with logits (beam search)
 *   argmax Rx512x8000   the output layer with the best word only (greedy search)
 *   lstm, gru Rx1024x512  one step of a recurrent layer: input 512 and hidden state 512 as
 *                       two segments, 512 units, including gates and new state
 *   product Rx512x32    attention scores: R hypotheses against 32 source positions
 *   product Rx32x512    context vectors from the attention weights of 32 positions
 *   product 48x512x512  the trainer's linear layers, a tile of rows
 *   softmax 32          attention weights;  additive, normalise 512x32: other attentions
 *   sleef_… 8000        SLEEF's functions beside exp, tanh and log, and pow (bench_sleef.h)
 *   8000                one row of logits;  512: one row of hidden units
 *   16777216            parameters as the optimizer passes over them: larger than any cache */
#ifndef TJ_BENCH_CASES_H
#define TJ_BENCH_CASES_H

#include "bench/bench_case.h"

/* Fill `cases`; returns how many there are. */
size_t bench_cases(struct bench_case cases[BENCH_MAX_CASES]);

#endif
