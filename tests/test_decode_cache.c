/* SPDX-License-Identifier: MIT */
/* Tests of the translation cache: it returns what was kept, stays within its bound, and serves
 * several threads. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/decode/cache.h"

enum { MAX_IDS = 40, HYPOTHESES = 3 };

static struct tj_cache *open_cache(size_t max_bytes)
{
	struct tj_error err = { 0 };
	struct tj_cache *c = tj_cache_open(max_bytes, &err);
	cr_assert_not_null(c, "%s", err.text);
	return c;
}

/* Writes the ids of sentence i and returns their number. No two sentences are the same. */
static size_t sentence(size_t i, int32_t *ids)
{
	size_t n = 3 + i % (MAX_IDS - 3);
	for (size_t j = 0; j < n; j++)
		ids[j] = (int32_t)(tj_mix(j + 1) % 8000);
	ids[0] = (int32_t)(i % 1000);
	ids[1] = (int32_t)(i / 1000);
	return n;
}

/* Makes the answer that a search would find for sentence i. */
static void answer_of(size_t i, char texts[HYPOTHESES][100], struct tj_hypothesis *hypotheses,
                      struct tj_answer *answer)
{
	*answer = (struct tj_answer){ hypotheses, 1 + i % HYPOTHESES, i % 17, i % 5 == 0 };
	for (size_t h = 0; h < answer->n; h++) {
		int n = snprintf(texts[h], 100, "%0*zu, number %zu", (int)(1 + i % 50), i, h);
		texts[h][0] = '\0'; /* NUL is a byte like any other */
		hypotheses[h] = (struct tj_hypothesis){ .text = texts[h],
			                                .n_bytes = (size_t)n,
			                                .score = -0.1 * (double)(i + h) };
	}
}

static void keep(struct tj_cache *c, size_t i)
{
	int32_t ids[MAX_IDS];
	char texts[HYPOTHESES][100];
	struct tj_hypothesis hypotheses[HYPOTHESES];
	struct tj_answer answer;
	size_t n = sentence(i, ids);
	answer_of(i, texts, hypotheses, &answer);
	tj_cache_keep(c, ids, n, &answer);
}

/* Returns how many things about an answer are wrong, and frees its texts. */
static size_t count_wrong(size_t i, struct tj_answer *found)
{
	char texts[HYPOTHESES][100];
	struct tj_hypothesis hypotheses[HYPOTHESES];
	struct tj_answer wanted;
	answer_of(i, texts, hypotheses, &wanted);
	size_t wrong = found->n != wanted.n || found->n_pieces != wanted.n_pieces ||
	               found->truncated != wanted.truncated;
	for (size_t h = 0; h < found->n; h++) {
		const struct tj_hypothesis *got = &found->hypotheses[h];
		wrong += got->n_bytes != hypotheses[h].n_bytes ||
		         got->score != hypotheses[h].score ||
		         memcmp(got->text, texts[h], got->n_bytes) != 0;
		free(got->text);
	}
	return wrong;
}

/* Returns whether sentence i is known. If it is, checks that its answer is right. */
static int knows(struct tj_cache *c, size_t i)
{
	int32_t ids[MAX_IDS];
	struct tj_hypothesis hypotheses[HYPOTHESES];
	struct tj_answer found = { .hypotheses = hypotheses };
	size_t n = sentence(i, ids);
	int known = tj_cache_find(c, ids, n, &found);
	cr_assert(known == 0 || known == 1);
	cr_expect(!known || count_wrong(i, &found) == 0, "sentence %zu", i);
	return known;
}

Test(cache, gives_back_what_it_was_given)
{
	enum { N = 3000 };
	struct tj_cache *c = open_cache(4 << 20);
	for (size_t i = 0; i < N; i++) {
		cr_expect_not(knows(c, i));
		keep(c, i);
		cr_expect(knows(c, i));
	}
	for (size_t i = 0; i < N; i++)
		cr_expect(knows(c, i), "sentence %zu", i);
	cr_expect_not(knows(c, N));
	tj_cache_close(c);
	tj_cache_close(NULL);
}

Test(cache, a_beginning_and_a_continuation_are_others)
{
	struct tj_cache *c = open_cache(1 << 20);
	const int32_t ids[] = { 4, 5, 6, 7 };
	char text[] = "text";
	struct tj_hypothesis h = { .text = text, .n_bytes = 4, .score = -1 }, got;
	struct tj_answer answer = { &h, 1, 2, 0 }, found = { .hypotheses = &got };
	tj_cache_keep(c, ids, 3, &answer);
	cr_expect_eq(tj_cache_find(c, ids, 2, &found), 0);
	cr_expect_eq(tj_cache_find(c, ids, 4, &found), 0);
	cr_expect_eq(tj_cache_find(c, ids + 1, 3, &found), 0);
	cr_assert_eq(tj_cache_find(c, ids, 3, &found), 1);
	free(got.text);
	tj_cache_close(c);
}

