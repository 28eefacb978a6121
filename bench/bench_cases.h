/* SPDX-License-Identifier: MIT */
/* What bench-kernels measures: each kernel in the shapes that the translator and the trainer
 * give it. A case is named kernel/precision/isa/shape; the shape is rows x k x n, without
 * what a kernel has none of.
 *
 * How the shapes map to the layers, for embeddings, hidden states and read-out of 512 and a
 * vocabulary of 8,000; rows are the hypotheses that a decoder has, or the sentences (with
 * their positions, where those are done at once) that an encoder has:
 *   gemm Rx512x512      the read-out, queries of attention, keys of attention
 *   gemm Rx512x8000     the output layer, logits wanted (beam search)
 *   argmax Rx512x8000   the output layer, the best word wanted (greedy search)
 *   lstm, gru Rx1024x512  one step of a recurrent layer: input 512 and hidden state 512 as
 *                       two segments, 512 units, gates and new state included
 *   product Rx512x32    scores of attention: R hypotheses against 32 source positions
 *   product Rx32x512    context vectors out of the shares of 32 positions
 *   product 48x512x512  the trainer's linear layers, a tile of rows
 *   softmax 32          shares of attention;  additive, normalise 512x32: its other forms
 *   8000                one row of logits;  512: one row of hidden units
 *   16777216            parameters as the optimiser passes over them: more than any cache
 */
#ifndef TJ_BENCH_CASES_H
#define TJ_BENCH_CASES_H

#include "bench/bench_case.h"

/* Fills `cases`, returns how many there are. */
size_t bench_cases(struct bench_case cases[BENCH_MAX_CASES]);

#endif
