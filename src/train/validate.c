/* SPDX-License-Identifier: MIT */
/* Computes a model's loss, BLEU and chrF on a dev set. */
#include "src/train/validate.h"

#include <stdlib.h>

#include "src/metric/bleu.h"
#include "src/metric/chrf.h"

trujaman_status tj_validate_nll(struct tj_network *net, const float *values,
                                const struct tj_dev_set *set, double *nll, struct tj_error *err)
{
	const struct tj_noise none = { 0 };
	struct tj_batch_view view = { 0 };
	double sum = 0;
	size_t n_pieces = 0;
	for (size_t i = 0; i < set->batches.n && err->status == TRUJAMAN_OK; i++) {
		struct tj_loss loss;
		if (tj_batches_view(&set->batches, &set->corpus, i, &view, err) == TRUJAMAN_OK &&
		    tj_network_run(net, values, &view.batch, &none, NULL, &loss, err) ==
		        TRUJAMAN_OK) {
			sum += loss.nll;
			n_pieces += loss.n_pieces;
		}
	}
	tj_batch_view_free(&view);
	*nll = n_pieces > 0 ? sum / (double)n_pieces : 0;
	return err->status;
}

/* The dev set's lines and their translations. */
struct lines {
	size_t n;
	const char **source, **target;
	size_t *n_source, *n_target;
	struct tj_dev_text *translated;
	const char **output;
	size_t *n_output;
};

static trujaman_status lines_open(struct lines *l, const struct tj_dev_set *set,
                                  struct tj_error *err)
{
	size_t n = set->n_lines;
	*l = (struct lines){
		.n = n,
		.source = calloc(n + 1, sizeof *l->source),
		.target = calloc(n + 1, sizeof *l->target),
		.n_source = calloc(n + 1, sizeof *l->n_source),
		.n_target = calloc(n + 1, sizeof *l->n_target),
		.translated = calloc(n + 1, sizeof *l->translated),
		.output = calloc(n + 1, sizeof *l->output),
		.n_output = calloc(n + 1, sizeof *l->n_output),
	};
	if (l->source == NULL || l->target == NULL || l->n_source == NULL || l->n_target == NULL ||
	    l->translated == NULL || l->output == NULL || l->n_output == NULL)
		return tj_fail_memory(err, "the dev set", n * sizeof *l->translated);
	for (size_t i = 0; i < n; i++) {
		size_t line = set->lines[i];
		l->source[i] = tj_pair_text_line(set->text, 0, line, &l->n_source[i]);
		l->target[i] = tj_pair_text_line(set->text, 1, line, &l->n_target[i]);
	}
	return TRUJAMAN_OK;
}

static void lines_free(struct lines *l)
{
	for (size_t i = 0; l->translated != NULL && i < l->n; i++)
		free(l->translated[i].text);
	free(l->translated);
	free(l->source);
	free(l->target);
	free(l->n_source);
	free(l->n_target);
	free(l->output);
	free(l->n_output);
}

static trujaman_status compare(const struct lines *l, trujaman_train_dev_score *score,
                               struct tj_error *err)
{
	struct tj_chrf chrf = { 0 };
	for (size_t i = 0; i < l->n; i++)
		if (tj_chrf_add(&chrf, l->output[i], l->n_output[i], l->target[i], l->n_target[i],
		                err) != TRUJAMAN_OK)
			return err->status;
	tj_chrf_finish(&chrf);
	score->chrf = chrf.score;
	return tj_bleu_corpus(l->n, l->output, l->n_output, l->target, l->n_target, &score->bleu,
	                      err);
}

trujaman_status tj_validate_texts(const struct tj_translator *translator, const char *model,
                                  const struct tj_dev_set *set, trujaman_train_dev_score *score,
                                  int *done, struct tj_error *err)
{
	struct lines l;
	*done = 1;
	if (lines_open(&l, set, err) == TRUJAMAN_OK)
		translator->translate(translator->context, model, l.n, l.source, l.n_source,
		                      l.translated, err);
	for (size_t i = 0; err->status == TRUJAMAN_OK && *done && i < l.n; i++) {
		l.output[i] = l.translated[i].text;
		l.n_output[i] = l.translated[i].len;
		*done = l.output[i] != NULL;
	}
	if (err->status == TRUJAMAN_OK && *done)
		compare(&l, score, err);
	lines_free(&l);
	return err->status;
}
