/* SPDX-License-Identifier: MIT */
/* Sets up a training: options, texts, vocabularies, network, and the checkpoint if there is
 * one. */
#include "src/train/trainer_open.h"

#include <string.h>

#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/decode/workers.h"
#include "src/train/files_check.h"
#include "src/train/observe.h"
#include "src/train/options.h"

static trujaman_status open_machine(struct tj_trainer *t, struct tj_error *err)
{
	struct tj_cores *cores = tj_cores_open(err);
	if (cores == NULL)
		return err->status;
	t->n_threads = t->options->threads > 0 ? (size_t)t->options->threads
	                                       : tj_team_threads(cores, 0);
	tj_cores_close(cores);
	t->kernels = tj_kernels_select(t->options->isa, err);
	return err->status;
}

static trujaman_status open_texts(struct tj_trainer *t, const char *init, struct tj_error *err)
{
	const trujaman_train_options *o = t->options;
	if (init != NULL) {
		t->init = tj_safetensors_open(init, err);
		if (t->init == NULL)
			return err->status;
	}
	/* Report errors now, although the sizes are not chosen yet. */
	tj_description_make(&t->description, o, &tj_largest_network, t->init, err);
	if (t->description.config.attention == TJ_ATTENTION_NONE &&
	    tj_corpora_are_aligned(&t->corpora))
		tj_fail(err, TRUJAMAN_ERROR_USAGE,
		        "word alignments guide attention, and this model has none; leave out "
		        "--guided-alignment, or --attention none");
	tj_description_free(&t->description);
	if (err->status != TRUJAMAN_OK ||
	    tj_observe_phase(t, "reading the texts", err) != TRUJAMAN_OK ||
	    tj_dataset_open(&t->data, o, &t->corpora, err) != TRUJAMAN_OK)
		return err->status;
	t->chosen = *o;
	tj_choose(&t->choices, &t->chosen, &t->data.size);
	t->options = o = &t->chosen;
	if (tj_description_make(&t->description, o, &t->choices.network, t->init, err) !=
	    TRUJAMAN_OK)
		return err->status;
	if (t->data.n_sets == 0 &&
	    tj_option_word(o->schedule, TJ_TRAIN_SCHEDULES) == TJ_SCHEDULE_PLATEAU)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--schedule plateau needs a dev set: --dev-source and --dev-target");
	return tj_identity_make(&t->identity, o, &t->description.config, &t->data, t->init, err);
}

static const char *metadata_of(const struct tj_trainer *t, const char *key)
{
	for (size_t i = 0; i < t->description.n_entries; i++)
		if (strcmp(t->description.entries[i].key, key) == 0)
			return t->description.entries[i].value;
	return NULL;
}

/* How texts are prepared for this model. Its number of placeables, unless there is a model
 * already, is what the option says. */
static void open_preparation(struct tj_trainer *t)
{
	struct tj_preparation *p = &t->data.preparation;
	const trujaman_train_options *o = t->options;
	p->rules.normalize = t->description.config.normalization;
	p->rules.max_placeables = o->placeables > 0 ? (size_t)o->placeables : 0;
	p->source_language = metadata_of(t, "source_language");
	p->target_language = metadata_of(t, "target_language");
}

/* From now on the vocabularies say how many placeables there are. */
static trujaman_status count_placeables(struct tj_trainer *t, struct tj_error *err)
{
	const struct tj_vocabularies *v = &t->vocabularies;
	struct tj_config *c = &t->description.config;
	const int wanted = t->options->placeables;
	if (tj_config_count_placeables(c, "the vocabularies", tj_pieces_placeables(v->source),
	                               tj_pieces_placeables(v->target), err) != TRUJAMAN_OK)
		return err->status;
	if (wanted > 0 && c->n_placeables != (size_t)wanted)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--placeables %d: found %zu in the vocabularies", wanted,
		               c->n_placeables);
	t->data.preparation.rules.max_placeables = c->n_placeables;
	c->word_list = v->words.n > 0;
	return TRUJAMAN_OK;
}

