/* SPDX-License-Identifier: MIT */
/* Measures models on the dev sets, compares them, and writes model files. */
#include "src/train/judge.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/number.h"
#include "src/train/observe.h"
#include "src/train/save.h"

enum {
	/* The plateau schedule halves the learning rate each time this many consecutive
	 * validations bring no new best model. */
	PLATEAU_VALIDATIONS = 2,
	MOST_RESULTS = 5 /* metadata entries of save */
};

const float *tj_model_values(const struct tj_trainer *t)
{
	return t->optimizer.average != NULL ? t->optimizer.average : t->parameters.values;
}

/* --- Saving ----------------------------------------------------------------------- */

static int compare_updates(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;
	return *x < *y ? -1 : *x > *y;
}

/* Prints the updates of the snapshots in order, "300,400,500"; NULL if out of memory. */
static char *print_updates(const struct tj_snapshots *s)
{
	enum { DIGITS = 21 };
	uint64_t *updates = calloc(s->n + 1, sizeof *updates);
	char *text = calloc(s->n + 1, DIGITS);
	if (updates == NULL || text == NULL) {
		free(updates);
		free(text);
		return NULL;
	}
	for (size_t i = 0; i < s->n; i++)
		updates[i] = s->scores[i].update;
	qsort(updates, s->n, sizeof *updates, compare_updates);
	for (size_t i = 0, at = 0; i < s->n; i++)
		at += (size_t)snprintf(text + at, DIGITS, "%s%" PRIu64, i > 0 ? "," : "",
		                       updates[i]);
	free(updates);
	return text;
}

/* The metadata say where the weights come from. They contain nothing that a rerun would change.
 * `averaged`, if not NULL, are the updates whose mean the weights are. */
static trujaman_status save(const struct tj_trainer *t, const char *path, const float *values,
                            const struct tj_score *score, const char *averaged,
                            struct tj_error *err)
{
	const struct tj_description *d = &t->description;
	const struct tj_vocabularies *v = &t->vocabularies;
	char updates[24], bleu[24], chrf[24], nll[24];
	size_t n = d->n_entries;
	struct tj_write_entry *entries = calloc(n + MOST_RESULTS, sizeof *entries);
	if (entries == NULL)
		return tj_fail_memory(err, "metadata", n * sizeof *entries);
	if (n > 0)
		memcpy(entries, d->entries, n * sizeof *entries);
	snprintf(updates, sizeof updates, "%" PRIu64, score->update);
	tj_number_print(bleu, sizeof bleu, "%.2f", score->bleu);
	tj_number_print(chrf, sizeof chrf, "%.2f", score->chrf);
	tj_number_print(nll, sizeof nll, "%.4f", score->nll);
	entries[n++] = (struct tj_write_entry){ "trained_updates", updates };
	if (averaged != NULL)
		entries[n++] = (struct tj_write_entry){ "averaged_updates", averaged };
	if (score->validated) {
		entries[n++] = (struct tj_write_entry){ "dev_bleu", bleu };
		if (score->chrf >= 0)
			entries[n++] = (struct tj_write_entry){ "dev_chrf", chrf };
		entries[n++] = (struct tj_write_entry){ "dev_nll", nll };
	}
	tj_model_save(path, &d->config, &t->parameters, values, v, n, entries, err);
	free(entries);
	return err->status;
}

trujaman_status tj_judge_save(const struct tj_trainer *t, const char *path, const float *values,
                              const struct tj_score *score, struct tj_error *err)
{
	return save(t, path, values, score, NULL, err);
}

/* --- Measuring -------------------------------------------------------------------- */

trujaman_status tj_diverged(const struct tj_trainer *t, uint64_t at, const char *what, double value,
                            struct tj_error *err)
{
	char number[32];
	tj_number_print(number, sizeof number, "%.6g", value);
	return tj_fail(err, TRUJAMAN_ERROR_INPUT,
	               "update %" PRIu64 ": %s is %s: the training has diverged; lower "
	               "--learning-rate, set --clip or raise --warmup; %s%s",
	               at, what,
	               isnan(value)   ? "not a number"
	               : isinf(value) ? "infinite"
	                              : number,
	               t->position.best.update > 0 ? "the last good model is in "
	                                           : "there was no good model yet for ",
	               t->options->model);
}

static trujaman_status measure_losses(struct tj_trainer *t, const float *values,
                                      struct tj_score *score, struct tj_error *err)
{
	double sum = 0;
	for (size_t i = 0; i < t->data.n_sets; i++) {
		double *nll = &t->scores[i].nll;
		if (tj_validate_nll(t->network, values, &t->data.sets[i], nll, err) != TRUJAMAN_OK)
			return err->status;
		if (!isfinite(*nll))
			return tj_diverged(t, score->update, "the loss of the dev set", *nll, err);
		sum += *nll;
	}
	score->nll = sum / (double)t->data.n_sets;
	return TRUJAMAN_OK;
}

