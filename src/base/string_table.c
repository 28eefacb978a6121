/* SPDX-License-Identifier: MIT */
/* Open addressing with linear probing; at most three of four buckets are taken. A word of a text is
 * found with two looks at memory that is not in the cache: at its bucket, which the hash singles
 * out, and at the string, which has its length and number before it. */
#include "src/base/string_table.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/base/memory.h"

struct tj_string_bucket {
	uint32_t hash;
	uint32_t start; /* of the string, + 1; 0: free */
};

/* What stands before the text of a string. */
enum { N_BYTES, NUMBER, HEAD };

static const char *text_at(const struct tj_string_table *t, uint32_t start)
{
	return (const char *)&t->words[start + HEAD] + t->n_before;
}

/* The bucket that has the string, or the free one where it would be. */
static struct tj_string_bucket *bucket_of(const struct tj_string_table *t, uint32_t hash,
                                          const char *string, size_t n)
{
	size_t i = hash & (t->n_buckets - 1);
	for (; t->buckets[i].start > 0; i = (i + 1) & (t->n_buckets - 1)) {
		uint32_t start = t->buckets[i].start - 1;
		if (t->buckets[i].hash == hash && t->words[start + N_BYTES] == n &&
		    memcmp(text_at(t, start), string, n) == 0)
			break;
	}
	return &t->buckets[i];
}

/* Makes buckets for this many strings. */
static int grow(struct tj_string_table *t, size_t n)
{
	enum { FIRST = 16 };
	size_t n_buckets = t->n_buckets > 0 ? t->n_buckets : FIRST;
	if (n <= t->n_buckets / 4 * 3)
		return 1;
	while (n_buckets / 4 * 3 < n)
		n_buckets *= 2;
	struct tj_string_bucket *buckets = calloc(n_buckets, sizeof *buckets);
	if (buckets == NULL)
		return 0;
	for (size_t i = 0; i < t->n_buckets; i++) {
		size_t to = t->buckets[i].hash & (n_buckets - 1);
		while (buckets[to].start > 0)
			to = (to + 1) & (n_buckets - 1);
		if (t->buckets[i].start > 0)
			buckets[to] = t->buckets[i];
	}
	free(t->buckets);
	t->buckets = buckets;
	t->n_buckets = n_buckets;
	return 1;
}

/* Makes room for n more strings that have n_bytes together. */
static int make_room(struct tj_string_table *t, size_t n, size_t n_bytes)
{
	/* Each begins with a word of its own. */
	size_t each = HEAD * sizeof *t->words + t->n_before + sizeof *t->words - 1, bytes;
	if (n >= TJ_NO_STRING - t->n || !tj_multiply(n, each, &bytes) ||
	    __builtin_add_overflow(bytes, n_bytes, &bytes))
		return 0;
	size_t n_words = t->n_words + bytes / sizeof *t->words;
	return n_words < UINT32_MAX &&
	       tj_reserve(&t->words, &t->word_capacity, n_words, sizeof *t->words) &&
	       tj_reserve(&t->starts, &t->start_capacity, t->n + n, sizeof *t->starts);
}

int tj_string_table_reserve(struct tj_string_table *t, size_t n, size_t n_bytes)
{
	return make_room(t, n, n_bytes) && grow(t, t->n + n);
}

/* Gives a string that is not there the next number. */
static uint32_t put(struct tj_string_table *t, struct tj_string_bucket *to, uint32_t hash,
                    const char *string, size_t n)
{
	if (!make_room(t, 1, n))
		return TJ_NO_STRING;
	uint32_t start = (uint32_t)t->n_words, *head = &t->words[start];
	char *text = (char *)&head[HEAD];
	head[N_BYTES] = (uint32_t)n;
	head[NUMBER] = t->n;
	if (t->n_before > 0)
		memcpy(text, t->before, t->n_before);
	memcpy(text + t->n_before, string, n);
	t->n_words += HEAD + (t->n_before + n + sizeof *head - 1) / sizeof *head;
	t->starts[t->n] = start;
	*to = (struct tj_string_bucket){ hash, start + 1 };
	return t->n++;
}

static uint32_t hash_of(const char *string, size_t n)
{
	return (uint32_t)tj_hash(0, string, n);
}

uint32_t tj_string_table_add(struct tj_string_table *t, const char *string, size_t n)
{
	uint32_t hash = hash_of(string, n);
	if (!grow(t, (size_t)t->n + 1))
		return TJ_NO_STRING;
	struct tj_string_bucket *b = bucket_of(t, hash, string, n);
	return b->start > 0 ? t->words[b->start - 1 + NUMBER] : put(t, b, hash, string, n);
}

uint32_t tj_string_table_find(const struct tj_string_table *t, const char *string, size_t n)
{
	if (t->n == 0)
		return TJ_NO_STRING;
	const struct tj_string_bucket *b = bucket_of(t, hash_of(string, n), string, n);
	return b->start > 0 ? t->words[b->start - 1 + NUMBER] : TJ_NO_STRING;
}

const char *tj_string_table_text(const struct tj_string_table *t, uint32_t number, size_t *n)
{
	*n = t->words[t->starts[number] + N_BYTES];
	return text_at(t, t->starts[number]);
}

void tj_string_table_release(struct tj_string_table *t)
{
	free(t->words);
	free(t->starts);
	free(t->buckets);
	*t = (struct tj_string_table){ .n = 0 };
}
