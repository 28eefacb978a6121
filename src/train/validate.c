/* SPDX-License-Identifier: MIT */
/* Computes a model's loss and BLEU score on the dev set. */
#include "src/train/validate.h"

#include <stdlib.h>

#include "src/metric/bleu.h"

trujaman_status tj_validate_nll(struct tj_network *net, const float *values,
                                const struct tj_dataset *data, double *nll, struct tj_error *err)
{
	const struct tj_noise none = { 0 };
	struct tj_batch_view view = { 0 };
	double sum = 0;
	size_t n_pieces = 0;
	for (size_t i = 0; i < data->dev_batches.n && err->status == TRUJAMAN_OK; i++) {
		struct tj_loss loss;
		if (tj_batches_view(&data->dev_batches, &data->dev, i, &view, err) == TRUJAMAN_OK &&
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
	trujaman_text *translated;
	const char **output;
	size_t *n_output;
};

static trujaman_status lines_open(struct lines *l, const struct tj_dataset *data,
                                  struct tj_error *err)
{
	size_t n = data->n_dev_lines;
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
		size_t line = data->dev_lines[i];
		l->source[i] = tj_pair_text_line(data->dev_text, 0, line, &l->n_source[i]);
		l->target[i] = tj_pair_text_line(data->dev_text, 1, line, &l->n_target[i]);
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

trujaman_status tj_validate_bleu(const struct tj_translator *translator, const char *model,
                                 const struct tj_dataset *data, double *bleu, int *done,
                                 struct tj_error *err)
{
	struct lines l;
	*done = 1;
	if (lines_open(&l, data, err) == TRUJAMAN_OK)
		translator->translate(translator->context, model, l.n, l.source, l.n_source,
		                      l.translated, err);
	for (size_t i = 0; err->status == TRUJAMAN_OK && *done && i < l.n; i++) {
		l.output[i] = l.translated[i].text;
		l.n_output[i] = l.translated[i].len;
		*done = l.output[i] != NULL;
	}
	if (err->status == TRUJAMAN_OK && *done)
		tj_bleu_corpus(l.n, l.output, l.n_output, l.target, l.n_target, bleu, err);
	lines_free(&l);
	return err->status;
}
