/* SPDX-License-Identifier: MIT */
/* Collects what the bytes of a translation depend on. */
#include "src/cli/run_facts.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"

struct facts {
	struct tj_fact *items; /* [n]; from malloc, as the values */
	size_t n, capacity;
	int failed; /* out of memory */
};

/* `value` is copied. */
static void add(struct facts *f, const char *key, const char *value, int is_file)
{
	char *copy = value != NULL ? strdup(value) : NULL;
	f->failed |= (value != NULL && copy == NULL) ||
	             !tj_reserve(&f->items, &f->capacity, f->n + 1, sizeof *f->items);
	if (f->failed)
		free(copy);
	else
		f->items[f->n++] = (struct tj_fact){ key, copy, is_file };
}

/* Options that others follow: --plain makes the search exact, --n-best widens the beam. They come
 * first, since the first difference between two runs is told: it is one that the user can change.
 */
static const char *const followed[] = { "plain", "exact", "sample", "n-best" };
enum { N_FOLLOWED = sizeof followed / sizeof *followed };

static int is_followed(const char *name)
{
	for (size_t i = 0; i < N_FOLLOWED; i++)
		if (strcmp(name, followed[i]) == 0)
			return 1;
	return 0;
}

/* Files count by their contents. */
static void add_options(struct facts *f, trujaman_options *options)
{
	const trujaman_option *o;
	for (size_t i = 0; i < N_FOLLOWED; i++)
		add(f, followed[i], trujaman_options_get(options, followed[i]), 0);
	for (size_t i = 0; (o = trujaman_option_at(i)) != NULL; i++)
		/* The model may have chosen the precision: that in use was added. */
		if (o->changes_output && !is_followed(o->name) && strcmp(o->name, "precision") != 0)
			add(f, o->name, trujaman_options_get(options, o->name),
			    o->kind == TRUJAMAN_OPTION_FILE);
}

struct tj_fact *tj_run_facts(const struct tj_destination *to, const struct tj_models *models,
                             trujaman_options *options, size_t *n)
{
	static const char *const outputs[] = { "translations", "scores", "n-best" };
	struct facts f = { .n = 0 };
	add(&f, "trujaman", trujaman_version(), 0);
	for (size_t i = 0; i < models->n; i++)
		add(&f, "model", models->infos[i]->path, 1);
	add(&f, "output", outputs[to->output], 0);
	add(&f, "compression", tj_packing_name((enum tj_packing)to->packing), 0);
	for (size_t i = 0; i < models->n; i++)
		add(&f, "precision", models->infos[i]->products, 0);
	add(&f, "format", to->format != NULL ? to->format : "by name", 0);
	add_options(&f, options);
	*n = f.n;
	if (!f.failed)
		return f.items;
	tj_run_facts_free(f.items, f.n);
	return NULL;
}

void tj_run_facts_free(struct tj_fact *facts, size_t n)
{
	for (size_t i = 0; facts != NULL && i < n; i++)
		free((char *)(uintptr_t)facts[i].value);
	free(facts);
}
