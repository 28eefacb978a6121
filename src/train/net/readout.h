/* SPDX-License-Identifier: MIT */
/* Readout, output layer and loss in training. */
#ifndef TJ_TRAIN_NET_READOUT_H
#define TJ_TRAIN_NET_READOUT_H

#include "src/base/status.h"
#include "src/train/net/batch.h"

struct tj_network;

/* Opens the layers from their layout in the parameter block. Release with tj_readout_close,
 * also after a failure. */
trujaman_status tj_readout_open(struct tj_network *net, struct tj_error *err);
void tj_readout_close(struct tj_network *net);

/* Allocates what one update needs from the arena, whose `failed` says whether there was
 * enough RAM. */
void tj_readout_begin(struct tj_network *net);

/* Computes the readout of context vectors and states, dropout included, for n rows (at most
 * 48) from `row` on. */
void tj_readout_rows(struct tj_network *net, size_t row, size_t n);
/* Computes their gradient: writes d_contexts and adds to d_out of the states. d_input holds
 * the gradient of what the output layer got. */
void tj_readout_rows_backward(struct tj_network *net, size_t row, size_t n);
/* The same for all rows, distributed among the threads. */
void tj_readout_all(struct tj_network *net);
void tj_readout_all_backward(struct tj_network *net);
/* Computes the gradients of the readout's own parameters. */
void tj_readout_gradients(struct tj_network *net);

/* Computes the output layer and the loss of all rows. With gradients it also computes
 * d_input and the gradients of the output layer's parameters. */
void tj_output(struct tj_network *net, struct tj_loss *loss);

#endif
