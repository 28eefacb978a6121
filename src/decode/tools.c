/* SPDX-License-Identifier: MIT */
/* Opens and closes the tools of a worker. */
#include "src/decode/tools.h"

#include <stdlib.h>

static struct tj_finder *open_finder(const struct tj_language *l, int (*has)(void *, uint32_t),
                                     struct tj_error *err)
{
	const struct tj_finder_options o = { .has = has,
		                             .context = (void *)(uintptr_t)l->alphabet,
		                             .keep = l->keep,
		                             .glossary = l->glossary };
	return tj_finder_open(&o, err);
}

struct tj_tools *tj_tools_open(const struct tj_language *l, struct tj_error *err)
{
	struct tj_tools *t = calloc(1, sizeof *t);
	if (t == NULL) {
		tj_fail_memory(err, "a worker's tools", sizeof *t);
		return NULL;
	}
	if (!l->scoring)
		t->sentences = tj_sentences_open(l->sentences, err);
	if (t->sentences != NULL && l->prefix_column > 0)
		t->prefixes = tj_sentences_open(l->target_language, err);
	if (t->prefixes != NULL)
		t->whole = tj_sentences_open(NULL, err);
	if (err->status != TRUJAMAN_OK) {
		tj_tools_close(t);
		return NULL;
	}
	if (l->scoring && l->alphabet != NULL) {
		const struct tj_pair_rules rules = { .normalize = l->normal != TJ_NORMAL_NONE,
			                             .max_placeables = l->n_placeables,
			                             .has = tj_alphabet_reads,
			                             .context = (void *)(uintptr_t)l->alphabet };
		t->pairs = tj_pair_maker_open(&rules, l->source_language, l->target_language, err);
	} else if (l->alphabet != NULL)
		t->finder = open_finder(l, tj_alphabet_reads, err);
	if (t->finder != NULL)
		t->judge = open_finder(l, tj_alphabet_knows, err);
	if (t->judge != NULL && l->localizes)
		t->localizer = tj_localizer_open(l->source_language, l->target_language, err);
	if (err->status == TRUJAMAN_OK)
		return t;
	tj_tools_close(t);
	return NULL;
}

void tj_tools_close(struct tj_tools *t)
{
	if (t == NULL)
		return;
	tj_sentences_close(t->sentences);
	tj_sentences_close(t->prefixes);
	tj_sentences_close(t->whole);
	tj_finder_close(t->finder);
	tj_finder_close(t->judge);
	tj_localizer_close(t->localizer);
	free(t->starts);
	free(t->ids.data);
	free(t->key.data);
	tj_mapped_release(&t->hidden);
	tj_mapped_release(&t->turned);
	free(t->text.data);
	free(t->other.data);
	free(t->plain.data);
	free(t->written.data);
	tj_repeats_release(&t->repeats);
	tj_pair_maker_close(t->pairs);
	free(t->spans);
	free(t->names.items);
	free(t);
}
