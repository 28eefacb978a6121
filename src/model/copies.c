/* SPDX-License-Identifier: MIT */
/* One copy of the packed weights per NUMA node, made by the first thread that asks for it. */
#include "src/model/copies.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"

enum { ALIGNMENT = 64 };

struct copy {
	pthread_mutex_t lock;
	const struct tj_model *found; /* the model to return; NULL: not requested yet */
	struct tj_model model;
	void *pages; /* holds the weights of `model` */
};

struct tj_copies {
	const struct tj_model *original;
	size_t n_bytes;
	size_t n, n_locks;
	struct copy copies[]; /* copies[0] stays unused */
};

/* Like tj_model_weights, for a model that is not changed. */
static const struct tj_weights *weights_at(const struct tj_model *m, size_t i)
{
	return tj_model_weights((struct tj_model *)m, i);
}

static size_t vector_bytes(const struct tj_model *m)
{
	size_t n = m->additive_v != NULL ? m->key_size * sizeof *m->additive_v : 0;
	return tj_round_up(n, ALIGNMENT);
}

static size_t gain_bytes(const struct tj_model *m)
{
	return m->gains != NULL ? tj_model_gain_floats(m) * sizeof *m->gains : 0;
}

size_t tj_model_bytes(const struct tj_model *m)
{
	const struct tj_weights *w;
	size_t n_bytes = vector_bytes(m) + gain_bytes(m);
	for (size_t i = 0; (w = weights_at(m, i)) != NULL; i++)
		n_bytes += tj_round_up(w->storage_bytes, ALIGNMENT);
	return n_bytes;
}

static void copy_weights(struct tj_model *to, const struct tj_model *from, char *pages)
{
	const struct tj_weights *w;
	for (size_t i = 0; (w = weights_at(from, i)) != NULL; i++) {
		if (w->storage_bytes > 0)
			tj_weights_copy(w, pages, tj_model_weights(to, i));
		pages += tj_round_up(w->storage_bytes, ALIGNMENT);
	}
	if (from->additive_v != NULL)
		to->additive_v = memcpy(pages, from->additive_v,
		                        from->key_size * sizeof *from->additive_v);
	if (from->gains != NULL)
		to->gains = memcpy(pages + vector_bytes(from), from->gains, gain_bytes(from));
}

/* Set *table to a table for the copy that shares `from`, or to NULL if `from` is NULL. Returns 0
 * if out of memory. */
static int share_table(struct tj_input_sums **table, const struct tj_input_sums *from,
                       const struct tj_weights *weights)
{
	*table = from != NULL ? tj_input_sums_share(from, weights) : NULL;
	return *table != NULL || from == NULL;
}

static int share_tables(struct tj_model *to, const struct tj_model *from)
{
	int ok = share_table(&to->decoder_inputs, from->decoder_inputs, &to->decoder[0]);
	for (size_t d = 0; d < tj_model_directions(to); d++)
		ok &= share_table(&to->encoder_inputs[d], from->encoder_inputs[d], &to->encoder[d]);
	return ok;
}

static void release(struct copy *c, size_t n_bytes)
{
	tj_input_sums_free(c->model.decoder_inputs);
	tj_input_sums_free(c->model.encoder_inputs[0]);
	tj_input_sums_free(c->model.encoder_inputs[1]);
	free(c->model.encoder);
	free(c->model.decoder);
	tj_free_pages(c->pages, n_bytes);
	memset(&c->model, 0, sizeof c->model);
	c->pages = NULL;
}

static int make(struct copy *c, const struct tj_model *from, size_t n_bytes)
{
	struct tj_model *m = &c->model;
	*m = *from;
	m->decoder_inputs = m->encoder_inputs[0] = m->encoder_inputs[1] = NULL;
	m->encoder = calloc(from->config.encoder_layers * tj_model_directions(from),
	                    sizeof *m->encoder);
	m->decoder = calloc(from->config.decoder_layers, sizeof *m->decoder);
	c->pages = tj_alloc_pages(n_bytes);
	if (m->encoder != NULL && m->decoder != NULL && c->pages != NULL) {
		copy_weights(m, from, c->pages);
		if (share_tables(m, from))
			return 1;
	}
	release(c, n_bytes);
	return 0;
}

struct tj_copies *tj_copies_new(const struct tj_model *m, size_t n, struct tj_error *err)
{
	struct tj_copies *c = calloc(1, sizeof *c + n * sizeof *c->copies);
	if (c == NULL) {
		tj_fail_memory(err, "copies of the weights", n * sizeof *c->copies);
		return NULL;
	}
	c->original = m;
	c->n_bytes = tj_model_bytes(m);
	c->n = n;
	for (; c->n_locks < n; c->n_locks++) {
		int code = pthread_mutex_init(&c->copies[c->n_locks].lock, NULL);
		if (code != 0) {
			tj_fail_errno(err, code, "make", "a lock");
			tj_copies_free(c);
			return NULL;
		}
	}
	return c;
}

void tj_copies_free(struct tj_copies *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_locks; i++) {
		release(&c->copies[i], c->n_bytes);
		pthread_mutex_destroy(&c->copies[i].lock);
	}
	free(c);
}

const struct tj_model *tj_copies_get(struct tj_copies *c, size_t i)
{
	struct copy *copy = &c->copies[i];
	if (i == 0)
		return c->original;
	pthread_mutex_lock(&copy->lock);
	if (copy->found == NULL)
		copy->found = make(copy, c->original, c->n_bytes) ? &copy->model : c->original;
	pthread_mutex_unlock(&copy->lock);
	return copy->found;
}
