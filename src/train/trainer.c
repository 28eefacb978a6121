/* SPDX-License-Identifier: MIT */
/* The training loop: updates, validations, checkpoints and the conditions that end it. */
#include "src/train/trainer.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "src/base/number.h"
#include "src/base/random.h"
#include "src/base/stop.h"
#include "src/train/observe.h"
#include "src/train/save.h"

enum {
	/* The plateau schedule halves the learning rate each time this many consecutive
	 * validations bring no new best model. */
	PLATEAU_VALIDATIONS = 2,
	/* The training fails after this many consecutive updates with an absurdly high loss. */
	MOST_WILD = 10,
	/* A long way before the first validation, a model file shows that all is well. */
	UPDATES_TO_FIRST_MODEL = 100
};

enum { GO_ON = -1 }; /* a value beside those of enum trujaman_train_end */

static double clock_seconds(const struct tj_trainer *t)
{
	struct timespec now;
	if (t->options->clock != NULL)
		return t->options->clock();
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double seconds_so_far(const struct tj_trainer *t)
{
	return t->began_seconds + clock_seconds(t) - t->began;
}

static int is_stopped(const struct tj_trainer *t)
{
	return tj_is_stopped(t->options->stop);
}

/* --- Saving ----------------------------------------------------------------------- */

/* The metadata say where the weights come from. They contain nothing that a rerun would
 * change. */
static trujaman_status save_model(const struct tj_trainer *t, const char *path, const float *values,
                                  const struct tj_score *score, struct tj_error *err)
{
	const struct tj_description *d = &t->description;
	const struct tj_vocabularies *v = &t->vocabularies;
	char updates[24], bleu[24], nll[24];
	size_t n = d->n_entries;
	struct tj_write_entry *entries = calloc(n + 3, sizeof *entries);
	if (entries == NULL)
		return tj_fail_memory(err, "metadata", n * sizeof *entries);
	if (n > 0)
		memcpy(entries, d->entries, n * sizeof *entries);
	snprintf(updates, sizeof updates, "%" PRIu64, score->update);
	tj_number_print(bleu, sizeof bleu, "%.2f", score->bleu);
	tj_number_print(nll, sizeof nll, "%.4f", score->nll);
	entries[n++] = (struct tj_write_entry){ "trained_updates", updates };
	if (score->validated) {
		entries[n++] = (struct tj_write_entry){ "dev_bleu", bleu };
		entries[n++] = (struct tj_write_entry){ "dev_nll", nll };
	}
	tj_model_save(path, &d->config, &t->parameters, values, v->source_spm.data, v->source_spm.n,
	              v->target_spm.data, v->target_spm.n, n, entries, err);
	free(entries);
	return err->status;
}

static trujaman_status write_checkpoint(struct tj_trainer *t, struct tj_error *err)
{
	const trujaman_train_observer *w = t->observer;
	struct tj_arrays arrays = tj_trainer_arrays(t);
	trujaman_train_checkpoint event = { t->optimizer.state.updates,
		                            { t->position.note[0], t->position.note[1] } };
	if (w->checkpoint != NULL &&
	    tj_observer_result(w->checkpoint(w->context, &event), err) != TRUJAMAN_OK)
		return err->status;
	memcpy(t->position.note, event.note, sizeof event.note);
	t->position.optimizer = t->optimizer.state;
	t->position.seconds = seconds_so_far(t);
	if (tj_checkpoint_write(t->paths.checkpoint, &t->identity, &t->position, &arrays,
	                        &t->vocabularies, err) != TRUJAMAN_OK)
		return err->status;
	t->checkpoint_clock = clock_seconds(t);
	t->checkpoint_update = t->optimizer.state.updates;
	return TRUJAMAN_OK;
}

static int checkpoint_is_due(const struct tj_trainer *t)
{
	/* If the loss is already absurdly high, a resumed training would only fail again. So
	 * keep the previous checkpoint. */
	return t->position.n_wild == 0 && t->checkpoint_update != t->optimizer.state.updates &&
	       clock_seconds(t) - t->checkpoint_clock >= 60 * t->options->checkpoint_every;
}

/* --- Validation ------------------------------------------------------------------- */

static int is_better(const struct tj_score *a, const struct tj_score *b)
{
	if (b->update == 0 || !a->validated)
		return 1;
	return a->bleu != b->bleu ? a->bleu > b->bleu : a->nll < b->nll;
}

/* The weights that the user gets: the moving average if there is one. */
static const float *model_values(const struct tj_trainer *t)
{
	return t->optimizer.average != NULL ? t->optimizer.average : t->parameters.values;
}

static trujaman_status diverged(const struct tj_trainer *t, uint64_t at, const char *what,
                                double value, struct tj_error *err)
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

/* Measures the model on the dev set. *done is 0 if the translator was stopped. */
static trujaman_status measure(struct tj_trainer *t, struct tj_score *score, int *done,
                               struct tj_error *err)
{
	const float *values = model_values(t);
	*done = 1;
	if (t->data.dev_text == NULL)
		return TRUJAMAN_OK;
	if (tj_observe_phase(t, "validating", err) != TRUJAMAN_OK ||
	    tj_validate_nll(t->network, values, &t->data, &score->nll, err) != TRUJAMAN_OK)
		return err->status;
	if (!isfinite(score->nll))
		return diverged(t, score->update, "the loss of the dev set", score->nll, err);
	score->validated = 1;
	if (save_model(t, t->paths.candidate, values, score, err) == TRUJAMAN_OK)
		tj_validate_bleu(t->translator, t->paths.candidate, &t->data, &score->bleu, done,
		                 err);
	unlink(t->paths.candidate);
	return err->status;
}

static trujaman_status keep_best(struct tj_trainer *t, const struct tj_score *score,
                                 struct tj_error *err)
{
	const float *values = model_values(t);
	if (save_model(t, t->options->model, values, score, err) != TRUJAMAN_OK)
		return err->status;
	memcpy(t->best, values, t->parameters.n_floats * sizeof *t->best);
	t->position.best = *score;
	t->saved_update = score->update;
	return TRUJAMAN_OK;
}

/* Without a dev set the latest weights count as the best ones, so they are only saved. */
static trujaman_status validate(struct tj_trainer *t, struct tj_error *err)
{
	const trujaman_train_observer *w = t->observer;
	struct tj_position *p = &t->position;
	struct tj_score score = { .update = t->optimizer.state.updates };
	int done;
	if (measure(t, &score, &done, err) != TRUJAMAN_OK || !done)
		return err->status;
	int best = is_better(&score, &p->best);
	if (best && keep_best(t, &score, err) != TRUJAMAN_OK)
		return err->status;
	p->validated_at = score.update;
	p->since_best = best ? 0 : p->since_best + 1;
	if (p->since_best > 0 && p->since_best % PLATEAU_VALIDATIONS == 0)
		tj_optimizer_halve(&t->optimizer);
	if (!score.validated || w->validation == NULL)
		return TRUJAMAN_OK;
	/* After the last batch of an epoch, `epoch` already counts the next one. */
	trujaman_train_validation event = { score.update, p->epoch + (p->batch > 0),
		                            score.nll,    score.bleu,
		                            best,         seconds_so_far(t) };
	return tj_observer_result(w->validation(w->context, &event), err);
}

/* A model without a checkpoint looks like the work of a training that is over, which a resumed one
 * must not replace. So there is a checkpoint before there is a model. */
static trujaman_status checkpoint_first(struct tj_trainer *t, struct tj_error *err)
{
	return t->checkpoint_update == UINT64_MAX ? write_checkpoint(t, err) : TRUJAMAN_OK;
}

static trujaman_status save_first_model(struct tj_trainer *t, struct tj_error *err)
{
	const struct tj_score score = { .update = t->optimizer.state.updates };
	if (score.update != UPDATES_TO_FIRST_MODEL || t->position.best.update > 0 ||
	    t->position.n_wild > 0)
		return TRUJAMAN_OK;
	if (checkpoint_first(t, err) != TRUJAMAN_OK)
		return err->status;
	return save_model(t, t->options->model, model_values(t), &score, err);
}

static int validation_is_due(const struct tj_trainer *t)
{
	uint64_t u = t->optimizer.state.updates;
	return u > 0 && u % t->position.validate_every == 0 && t->position.validated_at != u;
}

/* --- Updates ---------------------------------------------------------------------- */

/* Returns the progress towards the nearest limit, 0 to 1. */
static double share_done(const struct tj_trainer *t)
{
	const trujaman_train_options *o = t->options;
	const struct tj_position *p = &t->position;
	double share = 0, part;
	if (o->updates > 0)
		share = (double)t->optimizer.state.updates / o->updates;
	if (o->epochs > 0) {
		part = ((double)p->epoch + (double)p->batch / (double)t->data.batches.n) /
		       o->epochs;
		share = part > share ? part : share;
	}
	if (o->minutes > 0) {
		part = seconds_so_far(t) / (60 * o->minutes);
		share = part > share ? part : share;
	}
	return share < 1 ? share : 1;
}

/* Returns whether the loss is more than about three times that of a uniform guess over the
 * target vocabulary. No working training gets there. */
static int is_wild(const struct tj_trainer *t, double loss)
{
	double nats = 0;
	for (size_t n = t->description.config.target_words; n > 0; n /= 2)
		nats += 0.7;
	return loss > 3 * nats;
}

static trujaman_status check_loss(struct tj_trainer *t, double loss, double norm,
                                  struct tj_error *err)
{
	uint64_t at = t->optimizer.state.updates + 1;
	if (!isfinite(loss))
		return diverged(t, at, "the loss", loss, err);
	if (!isfinite(norm))
		return diverged(t, at, "the norm of the gradient", norm, err);
	t->position.n_wild = is_wild(t, loss) ? t->position.n_wild + 1 : 0;
	return t->position.n_wild < MOST_WILD ? TRUJAMAN_OK
	                                      : diverged(t, at, "the loss", loss, err);
}

static trujaman_status update(struct tj_trainer *t, struct tj_error *err)
{
	struct tj_position *p = &t->position;
	struct tj_optimizer *o = &t->optimizer;
	struct tj_loss loss;
	uint64_t epoch = p->epoch;
	if (tj_dataset_epoch(&t->data, epoch, err) != TRUJAMAN_OK ||
	    tj_batches_view(&t->data.batches, &t->data.corpus, (size_t)p->batch, &t->view, err) !=
	        TRUJAMAN_OK)
		return err->status;
	t->noise.seed = tj_random(tj_train_stream(t->options, TJ_STREAM_NOISE), o->state.updates);
	if (tj_network_run(t->network, t->parameters.values, &t->view.batch, &t->noise,
	                   t->gradients, &loss, err) != TRUJAMAN_OK)
		return err->status;
	double norm = tj_optimizer_norm(o, t->gradients), rate = tj_optimizer_rate(o);
	if (check_loss(t, loss.loss / (double)loss.n_pieces, norm, err) != TRUJAMAN_OK)
		return err->status;
	tj_optimizer_step(o, t->parameters.values, t->gradients, norm);
	if (++p->batch >= t->data.batches.n) {
		p->batch = 0;
		p->epoch++;
	}
	return tj_observe_update(t,
	                         &(struct tj_update_figures){ &loss, norm, rate, seconds_so_far(t),
	                                                      share_done(t), epoch },
	                         err);
}

/* --- Main loop -------------------------------------------------------------------- */

/* Returns the reason to end now, or GO_ON. */
static int end_of(const struct tj_trainer *t)
{
	const trujaman_train_options *o = t->options;
	const struct tj_position *p = &t->position;
	uint64_t updates = t->optimizer.state.updates;
	if (is_stopped(t))
		return TRUJAMAN_TRAIN_STOPPED;
	if (o->updates > 0 && updates >= (uint64_t)o->updates)
		return TRUJAMAN_TRAIN_UPDATES;
	if (o->epochs > 0 && p->epoch >= (uint64_t)o->epochs)
		return TRUJAMAN_TRAIN_EPOCHS;
	if (o->patience > 0 && p->since_best >= (uint64_t)o->patience)
		return TRUJAMAN_TRAIN_PATIENCE;
	if (o->minutes > 0 && updates > 0 && seconds_so_far(t) >= 60 * o->minutes)
		return TRUJAMAN_TRAIN_MINUTES;
	return GO_ON;
}

/* Writes the checkpoint before the last validation. A longer training would not validate at
 * this update, so that validation must not affect a resumed training. */
static trujaman_status finish(struct tj_trainer *t, enum trujaman_train_end *end,
                              struct tj_error *err)
{
	const struct tj_position *p = &t->position;
	uint64_t updates = t->optimizer.state.updates;
	if (t->checkpoint_update != updates && write_checkpoint(t, err) != TRUJAMAN_OK)
		return err->status;
	if (*end == TRUJAMAN_TRAIN_STOPPED)
		return TRUJAMAN_OK;
	if (p->validated_at != updates) {
		if (validate(t, err) != TRUJAMAN_OK)
			return err->status;
		if (p->validated_at != updates) {
			*end = TRUJAMAN_TRAIN_STOPPED;
			return TRUJAMAN_OK;
		}
	}
	/* MODEL may hold other weights that an earlier run saved. */
	if (t->saved_update != p->best.update)
		return save_model(t, t->options->model, t->best, &p->best, err);
	return TRUJAMAN_OK;
}

trujaman_status tj_trainer_run(struct tj_trainer *t, struct tj_error *err)
{
	t->began = t->checkpoint_clock = clock_seconds(t);
	t->began_seconds = t->position.seconds;
	if (tj_observe_start(t, err) != TRUJAMAN_OK ||
	    tj_train_paths_begin(&t->paths, err) != TRUJAMAN_OK)
		return err->status;
	for (;;) {
		if (validation_is_due(t) &&
		    (checkpoint_first(t, err) != TRUJAMAN_OK || validate(t, err) != TRUJAMAN_OK))
			return err->status;
		if (save_first_model(t, err) != TRUJAMAN_OK)
			return err->status;
		int why = end_of(t);
		if (why != GO_ON) {
			enum trujaman_train_end end = (enum trujaman_train_end)why;
			return finish(t, &end, err) != TRUJAMAN_OK
			           ? err->status
			           : tj_observe_done(t, end, seconds_so_far(t), err);
		}
		if ((checkpoint_is_due(t) && write_checkpoint(t, err) != TRUJAMAN_OK) ||
		    update(t, err) != TRUJAMAN_OK)
			return err->status;
	}
}