Test(cache, what_is_kept_twice_takes_room_once)
{
	struct tj_cache *c = open_cache(1 << 20);
	keep(c, 1);
	size_t n = tj_cache_bytes(c);
	keep(c, 1);
	cr_expect_eq(tj_cache_bytes(c), n);
	cr_expect(knows(c, 1));
	tj_cache_close(c);
}

Test(cache, is_bounded_and_forgets_the_oldest)
{
	enum { N = 20000, MAX = 256 << 10 };
	struct tj_cache *c = open_cache(MAX);
	size_t known = 0;
	for (size_t i = 0; i < N; i++) {
		keep(c, i);
		cr_assert_leq(tj_cache_bytes(c), MAX);
	}
	cr_expect_gt(tj_cache_bytes(c), MAX * 9 / 10);
	cr_expect(knows(c, N - 1));
	cr_expect_not(knows(c, 0));
	for (size_t i = 0; i < N; i++)
		known += (size_t)knows(c, i);
	cr_expect(known > 300 && known < 5000, "%zu", known);
	for (size_t i = N - known + 100; i < N; i++)
		cr_expect(knows(c, i), "%zu of %d is not among the newest %zu", i, N, known);
	tj_cache_close(c);
}

Test(cache, what_is_asked_for_stays)
{
	enum { N = 20000, OFTEN = 7 };
	struct tj_cache *c = open_cache(256 << 10);
	keep(c, OFTEN);
	for (size_t i = 100; i < N; i++) {
		keep(c, i);
		if (i % 100 == 0)
			cr_assert(knows(c, OFTEN), "after %zu", i);
	}
	cr_expect_not(knows(c, 100));
	tj_cache_close(c);
}

Test(cache, keeps_nothing_that_would_fill_it)
{
	struct tj_cache *c = open_cache(64 << 10);
	static int32_t ids[6000];
	char text[] = "text";
	struct tj_hypothesis h = { .text = text, .n_bytes = 4, .score = -1 }, got;
	struct tj_answer answer = { &h, 1, 2, 0 }, found = { .hypotheses = &got };
	size_t n = tj_cache_bytes(c);
	tj_cache_keep(c, ids, 6000, &answer);
	cr_expect_eq(tj_cache_find(c, ids, 6000, &found), 0);
	cr_expect_eq(tj_cache_bytes(c), n);
	tj_cache_close(c);
	c = open_cache(1); /* less than the cache itself needs */
	keep(c, 1);
	cr_expect_not(knows(c, 1));
	tj_cache_close(c);
}

Test(cache, forgets_all_when_scores_are_wanted_or_not)
{
	struct tj_cache *c = open_cache(1 << 20);
	tj_cache_begin(c, 0);
	keep(c, 1);
	tj_cache_begin(c, 0);
	cr_expect(knows(c, 1));
	tj_cache_begin(c, 1);
	cr_expect_not(knows(c, 1));
	keep(c, 1);
	cr_expect(knows(c, 1));
	tj_cache_begin(c, 0);
	cr_expect_not(knows(c, 1));
	tj_cache_close(c);
}

/* --- Several threads ----------------------------------------------------------- */

struct visitor {
	struct tj_cache *cache;
	size_t seed, wrong, hits;
};

/* Criterion's assertions work only in the main thread, so this counts errors. */
static void *visit(void *context)
{
	enum { VISITS = 20000, SENTENCES = 3000 };
	struct visitor *v = context;
	for (size_t k = 0; k < VISITS; k++) {
		size_t i = tj_mix(v->seed + k) % SENTENCES;
		int32_t ids[MAX_IDS];
		struct tj_hypothesis hypotheses[HYPOTHESES];
		struct tj_answer found = { .hypotheses = hypotheses };
		size_t n = sentence(i, ids);
		int known = tj_cache_find(v->cache, ids, n, &found);
		v->wrong += known < 0;
		if (known > 0) {
			v->hits++;
			v->wrong += count_wrong(i, &found);
		} else {
			keep(v->cache, i);
		}
	}
	return NULL;
}

Test(cache, many_threads_and_little_room)
{
	enum { THREADS = 4, MAX = 256 << 10 };
	pthread_t threads[THREADS];
	struct visitor visitors[THREADS];
	struct tj_cache *c = open_cache(MAX);
	for (size_t i = 0; i < THREADS; i++) {
		visitors[i] = (struct visitor){ .cache = c, .seed = i * 1000003 };
		cr_assert_eq(pthread_create(&threads[i], NULL, visit, &visitors[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		cr_assert_eq(pthread_join(threads[i], NULL), 0);
		cr_expect_eq(visitors[i].wrong, 0);
		cr_expect_gt(visitors[i].hits, 0);
	}
	cr_expect_leq(tj_cache_bytes(c), MAX);
	tj_cache_close(c);
}
