/* SPDX-License-Identifier: MIT */
/* The handle: checks options, opens a model with its worker teams, and closes it. */
#include "config.h"

#include "src/api/handle.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "src/api/find_model.h"
#include "src/api/options.h"
#include "src/base/float_mode.h"

static trujaman_status check_vocabulary(trujaman *t, const struct tj_pieces *pieces,
                                        const char *tensor, size_t words, const char *matrix)
{
	if (tj_pieces_size(pieces) != words)
		return tj_fail(&t->error, TRUJAMAN_ERROR_FORMAT,
		               "%s: tensor %s: found %u pieces, wanted %zu, the rows of %s",
		               t->file->path, tensor, (unsigned)tj_pieces_size(pieces), words,
		               matrix);
	return TRUJAMAN_OK;
}

static trujaman_status need_piece(trujaman *t, const char *tensor, const char *piece, int32_t id)
{
	if (id < 0)
		return tj_fail(&t->error, TRUJAMAN_ERROR_FORMAT,
		               "%s: tensor %s: found no piece %s, which the model needs",
		               t->file->path, tensor, piece);
	return TRUJAMAN_OK;
}

static struct tj_pieces *open_pieces(trujaman *t, const struct tj_tensor *tensor)
{
	char name[1024];
	size_t n = strlen(t->file->path), room = sizeof name - 32;
	/* Keep the end of a long path, which says more than its beginning. */
	const char *path = n > room ? t->file->path + n - room : t->file->path;
	memcpy(name, path, strlen(path) + 1);
	strcat(name, ": ");
	strcat(name, strcmp(tensor->name, "source.spm") == 0 ? "source.spm" : "target.spm");
	return tj_pieces_open(tensor->data, tensor->n_bytes, name, &t->error);
}

static trujaman_status open_vocabularies(trujaman *t)
{
	const struct tj_tensor *source = tj_safetensors_find(t->file, "source.spm");
	const struct tj_tensor *target = tj_safetensors_find(t->file, "target.spm");
	t->source = open_pieces(t, source);
	if (t->source == NULL)
		return t->error.status;
	/* Loading takes milliseconds, so a shared vocabulary is loaded only once. */
	if (source->n_bytes == target->n_bytes &&
	    memcmp(source->data, target->data, source->n_bytes) == 0)
		t->target = t->source;
	else
		t->target = open_pieces(t, target);
	if (t->target == NULL ||
	    check_vocabulary(t, t->source, "source.spm", t->config.source_words,
	                     t->config.tied_embeddings ? "decoder.embedding.weight"
	                                               : "encoder.embedding.weight") ||
	    check_vocabulary(t, t->target, "target.spm", t->config.target_words,
	                     "decoder.embedding.weight") ||
	    need_piece(t, "source.spm", "</s>", tj_pieces_eos(t->source)) ||
	    need_piece(t, "target.spm", "</s>", tj_pieces_eos(t->target)) ||
	    tj_config_count_placeables(&t->config, t->file->path, tj_pieces_placeables(t->source),
	                               tj_pieces_placeables(t->target), &t->error))
		return t->error.status;
	return t->config.start_with_eos
	           ? TRUJAMAN_OK
	           : need_piece(t, "target.spm", "<s>", tj_pieces_bos(t->target));
}

static struct tj_engine_options engine_options(const trujaman *t, int scoring)
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
		            .need_scores = 1,
		            .eos = tj_pieces_eos(t->target),
		            .unk = tj_pieces_unk(t->target),
		            .sampling = { .on = draws,
		                          .temperature = o->temperature,
		                          .top_k = (size_t)o->top_k,
		                          .top_p = o->top_p,
		                          .seed = (uint64_t)o->seed } },
		.max_rows = TJ_ROWS,
		.max_source = (scoring ? (size_t)TJ_MAX_SCORED : (size_t)o->max_pieces) + 1,
		.bos = tj_pieces_bos(t->target),
		.constraints = t->trust.constraints,
		.source_eos = t->config.source_eos ? tj_pieces_eos(t->source) : -1,
	};
	if (e.search.beam * TJ_SENTENCES_OF_WIDE_BEAM > e.max_rows)
		e.max_rows = e.search.beam * TJ_SENTENCES_OF_WIDE_BEAM;
	return e;
}

/* The language whose rules split lines into sentences, "" if the model names none; NULL: lines
 * are not split. */
static const char *language_to_split(const trujaman *t)
{
	const char *language = trujaman_metadata(t, "source_language");
	if (t->options.split != NULL && strcmp(t->options.split, "off") == 0)
		return NULL;
	return language != NULL ? language : "";
}

