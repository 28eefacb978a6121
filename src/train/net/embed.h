/* SPDX-License-Identifier: MIT */
/* Embedding rows of a whole side, and their gradient. */
#ifndef TJ_TRAIN_NET_EMBED_H
#define TJ_TRAIN_NET_EMBED_H

#include "src/train/net/order.h"

struct tj_network;

/* Rows of embeddings with dropout, and the gradient back into the table. */
void tj_embed(struct tj_network *net, const struct tj_order *order, const int32_t *const *ids,
              int32_t start, size_t table, uint64_t place, float *x, size_t pad);
void tj_embed_backward(struct tj_network *net, const struct tj_order *order,
                       const int32_t *const *ids, int32_t start, size_t table, uint64_t place,
                       float *d_x, size_t pad);

#endif
