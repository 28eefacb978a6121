/* SPDX-License-Identifier: MIT */
/* The encoder in training: embeddings, layers of one or two directions, and the encoder
 * states that attention reads. */
#ifndef TJ_TRAIN_NET_ENCODER_H
#define TJ_TRAIN_NET_ENCODER_H

#include "src/base/status.h"

struct tj_network;

/* Opens the layers from their layout in the parameter block. Release with tj_encoding_close,
 * also after a failure. */
trujaman_status tj_encoding_open(struct tj_network *net, struct tj_error *err);
void tj_encoding_close(struct tj_network *net);

/* Allocates what one update needs from the arena, whose `failed` says whether there was
 * enough RAM. */
void tj_encoding_begin(struct tj_network *net);

void tj_encoding_forward(struct tj_network *net);
/* Computes the gradients of all encoder parameters from those of the final states (carry_h,
 * carry_c) and of the encoder states that attention read. */
void tj_encoding_backward(struct tj_network *net);

#endif
