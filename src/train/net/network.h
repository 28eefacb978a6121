/* SPDX-License-Identifier: MIT */
/* Forward and backward through the whole network: the loss of a batch and its
 * gradient with respect to every parameter. Equations: docs/MODEL.md.
 *
 * The same bits for every number of threads and every instruction set: a row of
 * a product never depends on its neighbours, sums over tokens run in one fixed
 * order (threads share out the outputs of such a sum, never its terms). */
#ifndef TJ_TRAIN_NET_NETWORK_H
#define TJ_TRAIN_NET_NETWORK_H

#include "simd/kernels.h"
#include "src/train/net/batch.h"
#include "src/train/net/parameters.h"

struct tj_network; /* one caller at a time, always the same thread (OpenMP) */

/* `layout` gives names and offsets and must outlive the network. NULL on failure. */
struct tj_network *tj_network_open(const struct tj_config *c, const struct tj_parameters *layout,
                                   const struct tj_kernels *kernels, int32_t bos, int32_t eos,
                                   size_t n_threads, struct tj_error *err);
void tj_network_close(struct tj_network *net);

/* Loss of the batch with parameters `values` [layout->n_floats]. With gradients not
 * NULL, gradients [n_floats] becomes the gradient of loss / n_pieces. Memory grows with
 * the largest batch seen and is kept. Fails only for want of memory. A loss may come
 * out infinite or NaN where the parameters are beyond all measure: no failure here. */
trujaman_status tj_network_run(struct tj_network *net, const float *values,
                               const struct tj_batch *batch, const struct tj_noise *noise,
                               float *gradients, struct tj_loss *loss, struct tj_error *err);

#endif
