/* SPDX-License-Identifier: MIT */
/* Embedding lookup for a whole side of a batch, and its gradient. */
#ifndef TJ_TRAIN_NET_EMBED_H
#define TJ_TRAIN_NET_EMBED_H

#include "src/train/net/order.h"

struct tj_network;

/* Looks up the embeddings of all tokens, with dropout, into x [rows][pad], and adds their
 * gradient d_x to that of the table; d_x is masked in place. `table` is the offset in the
 * parameter block. `start` is -1 for the source, otherwise the first input of the decoder. */
void tj_embed(struct tj_network *net, const struct tj_order *order, const int32_t *const *ids,
              int32_t start, size_t table, uint64_t place, float *x, size_t pad);
void tj_embed_backward(struct tj_network *net, const struct tj_order *order,
                       const int32_t *const *ids, int32_t start, size_t table, uint64_t place,
                       float *d_x, size_t pad);

#endif
