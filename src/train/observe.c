/* SPDX-License-Identifier: MIT */
/* Fills the event structs of the training observer and calls its functions. */
#include "src/train/observe.h"

trujaman_status tj_observer_result(int result, struct tj_error *err)
{
	return result == 0 ? TRUJAMAN_OK
	                   : tj_fail(err, TRUJAMAN_ERROR_IO, "the training's observer has failed");
}

trujaman_status tj_observe_phase(const struct tj_trainer *t, const char *what, struct tj_error *err)
{
	const trujaman_train_observer *w = t->observer;
	return w->phase != NULL ? tj_observer_result(w->phase(w->context, what), err) : TRUJAMAN_OK;
}

trujaman_status tj_observe_update(const struct tj_trainer *t, const struct tj_update_figures *f,
                                  struct tj_error *err)
{
	const trujaman_train_observer *w = t->observer;
	double n = (double)f->loss->n_pieces;
	trujaman_train_update event = {
		.update = t->optimizer.state.updates,
		.epoch = f->epoch + 1,
		.loss = f->loss->loss / n,
		.nll = f->loss->nll / n,
		.pieces = f->loss->n_pieces,
		.learning_rate = f->rate,
		.gradient_norm = f->norm,
		.seconds = f->seconds,
		.progress = f->share,
	};
	return w->update != NULL ? tj_observer_result(w->update(w->context, &event), err)
	                         : TRUJAMAN_OK;
}

trujaman_status tj_observe_start(const struct tj_trainer *t, struct tj_error *err)
{
	const trujaman_train_observer *w = t->observer;
	const struct tj_dataset *d = &t->data;
	const struct tj_corpus *c = &d->corpus;
	struct tj_skipped skipped = c->skipped;
	if (d->held_out.n > 0) {
		skipped.empty += d->dev.skipped.empty;
		skipped.too_long += d->dev.skipped.too_long;
		skipped.invalid += d->dev.skipped.invalid;
		skipped.latin += d->dev.skipped.latin;
	}
	trujaman_train_start event = {
		.lines = tj_pair_text_lines(d->text),
		.pairs = c->n - c->n_copies,
		.empty = skipped.empty,
		.too_long = skipped.too_long,
		.invalid = skipped.invalid,
		.invalid_latin = skipped.latin,
		.source_pieces = c->source_pieces,
		.target_pieces = c->target_pieces,
		.dev_lines = d->n_dev_lines,
		.dev_pairs = d->dev.n,
		.held_out = d->held_out.n > 0,
		.copies = d->held_out.n_copies,
		.shared = d->n_dev_shared,
		.source_words = (uint32_t)t->description.config.source_words,
		.target_words = (uint32_t)t->description.config.target_words,
		.parameters = t->parameters.n_trained,
		.batches = d->batches.n,
		.validate_every = (int)t->position.validate_every,
		.chosen = t->choices.text,
		.threads = (int)t->n_threads,
		.isa = t->kernels->name,
		.no_checkpoint = t->options->resume && !t->paths.has_checkpoint,
		.update = t->optimizer.state.updates,
		.seconds = t->position.seconds,
		.note = { t->position.note[0], t->position.note[1] },
		.placeables = c->made.spans.replaced,
		.source_only = c->made.spans.source_only,
		.target_only = c->made.spans.target_only,
		.cased = c->made.cased,
		.without_mark = c->made.without_mark,
		.copied_targets = c->n_copies,
	};
	return w->started != NULL ? tj_observer_result(w->started(w->context, &event), err)
	                          : TRUJAMAN_OK;
}

trujaman_status tj_observe_done(const struct tj_trainer *t, enum trujaman_train_end end,
                                double seconds, struct tj_error *err)
{
	const trujaman_train_observer *w = t->observer;
	const struct tj_position *p = &t->position;
	trujaman_train_done event = {
		.end = end,
		.update = t->optimizer.state.updates,
		.epoch = p->epoch + (p->batch > 0),
		.best_update = p->best.update,
		.validated = p->best.validated,
		.best_nll = p->best.nll,
		.best_bleu = p->best.bleu,
		.seconds = seconds,
	};
	return w->done != NULL ? tj_observer_result(w->done(w->context, &event), err) : TRUJAMAN_OK;
}