static void translate_sets(struct tj_trainer *t, struct tj_score *score, int *done,
                           struct tj_error *err)
{
	double bleu = 0, chrf = 0;
	for (size_t i = 0; i < t->data.n_sets && *done && err->status == TRUJAMAN_OK; i++) {
		trujaman_train_dev_score *s = &t->scores[i];
		if (tj_validate_texts(t->translator, t->paths.candidate, &t->data.sets[i], s, done,
		                      err) != TRUJAMAN_OK)
			return;
		bleu += s->bleu;
		chrf += s->chrf;
	}
	score->bleu = bleu / (double)t->data.n_sets;
	score->chrf = chrf / (double)t->data.n_sets;
}

/* Measures weights on the dev sets, if there are any: the means of their scores. *done is 0 if the
 * translator was stopped. */
static trujaman_status measure(struct tj_trainer *t, const float *values, struct tj_score *score,
                               int *done, struct tj_error *err)
{
	*done = 1;
	if (t->data.n_sets == 0)
		return TRUJAMAN_OK;
	if (tj_observe_phase(t, "validating", err) != TRUJAMAN_OK ||
	    measure_losses(t, values, score, err) != TRUJAMAN_OK)
		return err->status;
	score->validated = 1;
	if (tj_judge_save(t, t->paths.candidate, values, score, err) == TRUJAMAN_OK)
		translate_sets(t, score, done, err);
	unlink(t->paths.candidate);
	return err->status;
}

static trujaman_status keep_best(struct tj_trainer *t, const struct tj_score *score,
                                 struct tj_error *err)
{
	const float *values = tj_model_values(t);
	if (tj_judge_save(t, t->options->model, values, score, err) != TRUJAMAN_OK)
		return err->status;
	memcpy(t->best, values, t->parameters.n_floats * sizeof *t->best);
	t->position.best = *score;
	t->saved_update = score->update;
	return TRUJAMAN_OK;
}

trujaman_status tj_judge(struct tj_trainer *t, struct tj_error *err)
{
	struct tj_position *p = &t->position;
	struct tj_score score = { .update = t->optimizer.state.updates };
	int done;
	if (measure(t, tj_model_values(t), &score, &done, err) != TRUJAMAN_OK || !done)
		return err->status;
	int best = tj_score_is_better(&score, &p->best);
	if (best && keep_best(t, &score, err) != TRUJAMAN_OK)
		return err->status;
	tj_snapshots_add(&t->snapshots, &score, tj_model_values(t));
	p->validated_at = score.update;
	p->since_best = best ? 0 : p->since_best + 1;
	if (p->since_best > 0 && p->since_best % PLATEAU_VALIDATIONS == 0)
		tj_optimizer_halve(&t->optimizer);
	return score.validated ? tj_observe_validation(t, &score, best, 0, err) : TRUJAMAN_OK;
}

/* --- The end ---------------------------------------------------------------------- */

/* Measures the mean of the snapshots and writes it to MODEL if it is better than the best of
 * them. */
static trujaman_status try_mean(struct tj_trainer *t, int *done, struct tj_error *err)
{
	const struct tj_snapshots *s = &t->snapshots;
	float *mean = t->gradients; /* no gradients are needed any more */
	struct tj_score score = { .update = 0 };
	for (size_t i = 0; i < s->n; i++)
		if (s->scores[i].update > score.update)
			score.update = s->scores[i].update;
	tj_snapshots_mean(s, mean);
	if (measure(t, mean, &score, done, err) != TRUJAMAN_OK || !*done)
		return err->status;
	int better = tj_score_is_better(&score, &t->position.best);
	if (better) {
		char *updates = print_updates(s);
		if (updates == NULL)
			return tj_fail_memory(err, "metadata", s->n);
		save(t, t->options->model, mean, &score, updates, err);
		free(updates);
		t->mean = score;
		t->n_averaged = s->n;
	}
	if (err->status != TRUJAMAN_OK || !score.validated)
		return err->status;
	return tj_observe_validation(t, &score, better, (int)s->n, err);
}

trujaman_status tj_judge_finish(struct tj_trainer *t, int *done, struct tj_error *err)
{
	const struct tj_position *p = &t->position;
	*done = 1;
	if (t->snapshots.n > 1 && (try_mean(t, done, err) != TRUJAMAN_OK || !*done))
		return err->status;
	/* MODEL may hold other weights that an earlier run saved. */
	if (t->n_averaged == 0 && t->saved_update != p->best.update)
		return tj_judge_save(t, t->options->model, t->best, &p->best, err);
	return TRUJAMAN_OK;
}
