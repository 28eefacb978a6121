/* SPDX-License-Identifier: MIT */
/* Writes attention as JSON Lines. */
#include "src/cli/attention.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/cli/show/json.h"
#include "src/cli/show/message.h"
#include "src/io/write.h"

/* Counts the characters of a side, 0 the source, for the spans in it. */
static int count_characters(struct tj_attention_file *f, int side, const char *text, size_t n)
{
	uint32_t count = 0;
	if (!tj_reserve(&f->characters[side], &f->capacity[side], n + 1, sizeof **f->characters))
		return 0;
	for (size_t i = 0; i < n; i++) {
		f->characters[side][i] = count;
		count += i + 1 == n || ((unsigned char)text[i + 1] & 0xc0) != 0x80;
	}
	f->characters[side][n] = count;
	return 1;
}

/* The functions below return NULL if memory is short. */

/* Scores have six decimals, as in the output. */
static json_t *make_score(double x)
{
	return tj_json_number(rint(x * 1e6) / 1e6);
}

/* A share, 0 to 1, with four decimals. Each value is made once: a long sentence has millions of
 * shares. */
static json_t *make_share(struct tj_attention_file *f, float x)
{
	double n = round((double)x * TJ_SHARE_STEPS);
	if (isnan(n))
		return json_null();
	size_t i = n > TJ_SHARE_STEPS ? TJ_SHARE_STEPS : n > 0 ? (size_t)n : 0;
	if (f->shares[i] == NULL)
		f->shares[i] = tj_json_number((double)i / TJ_SHARE_STEPS);
	return json_incref(f->shares[i]);
}

static json_t *make_texts(const char *const *texts, size_t n)
{
	json_t *list = json_array();
	int good = 1;
	for (size_t i = 0; good && i < n; i++)
		good = json_array_append_new(list, tj_json_text(texts[i], strlen(texts[i]))) == 0;
	return tj_json_built(list, good);
}

static json_t *make_spans(const size_t (*spans)[2], size_t n, const uint32_t *characters)
{
	json_t *list = json_array();
	int good = 1;
	for (size_t i = 0; good && i < n; i++)
		good = json_array_append_new(list,
		                             json_pack("[I, I]",
		                                       (json_int_t)characters[spans[i][0]],
		                                       (json_int_t)characters[spans[i][1]])) == 0;
	return tj_json_built(list, good);
}

static json_t *make_scores(const double *scores, size_t n)
{
	json_t *list = json_array();
	int good = 1;
	for (size_t i = 0; good && i < n; i++)
		good = json_array_append_new(list, make_score(scores[i])) == 0;
	return tj_json_built(list, good);
}

static json_t *make_links(struct tj_attention_file *f, const trujaman_attention *a)
{
	json_t *list = json_array();
	int good = 1;
	for (size_t i = 0; good && i < a->n_links; i++)
		good = json_array_append_new(list,
		                             json_pack("[I, I, o]", (json_int_t)a->links[i][0],
		                                       (json_int_t)a->links[i][1],
		                                       make_share(f, a->link_shares[i]))) == 0;
	return tj_json_built(list, good);
}

static json_t *make_row(struct tj_attention_file *f, const float *shares, size_t n)
{
	json_t *list = json_array();
	int good = 1;
	for (size_t i = 0; good && i < n; i++)
		good = json_array_append_new(list, make_share(f, shares[i])) == 0;
	return tj_json_built(list, good);
}

static json_t *make_rows(struct tj_attention_file *f, const trujaman_attention_part *p)
{
	json_t *list = json_array();
	int good = 1;
	for (size_t i = 0; good && i < p->n_target; i++)
		good = json_array_append_new(list, make_row(f, p->shares + i * p->n_source,
		                                            p->n_source)) == 0;
	return tj_json_built(list, good);
}

/* --- A line ----------------------------------------------------------------------- */

static json_t *make_part(struct tj_attention_file *f, const trujaman_attention_part *p)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "source_pieces",
	                 make_texts(p->source_pieces, p->n_source), "source_spans",
	                 make_spans(p->source_spans, p->n_source, f->characters[0]),
	                 "target_pieces", make_texts(p->target_pieces, p->n_target), "target_spans",
	                 make_spans(p->target_spans, p->n_target, f->characters[1]), "scores",
	                 make_scores(p->scores, p->n_target), "shares", make_rows(f, p));
}

static json_t *make_parts(struct tj_attention_file *f, const trujaman_attention *a)
{
	json_t *list = json_array();
	int good = 1;
	for (size_t i = 0; good && i < a->n_parts; i++)
		good = json_array_append_new(list, make_part(f, a->parts[i])) == 0;
	return tj_json_built(list, good);
}

static json_t *make_object(struct tj_attention_file *f, const trujaman_attention *a)
{
	return json_pack("{s:I, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "input",
	                 (json_int_t)a->input, "line", (json_int_t)a->line, "rank",
	                 (json_int_t)a->rank, "score", make_score(a->score), "source",
	                 tj_json_text(a->source, a->source_len), "target",
	                 tj_json_text(a->target, a->target_len), "source_words",
	                 make_spans(a->source_words, a->n_source_words, f->characters[0]),
	                 "target_words",
	                 make_spans(a->target_words, a->n_target_words, f->characters[1]),
	                 "word_scores", make_scores(a->word_scores, a->n_target_words), "links",
	                 make_links(f, a), "parts", make_parts(f, a));
}

static int compose(struct tj_attention_file *f, const trujaman_attention *a)
{
	return count_characters(f, 0, a->source, a->source_len) &&
	       count_characters(f, 1, a->target, a->target_len) &&
	       tj_json_line(make_object(f, a), JSON_COMPACT | JSON_REAL_PRECISION(15), &f->line);
}

static int write_line(void *context, const trujaman_attention *a)
{
	struct tj_attention_file *f = context;
	if (!compose(f, a))
		tj_fail(&f->failed, TRUJAMAN_ERROR_MEMORY,
		        "out of memory for the attention of a line");
	else
		(void)tj_write_all(f->output.fd, f->output.name, f->line.data, f->line.n,
		                   &f->failed);
	return f->failed.status != TRUJAMAN_OK;
}

/* --- The file --------------------------------------------------------------------- */

void tj_attention_ask(struct tj_attention_file *f, const char *path, trujaman_options *options)
{
	*f = (struct tj_attention_file){ .path = path };
	if (path != NULL)
		trujaman_options_attend(options, write_line, f);
}

int tj_attention_open(struct tj_attention_file *f)
{
	if (f->path == NULL)
		return TJ_EXIT_DONE;
	struct tj_error err = { 0 };
	tj_output_open(&f->output, f->path, &err);
	f->is_open = err.status == TRUJAMAN_OK;
	return tj_cli_fail(err.status, err.text);
}

int tj_attention_end(struct tj_attention_file *f, int status)
{
	int is_file = f->output.partial != NULL;
	if (f->is_open && (status == TJ_EXIT_DONE || !is_file)) {
		struct tj_error err = { 0 };
		tj_output_commit(&f->output, &err);
		int committed = tj_cli_fail(err.status, err.text);
		status = status == TJ_EXIT_DONE ? committed : status;
	} else if (f->is_open) {
		tj_output_abandon(&f->output);
		if (status > 128)
			tj_cli_say("%s is not written", f->path);
	}
	free(f->line.data);
	free(f->characters[0]);
	free(f->characters[1]);
	for (size_t i = 0; i <= TJ_SHARE_STEPS; i++)
		json_decref(f->shares[i]);
	*f = (struct tj_attention_file){ .path = NULL };
	return status;
}
