/* SPDX-License-Identifier: MIT */
/* Opens a model: finds and reads the file, opens its vocabularies and packs its weights. */
#include "config.h"

#include "src/api/model.h"

#include <stdlib.h>
#include <string.h>

#include "src/api/find_model.h"
#include "src/api/options.h"
#include "src/base/float_mode.h"
#include "src/decode/workers.h"
#include "src/machine/beside.h"
#include "src/model/config_tensors.h"

static trujaman_status check_vocabulary(trujaman_model *m, const struct tj_pieces *pieces,
                                        const char *tensor, size_t words, const char *matrix,
                                        struct tj_error *err)
{
	if (tj_pieces_size(pieces) != words)
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
		               "%s: tensor %s: found %u pieces, wanted %zu, the rows of %s",
		               m->file->path, tensor, (unsigned)tj_pieces_size(pieces), words,
		               matrix);
	return TRUJAMAN_OK;
}

static trujaman_status need_piece(trujaman_model *m, const char *tensor, const char *piece,
                                  int32_t id, struct tj_error *err)
{
	if (id < 0)
		return tj_fail(err, TRUJAMAN_ERROR_FORMAT,
		               "%s: tensor %s: found no piece %s, which the model needs",
		               m->file->path, tensor, piece);
	return TRUJAMAN_OK;
}

static struct tj_pieces *open_pieces(trujaman_model *m, const struct tj_tensor *tensor,
                                     struct tj_error *err)
{
	char name[1024];
	size_t n = strlen(m->file->path), room = sizeof name - 32;
	/* Keep the end of a long path, which says more than its beginning. */
	const char *path = n > room ? m->file->path + n - room : m->file->path;
	memcpy(name, path, strlen(path) + 1);
	strcat(name, ": ");
	strcat(name, tensor->name);
	return m->config.token_vocabulary
	           ? tj_pieces_open_tokens(tensor->data, tensor->n_bytes, name, err)
	           : tj_pieces_open(tensor->data, tensor->n_bytes, name, err);
}

/* Vocabularies are opened beside the packing of the weights: each of the three takes milliseconds,
 * of which starting consists. One that source and target share is opened once. */
struct vocabulary_opening {
	trujaman_model *model;
	const struct tj_tensor *tensor;
	struct tj_pieces *pieces;
	struct tj_error err;
	struct tj_beside beside;
};

static void open_beside(void *context)
{
	struct vocabulary_opening *o = context;
	o->pieces = open_pieces(o->model, o->tensor, &o->err);
}

static int is_shared(const struct tj_tensor *source, const struct tj_tensor *target)
{
	return source->n_bytes == target->n_bytes &&
	       memcmp(source->data, target->data, source->n_bytes) == 0;
}

/* Begins to open the source's, o[0], and the target's, o[1]. Returns how many are opened. */
static size_t begin_vocabularies(trujaman_model *m, struct vocabulary_opening *o)
{
	for (int i = 0; i < 2; i++)
		o[i].tensor = tj_safetensors_find(m->file, tj_config_vocabulary(&m->config, i));
	size_t n = is_shared(o[0].tensor, o[1].tensor) ? 1 : 2;
	for (size_t i = 0; i < n; i++) {
		o[i].model = m;
		tj_beside_begin(&o[i].beside, open_beside, &o[i]);
	}
	return n;
}

static trujaman_status end_vocabularies(trujaman_model *m, size_t n, struct vocabulary_opening *o,
                                        struct tj_error *err)
{
	for (size_t i = 0; i < n; i++)
		tj_beside_end(&o[i].beside);
	m->source = o[0].pieces;
	m->target = o[n - 1].pieces;
	for (size_t i = n; i-- > 0;)
		if (o[i].err.status != TRUJAMAN_OK)
			*err = o[i].err;
	return err->status;
}

