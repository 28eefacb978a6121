/* SPDX-License-Identifier: MIT */
/* Tokens: one block of their texts, and a hash table of their ids. */
#include "src/text/tokens.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/hash.h"
#include "src/base/memory.h"
#include "src/base/separators.h"
#include "src/base/utf8.h"

static const char mark[] = "\xe2\x96\x81";
enum { MARK = sizeof mark - 1, MOST_TOKENS = 1 << 24 };

struct tj_tokens {
	char *name;       /* for messages */
	char *texts;      /* each token behind a mark */
	size_t *starts;   /* [size + 1]: where each mark begins */
	uint8_t *kinds;   /* [size] */
	uint32_t size;    /* tokens */
	int32_t unk;      /* its id */
	int32_t *buckets; /* [n_buckets], a power of two: ids, -1 is free */
	size_t n_buckets;
};

static const char *word_of(const struct tj_tokens *t, size_t id, size_t *n)
{
	*n = t->starts[id + 1] - t->starts[id] - MARK;
	return t->texts + t->starts[id] + MARK;
}

/* The bucket that has a token, or the free one where it would be. */
static size_t bucket_of(const struct tj_tokens *t, const char *token, size_t n)
{
	size_t b = tj_hash(0, token, n) & (t->n_buckets - 1);
	for (; t->buckets[b] >= 0; b = (b + 1) & (t->n_buckets - 1)) {
		size_t n_other;
		const char *other = word_of(t, (size_t)t->buckets[b], &n_other);
		if (n_other == n && memcmp(other, token, n) == 0)
			break;
	}
	return b;
}

enum tj_piece_kind tj_token_kind(const char *token, size_t n)
{
	static const char *const controls[] = { "<s>", "</s>", "<pad>", "<blank>" };
	if (n == 5 && memcmp(token, "<unk>", n) == 0)
		return TJ_PIECE_UNKNOWN;
	for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
		if (strlen(controls[i]) == n && memcmp(controls[i], token, n) == 0)
			return TJ_PIECE_CONTROL;
	return TJ_PIECE_TEXT;
}

/* --- Opening ---------------------------------------------------------------------- */

static trujaman_status fault(const struct tj_tokens *t, size_t id, const char *found,
                             struct tj_error *err)
{
	return tj_fail(err, TRUJAMAN_ERROR_FORMAT, "%s: token %zu: found %s", t->name, id, found);
}

/* Adds token number t->size, n bytes, of which the texts and the table have room. */
static trujaman_status add_token(struct tj_tokens *t, const char *token, size_t n,
                                 struct tj_error *err)
{
	size_t id = t->size, to = t->starts[id];
	if (n == 0)
		return fault(t, id, "nothing, wanted a token", err);
	if (tj_utf8_valid_prefix(token, n) < n)
		return fault(t, id, "invalid UTF-8", err);
	if (memchr(token, ' ', n) != NULL || tj_separator_find(token, n) < n)
		return fault(t, id, "a space or a control character, which no token has", err);
	size_t b = bucket_of(t, token, n);
	if (t->buckets[b] >= 0)
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
		               "%s: token %zu: found the same as token %d", t->name, id,
		               (int)t->buckets[b]);
	memcpy(t->texts + to, mark, MARK);
	memcpy(t->texts + to + MARK, token, n);
	t->starts[id + 1] = to + MARK + n;
	t->kinds[id] = (uint8_t)tj_token_kind(token, n);
	if (t->kinds[id] == TJ_PIECE_UNKNOWN)
		t->unk = (int32_t)id;
	t->buckets[b] = (int32_t)id;
	t->size++;
	return TRUJAMAN_OK;
}

/* Makes room for n tokens of n_bytes with their newlines. */
static trujaman_status make_room(struct tj_tokens *t, size_t n, size_t n_bytes, const char *name,
                                 struct tj_error *err)
{
	for (t->n_buckets = 16; t->n_buckets / 2 < n;)
		t->n_buckets *= 2;
	t->name = strdup(name);
	t->texts = malloc(n_bytes + n * MARK);
	t->starts = calloc(n + 1, sizeof *t->starts);
	t->kinds = malloc(n);
	t->buckets = malloc(t->n_buckets * sizeof *t->buckets);
	if (t->name == NULL || t->texts == NULL || t->starts == NULL || t->kinds == NULL ||
	    t->buckets == NULL)
		return tj_fail_memory(err, "a list of tokens", n_bytes);
	memset(t->buckets, 0xFF, t->n_buckets * sizeof *t->buckets); /* -1 */
	return TRUJAMAN_OK;
}

