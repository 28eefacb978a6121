/* SPDX-License-Identifier: MIT */
/* Hands each question on to the kind of vocabulary that it is. */
#include "src/text/pieces.h"

#include <stdlib.h>

#include "src/text/spm.h"
#include "src/text/tokens.h"

struct tj_pieces { /* one of the two is not NULL */
	struct tj_spm *spm;
	struct tj_tokens *tokens;
};

static struct tj_pieces *new_pieces(struct tj_error *err)
{
	struct tj_pieces *p = calloc(1, sizeof *p);
	if (p == NULL)
		tj_fail_memory(err, "a vocabulary", sizeof *p);
	return p;
}

/* The vocabulary, or NULL after a failure. */
static struct tj_pieces *or_null(struct tj_pieces *p)
{
	if (p != NULL && (p->spm != NULL || p->tokens != NULL))
		return p;
	free(p);
	return NULL;
}

struct tj_pieces *tj_pieces_open(const void *model, size_t n_bytes, const char *name,
                                 struct tj_error *err)
{
	struct tj_pieces *p = new_pieces(err);
	if (p != NULL)
		p->spm = tj_spm_open(model, n_bytes, name, err);
	return or_null(p);
}

struct tj_pieces *tj_pieces_open_tokens(const void *list, size_t n_bytes, const char *name,
                                        struct tj_error *err)
{
	struct tj_pieces *p = new_pieces(err);
	if (p != NULL)
		p->tokens = tj_tokens_open(list, n_bytes, name, err);
	return or_null(p);
}

void tj_pieces_close(struct tj_pieces *p)
{
	if (p == NULL)
		return;
	if (p->spm != NULL)
		tj_spm_close(p->spm);
	tj_tokens_close(p->tokens);
	free(p);
}

int tj_pieces_are_tokens(const struct tj_pieces *p)
{
	return p->tokens != NULL;
}

uint32_t tj_pieces_size(const struct tj_pieces *p)
{
	return p->tokens ? tj_tokens_size(p->tokens) : tj_spm_size(p->spm);
}

int32_t tj_pieces_unk(const struct tj_pieces *p)
{
	return p->tokens ? tj_tokens_find(p->tokens, "<unk>", 5) : tj_spm_unk(p->spm);
}

int32_t tj_pieces_bos(const struct tj_pieces *p)
{
	return p->tokens ? tj_tokens_find(p->tokens, "<s>", 3) : tj_spm_bos(p->spm);
}

int32_t tj_pieces_eos(const struct tj_pieces *p)
{
	return p->tokens ? tj_tokens_find(p->tokens, "</s>", 4) : tj_spm_eos(p->spm);
}

int tj_pieces_starts_word(const struct tj_pieces *p, int32_t id)
{
	if (p->tokens == NULL)
		return tj_spm_starts_word(p->spm, id);
	return id >= 0 && (uint32_t)id < tj_tokens_size(p->tokens) &&
	       tj_tokens_kind(p->tokens, id) == TJ_PIECE_TEXT;
}

int tj_pieces_has(const struct tj_pieces *p, uint32_t c)
{
	return p->tokens || tj_spm_has(p->spm, c);
}

int tj_pieces_have(const struct tj_pieces *p, const char *text, size_t n)
{
	return p->tokens || tj_spm_have(p->spm, text, n);
}

int tj_pieces_has_word(const struct tj_pieces *p, const char *word, size_t n)
{
	if (p->tokens == NULL)
		return tj_spm_has_word(p->spm, word, n);
	int32_t id = tj_tokens_find(p->tokens, word, n);
	return id >= 0 && tj_tokens_kind(p->tokens, id) == TJ_PIECE_TEXT;
}

enum tj_piece_kind tj_pieces_kind(const struct tj_pieces *p, int32_t id, uint8_t *byte)
{
	return p->tokens ? tj_tokens_kind(p->tokens, id) : tj_spm_kind(p->spm, id, byte);
}

const char *tj_pieces_text(const struct tj_pieces *p, int32_t id, size_t *n)
{
	return p->tokens ? tj_tokens_text(p->tokens, id, n) : tj_spm_text(p->spm, id, n);
}

size_t tj_pieces_placeables(const struct tj_pieces *p)
{
	return p->tokens ? 0 : tj_spm_placeables(p->spm);
}

int32_t tj_pieces_placeable(const struct tj_pieces *p, size_t k)
{
	return p->tokens ? -1 : tj_spm_placeable(p->spm, k);
}

trujaman_status tj_pieces_encode(const struct tj_pieces *p, const char *text, size_t n,
                                 struct tj_ids *ids, struct tj_error *err)
{
	return p->tokens ? tj_tokens_encode(p->tokens, text, n, ids, err)
	                 : tj_spm_encode(p->spm, text, n, ids, err);
}

trujaman_status tj_pieces_starts(const struct tj_pieces *p, const char *text, size_t n,
                                 size_t n_ids, size_t *starts, struct tj_error *err)
{
	return p->tokens ? tj_tokens_starts(p->tokens, text, n, n_ids, starts, err)
	                 : tj_spm_starts(p->spm, text, n, n_ids, starts, err);
}

trujaman_status tj_pieces_sample(const struct tj_pieces *p, const char *text, size_t n,
                                 double alpha, uint64_t seed, struct tj_ids *ids,
                                 struct tj_error *err)
{
	if (p->tokens == NULL)
		return tj_spm_sample(p->spm, text, n, alpha, seed, ids, err);
	return tj_fail(err, TRUJAMAN_ERROR_INPUT,
	               "cannot sample the pieces of a text: tokens have no parts");
}

trujaman_status tj_pieces_decode(const struct tj_pieces *p, const int32_t *ids, size_t n,
                                 struct tj_string *text, struct tj_error *err)
{
	return p->tokens ? tj_tokens_decode(p->tokens, ids, n, text, err)
	                 : tj_spm_decode(p->spm, ids, n, text, err);
}
