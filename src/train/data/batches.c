/* SPDX-License-Identifier: MIT */
/* Shuffles and sorts the pairs of an epoch and cuts them into mini-batches. */
#include "src/train/data/batches.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/random.h"

/* Pairs are sorted in windows of about this many mini-batches. */
enum { WINDOW_BATCHES = 100 };

struct sort_key {
	uint32_t target, source, pair;
};

static int compare(const void *a, const void *b)
{
	const struct sort_key *x = a, *y = b;
	if (x->target != y->target)
		return x->target < y->target ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return x->pair < y->pair ? -1 : x->pair > y->pair;
}

/* Sorts order[first … end) by length. */
static void sort_window(struct tj_batches *b, const struct tj_corpus *c, size_t first, size_t end,
                        struct sort_key *keys)
{
	for (size_t i = first; i < end; i++) {
		uint32_t pair = b->order[i];
		keys[i - first] = (struct sort_key){ c->n_target[pair], c->n_source[pair], pair };
	}
	qsort(keys, end - first, sizeof *keys, compare);
	for (size_t i = first; i < end; i++)
		b->order[i] = keys[i - first].pair;
}

/* Sorts in windows of about `window` target pieces (0: one window for all pairs). */
static trujaman_status sort_windows(struct tj_batches *b, const struct tj_corpus *c, size_t window,
                                    struct tj_error *err)
{
	struct sort_key *keys = malloc(c->n * sizeof *keys);
	if (keys == NULL)
		return tj_fail_memory(err, "sorting the pairs", c->n * sizeof *keys);
	size_t first = 0, pieces = 0;
	for (size_t i = 0; i < c->n; i++) {
		pieces += c->n_target[b->order[i]];
		if (window == 0 || pieces < window)
			continue;
		sort_window(b, c, first, i + 1, keys);
		first = i + 1;
		pieces = 0;
	}
	sort_window(b, c, first, c->n, keys);
	free(keys);
	return TRUJAMAN_OK;
}

/* Finds where batches begin. Each takes as many pairs as the budget allows. */
static void cut(struct tj_batches *b, const struct tj_corpus *c, size_t batch_tokens)
{
	uint64_t target = 0, source = 0;
	b->n = 0;
	for (size_t i = 0; i < c->n; i++) {
		uint32_t pair = b->order[i];
		target += c->n_target[pair];
		source += c->n_source[pair];
		if (i == 0 || target > batch_tokens || source > 2 * (uint64_t)batch_tokens) {
			b->first[b->n++] = i;
			target = c->n_target[pair];
			source = c->n_source[pair];
		}
	}
	b->first[b->n] = c->n;
}

/* Shuffles the batches; replaces `first` and `order`. */
static trujaman_status shuffle_batches(struct tj_batches *b, const struct tj_corpus *c,
                                       uint64_t seed, struct tj_error *err)
{
	size_t *from = malloc(b->n * sizeof *from);
	uint32_t *order = malloc(c->n * sizeof *order);
	size_t *first = malloc((c->n + 1) * sizeof *first);
	if (from == NULL || order == NULL || first == NULL) {
		free(from);
		free(order);
		free(first);
		return tj_fail_memory(err, "shuffling the batches", c->n * sizeof *order);
	}
	for (size_t i = 0; i < b->n; i++)
		from[i] = i;
	for (size_t i = b->n; i > 1; i--) {
		size_t j = tj_random_below(seed, i, i), kept = from[i - 1];
		from[i - 1] = from[j];
		from[j] = kept;
	}
	size_t at = 0;
	for (size_t i = 0; i < b->n; i++) {
		size_t begin = b->first[from[i]], n = b->first[from[i] + 1] - begin;
		memcpy(order + at, b->order + begin, n * sizeof *order);
		first[i] = at;
		at += n;
	}
	first[b->n] = at;
	free(from);
	free(b->order);
	free(b->first);
	b->order = order;
	b->first = first;
	return TRUJAMAN_OK;
}

static trujaman_status start(struct tj_batches *b, const struct tj_corpus *c, struct tj_error *err)
{
	memset(b, 0, sizeof *b);
	b->order = malloc(c->n * sizeof *b->order);
	b->first = malloc((c->n + 1) * sizeof *b->first);
	if (b->order == NULL || b->first == NULL)
		return tj_fail_memory(err, "the batches", c->n * sizeof *b->first);
	for (size_t i = 0; i < c->n; i++)
		b->order[i] = (uint32_t)i;
	return TRUJAMAN_OK;
}

trujaman_status tj_batches_make(struct tj_batches *b, const struct tj_corpus *corpus,
                                size_t batch_tokens, uint64_t seed, uint64_t epoch,
                                struct tj_error *err)
{
	uint64_t pairs = tj_random(seed, 2 * epoch), batches = tj_random(seed, 2 * epoch + 1);
	if (start(b, corpus, err) != TRUJAMAN_OK)
		return err->status;
	for (size_t i = corpus->n; i > 1; i--) {
		size_t j = tj_random_below(pairs, i, i);
		uint32_t kept = b->order[i - 1];
		b->order[i - 1] = b->order[j];
		b->order[j] = kept;
	}
	if (sort_windows(b, corpus, WINDOW_BATCHES * batch_tokens, err) != TRUJAMAN_OK)
		return err->status;
	cut(b, corpus, batch_tokens);
	return shuffle_batches(b, corpus, batches, err);
}

trujaman_status tj_batches_in_order(struct tj_batches *b, const struct tj_corpus *corpus,
                                    size_t batch_tokens, struct tj_error *err)
{
	if (start(b, corpus, err) != TRUJAMAN_OK || sort_windows(b, corpus, 0, err) != TRUJAMAN_OK)
		return err->status;
	cut(b, corpus, batch_tokens);
	return TRUJAMAN_OK;
}

void tj_batches_free(struct tj_batches *b)
{
	free(b->order);
	free(b->first);
	memset(b, 0, sizeof *b);
}

/* --- Views --------------------------------------------------------------------------- */

static int grow(struct tj_batch_view *v, size_t n)
{
	void *s = realloc(v->source, n * sizeof *v->source);
	if (s != NULL)
		v->source = s;
	void *t = realloc(v->target, n * sizeof *v->target);
	if (t != NULL)
		v->target = t;
	void *ns = realloc(v->n_source, n * sizeof *v->n_source);
	if (ns != NULL)
		v->n_source = ns;
	void *nt = realloc(v->n_target, n * sizeof *v->n_target);
	if (nt != NULL)
		v->n_target = nt;
	return s != NULL && t != NULL && ns != NULL && nt != NULL;
}

trujaman_status tj_batches_view(const struct tj_batches *b, const struct tj_corpus *corpus,
                                size_t index, struct tj_batch_view *view, struct tj_error *err)
{
	size_t first = b->first[index], n = b->first[index + 1] - first;
	if (n > view->capacity) {
		if (!grow(view, n))
			return tj_fail_memory(err, "a batch", n * sizeof *view->source);
		view->capacity = n;
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t pair = b->order[first + i];
		view->source[i] = corpus->ids + corpus->source[pair];
		view->target[i] = corpus->ids + corpus->target[pair];
		view->n_source[i] = corpus->n_source[pair];
		view->n_target[i] = corpus->n_target[pair];
	}
	view->batch = (struct tj_batch){ n, view->source, view->target, view->n_source,
		                         view->n_target };
	return TRUJAMAN_OK;
}

void tj_batch_view_free(struct tj_batch_view *view)
{
	free(view->source);
	free(view->target);
	free(view->n_source);
	free(view->n_target);
	memset(view, 0, sizeof *view);
}