static const char *language_or_none(const trujaman *t, const char *key)
{
	const char *language = trujaman_metadata(t, key);
	return language != NULL ? language : "";
}

static int wants_traces(const trujaman *t)
{
	return t->options.alignments || t->options.word_scores;
}

struct tj_language tj_language_of(const trujaman *t, int scoring)
{
	struct tj_language l = {
		.source = t->source,
		.target = t->target,
		.max_pieces = (size_t)t->options.max_pieces,
		.n_best = scoring || t->options.sample ? 1 : (size_t)t->options.n_best,
		.scoring = scoring,
		.empty_source = t->config.source_eos ? -1 : tj_pieces_eos(t->source),
		.max_scored = TJ_MAX_SCORED,
		.sentences = language_to_split(t),
		.column = t->options.tsv,
		.prefix_column = scoring ? 0 : t->options.prefix,
		/* Draws of equal sentences differ. */
		.cache = scoring || wants_traces(t) || t->options.sample ? NULL : t->cache,
		.traces = wants_traces(t),
	};
	l.n_found = l.n_best > 1 ? (size_t)t->options.beam : 1;
	tj_trust_describe(&t->trust, &t->options, &l);
	l.source_language = language_or_none(t, "source_language");
	l.target_language = language_or_none(t, "target_language");
	return l;
}

size_t tj_draws(const trujaman *t)
{
	return t->options.sample ? (size_t)t->options.n_best : 1;
}

size_t tj_chunk_lines(const trujaman *t, int scoring)
{
	const struct tj_engine_options *o = scoring ? &t->scoring.options : &t->translating.options;
	return o->max_rows / o->search.beam;
}

static int wants_int8(const trujaman *t)
{
	const char *precision = t->options.precision;
	return precision != NULL ? strcmp(precision, "int8") == 0 : tj_model_is_int8(t->file);
}

/* How the file stores its matrices: "F32", "I8" or "mixed". */
static const char *precision(const struct tj_safetensors *file)
{
	int i8 = 0, f32 = 0;
	for (size_t i = 0; i < file->n_tensors; i++) {
		const struct tj_tensor *tensor = &file->tensors[i];
		if (tensor->rank == 2)
			*(tensor->dtype == TJ_I8 ? &i8 : &f32) = 1;
	}
	return i8 && f32 ? "mixed" : i8 ? "I8" : "F32";
}

static void fill_info(trujaman *t)
{
	t->info = (trujaman_info){
		.path = t->file->path,
		.file_bytes = t->file->file_bytes,
		.parameters = t->model->n_parameters,
		.precision = precision(t->file),
		.isa = t->kernels->name,
		.products = t->model->int8 ? "int8" : "float32",
		.threads = (int)t->translating.n_threads,
		.source_words = (uint32_t)t->config.source_words,
		.target_words = (uint32_t)t->config.target_words,
		.n_metadata = t->file->n_metadata,
		.keys = t->file->keys,
		.values = t->file->values,
	};
}

static trujaman_status place_team(trujaman *t)
{
	const trujaman_options *o = &t->options;
	t->cores = tj_cores_open(&t->error);
	if (t->cores != NULL)
		t->placement = tj_placement_new(t->cores,
		                                o->threads > 0 ? (size_t)o->threads
		                                               : tj_team_threads(t->cores, o->smt),
		                                o->smt, &t->error);
	return t->error.status;
}

static trujaman_status bind_model(trujaman *t)
{
	/* The weights packed here are worker 0's copy, so they must lie on its NUMA node. */
	int moves = t->placement->n_copies > 1;
	if (moves)
		tj_placement_bind(t->placement, 0);
	t->model = tj_model_bind(t->file, &t->config, t->kernels, wants_int8(t),
	                         (size_t)t->options.memory << 20, &t->error);
	if (moves)
		tj_placement_unbind(t->placement);
	if (t->model != NULL)
		t->copies = tj_copies_new(t->model, t->placement->n_copies, &t->error);
	return t->error.status;
}

