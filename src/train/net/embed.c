/* SPDX-License-Identifier: MIT */
/* Embedding lookup for a whole side of a batch, and its gradient. */
#include "src/train/net/embed.h"

#include <string.h>

#include "src/base/memory.h"
#include "src/train/net/state.h"

struct embedding_job {
	struct tj_network *net;
	const struct tj_order *order;
	const int32_t *const *ids;
	int32_t start; /* -1: step t uses id t; else id t - 1, and step 0 uses this */
	size_t table, pad;
	struct tj_dropout dropout;
	float *x;
};

static int32_t id_at(const struct embedding_job *j, size_t t, size_t place)
{
	const int32_t *ids = j->ids[j->order->sentence[place]];
	if (j->start < 0)
		return ids[t];
	return t == 0 ? j->start : ids[t - 1];
}

static void embed_item(void *context, size_t t, size_t thread)
{
	const struct embedding_job *j = context;
	size_t size = j->net->config.embedding_size;
	(void)thread;
	for (size_t place = 0; place < tj_order_live(j->order, t); place++) {
		size_t row = tj_order_row(j->order, t, place);
		float *x = j->x + row * j->pad;
		memcpy(x, j->net->values + j->table + (size_t)id_at(j, t, place) * size,
		       size * sizeof *x);
		memset(x + size, 0, (j->pad - size) * sizeof *x);
		if (j->dropout.limit > 0)
			tj_dropout_row(&j->dropout, row, size, x, x);
	}
}

void tj_embed(struct tj_network *net, const struct tj_order *order, const int32_t *const *ids,
              int32_t start, size_t table, uint64_t place, float *x, size_t pad)
{
	struct embedding_job j = {
		net, order, ids, start, table, pad, tj_network_dropout(net, place), x
	};
	tj_share(net->n_threads, order->n_steps, embed_item, &j);
}

static void mask_item(void *context, size_t t, size_t thread)
{
	const struct embedding_job *j = context;
	(void)thread;
	for (size_t row = j->order->first[t]; row < j->order->first[t + 1]; row++)
		tj_dropout_row(&j->dropout, row, j->net->config.embedding_size, j->x + row * j->pad,
		               j->x + row * j->pad);
}

enum { STRIP = 64 };

/* Adds the gradient of a strip of columns, over all tokens in one fixed order. */
static void scatter_item(void *context, size_t strip, size_t thread)
{
	const struct embedding_job *j = context;
	size_t size = j->net->config.embedding_size, first = strip * STRIP;
	size_t n = size - first < STRIP ? size - first : STRIP;
	(void)thread;
	for (size_t t = 0; t < j->order->n_steps; t++)
		for (size_t place = 0; place < tj_order_live(j->order, t); place++) {
			const float *d = j->x + tj_order_row(j->order, t, place) * j->pad + first;
			float *to = j->net->gradients + j->table + first +
			            (size_t)id_at(j, t, place) * size;
			for (size_t i = 0; i < n; i++)
				to[i] += d[i];
		}
}

void tj_embed_backward(struct tj_network *net, const struct tj_order *order,
                       const int32_t *const *ids, int32_t start, size_t table, uint64_t place,
                       float *d_x, size_t pad)
{
	struct embedding_job j = {
		net, order, ids, start, table, pad, tj_network_dropout(net, place), d_x
	};
	if (j.dropout.limit > 0)
		tj_share(net->n_threads, order->n_steps, mask_item, &j);
	tj_share(net->n_threads, (net->config.embedding_size + STRIP - 1) / STRIP, scatter_item,
	         &j);
}
