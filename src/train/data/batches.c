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
	struct sort_key *keys = malloc(b->n_pairs * sizeof *keys);
	if (keys == NULL)
		return tj_fail_memory(err, "sorting the pairs", b->n_pairs * sizeof *keys);
	size_t first = 0, pieces = 0;
	for (size_t i = 0; i < b->n_pairs; i++) {
		pieces += c->n_target[b->order[i]];
		if (window == 0 || pieces < window)
			continue;
		sort_window(b, c, first, i + 1, keys);
		first = i + 1;
		pieces = 0;
	}
	sort_window(b, c, first, b->n_pairs, keys);
	free(keys);
	return TRUJAMAN_OK;
}

/* Finds where batches begin. Each takes as many pairs as the budget allows. */
static void cut(struct tj_batches *b, const struct tj_corpus *c, size_t batch_tokens)
{
	uint64_t target = 0, source = 0;
	b->n = 0;
	for (size_t i = 0; i < b->n_pairs; i++) {
		uint32_t pair = b->order[i];
		b->target_pieces += c->n_target[pair];
		target += c->n_target[pair];
		source += c->n_source[pair];
		if (i == 0 || target > batch_tokens || source > 2 * (uint64_t)batch_tokens) {
			b->first[b->n++] = i;
			target = c->n_target[pair];
			source = c->n_source[pair];
		}
	}
	b->first[b->n] = b->n_pairs;
}

/* Shuffles the batches; replaces `first` and `order`. */
static trujaman_status shuffle_batches(struct tj_batches *b, uint64_t seed, struct tj_error *err)
{
	size_t *from = malloc(b->n * sizeof *from);
	uint32_t *order = malloc(b->n_pairs * sizeof *order);
	size_t *first = malloc((b->n_pairs + 1) * sizeof *first);
	if (from == NULL || order == NULL || first == NULL) {
		free(from);
		free(order);
		free(first);
		return tj_fail_memory(err, "shuffling the batches", b->n_pairs * sizeof *order);
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

static trujaman_status start(struct tj_batches *b, size_t n_pairs, struct tj_error *err)
{
	memset(b, 0, sizeof *b);
	b->n_pairs = n_pairs;
	b->order = malloc(n_pairs * sizeof *b->order);
	b->first = malloc((n_pairs + 1) * sizeof *b->first);
	if (b->order == NULL || b->first == NULL)
		return tj_fail_memory(err, "the batches", n_pairs * sizeof *b->first);
	return TRUJAMAN_OK;
}

/* Each pair once. */
static trujaman_status start_with_all(struct tj_batches *b, const struct tj_corpus *c,
                                      struct tj_error *err)
{
	if (start(b, c->n, err) != TRUJAMAN_OK)
		return err->status;
	for (size_t i = 0; i < c->n; i++)
		b->order[i] = (uint32_t)i;
	return TRUJAMAN_OK;
}

/* --- Weights -------------------------------------------------------------------------- */

/* How often each pair of a part of n is in an epoch, and how many are there once more. */
static size_t times_of(double weight, size_t n, size_t *n_more)
{
	size_t times = (size_t)weight;
	*n_more = (size_t)((weight - (double)times) * (double)n + 0.5);
	if (n > 0 && times == 0 && *n_more == 0)
		*n_more = 1;
	return times;
}

static void shuffle(uint32_t *order, size_t n, uint64_t seed)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = tj_random_below(seed, i, i);
		uint32_t kept = order[i - 1];
		order[i - 1] = order[j];
		order[j] = kept;
	}
}

/* Appends the pairs [first … end) to order[0 … n). `turns` has room for as many. Returns the new
 * n. */
