/* SPDX-License-Identifier: MIT */
/* The decoder in training. If attention does not feed back into the steps, each layer runs
 * through all steps before the next layer starts; otherwise decoder_steps.h runs step by
 * step. */
#ifndef TJ_TRAIN_NET_DECODER_H
#define TJ_TRAIN_NET_DECODER_H

#include "src/base/status.h"

struct tj_network;

/* Opens the layers from their layout in the parameter block. Release with tj_decoding_close,
 * also after a failure. */
trujaman_status tj_decoding_open(struct tj_network *net, struct tj_error *err);
void tj_decoding_close(struct tj_network *net);

/* Allocates what one update needs. `failed` of the arena says whether the arena had enough
 * RAM; the status says whether the layout of the batch could be allocated. */
trujaman_status tj_decoding_begin(struct tj_network *net, struct tj_error *err);

/* Forward runs from the final states of the encoder to the inputs of the output layer.
 * Backward runs the opposite way and computes the gradients of all parameters in between. */
void tj_decoding_forward(struct tj_network *net);
void tj_decoding_backward(struct tj_network *net);

#endif