static trujaman_status open_words(struct tj_trainer *t, const struct tj_safetensors *checkpoint,
                                  struct tj_error *err)
{
	struct tj_vocabularies *v = &t->vocabularies;
	const struct tj_safetensors *from = checkpoint != NULL ? checkpoint : t->init;
	const struct tj_config *c = &t->description.config;
	open_preparation(t);
	if (from == NULL && tj_observe_phase(t, "making the vocabularies", err) != TRUJAMAN_OK)
		return err->status;
	if ((from != NULL ? tj_vocabularies_copy(v, from, err)
	                  : tj_vocabularies_make(v, t->options, &t->data, err)) != TRUJAMAN_OK ||
	    (t->options->extend_vocab && checkpoint == NULL &&
	     tj_vocabularies_extend(v, t->data.preparation.rules.max_placeables, err) !=
	         TRUJAMAN_OK) ||
	    (checkpoint == NULL && c->normalization &&
	     tj_vocabularies_learn_words(v, &t->data, err) != TRUJAMAN_OK) ||
	    tj_vocabularies_open(v, c, err) != TRUJAMAN_OK ||
	    count_placeables(t, err) != TRUJAMAN_OK ||
	    tj_description_words(&t->description, t->options, tj_pieces_size(v->source),
	                         tj_pieces_size(v->target), v->source == v->target,
	                         err) != TRUJAMAN_OK ||
	    tj_observe_phase(t, "splitting the texts into pieces", err) != TRUJAMAN_OK)
		return err->status;
	return tj_dataset_prepare(&t->data, t->options, v->source, v->target, c->source_eos,
	                          t->n_threads, err);
}

static struct tj_optimizer_options optimizer_options(const struct tj_trainer *t)
{
	const trujaman_train_options *o = t->options;
	return (struct tj_optimizer_options){
		.kind = (enum tj_optimizer_kind)tj_option_word(o->optimizer, TJ_TRAIN_OPTIMIZERS),
		.learning_rate = o->learning_rate,
		.schedule = (enum tj_schedule)tj_option_word(o->schedule, TJ_TRAIN_SCHEDULES),
		.warmup = (uint64_t)o->warmup,
		.clip = o->clip,
		.ema = o->ema,
		.beta1 = 0.9,
		.beta2 = 0.999,
		.epsilon = 1e-8,
		.n_threads = t->n_threads,
	};
}

static trujaman_status open_network(struct tj_trainer *t, struct tj_error *err)
{
	const struct tj_config *c = &t->description.config;
	struct tj_parameters *p = &t->parameters;
	struct tj_optimizer_options options = optimizer_options(t);
	if (tj_parameters_open(p, c, err) != TRUJAMAN_OK)
		return err->status;
	/* What an extended vocabulary adds begins as in a new model. */
	if (t->init == NULL || t->options->extend_vocab)
		tj_parameters_init(p, c, tj_train_stream(t->options, TJ_STREAM_PARAMETERS));
	if (t->init != NULL &&
	    tj_parameters_read(p, t->init, t->options->extend_vocab, err) != TRUJAMAN_OK)
		return err->status;
	t->gradients = tj_alloc_table(p->n_floats, sizeof *t->gradients);
	t->best = tj_alloc(p->n_floats, sizeof *t->best);
	if (t->gradients == NULL || t->best == NULL)
		return tj_fail_memory(err, "the gradients", 2 * p->n_floats * sizeof *t->best);
	if (tj_optimizer_open(&t->optimizer, &options, t->kernels, p->n_floats, p->values, err) !=
	    TRUJAMAN_OK)
		return err->status;
	const int n_averaged = t->options->average_checkpoints;
	if (tj_snapshots_open(&t->snapshots, n_averaged > 1 ? (size_t)n_averaged : 0, p->n_floats,
	                      err) != TRUJAMAN_OK)
		return err->status;
	t->network = tj_network_open(c, p, t->kernels, tj_pieces_bos(t->vocabularies.target),
	                             tj_pieces_eos(t->vocabularies.target), t->n_threads, err);
	t->noise = (struct tj_noise){ .dropout = (float)t->options->dropout,
		                      .recurrent_dropout = (float)t->options->recurrent_dropout,
		                      .attention_dropout = (float)t->options->attention_dropout,
		                      .label_smoothing = (float)t->options->label_smoothing,
		                      .guidance = (float)t->options->guided_alignment_weight };
	return err->status;
}

