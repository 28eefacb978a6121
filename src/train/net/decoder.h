/* SPDX-License-Identifier: MIT */
/* The decoder in training. Where attention does not feed back into the steps, each layer runs
 * through all steps before the next; otherwise decoder_steps.h goes step by step. */
#ifndef TJ_TRAIN_NET_DECODER_H
#define TJ_TRAIN_NET_DECODER_H

#include "src/base/status.h"

struct tj_network;

/* Layout of the layers in the parameter block. Release with tj_decoding_close, also after a
 * failure. */
trujaman_status tj_decoding_open(struct tj_network *net, struct tj_error *err);
void tj_decoding_close(struct tj_network *net);

/* Take the memory of one update, from the arena (whose `failed` says whether there was enough)
 * and for the layout of the batch (a failure). */
trujaman_status tj_decoding_begin(struct tj_network *net, struct tj_error *err);

/* From the encoder's last states to the inputs of the output layer. */
void tj_decoding_forward(struct tj_network *net);
void tj_decoding_backward(struct tj_network *net);

#endif
