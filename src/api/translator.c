/* SPDX-License-Identifier: MIT */
/* Makes translators of a model, and frees them. */
#include "src/api/translator.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/float_mode.h"

static struct tj_engine_options engine_options(const trujaman_translator *t, int scoring)
{
	const trujaman_options *o = &t->options;
	/* Hypotheses may have equal texts or none. For a list, the search goes on to the end, so
	 * that others can take the places of those. The first of them remain the same. */
	size_t n_best = o->n_best > 1 && !o->sample ? (size_t)o->beam : 1;
	int draws = o->sample && !scoring;
	struct tj_engine_options e = {
		.search = { .beam = scoring || draws ? 1 : (size_t)o->beam,
		            .n_best = scoring ? 1 : n_best,
		            .length_penalty = o->length_penalty,
		            .threshold = o->exact ? 0 : o->beam_threshold,
		            .need_scores = 1,
		            .eos = tj_pieces_eos(t->model->target),
		            .unk = o->replace_unknown ? -1 : tj_pieces_unk(t->model->target),
		            .looks = o->replace_unknown && !scoring,
		            .sampling = { .on = draws,
		                          .temperature = o->temperature,
		                          .top_k = (size_t)o->top_k,
		                          .top_p = o->top_p,
		                          .seed = (uint64_t)o->seed } },
		.max_rows = TJ_ROWS,
		.max_source = (scoring ? (size_t)TJ_MAX_SCORED : (size_t)o->max_pieces) + 1,
		.bos = tj_pieces_bos(t->model->target),
		.n_others = t->others.n,
		.average_logs = o->ensemble != NULL && strcmp(o->ensemble, "log") == 0,
		.source_end = tj_pieces_eos(t->model->source),
		.constraints = tj_trust_constraints(&t->trust, &t->options),
		.source_eos = t->model->config.source_eos ? tj_pieces_eos(t->model->source) : -1,
	};
	if (e.search.beam * TJ_SENTENCES_OF_WIDE_BEAM > e.max_rows)
		e.max_rows = e.search.beam * TJ_SENTENCES_OF_WIDE_BEAM;
	return e;
}

/* The language whose rules split lines into sentences, "" if the model names none; NULL: lines
 * are not split. */
static const char *language_to_split(const trujaman_translator *t)
{
	const char *language = trujaman_model_metadata(t->model, "source_language");
	if ((t->options.split != NULL && strcmp(t->options.split, "off") == 0) ||
	    t->model->config.token_vocabulary)
		return NULL;
	return language != NULL ? language : "";
}

static const char *language_or_none(const trujaman_translator *t, const char *key)
{
	const char *language = trujaman_model_metadata(t->model, key);
	return language != NULL ? language : "";
}

static int wants_traces(const trujaman_translator *t)
{
	const trujaman_options *o = &t->options;
	return o->alignments || o->word_scores || o->attention;
}

/* What the network reads where there is no source. Tokens need not have a `</s>`. */
static int32_t empty_source(const struct tj_pieces *p)
{
	return tj_pieces_eos(p) >= 0 ? tj_pieces_eos(p) : tj_pieces_unk(p);
}

struct tj_language tj_language_of(const trujaman_translator *t, int scoring)
{
	struct tj_language l = {
		.source = t->model->source,
		.target = t->model->target,
		.max_pieces = (size_t)t->options.max_pieces,
		.n_best = scoring || t->options.sample ? 1 : (size_t)t->options.n_best,
		.scoring = scoring,
		.empty_source = t->model->config.source_eos ? -1 : empty_source(t->model->source),
		.max_scored = TJ_MAX_SCORED,
		.sentences = language_to_split(t),
		.column = t->options.tsv,
		.prefix_column = scoring ? 0 : t->options.prefix,
		/* Draws of equal sentences differ. */
		.cache = scoring || wants_traces(t) || t->options.sample ? NULL : t->cache,
		.replaces_unknown = t->options.replace_unknown && !scoring,
		.traces = wants_traces(t),
		.piece_scores = t->options.word_scores || t->options.attention,
	};
	l.n_found = scoring ? 1 : (size_t)t->options.beam;
	tj_trust_describe(&t->trust, &t->options, &l);
	l.source_language = language_or_none(t, "source_language");
	l.target_language = language_or_none(t, "target_language");
	return l;
}