static trujaman_status read_list(struct tj_tokens *t, const char *list, size_t n_bytes,
                                 const char *name, struct tj_error *err)
{
	size_t n = 0;
	for (size_t i = 0; i < n_bytes; i++)
		n += list[i] == '\n';
	if (n == 0 || list[n_bytes - 1] != '\n')
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
		               "%s: found no list of tokens, each with a newline behind it", name);
	if (n > MOST_TOKENS)
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
		               "%s: found %zu tokens, wanted at most %d", name, n,
		               (int)MOST_TOKENS);
	if (make_room(t, n, n_bytes, name, err) != TRUJAMAN_OK)
		return err->status;
	for (size_t from = 0; from < n_bytes && err->status == TRUJAMAN_OK;) {
		const char *end = memchr(list + from, '\n', n_bytes - from);
		size_t to = (size_t)(end - list);
		(void)add_token(t, list + from, to - from, err);
		from = to + 1;
	}
	if (err->status == TRUJAMAN_OK && t->unk < 0)
		tj_fail(err, TRUJAMAN_ERROR_FORMAT,
		        "%s: found no token <unk>, which stands for all that are not there", name);
	return err->status;
}

struct tj_tokens *tj_tokens_open(const char *list, size_t n_bytes, const char *name,
                                 struct tj_error *err)
{
	struct tj_tokens *t = calloc(1, sizeof *t);
	if (t == NULL) {
		tj_fail_memory(err, "a list of tokens", n_bytes);
		return NULL;
	}
	t->unk = -1;
	if (read_list(t, list, n_bytes, name, err) == TRUJAMAN_OK)
		return t;
	tj_tokens_close(t);
	return NULL;
}

void tj_tokens_close(struct tj_tokens *t)
{
	if (t == NULL)
		return;
	free(t->name);
	free(t->texts);
	free(t->starts);
	free(t->kinds);
	free(t->buckets);
	free(t);
}

/* --- Use -------------------------------------------------------------------------- */

uint32_t tj_tokens_size(const struct tj_tokens *t)
{
	return t->size;
}

int32_t tj_tokens_find(const struct tj_tokens *t, const char *token, size_t n)
{
	return t->buckets[bucket_of(t, token, n)];
}

enum tj_piece_kind tj_tokens_kind(const struct tj_tokens *t, int32_t id)
{
	return (enum tj_piece_kind)t->kinds[id];
}

const char *tj_tokens_text(const struct tj_tokens *t, int32_t id, size_t *n)
{
	const char *word = word_of(t, (size_t)id, n);
	if (t->kinds[id] != TJ_PIECE_TEXT)
		return word;
	*n += MARK;
	return word - MARK;
}

size_t tj_tokens_next(const char *text, size_t n, size_t *at)
{
	size_t first = *at;
	while (first < n && tj_is_space(text[first]))
		first++;
	for (*at = first; *at < n && !tj_is_space(text[*at]);)
		(*at)++;
	return first;
}

trujaman_status tj_tokens_encode(const struct tj_tokens *t, const char *text, size_t n,
                                 struct tj_ids *ids, struct tj_error *err)
{
	size_t first, end = 0;
	while ((first = tj_tokens_next(text, n, &end)) < n) {
		int32_t id = tj_tokens_find(t, text + first, end - first);
		if (!tj_reserve(&ids->data, &ids->capacity, ids->n + 1, sizeof *ids->data))
			return tj_fail_memory(err, "tokens", n);
		ids->data[ids->n++] = id < 0 || t->kinds[id] == TJ_PIECE_CONTROL ? t->unk : id;
	}
	return TRUJAMAN_OK;
}

trujaman_status tj_tokens_starts(const struct tj_tokens *t, const char *text, size_t n,
                                 size_t n_ids, size_t *starts, struct tj_error *err)
{
	size_t found = 0, first, end = 0;
	for (; (first = tj_tokens_next(text, n, &end)) < n; found++)
		if (found < n_ids)
			starts[found] = first;
	return found == n_ids
	           ? TRUJAMAN_OK
	           : tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s: found %zu words in a text, wanted %zu",
	                     t->name, found, n_ids);
}

trujaman_status tj_tokens_decode(const struct tj_tokens *t, const int32_t *ids, size_t n,
                                 struct tj_string *text, struct tj_error *err)
{
	int joins = 0;
	for (size_t i = 0; i < n; i++) {
		size_t n_word;
		if (ids[i] < 0 || (uint32_t)ids[i] >= t->size)
			return tj_fail(err, TRUJAMAN_ERROR_USAGE,
			               "%s: id %d, but there are %u tokens", t->name, (int)ids[i],
			               (unsigned)t->size);
		if (t->kinds[ids[i]] == TJ_PIECE_CONTROL)
			continue;
		const char *word = word_of(t, (size_t)ids[i], &n_word);
		if ((joins && !tj_string_append(text, " ", 1)) ||
		    !tj_string_append(text, word, n_word))
			return tj_fail_memory(err, "a text", text->n);
		joins = 1;
	}
	return TRUJAMAN_OK;
}
