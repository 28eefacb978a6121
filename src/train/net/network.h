/* SPDX-License-Identifier: MIT */
/* Forward and backward through the whole network: the loss of a batch and its gradient with
 * respect to every parameter. Equations: docs/MODEL.md.
 *
 * Results are bit-identical for every number of threads and every instruction set. A row of
 * a product never depends on its neighbours, and sums over tokens run in one fixed order:
 * threads divide the outputs of such a sum among them, never its terms. */
#ifndef TJ_TRAIN_NET_NETWORK_H
#define TJ_TRAIN_NET_NETWORK_H

#include "simd/kernels.h"
#include "src/train/net/batch.h"
#include "src/train/net/parameters.h"

struct tj_network; /* one caller at a time, always the same thread (OpenMP) */

/* `layout` gives names and offsets and must outlive the network. Returns NULL on failure. */
struct tj_network *tj_network_open(const struct tj_config *c, const struct tj_parameters *layout,
                                   const struct tj_kernels *kernels, int32_t bos, int32_t eos,
                                   size_t n_threads, struct tj_error *err);
void tj_network_close(struct tj_network *net);

/* Computes the loss of the batch with parameters `values` [layout->n_floats]. If `gradients`
 * is not NULL, gradients [n_floats] becomes the gradient of loss / n_pieces, with links that of
 * (loss + guidance * alignment) / n_pieces. RAM use grows
 * with the largest batch seen and stays allocated. Fails only for lack of RAM. A loss that
 * is infinite or NaN because of absurd parameters is not a failure here. */
trujaman_status tj_network_run(struct tj_network *net, const float *values,
                               const struct tj_batch *batch, const struct tj_noise *noise,
                               float *gradients, struct tj_loss *loss, struct tj_error *err);

#endif
