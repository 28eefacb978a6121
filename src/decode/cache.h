/* SPDX-License-Identifier: MIT */
/* Sentences that were translated, so that a repeated one is not translated again. What a
 * sentence becomes is a function of its pieces alone, so an answer from here is the one
 * that a search would give. Any number of threads may use one cache. */
#ifndef TJ_DECODE_CACHE_H
#define TJ_DECODE_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"

struct tj_hypothesis {
	char *text; /* malloc's; NULL when scoring */
	size_t n_bytes;
	double score; /* rank score; when scoring, the log-probability */
};

/* What a search found. */
struct tj_answer {
	struct tj_hypothesis *hypotheses;
	size_t n;
	size_t n_pieces; /* of the best */
	int truncated;   /* the best was ended by the limit of its length */
};

struct tj_cache;

/* It never takes more than max_bytes, what malloc adds not counted; whom nobody has asked
 * for makes room first. NULL on failure. */
struct tj_cache *tj_cache_open(size_t max_bytes, struct tj_error *err);
void tj_cache_close(struct tj_cache *c);

/* Before a job, no other thread at work: with or without scores? Searches without know
 * none, so what they found is forgotten when that changes. */
void tj_cache_begin(struct tj_cache *c, int scores);

/* Look up a sentence. 1: it is known, and *answer is complete; answer->hypotheses must have
 * room for as many as were found, and their texts are the caller's. 0: it is not. -1: there
 * is no memory, nothing was handed out. */
int tj_cache_find(struct tj_cache *c, const int32_t *ids, size_t n_ids, struct tj_answer *answer);

/* Keep a copy, where there is room and memory for it. */
void tj_cache_keep(struct tj_cache *c, const int32_t *ids, size_t n_ids,
                   const struct tj_answer *answer);

/* Bytes in use, for tests. */
size_t tj_cache_bytes(struct tj_cache *c);

#endif
