/* SPDX-License-Identifier: MIT */
/* Fills the event structs of the training observer and calls its functions. */
#include "src/train/observe.h"

#include <stdlib.h>

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
		.aligned_pieces = f->loss->n_aligned,
		.alignment_loss = f->loss->n_aligned > 0
		                      ? f->loss->alignment / (double)f->loss->n_aligned
		                      : 0,
	};
	return w->update != NULL ? tj_observer_result(w->update(w->context, &event), err)
	                         : TRUJAMAN_OK;
}

static trujaman_train_text text_of(const struct tj_pair_text *t, size_t k)
{
	const struct tj_corpus_files *f = tj_pair_text_file(t, k);
	uint64_t first = k > 0 ? tj_pair_text_end(t, k - 1) : 0;
	return (trujaman_train_text){ .source = f->source,
		                      .target = f->target,
		                      .tag = f->tag,
		                      .lines = tj_pair_text_end(t, k) - first,
		                      .weight = f->weight };
}

/* Lists all texts but held-out ones. Returns their number. */
static size_t list_texts(const struct tj_dataset *d, trujaman_train_text *texts)
{
	size_t n = tj_pair_text_files(d->text);
	for (size_t k = 0; k < n; k++)
		texts[k] = text_of(d->text, k);
	for (size_t i = 0; i < d->n_sets && d->sets[i].text != d->text; i++) {
		texts[n] = text_of(d->sets[i].text, 0);
		texts[n].is_dev = 1;
		texts[n++].shared = d->sets[i].n_shared;
	}
	return n;
}

static void add_skipped(struct tj_skipped *sum, const struct tj_skipped *s)
{
	sum->empty += s->empty;
	sum->too_long += s->too_long;
	sum->invalid += s->invalid;
	sum->latin += s->latin;
}

/* What the dev sets have, all together. */
static void count_dev(const struct tj_dataset *d, trujaman_train_start *event)
{
	event->held_out = d->held_out.n > 0;
	event->copies = d->held_out.n_copies;
	for (size_t i = 0; i < d->n_sets; i++) {
		event->dev_lines += d->sets[i].n_lines;
		event->dev_pairs += d->sets[i].corpus.n;
		event->shared += d->sets[i].n_shared;
	}
}

/* What became of the lines of the texts. */
static void count_lines(const struct tj_dataset *d, trujaman_train_start *event)
{
	const struct tj_corpus *c = &d->corpus;
	struct tj_skipped skipped = c->skipped;
	if (d->held_out.n > 0)
		add_skipped(&skipped, &d->sets[0].corpus.skipped);
	event->lines = tj_pair_text_lines(d->text);
	event->pairs = c->n - c->n_copies;
	event->empty = skipped.empty;
	event->too_long = skipped.too_long;
	event->invalid = skipped.invalid;
	event->invalid_latin = skipped.latin;
	event->source_pieces = c->source_pieces;
	event->target_pieces = c->target_pieces;
	event->placeables = c->made.spans.replaced;
	event->source_only = c->made.spans.source_only;
	event->target_only = c->made.spans.target_only;
	event->cased = c->made.cased;
	event->without_mark = c->made.without_mark;
	event->copied_targets = c->n_copies;
	event->linked_pairs = c->n_linked;
}

static trujaman_status start(const struct tj_trainer *t, const struct tj_timing *trial,
                             trujaman_train_text *texts, struct tj_error *err)
{
	const trujaman_train_observer *w = t->observer;
	const struct tj_dataset *d = &t->data;
	trujaman_train_start event = {
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
		.n_texts = list_texts(d, texts),
		.texts = texts,
		.epoch_seconds = trial->seconds,
		.timed_updates = trial->updates,
	};
	count_lines(d, &event);
	count_dev(d, &event);
	return w->started != NULL ? tj_observer_result(w->started(w->context, &event), err)
	                          : TRUJAMAN_OK;
}

trujaman_status tj_observe_start(const struct tj_trainer *t, const struct tj_timing *trial,
                                 struct tj_error *err)
{
	size_t n = tj_pair_text_files(t->data.text) + t->data.n_sets;
	trujaman_train_text *texts = calloc(n, sizeof *texts);
	if (texts == NULL)
		return tj_fail_memory(err, "the list of texts", n * sizeof *texts);
	start(t, trial, texts, err);
	free(texts);
	return err->status;
}

trujaman_status tj_observe_validation(const struct tj_trainer *t, const struct tj_score *score,
                                      int best, int averaged, struct tj_error *err)
{
	const trujaman_train_observer *w = t->observer;
	const struct tj_position *p = &t->position;
	trujaman_train_validation event = {
		.update = t->optimizer.state.updates,
		/* After the last batch of an epoch, `epoch` already counts the next one. */
		.epoch = p->epoch + (p->batch > 0),
		.dev_nll = score->nll,
		.dev_bleu = score->bleu,
		.best = best,
		.seconds = tj_trainer_seconds(t),
		.dev_chrf = score->chrf,
		.n_sets = t->data.n_sets > 1 ? t->data.n_sets : 0,
		.sets = t->scores,
		.averaged = averaged,
	};
	return w->validation != NULL ? tj_observer_result(w->validation(w->context, &event), err)
	                             : TRUJAMAN_OK;
}

trujaman_status tj_observe_done(const struct tj_trainer *t, enum trujaman_train_end end,
                                double seconds, struct tj_error *err)
{
	const trujaman_train_observer *w = t->observer;
	const struct tj_position *p = &t->position;
	const struct tj_score *best = t->n_averaged > 0 ? &t->mean : &p->best;
	trujaman_train_done event = {
		.end = end,
		.update = t->optimizer.state.updates,
		.epoch = p->epoch + (p->batch > 0),
		.best_update = best->update,
		.validated = best->validated,
		.best_nll = best->nll,
		.best_bleu = best->bleu,
		.seconds = seconds,
		.best_chrf = best->chrf,
		.averaged = (int)t->n_averaged,
	};
	return w->done != NULL ? tj_observer_result(w->done(w->context, &event), err) : TRUJAMAN_OK;
}