static trujaman_status begin(struct tj_trainer *t, const struct tj_safetensors *checkpoint,
                             struct tj_error *err)
{
	struct tj_arrays arrays = tj_trainer_arrays(t);
	if (checkpoint != NULL) {
		if (tj_checkpoint_read(checkpoint, &t->position, &arrays, err) != TRUJAMAN_OK)
			return err->status;
		t->optimizer.state = t->position.optimizer;
	}
	if (tj_dataset_epoch(&t->data, t->position.epoch, err) != TRUJAMAN_OK)
		return err->status;
	if (t->position.batch >= t->data.batches.n)
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT, "%s: found batch %zu of %zu",
		               t->paths.checkpoint, (size_t)t->position.batch, t->data.batches.n);
	if (checkpoint == NULL) {
		t->position.optimizer = t->optimizer.state;
		t->position.validate_every = t->options->validate_every > 0
		                                 ? (uint64_t)t->options->validate_every
		                                 : tj_choose_interval(&t->choices,
		                                                      t->data.batches.n);
	}
	if (t->position.validate_every == 0)
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
		               "%s: validate_every: found 0, wanted more", t->paths.checkpoint);
	if (t->options->validate_every == 0)
		tj_choices_add(&t->choices, "validate-every", t->position.validate_every);
	t->checkpoint_update = checkpoint != NULL ? t->position.optimizer.updates : UINT64_MAX;
	return TRUJAMAN_OK;
}

static trujaman_status open_from(struct tj_trainer *t, const struct tj_safetensors *checkpoint,
                                 struct tj_error *err)
{
	if (open_words(t, checkpoint, err) != TRUJAMAN_OK || open_network(t, err) != TRUJAMAN_OK)
		return err->status;
	return begin(t, checkpoint, err);
}

trujaman_status tj_trainer_open(struct tj_trainer *t, const trujaman_train_options *o,
                                const char *init, const trujaman_train_observer *observer,
                                const struct tj_translator *translator, struct tj_error *err)
{
	memset(t, 0, sizeof *t);
	t->options = o;
	t->observer = observer;
	t->translator = translator;
	if (tj_train_options_check(o, err) != TRUJAMAN_OK ||
	    tj_corpora_open(&t->corpora, o, err) != TRUJAMAN_OK ||
	    tj_train_files_check(o, &t->corpora, err) != TRUJAMAN_OK ||
	    open_machine(t, err) != TRUJAMAN_OK ||
	    tj_train_paths_open(&t->paths, o, &t->corpora, init, err) != TRUJAMAN_OK ||
	    open_texts(t, init, err) != TRUJAMAN_OK)
		return err->status;
	if (!t->paths.has_checkpoint)
		return open_from(t, NULL, err);
	struct tj_safetensors *checkpoint = tj_checkpoint_open(t->paths.checkpoint, err);
	if (checkpoint == NULL)
		return err->status;
	if (tj_checkpoint_match(checkpoint, &t->identity, err) == TRUJAMAN_OK)
		open_from(t, checkpoint, err);
	tj_safetensors_close(checkpoint);
	return err->status;
}

void tj_trainer_close(struct tj_trainer *t)
{
	tj_batch_view_free(&t->view);
	tj_network_close(t->network);
	tj_optimizer_free(&t->optimizer);
	tj_parameters_free(&t->parameters);
	tj_description_free(&t->description);
	tj_dataset_close(&t->data);
	tj_corpora_close(&t->corpora);
	tj_snapshots_free(&t->snapshots);
	tj_vocabularies_free(&t->vocabularies);
	tj_identity_free(&t->identity);
	if (t->init != NULL)
		tj_safetensors_close(t->init);
	tj_free(t->gradients);
	tj_free(t->best);
	tj_train_paths_free(&t->paths);
	memset(t, 0, sizeof *t);
}
