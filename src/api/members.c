/* SPDX-License-Identifier: MIT */
/* Takes the other models of an ensemble, if they fit the first. */
#include "src/api/members.h"

#include <string.h>

/* Whether both files hold the same bytes of a vocabulary. */
static int has_same(const struct tj_safetensors *a, const struct tj_safetensors *b,
                    const char *name)
{
	const struct tj_tensor *x = tj_safetensors_find(a, name), *y = tj_safetensors_find(b, name);
	return x != NULL && y != NULL && x->n_bytes == y->n_bytes &&
	       (x->n_bytes == 0 || memcmp(x->data, y->data, x->n_bytes) == 0);
}

static trujaman_status check(const trujaman_model *m, const trujaman_model *first,
                             struct tj_error *err)
{
	const struct tj_config *a = &first->config, *b = &m->config;
	for (int i = 0; i < 2; i++)
		if (!has_same(first->file, m->file, tj_config_vocabulary(a, i)))
			return tj_fail(err, TRUJAMAN_ERROR_USAGE,
			               "%s and %s have different vocabularies (%s): models of an "
			               "ensemble need the same",
			               first->file->path, m->file->path,
			               tj_config_vocabulary(a, i));
	if (a->normalization != b->normalization || a->n_placeables != b->n_placeables)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "%s and %s differ in the metadata \"%s\": models of an ensemble "
		               "read the same text",
		               first->file->path, m->file->path,
		               a->normalization != b->normalization ? "normalization"
		                                                    : "placeables");
	if (first->kernels != m->kernels)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "%s was opened with --isa %s and %s with %s: models of an ensemble "
		               "need the same",
		               first->file->path, first->info.isa, m->file->path, m->info.isa);
	return TRUJAMAN_OK;
}

trujaman_status tj_members_open(struct tj_members *x, size_t n, trujaman_model *const *models,
                                const trujaman_model *first, struct tj_error *err)
{
	size_t n_nodes = first->cores->n_nodes;
	if (n > TJ_MOST_NETWORKS - 1)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "an ensemble has at most %d models, not %zu", TJ_MOST_NETWORKS,
		               n + 1);
	for (; x->n < n && check(models[x->n], first, err) == TRUJAMAN_OK; x->n++) {
		trujaman_model *m = tj_model_share(models[x->n]);
		x->models[x->n] = m;
		/* Copies are counted from the home of their model. */
		x->others[x->n] = (struct tj_team_other){
			m->copies, n_nodes, (first->home + n_nodes - m->home % n_nodes) % n_nodes
		};
	}
	return err->status;
}

void tj_members_close(struct tj_members *x)
{
	for (size_t i = 0; i < x->n; i++)
		trujaman_model_close(x->models[i]);
	x->n = 0;
}
