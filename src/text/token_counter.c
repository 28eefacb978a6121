/* SPDX-License-Identifier: MIT */
/* A table of words, and how often each occurs. */
#include "src/text/token_counter.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/separators.h"
#include "src/base/string_table.h"
#include "src/text/tokens.h"

struct tj_token_counter {
	struct tj_string_table words;
	uint64_t *times; /* [words.n] */
	size_t n_times;  /* room for them */
};

struct tj_token_counter *tj_token_counter_new(struct tj_error *err)
{
	struct tj_token_counter *c = calloc(1, sizeof *c);
	if (c == NULL)
		tj_fail_memory(err, "a list of tokens", sizeof *c);
	return c;
}

void tj_token_counter_free(struct tj_token_counter *c)
{
	if (c == NULL)
		return;
	tj_string_table_release(&c->words);
	free(c->times);
	free(c);
}

static int count(struct tj_token_counter *c, const char *word, size_t n)
{
	uint32_t before = c->words.n;
	if (tj_separator_find(word, n) < n || tj_token_kind(word, n) != TJ_PIECE_TEXT)
		return 1;
	if (before == c->n_times &&
	    !tj_reserve(&c->times, &c->n_times, (size_t)before + 1, sizeof *c->times))
		return 0;
	uint32_t i = tj_string_table_add(&c->words, word, n);
	if (i == TJ_NO_STRING)
		return 0;
	c->times[i] = i < before ? c->times[i] + 1 : 1;
	return 1;
}

int tj_token_counter_add(struct tj_token_counter *c, const char *text, size_t n)
{
	for (size_t end = 0, first; (first = tj_tokens_next(text, n, &end)) < n;)
		if (!count(c, text + first, end - first))
			return 0;
	return 1;
}

struct counted_token {
	const char *text;
	size_t n;
	uint64_t times;
};

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
	const size_t n = c->words.n;
	struct counted_token *list = malloc((n + 1) * sizeof *list);
	if (list == NULL)
		return 0;
	for (uint32_t i = 0; i < n; i++) {
		list[i].text = tj_string_table_text(&c->words, i, &list[i].n);
		list[i].times = c->times[i];
	}
	qsort(list, n, sizeof *list, commonest_first);
	int good = tj_string_append(out, special, sizeof special - 1);
	for (size_t i = 0; good && i < n && i + SPECIAL < most; i++)
		good = tj_string_append(out, list[i].text, list[i].n) &&
		       tj_string_append(out, "\n", 1);
	free(list);
	return good;
}
