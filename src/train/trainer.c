/* SPDX-License-Identifier: MIT */
/* The training loop: updates, validations, checkpoints and the conditions that end it. */
#include "src/train/trainer.h"

#include <math.h>
#include <string.h>

#include "src/base/random.h"
#include "src/train/judge.h"
#include "src/train/observe.h"
#include "src/train/trial.h"

enum {
	/* The training fails after this many consecutive updates with an absurdly high loss. */
	MOST_WILD = 10,
	/* A long way before the first validation, a model file shows that all is well. */
	UPDATES_TO_FIRST_MODEL = 100
};

enum { GO_ON = -1 }; /* a value beside those of enum trujaman_train_end */

/* --- Checkpoints ------------------------------------------------------------------ */

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
	t->position.seconds = tj_trainer_seconds(t);
	if (tj_checkpoint_write(t->paths.checkpoint, &t->identity, &t->position, &arrays,
	                        &t->vocabularies, err) != TRUJAMAN_OK)
		return err->status;
	t->checkpoint_clock = tj_trainer_clock(t);
	t->checkpoint_update = t->optimizer.state.updates;
	return TRUJAMAN_OK;
}

static int checkpoint_is_due(const struct tj_trainer *t)
{
	/* If the loss is already absurdly high, a resumed training would only fail again. So
	 * keep the previous checkpoint. */
	return t->position.n_wild == 0 && t->checkpoint_update != t->optimizer.state.updates &&
	       tj_trainer_clock(t) - t->checkpoint_clock >= 60 * t->options->checkpoint_every;
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
	return tj_judge_save(t, t->options->model, tj_model_values(t), &score, err);
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
		part = tj_trainer_seconds(t) / (60 * o->minutes);
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
		return tj_diverged(t, at, "the loss", loss, err);
	if (!isfinite(norm))
		return tj_diverged(t, at, "the norm of the gradient", norm, err);
	t->position.n_wild = is_wild(t, loss) ? t->position.n_wild + 1 : 0;
	return t->position.n_wild < MOST_WILD ? TRUJAMAN_OK
	                                      : tj_diverged(t, at, "the loss", loss, err);
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
	                         &(struct tj_update_figures){ &loss, norm, rate,
	                                                      tj_trainer_seconds(t), share_done(t),
	                                                      epoch },
	                         err);
}

/* --- Main loop -------------------------------------------------------------------- */

/* Returns the reason to end now, or GO_ON. */
static int end_of(const struct tj_trainer *t)
{
	const trujaman_train_options *o = t->options;
	const struct tj_position *p = &t->position;
	uint64_t updates = t->optimizer.state.updates;
	if (tj_trainer_is_stopped(t))
		return TRUJAMAN_TRAIN_STOPPED;
	if (o->updates > 0 && updates >= (uint64_t)o->updates)
		return TRUJAMAN_TRAIN_UPDATES;
	if (o->epochs > 0 && p->epoch >= (uint64_t)o->epochs)
		return TRUJAMAN_TRAIN_EPOCHS;
	if (o->patience > 0 && p->since_best >= (uint64_t)o->patience)
		return TRUJAMAN_TRAIN_PATIENCE;
	if (o->minutes > 0 && updates > 0 && tj_trainer_seconds(t) >= 60 * o->minutes)
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
	if (p->validated_at != updates && tj_judge(t, err) != TRUJAMAN_OK)
		return err->status;
	int done = p->validated_at == updates;
	if (done && tj_judge_finish(t, &done, err) != TRUJAMAN_OK)
		return err->status;
	if (!done)
		*end = TRUJAMAN_TRAIN_STOPPED;
	return TRUJAMAN_OK;
}

trujaman_status tj_trainer_run(struct tj_trainer *t, struct tj_error *err)
{
	struct tj_timing trial = { 0, 0 };
	t->began_seconds = t->position.seconds;
	t->began = tj_trainer_clock(t);
	if (end_of(t) == GO_ON &&
	    (tj_observe_phase(t, "timing a few updates", err) != TRUJAMAN_OK ||
	     tj_trial_run(t, &trial, err) != TRUJAMAN_OK))
		return err->status;
	t->began = t->checkpoint_clock = tj_trainer_clock(t);
	if (tj_observe_start(t, &trial, err) != TRUJAMAN_OK ||
	    tj_train_paths_begin(&t->paths, err) != TRUJAMAN_OK)
		return err->status;
	for (;;) {
		if (validation_is_due(t) &&
		    (checkpoint_first(t, err) != TRUJAMAN_OK || tj_judge(t, err) != TRUJAMAN_OK))
			return err->status;
		if (save_first_model(t, err) != TRUJAMAN_OK)
			return err->status;
		int why = end_of(t);
		if (why != GO_ON) {
			enum trujaman_train_end end = (enum trujaman_train_end)why;
			return finish(t, &end, err) != TRUJAMAN_OK
			           ? err->status
			           : tj_observe_done(t, end, tj_trainer_seconds(t), err);
		}
		if ((checkpoint_is_due(t) && write_checkpoint(t, err) != TRUJAMAN_OK) ||
		    update(t, err) != TRUJAMAN_OK)
			return err->status;
	}
}
