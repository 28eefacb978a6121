/* SPDX-License-Identifier: MIT */
/* A decoder whose attention feeds back into its steps: the query is the state before the
 * step, or the decoder has input feeding. A block of sentences runs step by step through
 * layers, attention and readout. The backward pass takes the steps in the opposite order. */
#ifndef TJ_TRAIN_NET_DECODER_STEPS_H
#define TJ_TRAIN_NET_DECODER_STEPS_H

#include "src/model/config.h"

struct tj_network;

/* Returns whether a configuration needs this step-by-step decoder. */
int tj_decode_is_stepwise(const struct tj_config *c);

/* Runs all steps of all sentences. The gates of the first layer must already hold the sums
 * of its embeddings. */
void tj_decode_steps(struct tj_network *net);
void tj_decode_steps_backward(struct tj_network *net);

/* Adds what the layer below handed on to n rows of a residual layer's hidden states; does nothing
 * for other layers. */
void tj_decode_join(struct tj_network *net, size_t layer, size_t row, size_t n);
/* Adds the gradient of a residual layer to that of the layer below. */
void tj_decode_join_backward(struct tj_network *net, size_t layer, size_t row, size_t n);

#endif
