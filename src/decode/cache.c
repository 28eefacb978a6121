/* SPDX-License-Identifier: MIT */
/* The translation cache: a hash table with chaining, plus a queue of all entries, oldest first.
 * Eviction removes the oldest entry, but an entry that was hit since it joined the queue moves
 * to the end instead ("second chance" replacement), so repeated sentences stay. */
#include "src/decode/cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"

enum {
	BYTES_PER_CHAIN = 256, /* rough size of an entry; sets the number of chains */
	LONGEST_CHAIN = 16,    /* bounds lookup time even if the input provokes hash collisions */
	LARGEST_SHARE = 8      /* an entry takes at most 1/8 of max_bytes */
};

struct entry {
	struct entry *next;  /* in its chain */
	struct entry *newer; /* in the queue */
	uint64_t hash;
	size_t n_bytes; /* size of this block */
	size_t n_ids, n_hypotheses, n_pieces;
	int truncated, wanted;
	/* `wanted`: hit since the entry last joined the queue.
	 * The rest of the block: kept[n_hypotheses], the ids, the texts without NUL. */
	struct kept {
		double score;
		size_t n_bytes;
	} kept[];
};

struct tj_cache {
	pthread_mutex_t lock; /* guards all members below */
	size_t max_bytes, n_bytes;
	int scores;
	struct entry **chains;
	size_t n_chains; /* a power of two */
	struct entry *oldest, *newest;
};

struct tj_cache *tj_cache_open(size_t max_bytes, struct tj_error *err)
{
	struct tj_cache *c = calloc(1, sizeof *c);
	size_t n_chains = 1;
	while (n_chains <= max_bytes / BYTES_PER_CHAIN / 2)
		n_chains *= 2;
	struct entry **chains = calloc(n_chains, sizeof(struct entry *));
	if (c == NULL || chains == NULL) {
		free(c);
		free(chains);
		tj_fail_memory(err, "a cache of translations", n_chains * sizeof *chains);
		return NULL;
	}
	int code = pthread_mutex_init(&c->lock, NULL);
	if (code != 0) {
		free(c);
		free(chains);
		tj_fail_errno(err, code, "make", "a lock");
		return NULL;
	}
	c->chains = chains;
	c->n_chains = n_chains;
	c->max_bytes = max_bytes;
	c->n_bytes = sizeof *c + n_chains * sizeof *chains;
	return c;
}

static struct entry **chain_of(struct tj_cache *c, uint64_t hash)
{
	return &c->chains[hash & (c->n_chains - 1)];
}

static struct entry *take_oldest(struct tj_cache *c)
{
	struct entry *e = c->oldest;
	c->oldest = e->newer;
	if (c->oldest == NULL)
		c->newest = NULL;
	e->newer = NULL;
	return e;
}

static void join(struct tj_cache *c, struct entry *e)
{
	if (c->newest != NULL)
		c->newest->newer = e;
	else
		c->oldest = e;
	c->newest = e;
}

static void drop(struct tj_cache *c, struct entry *e)
{
	struct entry **at = chain_of(c, e->hash);
	while (*at != e)
		at = &(*at)->next;
	*at = e->next;
	c->n_bytes -= e->n_bytes;
	free(e);
}

static void drop_all(struct tj_cache *c)
{
	while (c->oldest != NULL)
		drop(c, take_oldest(c));
}

void tj_cache_close(struct tj_cache *c)
{
	if (c == NULL)
		return;
	drop_all(c);
	pthread_mutex_destroy(&c->lock);
	free(c->chains);
	free(c);
}

void tj_cache_begin(struct tj_cache *c, int scores)
{
	if (c->scores != scores)
		drop_all(c);
	c->scores = scores;
}

static int32_t *ids_of(struct entry *e)
{
	return (int32_t *)(e->kept + e->n_hypotheses);
}

static char *texts_of(struct entry *e)
{
	return (char *)(ids_of(e) + e->n_ids);
}

/* Find an entry. *n_chain gets the number of entries that precede it in its chain, or the length
 * of the chain if it is not there. */
static struct entry *look_up(struct tj_cache *c, uint64_t hash, const int32_t *ids, size_t n_ids,
                             size_t *n_chain)
{
	struct entry *e = *chain_of(c, hash);
	for (*n_chain = 0; e != NULL; e = e->next, ++*n_chain)
		if (e->hash == hash && e->n_ids == n_ids &&
		    memcmp(ids_of(e), ids, n_ids * sizeof *ids) == 0)
			break;
	return e;
}

