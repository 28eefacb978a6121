/* SPDX-License-Identifier: MIT */
/* The encoder in training: embeddings, layers of one or two directions, and the encoder
 * outputs that attention reads. */
#ifndef TJ_TRAIN_NET_ENCODER_H
#define TJ_TRAIN_NET_ENCODER_H

#include "src/base/status.h"

struct tj_network;

/* Layout of the layers in the parameter block. Release with tj_encoding_close, also after a
 * failure. */
trujaman_status tj_encoding_open(struct tj_network *net, struct tj_error *err);
void tj_encoding_close(struct tj_network *net);

/* Take the memory of one update from the arena, whose `failed` says whether there was enough. */
void tj_encoding_begin(struct tj_network *net);

void tj_encoding_forward(struct tj_network *net);
/* From the gradients of the last states (carry_h, carry_c) and of attention's inputs to those
 * of all parameters of the encoder. */
void tj_encoding_backward(struct tj_network *net);

#endif
