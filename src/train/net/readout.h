/* SPDX-License-Identifier: MIT */
/* Readout, output layer and loss in training. */
#ifndef TJ_TRAIN_NET_READOUT_H
#define TJ_TRAIN_NET_READOUT_H

#include "src/base/status.h"
#include "src/train/net/batch.h"

struct tj_network;

/* Layout in the parameter block. Release with tj_readout_close, also after a failure. */
trujaman_status tj_readout_open(struct tj_network *net, struct tj_error *err);
void tj_readout_close(struct tj_network *net);

/* Take the memory of one update from the arena, whose `failed` says whether there was enough. */
void tj_readout_begin(struct tj_network *net);

/* n rows from `row` on, at most 48: the readout of contexts and states, dropout included. */
void tj_readout_rows(struct tj_network *net, size_t row, size_t n);
/* Their gradient: d_contexts is written, the states' d_out is added to. d_input holds the
 * gradient of what the output layer got. */
void tj_readout_rows_backward(struct tj_network *net, size_t row, size_t n);
/* All rows, shared out among the threads. */
void tj_readout_all(struct tj_network *net);
void tj_readout_all_backward(struct tj_network *net);
/* Gradients of the readout's own parameters. */
void tj_readout_gradients(struct tj_network *net);

/* Output layer and loss of all rows; with gradients also d_input and those of the output
 * layer's parameters. */
void tj_output(struct tj_network *net, struct tj_loss *loss);

#endif
