/* SPDX-License-Identifier: MIT */
/* A cache of translated sentences, so that a repeated sentence is not translated again. A
 * translation depends on the sentence's pieces alone, so a cached answer equals what a search
 * would find. Any number of threads may share a cache. */
#ifndef TJ_DECODE_CACHE_H
#define TJ_DECODE_CACHE_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/status.h"

struct tj_hypothesis {
	char *text;     /* allocated with malloc; NULL when scoring */
	size_t n_bytes; /* without the final NUL */
	double score;   /* log-probability / length^length_penalty; when scoring, the natural
	                   log-probability itself */
	struct tj_trace *trace; /* trace.h; NULL: none is kept. In the blocks of a chunk */
};

/* The result of one search. */
struct tj_answer {
	struct tj_hypothesis *hypotheses; /* [n], best first */
	size_t n;
	size_t n_pieces; /* target pieces of the best */
	int truncated;   /* the length limit ended the best */
};

struct tj_cache;

/* The cache never takes more than max_bytes, not counting malloc's overhead. Entries without
 * hits are evicted first. NULL on failure. */
struct tj_cache *tj_cache_open(size_t max_bytes, struct tj_error *err);
void tj_cache_close(struct tj_cache *c);

/* Call before a job, while no other thread uses the cache. `scores`: whether the job needs
 * scores. The cache is emptied when this changes, because results of searches without scores
 * have none. */
void tj_cache_begin(struct tj_cache *c, int scores);

/* Look up a sentence. Returns 1 and fills *answer if it is cached: the caller provides room in
 * answer->hypotheses for all of them and owns their texts. Returns 0 if it is not cached, -1
 * if memory is short; the caller then owns nothing. */
int tj_cache_find(struct tj_cache *c, const int32_t *ids, size_t n_ids, struct tj_answer *answer);

/* Store a copy of an answer, if there is room and memory for it. */
void tj_cache_keep(struct tj_cache *c, const int32_t *ids, size_t n_ids,
                   const struct tj_answer *answer);

/* Bytes in use; for tests. */
size_t tj_cache_bytes(struct tj_cache *c);

#endif