static trujaman_status open_model(trujaman *t, const char *model)
{
	struct tj_error *err = &t->error;
	if (tj_options_check(&t->options, err) != TRUJAMAN_OK)
		return err->status;
	t->kernels = tj_kernels_select(t->options.isa, err);
	char *path = t->kernels != NULL ? tj_find_model(model, err) : NULL;
	if (path != NULL)
		t->file = tj_safetensors_open(path, err);
	free(path);
	if (t->file == NULL || tj_config_read(t->file, &t->config, err) != TRUJAMAN_OK ||
	    open_vocabularies(t) != TRUJAMAN_OK)
		return err->status;
	if (t->options.alignments && t->config.attention == TJ_ATTENTION_NONE)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "alignments: found attention none in the model, wanted any other");
	if (tj_trust_open(&t->trust, &t->options, &t->config, t->source, t->target, err) !=
	    TRUJAMAN_OK)
		return err->status;
	if (place_team(t) != TRUJAMAN_OK || bind_model(t) != TRUJAMAN_OK)
		return err->status;
	struct tj_engine_options translating = engine_options(t, 0), scoring = engine_options(t, 1);
	if (tj_team_open(&t->translating, t->copies, t->placement, &translating, err) !=
	        TRUJAMAN_OK ||
	    tj_team_open(&t->scoring, t->copies, t->placement, &scoring, err) != TRUJAMAN_OK)
		return err->status;
	if (t->options.cache > 0)
		t->cache = tj_cache_open((size_t)t->options.cache << 20, err);
	if (err->status != TRUJAMAN_OK)
		return err->status;
	fill_info(t);
	t->is_open = 1;
	return TRUJAMAN_OK;
}

/* Copies the strings of the options, which the caller may change or free after trujaman_open.
 * Returns 0 if memory is short. */
static int own_strings(trujaman *t)
{
	const char **const strings[] = { &t->options.isa,         &t->options.precision,
		                         &t->options.split,       &t->options.keep,
		                         &t->options.letter_case, &t->options.glossary,
		                         &t->options.suppress };
	int good = 1;
	for (size_t i = 0; i < TJ_OPTION_STRINGS; i++) {
		t->strings[i] = *strings[i] != NULL ? strdup(*strings[i]) : NULL;
		good &= (*strings[i] == NULL) == (t->strings[i] == NULL);
		*strings[i] = t->strings[i];
	}
	return good;
}

trujaman_status trujaman_open(const char *model, const trujaman_options *options, trujaman **t)
{
	*t = calloc(1, sizeof **t);
	if (*t == NULL)
		return TRUJAMAN_ERROR_MEMORY;
	struct tj_float_mode mode;
	tj_float_enter(&mode);
	trujaman_status status = TRUJAMAN_OK;
	(*t)->options = options != NULL ? *options : trujaman_options_default();
	if (!own_strings(*t))
		status = tj_fail_memory(&(*t)->error, "the options", 0);
	if (status == TRUJAMAN_OK)
		status = open_model(*t, model);
	tj_float_leave(&mode);
	return status;
}

void trujaman_close(trujaman *t)
{
	if (t == NULL)
		return;
	tj_team_close(&t->translating);
	tj_team_close(&t->scoring);
	tj_copies_free(t->copies);
	tj_cache_close(t->cache);
	tj_trust_close(&t->trust);
	tj_model_free(t->model);
	free(t->machine);
	free(t->placement);
	tj_cores_close(t->cores);
	if (t->target != t->source)
		tj_pieces_close(t->target);
	if (t->source != NULL)
		tj_pieces_close(t->source);
	if (t->file != NULL)
		tj_safetensors_close(t->file);
	for (size_t i = 0; i < TJ_OPTION_STRINGS; i++)
		free(t->strings[i]);
	free(t);
}

const char *trujaman_error(const trujaman *t)
{
	return t != NULL ? t->error.text : "out of memory";
}

trujaman_status tj_begin(trujaman *t)
{
	if (!t->is_open)
		return tj_fail(&t->error, TRUJAMAN_ERROR_USAGE, "no model is open");
	tj_error_clear(&t->error);
	return TRUJAMAN_OK;
}

const trujaman_info *trujaman_get_info(const trujaman *t)
{
	return &t->info;
}

const char *trujaman_metadata(const trujaman *t, const char *key)
{
	return t->file != NULL ? tj_safetensors_metadata(t->file, key) : NULL;
}

enum { MAX_ISAS = 8 };
static const char *isas[MAX_ISAS]; /* written once */

static void list_isas(void)
{
	size_t n = 0;
	for (const struct tj_kernels *const *k = tj_kernels_usable(); *k && n + 1 < MAX_ISAS; k++)
		isas[n++] = (*k)->name;
}

const char *const *trujaman_isas(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	(void)pthread_once(&once, list_isas); /* cannot fail with these arguments */
	return isas;
}

const char *trujaman_version(void)
{
	return PACKAGE_VERSION;
}
