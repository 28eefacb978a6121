/* SPDX-License-Identifier: MIT */
/* A decoder whose attention feeds back into its steps: with the state before the step as query,
 * or with input feeding. A block of sentences goes step by step through layers, attention and
 * readout, and the same way back. */
#ifndef TJ_TRAIN_NET_DECODER_STEPS_H
#define TJ_TRAIN_NET_DECODER_STEPS_H

#include "src/model/config.h"

struct tj_network;

/* Whether a configuration needs this. */
int tj_decode_is_stepwise(const struct tj_config *c);

/* All steps of all sentences, after the sums of the first layer's embeddings. */
void tj_decode_steps(struct tj_network *net);
void tj_decode_steps_backward(struct tj_network *net);

#endif