static trujaman_status check_vocabularies(trujaman_model *m, struct tj_error *err)
{
	const struct tj_config *c = &m->config;
	const char *names[2] = { tj_config_vocabulary(c, 0), tj_config_vocabulary(c, 1) };
	if (check_vocabulary(m, m->source, names[0], c->source_words,
	                     c->tied_embeddings ? "decoder.embedding.weight"
	                                        : "encoder.embedding.weight",
	                     err) ||
	    check_vocabulary(m, m->target, names[1], c->target_words, "decoder.embedding.weight",
	                     err) ||
	    (c->source_eos && need_piece(m, names[0], "</s>", tj_pieces_eos(m->source), err)) ||
	    need_piece(m, names[1], "</s>", tj_pieces_eos(m->target), err) ||
	    tj_config_count_placeables(&m->config, m->file->path, tj_pieces_placeables(m->source),
	                               tj_pieces_placeables(m->target), err))
		return err->status;
	return c->start_with_eos ? TRUJAMAN_OK
	                         : need_piece(m, names[1], "<s>", tj_pieces_bos(m->target), err);
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

static void fill_info(trujaman_model *m)
{
	m->info = (trujaman_model_info){
		.path = m->file->path,
		.file_bytes = m->file->file_bytes,
		.parameters = m->bound->n_parameters,
		.precision = precision(m->file),
		.isa = m->kernels->name,
		.products = m->bound->int8 ? "int8" : "float32",
		.source_words = (uint32_t)m->config.source_words,
		.target_words = (uint32_t)m->config.target_words,
		.n_metadata = m->file->n_metadata,
		.keys = m->file->keys,
		.values = m->file->values,
		.copy_bytes = tj_model_bytes(m->bound),
	};
}

static int wants_int8(const trujaman_model *m, const trujaman_options *o)
{
	return o->precision != NULL ? strcmp(o->precision, "int8") == 0 : tj_model_is_int8(m->file);
}

/* Pack the weights on the node where the first worker of a translator with these options works. */
static trujaman_status bind_model(trujaman_model *m, const trujaman_options *o,
                                  struct tj_error *err)
{
	size_t n = o->threads > 0 ? (size_t)o->threads : tj_team_threads(m->cores, o->smt), cpu = 0;
	struct tj_placement *p = tj_placement_new(m->cores, n, o->smt, TJ_HOME_OF_WORKER_0, err);
	if (p == NULL)
		return err->status;
	int moves = p->n_copies > 1;
	m->memory = o->memory;
	m->home = m->cores->cpus[p->places[0].cpu].node;
	if (moves)
		cpu = tj_placement_bind(p, 0);
	m->bound = tj_model_bind(m->file, &m->config, m->kernels, wants_int8(m, o),
	                         (size_t)o->memory << 20, err);
	if (moves)
		tj_placement_unbind(p, cpu);
	free(p);
	if (m->bound != NULL)
		m->copies = tj_copies_new(m->bound, m->cores->n_nodes, err);
	return err->status;
}

static const char *language_or_none(const trujaman_model *m, const char *key)
{
	const char *language = tj_safetensors_metadata(m->file, key);
	return language != NULL ? language : "";
}

/* The vocabularies and the packed weights. Of failures, that of a vocabulary is told. */
static trujaman_status open_parts(trujaman_model *m, const trujaman_options *o,
                                  struct tj_error *err)
{
	struct vocabulary_opening vocabularies[2] = { { 0 } };
	struct tj_error own = { 0 };
	size_t n = begin_vocabularies(m, vocabularies);
	m->cores = tj_cores_open(&own);
	if (m->cores != NULL)
		(void)bind_model(m, o, &own);
	if (end_vocabularies(m, n, vocabularies, err) == TRUJAMAN_OK)
		*err = own;
	return err->status;
}

static trujaman_status open_model(trujaman_model *m, const char *name, trujaman_options *o,
                                  struct tj_error *err)
{
	if (tj_options_check(o, err) != TRUJAMAN_OK)
		return err->status;
	m->kernels = tj_kernels_select(o->isa, err);
	char *path = m->kernels != NULL ? tj_find_model(name, err) : NULL;
	if (path != NULL)
		m->file = tj_safetensors_open(path, err);
	free(path);
	if (m->file == NULL || tj_config_read(m->file, &m->config, err) != TRUJAMAN_OK ||
	    open_parts(m, o, err) != TRUJAMAN_OK || check_vocabularies(m, err) != TRUJAMAN_OK)
		return err->status;
	if (tj_trusted_open(&m->trusted, &m->config, m->file, m->source,
	                    language_or_none(m, "source_language"),
	                    language_or_none(m, "target_language"), err) != TRUJAMAN_OK)
		return err->status;
	fill_info(m);
	tj_safetensors_forget(m->file); /* of packed weights only the embeddings are read again */
	return TRUJAMAN_OK;
}

static void free_model(trujaman_model *m)
{
	tj_copies_free(m->copies);
	tj_trusted_close(&m->trusted);
	tj_model_free(m->bound);
	tj_cores_close(m->cores);
	if (m->target != m->source)
		tj_pieces_close(m->target);
	if (m->source != NULL)
		tj_pieces_close(m->source);
	if (m->file != NULL)
		tj_safetensors_close(m->file);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

static trujaman_model *new_model(struct tj_error *err)
{
	trujaman_model *m = calloc(1, sizeof *m);
	if (m == NULL || pthread_mutex_init(&m->lock, NULL) != 0) {
		tj_fail_memory(err, "a model", sizeof *m);
		free(m);
		return NULL;
	}
	m->n_references = 1;
	return m;
}

trujaman_status trujaman_model_open(const char *name, const trujaman_options *options,
                                    trujaman_model **model, char *error, size_t n_error_bytes)
{
	struct tj_error err = { 0 };
	struct tj_float_mode mode;
	trujaman_options o = options != NULL ? *options : tj_options_default();
	trujaman_model *m = new_model(&err);
	tj_float_enter(&mode);
	if (m != NULL && open_model(m, name, &o, &err) != TRUJAMAN_OK) {
		free_model(m);
		m = NULL;
	}
	tj_float_leave(&mode);
	*model = m;
	return tj_error_tell(&err, error, n_error_bytes);
}

trujaman_model *tj_model_share(trujaman_model *m)
{
	pthread_mutex_lock(&m->lock);
	m->n_references++;
	pthread_mutex_unlock(&m->lock);
	return m;
}

void trujaman_model_close(trujaman_model *model)
{
	if (model == NULL)
		return;
	pthread_mutex_lock(&model->lock);
	size_t left = --model->n_references;
	pthread_mutex_unlock(&model->lock);
	if (left == 0)
		free_model(model);
}

trujaman_status tj_model_trust(trujaman_model *m, const trujaman_options *o, struct tj_error *err)
{
	pthread_mutex_lock(&m->lock);
	(void)tj_trusted_make(&m->trusted, tj_trust_needs_alphabet(o),
	                      tj_trust_needs_constraints(o), m->source, m->target, err);
	pthread_mutex_unlock(&m->lock);
	return err->status;
}

const trujaman_model_info *trujaman_model_describe(const trujaman_model *model)
{
	return &model->info;
}

const char *trujaman_model_metadata(const trujaman_model *model, const char *key)
{
	return tj_safetensors_metadata(model->file, key);
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

int trujaman_version_number(void)
{
	return TRUJAMAN_VERSION_NUMBER;
}
