/* SPDX-License-Identifier: MIT */
/* Counts words by hashes of 64 bits, which are sorted: texts may be long. */
#include "src/text/repeats.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>

#include "src/base/memory.h"
#include "src/text/char_code.h"

static int is_word(uint8_t code)
{
	return code == TJ_CHAR_UPPER || code == TJ_CHAR_LETTER || code == TJ_CHAR_ORDINAL ||
	       (code >= TJ_CHAR_DIGIT && code < TJ_CHAR_DIGIT + 10) || code >= TJ_CHAR_LOWER;
}

static uint64_t mixed(uint64_t hash)
{
	hash = (hash ^ hash >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	hash = (hash ^ hash >> 27) * UINT64_C(0x94D049BB133111EB);
	return hash ^ hash >> 31;
}

/* Lists the hashes of all words. Returns 0 if memory is short. */
static int list_words(struct tj_repeats *r, const char *text, size_t n)
{
	uint64_t hash = 0;
	int in_word = 0;
	r->n = 0;
	for (size_t at = 0; at <= n;) {
		uint32_t c = at < n ? tj_char_next(text, n, &at) : (at++, ' ');
		if (is_word(tj_char_code(c))) {
			hash = mixed(hash + (uint32_t)u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT) +
			             UINT64_C(0x9E3779B97F4A7C15));
			in_word = 1;
			continue;
		}
		if (in_word && !tj_reserve(&r->hashes, &r->capacity, r->n + 1, sizeof *r->hashes))
			return 0;
		if (in_word)
			r->hashes[r->n++] = hash;
		hash = 0;
		in_word = 0;
	}
	return 1;
}

static int compare_hashes(const void *a, const void *b)
{
	uint64_t x, y;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return (x > y) - (x < y);
}

trujaman_status tj_repeat_limit(struct tj_repeats *r, const char *text, size_t n, uint8_t *limit,
                                struct tj_error *err)
{
	if (!list_words(r, text, n))
		return tj_fail_memory(err, "the words of a sentence", r->n * sizeof *r->hashes);
	/* A pair occurs no more often than its words do, so it need not be counted. */
	if (r->n > 1)
		qsort(r->hashes, r->n, sizeof *r->hashes, compare_hashes);
	size_t most = 1;
	for (size_t i = 0, first = 0; i < r->n; i++) {
		if (r->hashes[i] != r->hashes[first])
			first = i;
		if (i - first + 1 > most)
			most = i - first + 1;
	}
	*limit = (uint8_t)(most < UINT8_MAX ? most : UINT8_MAX);
	return TRUJAMAN_OK;
}

void tj_repeats_release(struct tj_repeats *r)
{
	free(r->hashes);
	memset(r, 0, sizeof *r);
}
