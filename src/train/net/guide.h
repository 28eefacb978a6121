/* SPDX-License-Identifier: MIT */
/* Guided alignment: a loss that draws attention to the source pieces that links name (Chen et al.
 * 2016; Garg et al. 2019).
 *
 * A target piece t that is linked to k source pieces wants 1 / k of each. The loss is the
 * cross-entropy of that and the shares, mean over the heads, without dropout:
 *   -sum over linked i of log(share[t][i]) / k
 * What has no link contributes nothing, `</s>` neither. The gradient of tj_network_run is that of
 * (loss + guidance * alignment) / n_pieces. */
#ifndef TJ_TRAIN_NET_GUIDE_H
#define TJ_TRAIN_NET_GUIDE_H

#include "src/train/net/attention.h"

struct tj_network;

/* Call this after tj_attending_begin. */
void tj_guide_begin(struct tj_network *net);

/* Adds up the loss of all pieces, in the order of the batch. Call this when all shares are there.
 */
void tj_guide_loss(const struct tj_network *net, struct tj_loss *loss);

/* Adds the loss's gradient to that of the attention weights, d [n][heads][positions], for the
 * shares of n queries of a sentence, the first of which is that of target piece `step`. */
void tj_guide_backward(const struct tj_attending *a, size_t sentence, size_t step, size_t n,
                       const float *shares, float *d);

#endif