static int copy(struct entry *e, struct tj_answer *answer)
{
	const char *text = texts_of(e);
	for (size_t i = 0; i < e->n_hypotheses; i++) {
		struct tj_hypothesis *h = &answer->hypotheses[i];
		size_t n = e->kept[i].n_bytes;
		*h = (struct tj_hypothesis){ .text = malloc(n + 1),
			                     .n_bytes = n,
			                     .score = e->kept[i].score };
		if (h->text == NULL) {
			while (i-- > 0)
				free(answer->hypotheses[i].text);
			return 0;
		}
		memcpy(h->text, text, n);
		h->text[n] = '\0';
		text += n;
	}
	answer->n = e->n_hypotheses;
	answer->n_pieces = e->n_pieces;
	answer->truncated = e->truncated;
	return 1;
}

int tj_cache_find(struct tj_cache *c, const int32_t *ids, size_t n_ids, struct tj_answer *answer)
{
	uint64_t hash = tj_hash(0, ids, n_ids * sizeof *ids);
	size_t n_chain;
	int found = 0;
	pthread_mutex_lock(&c->lock);
	struct entry *e = look_up(c, hash, ids, n_ids, &n_chain);
	if (e != NULL) {
		found = copy(e, answer) ? 1 : -1;
		e->wanted = 1;
	}
	pthread_mutex_unlock(&c->lock);
	return found;
}

static struct entry *make_entry(uint64_t hash, const int32_t *ids, size_t n_ids,
                                const struct tj_answer *answer, size_t n_bytes)
{
	struct entry *e = malloc(n_bytes);
	if (e == NULL)
		return NULL;
	*e = (struct entry){ .hash = hash,
		             .n_bytes = n_bytes,
		             .n_ids = n_ids,
		             .n_hypotheses = answer->n,
		             .n_pieces = answer->n_pieces,
		             .truncated = answer->truncated };
	memcpy(ids_of(e), ids, n_ids * sizeof *ids);
	char *text = texts_of(e);
	for (size_t i = 0; i < answer->n; i++) {
		const struct tj_hypothesis *h = &answer->hypotheses[i];
		e->kept[i] = (struct kept){ h->score, h->n_bytes };
		memcpy(text, h->text, h->n_bytes);
		text += h->n_bytes;
	}
	return e;
}

/* Evict until n_bytes more fit; returns 0 if they do not fit even in an empty cache. Terminates,
 * because a second chance clears `wanted`. */
static int make_room(struct tj_cache *c, size_t n_bytes)
{
	while (c->n_bytes + n_bytes > c->max_bytes && c->oldest != NULL) {
		struct entry *e = take_oldest(c);
		if (!e->wanted) {
			drop(c, e);
		} else {
			e->wanted = 0;
			join(c, e);
		}
	}
	return c->n_bytes + n_bytes <= c->max_bytes;
}

void tj_cache_keep(struct tj_cache *c, const int32_t *ids, size_t n_ids,
                   const struct tj_answer *answer)
{
	size_t n_bytes = sizeof(struct entry) + answer->n * sizeof(struct kept) +
	                 n_ids * sizeof *ids,
	       n_chain;
	for (size_t i = 0; i < answer->n; i++)
		n_bytes += answer->hypotheses[i].n_bytes;
	if (n_bytes > c->max_bytes / LARGEST_SHARE)
		return;
	uint64_t hash = tj_hash(0, ids, n_ids * sizeof *ids);
	struct entry *e = make_entry(hash, ids, n_ids, answer, n_bytes);
	if (e == NULL) /* no harm: the sentence is translated again if it repeats */
		return;
	pthread_mutex_lock(&c->lock);
	/* Another thread may have cached the same sentence meanwhile. */
	if (look_up(c, hash, ids, n_ids, &n_chain) == NULL && n_chain < LONGEST_CHAIN &&
	    make_room(c, n_bytes)) {
		struct entry **chain = chain_of(c, hash);
		e->next = *chain;
		*chain = e;
		c->n_bytes += n_bytes;
		join(c, e);
		e = NULL;
	}
	pthread_mutex_unlock(&c->lock);
	free(e);
}

size_t tj_cache_bytes(struct tj_cache *c)
{
	pthread_mutex_lock(&c->lock);
	size_t n = c->n_bytes;
	pthread_mutex_unlock(&c->lock);
	return n;
}
