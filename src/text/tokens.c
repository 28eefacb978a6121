/* SPDX-License-Identifier: MIT */
/* Tokens: a table of them, whose numbers are the ids. */
#include "src/text/tokens.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/base/separators.h"
#include "src/base/string_table.h"
#include "src/base/utf8.h"

static const char mark[] = "\xe2\x96\x81";
enum { MARK = sizeof mark - 1, MOST_TOKENS = 1 << 24 };

struct tj_tokens {
	char *name;                    /* for messages */
	struct tj_string_table tokens; /* each behind a mark; their numbers are the ids */
	uint8_t *kinds;                /* [tokens.n] */
	int32_t unk;                   /* its id */
};

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

static trujaman_status fault(const struct tj_tokens *t, uint32_t id, const char *found,
                             struct tj_error *err)
{
	return tj_fail(err, TRUJAMAN_ERROR_FORMAT, "%s: token %u: found %s", t->name, (unsigned)id,
	               found);
}

/* Adds a token of n bytes, for which there is room. */
static trujaman_status add_token(struct tj_tokens *t, const char *token, size_t n,
                                 struct tj_error *err)
{
	uint32_t id = t->tokens.n;
	if (n == 0)
		return fault(t, id, "nothing, wanted a token", err);
	if (tj_utf8_valid_prefix(token, n) < n)
		return fault(t, id, "invalid UTF-8", err);
	if (memchr(token, ' ', n) != NULL || tj_separator_find(token, n) < n)
		return fault(t, id, "a space or a control character, which no token has", err);
	uint32_t number = tj_string_table_add(&t->tokens, token, n);
	if (number == TJ_NO_STRING)
		return tj_fail_memory(err, "a list of tokens", n);
	if (number < id)
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
		               "%s: token %u: found the same as token %u", t->name, (unsigned)id,
		               (unsigned)number);
	t->kinds[id] = (uint8_t)tj_token_kind(token, n);
	if (t->kinds[id] == TJ_PIECE_UNKNOWN)
		t->unk = (int32_t)id;
	return TRUJAMAN_OK;
}

/* Makes room for n tokens of n_bytes with their newlines. */
static trujaman_status make_room(struct tj_tokens *t, size_t n, size_t n_bytes, const char *name,
                                 struct tj_error *err)
{
	t->tokens.before = mark;
	t->tokens.n_before = MARK;
	t->name = strdup(name);
	t->kinds = malloc(n);
	if (t->name == NULL || t->kinds == NULL ||
	    !tj_string_table_reserve(&t->tokens, n, n_bytes - n))
		return tj_fail_memory(err, "a list of tokens", n_bytes);
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
	tj_string_table_release(&t->tokens);
	free(t->kinds);
	free(t);
}

/* --- Use -------------------------------------------------------------------------- */

uint32_t tj_tokens_size(const struct tj_tokens *t)
{
	return t->tokens.n;
}

int32_t tj_tokens_find(const struct tj_tokens *t, const char *token, size_t n)
{
	return (int32_t)tj_string_table_find(&t->tokens, token, n); /* TJ_NO_STRING is -1 */
}

enum tj_piece_kind tj_tokens_kind(const struct tj_tokens *t, int32_t id)
{
	return (enum tj_piece_kind)t->kinds[id];
}

const char *tj_tokens_text(const struct tj_tokens *t, int32_t id, size_t *n)
{
	const char *word = tj_string_table_text(&t->tokens, (uint32_t)id, n);
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
		if (ids[i] < 0 || (uint32_t)ids[i] >= t->tokens.n)
			return tj_fail(err, TRUJAMAN_ERROR_USAGE,
			               "%s: id %d, but there are %u tokens", t->name, (int)ids[i],
			               (unsigned)t->tokens.n);
		if (t->kinds[ids[i]] == TJ_PIECE_CONTROL)
			continue;
		const char *word = tj_string_table_text(&t->tokens, (uint32_t)ids[i], &n_word);
		if ((joins && !tj_string_append(text, " ", 1)) ||
		    !tj_string_append(text, word, n_word))
			return tj_fail_memory(err, "a text", text->n);
		joins = 1;
	}
	return TRUJAMAN_OK;
}