size_t tj_draws(const trujaman_translator *t)
{
	return t->options.sample ? (size_t)t->options.n_best : 1;
}

size_t tj_chunk_lines(const trujaman_translator *t, int scoring)
{
	const struct tj_engine_options *o = scoring ? &t->scoring.options : &t->translating.options;
	return o->max_rows / o->search.beam;
}

/* What belongs to the model cannot be set for a translator of it. */
static trujaman_status check_model_options(const trujaman_options *o, const trujaman_model *m,
                                           struct tj_error *err)
{
	const trujaman_model_info *info = &m->info;
	if (tj_options_given(o, "isa") && strcmp(o->isa, info->isa) != 0)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--isa %s belongs to the model, which was opened with %s", o->isa,
		               info->isa);
	if (tj_options_given(o, "precision") && strcmp(o->precision, info->products) != 0)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--precision %s belongs to the model, which was opened with %s",
		               o->precision, info->products);
	if (tj_options_given(o, "memory") && o->memory != m->memory)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "--memory %d belongs to the model, which was opened with %d",
		               o->memory, m->memory);
	return TRUJAMAN_OK;
}

static const trujaman_model *model_of(const trujaman_translator *t, size_t i)
{
	return i == 0 ? t->model : t->others.models[i - 1];
}

/* Text that is cut into tokens goes through the network as it is: what works on untouched text is
 * off, and refused where it was asked for. */
static trujaman_status adapt_to_tokens(trujaman_translator *t, struct tj_error *err)
{
	static const char *const refused[] = { "keep", "glossary", "localize-numbers",
		                               "case", "prefix",   "coverage-penalty",
		                               NULL };
	trujaman_options *o = &t->options;
	const char *path = t->model->info.path;
	if (!t->model->config.token_vocabulary)
		return !o->replace_unknown
		           ? TRUJAMAN_OK
		           : tj_fail(err, TRUJAMAN_ERROR_USAGE,
		                     "--replace-unknown needs a model of tokens; that of %s are "
		                     "pieces of words",
		                     path);
	for (size_t i = 0; refused[i] != NULL; i++)
		if (tj_options_given(o, refused[i]))
			return tj_fail(err, TRUJAMAN_ERROR_USAGE,
			               "%s is a model of tokens, which takes text as it is cut: "
			               "--%s does not go with it",
			               path, refused[i]);
	if (o->explain != NULL)
		return tj_fail(
		    err, TRUJAMAN_ERROR_USAGE,
		    "%s is a model of tokens: --explain does not go with it, the network "
		    "alone has no reasons",
		    path);
	o->plain = 1;
	return TRUJAMAN_OK;
}

/* What the options need of the models, and the models of the options. */
static trujaman_status check_models(trujaman_translator *t, struct tj_error *err)
{
	int attends = 0;
	for (size_t i = 0; i <= t->others.n; i++) {
		const trujaman_model *m = model_of(t, i);
		if (check_model_options(&t->options, m, err) != TRUJAMAN_OK)
			return err->status;
		attends |= m->config.attention != TJ_ATTENTION_NONE;
	}
	const char *needs = t->options.alignments        ? "alignments"
	                    : t->options.attention       ? "attention"
	                    : t->options.replace_unknown ? "replace-unknown"
	                                                 : NULL;
	if (needs != NULL && !attends)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "%s: found attention none in the model, wanted any other", needs);
	return adapt_to_tokens(t, err);
}