static size_t add_part(struct tj_batches *b, size_t n, size_t first, size_t end, double weight,
                       uint64_t seed, uint64_t epoch, uint32_t *turns)
{
	size_t n_part = end - first, n_more, times = times_of(weight, n_part, &n_more);
	for (size_t k = 0; k < times; k++)
		for (size_t i = first; i < end; i++)
			b->order[n++] = (uint32_t)i;
	if (n_more == 0)
		return n;
	for (size_t i = first; i < end; i++)
		turns[i - first] = (uint32_t)i;
	shuffle(turns, n_part, seed);
	size_t at = (size_t)(epoch % n_part) * n_more % n_part;
	for (size_t i = 0; i < n_more; i++)
		b->order[n++] = turns[(at + i) % n_part];
	return n;
}

static size_t first_of(const struct tj_corpus *c, size_t part)
{
	return part > 0 ? c->parts[part - 1].end : 0;
}

static trujaman_status start_weighted(struct tj_batches *b, const struct tj_corpus *c,
                                      uint64_t seed, uint64_t epoch, struct tj_error *err)
{
	size_t n = 0, n_more;
	for (size_t k = 0; k < c->n_parts; k++) {
		size_t n_part = c->parts[k].end - first_of(c, k);
		size_t times = times_of(c->parts[k].weight, n_part, &n_more);
		n += times * n_part + n_more;
	}
	uint32_t *turns = malloc(c->n * sizeof *turns);
	if (turns == NULL)
		tj_fail_memory(err, "the weights", c->n * sizeof *turns);
	if (err->status == TRUJAMAN_OK && start(b, n, err) == TRUJAMAN_OK) {
		n = 0;
		for (size_t k = 0; k < c->n_parts; k++)
			n = add_part(b, n, first_of(c, k), c->parts[k].end, c->parts[k].weight,
			             tj_random(tj_random(seed, UINT64_MAX), k), epoch, turns);
	}
	free(turns);
	return err->status;
}

trujaman_status tj_batches_make(struct tj_batches *b, const struct tj_corpus *corpus,
                                size_t batch_tokens, uint64_t seed, uint64_t epoch,
                                struct tj_error *err)
{
	uint64_t pairs = tj_random(seed, 2 * epoch), batches = tj_random(seed, 2 * epoch + 1);
	memset(b, 0, sizeof *b);
	if ((corpus->n_parts > 0 ? start_weighted(b, corpus, seed, epoch, err)
	                         : start_with_all(b, corpus, err)) != TRUJAMAN_OK)
		return err->status;
	shuffle(b->order, b->n_pairs, pairs);
	if (sort_windows(b, corpus, WINDOW_BATCHES * batch_tokens, err) != TRUJAMAN_OK)
		return err->status;
	cut(b, corpus, batch_tokens);
	return shuffle_batches(b, batches, err);
}

trujaman_status tj_batches_in_order(struct tj_batches *b, const struct tj_corpus *corpus,
                                    size_t batch_tokens, struct tj_error *err)
{
	if (start_with_all(b, corpus, err) != TRUJAMAN_OK ||
	    sort_windows(b, corpus, 0, err) != TRUJAMAN_OK)
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
	void *links = realloc(v->links, n * sizeof *v->links);
	if (links != NULL)
		v->links = links;
	void *nl = realloc(v->n_links, n * sizeof *v->n_links);
	if (nl != NULL)
		v->n_links = nl;
	return s != NULL && t != NULL && ns != NULL && nt != NULL && links != NULL && nl != NULL;
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
		if (corpus->links == NULL)
			continue;
		view->links[i] = corpus->links + corpus->first_link[pair];
		view->n_links[i] = corpus->first_link[pair + 1] - corpus->first_link[pair];
	}
	view->batch = (struct tj_batch){ .n = n,
		                         .source = view->source,
		                         .target = view->target,
		                         .n_source = view->n_source,
		                         .n_target = view->n_target };
	if (corpus->links != NULL) {
		view->batch.links = view->links;
		view->batch.n_links = view->n_links;
	}
	return TRUJAMAN_OK;
}

void tj_batch_view_free(struct tj_batch_view *view)
{
	free(view->source);
	free(view->target);
	free(view->n_source);
	free(view->n_target);
	free(view->links);
	free(view->n_links);
	memset(view, 0, sizeof *view);
}
