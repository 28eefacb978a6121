/* SPDX-License-Identifier: MIT */
/* trujaman_translate and trujaman_score: texts in memory. */
#include <stdlib.h>
#include <string.h>

#include "src/api/attention.h"
#include "src/api/explanations.h"
#include "src/api/pair_scores.h"
#include "src/api/result.h"
#include "src/api/translator.h"
#include "src/base/float_mode.h"

/* The arguments of one call, and how many texts were read (next). */
struct texts {
	const trujaman_translator *t;
	size_t n, next, chunk_lines;
	size_t n_done; /* only the writer has it */
	int scoring;
	const char *const *src, *const *tgt;
	const size_t *src_len, *tgt_len;
	trujaman_result *result;
};

static enum tj_supply read_texts(void *context, int may_block, struct tj_chunk *chunk,
                                 struct tj_error *err)
{
	struct texts *x = context;
	(void)may_block;
	for (; x->next < x->n && chunk->n_lines < x->chunk_lines; x->next++) {
		size_t i = x->next, invalid, invalid_target = SIZE_MAX;
		const char *target = x->tgt != NULL ? x->tgt[i] : NULL;
		int column = x->scoring ? 0 : x->t->options.tsv;
		struct tj_chunk_line *line = column > 0
		                                 ? tj_chunk_add_row(chunk, x->src[i], x->src_len[i],
		                                                    column, &invalid)
		                                 : tj_chunk_add(chunk, x->src[i], x->src_len[i],
		                                                target,
		                                                target != NULL ? x->tgt_len[i] : 0,
		                                                &invalid, &invalid_target);
		if (line == NULL) {
			tj_fail_memory(err, "texts", x->src_len[i]);
			return TJ_SUPPLY_END;
		}
		if (x->t->options.strict && (invalid & invalid_target) != SIZE_MAX) {
			size_t at = invalid != SIZE_MAX ? invalid : invalid_target;
			tj_fail(err, TRUJAMAN_ERROR_INPUT, "text %zu: invalid UTF-8 at byte %zu",
			        i + 1, at + 1);
			return TJ_SUPPLY_END;
		}
		line->number = line->place = i + 1;
		if (!x->scoring && !tj_chunk_add_draws(chunk, tj_draws(x->t))) {
			tj_fail_memory(err, "texts", x->src_len[i]);
			return TJ_SUPPLY_END;
		}
	}
	return chunk->n_lines > 0 ? TJ_SUPPLY_LINES : TJ_SUPPLY_END;
}

static trujaman_status fill_texts(const trujaman_translator *t, struct tj_chunk *c,
                                  const struct tj_chunk_line *line, struct tj_result_text *to,
                                  struct tj_error *err)
{
	for (size_t rank = 0; rank < line->n_joined; rank++) {
		const struct tj_joined *joined = &c->joined[line->first_joined + rank];
		char *text = malloc(joined->n + 1);
		if (text == NULL)
			return tj_fail_memory(err, "a translation", joined->n);
		if (joined->n > 0)
			memcpy(text, c->joined_text.data + joined->first, joined->n);
		text[joined->n] = '\0';
		to[rank] = (struct tj_result_text){ .text = text,
			                            .n = joined->n,
			                            .score = joined->score };
		if (tj_make_attention(t, c, line, joined, &to[rank].blocks, &to[rank].attention,
		                      err) != TRUJAMAN_OK)
			return err->status;
	}
	return TRUJAMAN_OK;
}

static trujaman_status finish_texts(void *context, struct tj_chunk *c, struct tj_error *err)
{
	struct texts *x = context;
	for (size_t i = 0; err->status == TRUJAMAN_OK && i < c->n_lines; i++) {
		const struct tj_chunk_line *line = &c->lines[i];
		size_t at = (size_t)line->number - 1;
		struct tj_result_text *to = &x->result->texts[at * x->result->n_best + line->draw];
		if (!x->scoring) {
			(void)fill_texts(x->t, c, line, to, err);
			continue;
		}
		to->score = tj_pair_score(&x->t->options, line);
		(void)tj_make_attention(x->t, c, line, NULL, &to->blocks, &to->attention, err);
	}
	return x->scoring ? err->status : tj_make_explanations(x->t, c, err);
}

/* Chunks come here in their order, one at a time. */
static trujaman_status tell_chunk(void *context, struct tj_chunk *c, struct tj_error *err)
{
	struct texts *x = context;
	const trujaman_translator *t = x->t;
	if (!x->scoring && tj_tell_explanations(t, c, err) != TRUJAMAN_OK)
		return err->status;
	for (size_t i = 0; i < c->n_lines; i++)
		x->n_done += c->lines[i].draw == 0;
	if (t->progress != NULL && t->progress(t->progress_context, x->n_done, x->n) != 0)
		return tj_fail(err, TRUJAMAN_ERROR_STOPPED, "stopped by its observer");
	return TRUJAMAN_OK;
}

/* Returns the result, or NULL with an error. */
static trujaman_result *run(trujaman_translator *t, struct texts *x)
{
	struct tj_job job = { .context = x,
		              .read = read_texts,
		              .finish = finish_texts,
		              .write = tell_chunk,
		              .stop = &t->stop,
		              .language = tj_language_of(t, x->scoring),
		              .need_scores = 1 };
	x->t = t;
	x->chunk_lines = tj_chunk_lines(t, x->scoring);
	x->result = tj_result_new(x->n, x->scoring ? 1 : (size_t)t->options.n_best);
	if (x->result == NULL) {
		tj_fail_memory(&t->error, "translations", x->n);
		return NULL;
	}
	struct tj_float_mode mode;
	tj_float_enter(&mode);
	if (tj_team_run(x->scoring ? &t->scoring : &t->translating, &job, &t->error) !=
	    TRUJAMAN_OK) {
		trujaman_result_free(x->result);
		x->result = NULL;
	}
	tj_float_leave(&mode);
	return x->result;
}

trujaman_status trujaman_translate(trujaman_translator *t, size_t n, const char *const *src,
                                   const size_t *len, trujaman_result **result, char *error,
                                   size_t n_error_bytes)
{
	struct texts x = { .n = n, .src = src, .src_len = len };
	*result = run(t, &x);
	return tj_translator_tell(t, error, n_error_bytes);
}

trujaman_status trujaman_score(trujaman_translator *t, size_t n, const char *const *src,
                               const size_t *src_len, const char *const *tgt, const size_t *tgt_len,
                               trujaman_result **result, char *error, size_t n_error_bytes)
{
	struct texts x = {
		.n = n, .scoring = 1, .src = src, .src_len = src_len, .tgt = tgt, .tgt_len = tgt_len
	};
	*result = run(t, &x);
	return tj_translator_tell(t, error, n_error_bytes);
}
