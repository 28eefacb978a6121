/* SPDX-License-Identifier: MIT */
/* A hash table of words and how often they occur. */
#include "src/text/token_counter.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/base/separators.h"
#include "src/text/tokens.h"

struct counted_token {
	const char *text; /* once they are listed */
	size_t first, n;  /* bytes of the counter's text; n == 0: free */
	uint64_t times;
};

struct tj_token_counter {
	struct tj_string text;
	struct counted_token *table; /* [size], a power of 2 */
	size_t size, n;
};

struct tj_token_counter *tj_token_counter_new(struct tj_error *err)
{
	enum { FIRST_SIZE = 1 << 12 };
	struct tj_token_counter *c = calloc(1, sizeof *c);
	if (c != NULL) {
		c->size = FIRST_SIZE;
		c->table = calloc(c->size, sizeof *c->table);
		if (c->table != NULL)
			return c;
	}
	free(c);
	tj_fail_memory(err, "a list of tokens", FIRST_SIZE * sizeof *c->table);
	return NULL;
}

void tj_token_counter_free(struct tj_token_counter *c)
{
	if (c == NULL)
		return;
	free(c->text.data);
	free(c->table);
	free(c);
}

/* Where a word is or should be. */
static struct counted_token *find(const struct tj_token_counter *c, const char *word, size_t n)
{
	size_t i = (size_t)tj_hash(0, word, n) & (c->size - 1);
	while (c->table[i].n > 0 &&
	       (c->table[i].n != n || memcmp(c->text.data + c->table[i].first, word, n) != 0))
		i = (i + 1) & (c->size - 1);
	return &c->table[i];
}

/* Makes room for one more. */
static int grow(struct tj_token_counter *c)
{
	if (c->n < c->size / 2)
		return 1;
	struct counted_token *old = c->table, *table = calloc(2 * c->size, sizeof *table);
	if (table == NULL)
		return 0;
	size_t n = c->size;
	c->table = table;
	c->size *= 2;
	for (size_t i = 0; i < n; i++)
		if (old[i].n > 0)
			*find(c, c->text.data + old[i].first, old[i].n) = old[i];
	free(old);
	return 1;
}

static int count(struct tj_token_counter *c, const char *word, size_t n)
{
	if (tj_separator_find(word, n) < n || tj_token_kind(word, n) != TJ_PIECE_TEXT)
		return 1;
	if (!grow(c))
		return 0;
	struct counted_token *at = find(c, word, n);
	if (at->n == 0) {
		size_t first = c->text.n;
		if (!tj_string_append(&c->text, word, n))
			return 0;
		*at = (struct counted_token){ NULL, first, n, 0 };
		c->n++;
	}
	at->times++;
	return 1;
}

int tj_token_counter_add(struct tj_token_counter *c, const char *text, size_t n)
{
	for (size_t end = 0, first; (first = tj_tokens_next(text, n, &end)) < n;)
		if (!count(c, text + first, end - first))
			return 0;
	return 1;
}

static int commonest_first(const void *a, const void *b)
{
	const struct counted_token *x = a, *y = b;
	if (x->times != y->times)
		return x->times < y->times ? 1 : -1;
	int order = memcmp(x->text, y->text, x->n < y->n ? x->n : y->n);
	return order != 0 ? order : x->n < y->n ? -1 : x->n > y->n;
}

int tj_token_counter_list(const struct tj_token_counter *c, size_t most, struct tj_string *out)
{
	static const char special[] = "<unk>\n<s>\n</s>\n";
	enum { SPECIAL = 3 };
	size_t n = 0;
	struct counted_token *list = malloc((c->n + 1) * sizeof *list);
	if (list == NULL)
		return 0;
	for (size_t i = 0; i < c->size; i++) {
		if (c->table[i].n == 0)
			continue;
		list[n] = c->table[i];
		list[n++].text = c->text.data + c->table[i].first;
	}
	qsort(list, n, sizeof *list, commonest_first);
	int good = tj_string_append(out, special, sizeof special - 1);
	for (size_t i = 0; good && i < n && i + SPECIAL < most; i++)
		good = tj_string_append(out, list[i].text, list[i].n) &&
		       tj_string_append(out, "\n", 1);
	free(list);
	return good;
}