static trujaman_status open_translator(trujaman_translator *t, const trujaman_options *options,
                                       struct tj_error *err)
{
	trujaman_options *o = &t->options;
	const struct tj_cores *cores = t->model->cores;
	if (!tj_options_copy(o, options))
		return tj_fail_memory(err, "the options", sizeof *o);
	if (tj_options_check(o, err) != TRUJAMAN_OK || check_models(t, err) != TRUJAMAN_OK)
		return err->status;
	if (tj_model_trust(t->model, o, err) != TRUJAMAN_OK ||
	    tj_trust_open(&t->trust, o, &t->model->trusted, t->model->target, err) != TRUJAMAN_OK)
		return err->status;
	t->placement = tj_placement_new(cores,
	                                o->threads > 0 ? (size_t)o->threads
	                                               : tj_team_threads(cores, o->smt),
	                                o->smt, t->model->home, err);
	if (t->placement == NULL)
		return err->status;
	struct tj_engine_options translating = engine_options(t, 0), scoring = engine_options(t, 1);
	if (tj_team_open(&t->translating, t->model->copies, t->placement, &translating, err) !=
	        TRUJAMAN_OK ||
	    tj_team_open(&t->scoring, t->model->copies, t->placement, &scoring, err) != TRUJAMAN_OK)
		return err->status;
	t->translating.others = t->scoring.others = t->others.others;
	if (o->cache > 0)
		t->cache = tj_cache_open((size_t)o->cache << 20, err);
	if (o->field != NULL)
		t->fields = tj_fields_read(o->field, err);
	return err->status;
}

/* Makes a translator of one model or more, of which *t has the first already. */
static trujaman_status open_models(trujaman_translator *t, size_t n, trujaman_model *const *models,
                                   const trujaman_options *options, struct tj_error *err)
{
	const trujaman_options defaults = tj_options_default();
	if (tj_members_open(&t->others, n - 1, models + 1, t->model, err) != TRUJAMAN_OK)
		return err->status;
	return open_translator(t, options != NULL ? options : &defaults, err);
}

trujaman_status trujaman_translator_new(trujaman_model *model, const trujaman_options *options,
                                        trujaman_translator **t, char *error, size_t n_error_bytes)
{
	return trujaman_translator_new_ensemble(1, &model, options, t, error, n_error_bytes);
}

trujaman_status trujaman_translator_new_ensemble(size_t n_models, trujaman_model *const *models,
                                                 const trujaman_options *options,
                                                 trujaman_translator **t, char *error,
                                                 size_t n_error_bytes)
{
	struct tj_error err = { 0 };
	struct tj_float_mode mode;
	*t = n_models > 0 ? calloc(1, sizeof **t) : NULL;
	if (n_models == 0)
		tj_fail(&err, TRUJAMAN_ERROR_USAGE, "an ensemble needs a model");
	else if (*t == NULL)
		tj_fail_memory(&err, "a translator", sizeof **t);
	if (*t == NULL)
		return tj_error_tell(&err, error, n_error_bytes);
	(*t)->model = tj_model_share(models[0]);
	tj_float_enter(&mode);
	if (open_models(*t, n_models, models, options, &err) != TRUJAMAN_OK) {
		trujaman_translator_free(*t);
		*t = NULL;
	}
	tj_float_leave(&mode);
	return tj_error_tell(&err, error, n_error_bytes);
}

void trujaman_translator_free(trujaman_translator *t)
{
	if (t == NULL)
		return;
	tj_team_close(&t->translating);
	tj_team_close(&t->scoring);
	tj_cache_close(t->cache);
	tj_fields_free(t->fields);
	tj_trust_close(&t->trust);
	free(t->machine);
	free(t->placement);
	tj_options_release(&t->options);
	tj_members_close(&t->others);
	trujaman_model_close(t->model);
	free(t);
}

trujaman_status tj_translator_tell(trujaman_translator *t, char *error, size_t n_error_bytes)
{
	trujaman_status status = tj_error_tell(&t->error, error, n_error_bytes);
	tj_error_clear(&t->error);
	return status;
}

size_t trujaman_translator_threads(const trujaman_translator *t)
{
	return t->translating.n_threads;
}

size_t trujaman_translator_n_best(const trujaman_translator *t)
{
	return (size_t)t->options.n_best;
}

void trujaman_stop(trujaman_translator *t)
{
	__atomic_store_n(&t->stop, 1, __ATOMIC_RELEASE);
}

void trujaman_go_on(trujaman_translator *t)
{
	__atomic_store_n(&t->stop, 0, __ATOMIC_RELEASE);
}

void trujaman_observe(trujaman_translator *t, int (*progress)(void *context, size_t done, size_t n),
                      void *context)
{
	t->progress = progress;
	t->progress_context = context;
}
