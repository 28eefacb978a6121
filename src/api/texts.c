/* SPDX-License-Identifier: MIT */
/* trujaman_translate and trujaman_score: texts in memory. */
#include <stdlib.h>
#include <string.h>

#include "src/api/explanations.h"
#include "src/api/handle.h"
#include "src/base/float_mode.h"

/* The arguments of one call, and how many texts were read (next). */
struct texts {
	const trujaman *t;
	size_t n, next, chunk_lines, n_best;
	const char *const *src, *const *tgt;
	const size_t *src_len, *tgt_len;
	trujaman_text *dst;
	double *scores;
};

static enum tj_supply read_texts(void *context, int may_block, struct tj_chunk *chunk,
                                 struct tj_error *err)
{
	struct texts *x = context;
	(void)may_block;
	for (; x->next < x->n && chunk->n_lines < x->chunk_lines; x->next++) {
		size_t i = x->next, invalid, invalid_target = SIZE_MAX;
		const char *target = x->tgt != NULL ? x->tgt[i] : NULL;
		int column = x->scores == NULL ? x->t->options.tsv : 0;
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
		if (x->scores == NULL && !tj_chunk_add_draws(chunk, tj_draws(x->t))) {
			tj_fail_memory(err, "texts", x->src_len[i]);
			return TJ_SUPPLY_END;
		}
	}
	return chunk->n_lines > 0 ? TJ_SUPPLY_LINES : TJ_SUPPLY_END;
}

static int fill_texts(const struct tj_chunk *c, const struct tj_chunk_line *line, trujaman_text *to)
{
	for (size_t rank = 0; rank < line->n_joined; rank++) {
		const struct tj_joined *joined = &c->joined[line->first_joined + rank];
		char *text = malloc(joined->n + 1);
		if (text == NULL)
			return 0;
		if (joined->n > 0)
			memcpy(text, c->joined_text.data + joined->first, joined->n);
		text[joined->n] = '\0';
		to[rank] = (trujaman_text){ text, joined->n, joined->score };
	}
	return 1;
}

static trujaman_status finish_texts(void *context, struct tj_chunk *c, struct tj_error *err)
{
	struct texts *x = context;
	for (size_t i = 0; err->status == TRUJAMAN_OK && i < c->n_lines; i++) {
		const struct tj_chunk_line *line = &c->lines[i];
		size_t at = (size_t)line->number - 1;
		if (x->scores != NULL)
			x->scores[at] = line->first_part->hypotheses->score;
		else if (!fill_texts(c, line, &x->dst[at * x->n_best + line->draw]))
			tj_fail_memory(err, "a translation", line->n_bytes);
	}
	return x->scores == NULL ? tj_make_explanations(x->t, c, err) : err->status;
}

static trujaman_status write_texts(void *context, struct tj_chunk *c, struct tj_error *err)
{
	const struct texts *x = context;
	return x->scores == NULL ? tj_tell_explanations(x->t, c, err) : TRUJAMAN_OK;
}

static trujaman_status run(trujaman *t, struct texts *x, int scoring)
{
	struct tj_job job = { .context = x,
		              .read = read_texts,
		              .finish = finish_texts,
		              .write = write_texts,
		              .language = tj_language_of(t, scoring),
		              .need_scores = 1 };
	x->t = t;
	x->n_best = (size_t)t->options.n_best;
	x->chunk_lines = tj_chunk_lines(t, scoring);
	struct tj_float_mode mode;
	tj_float_enter(&mode);
	trujaman_status status = tj_team_run(scoring ? &t->scoring : &t->translating, &job,
	                                     &t->error);
	tj_float_leave(&mode);
	return status;
}

trujaman_status trujaman_translate(trujaman *t, size_t n, const char *const *src, const size_t *len,
                                   trujaman_text *dst)
{
	struct texts x = { .n = n, .src = src, .src_len = len, .dst = dst };
	if (tj_begin(t) != TRUJAMAN_OK)
		return t->error.status;
	size_t n_texts = n * (size_t)t->options.n_best;
	for (size_t i = 0; i < n_texts; i++)
		dst[i] = (trujaman_text){ NULL, 0, 0 };
	trujaman_status status = run(t, &x, 0);
	if (status != TRUJAMAN_OK)
		trujaman_text_free(n_texts, dst);
	return status;
}

trujaman_status trujaman_score(trujaman *t, size_t n, const char *const *src, const size_t *src_len,
                               const char *const *tgt, const size_t *tgt_len, double *scores)
{
	struct texts x = { .n = n,
		           .src = src,
		           .src_len = src_len,
		           .tgt = tgt,
		           .tgt_len = tgt_len,
		           .scores = scores };
	if (tj_begin(t) != TRUJAMAN_OK)
		return t->error.status;
	return run(t, &x, 1);
}

void trujaman_text_free(size_t n, trujaman_text *texts)
{
	for (size_t i = 0; i < n; i++) {
		free(texts[i].text);
		texts[i] = (trujaman_text){ NULL, 0, 0 };
	}
}
