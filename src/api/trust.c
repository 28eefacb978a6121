/* SPDX-License-Identifier: MIT */
/* Opens what surrounds the network. */
#include "src/api/trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/io/whole.h"
#include "src/text/glossary_read.h"

enum { MOST_MIB = 64 };

static trujaman_status open_glossary(struct tj_trust *x, const char *path, struct tj_error *err)
{
	struct tj_string text;
	if (tj_whole_read(path, MOST_MIB, &text, err) != TRUJAMAN_OK)
		return err->status;
	x->glossary = tj_glossary_open(path, text.data, text.n, err);
	free(text.data);
	return err->status;
}

static trujaman_status open_unwanted(struct tj_trust *x, const char *path, struct tj_error *err)
{
	struct tj_string text;
	if (tj_whole_read(path, MOST_MIB, &text, err) != TRUJAMAN_OK)
		return err->status;
	x->unwanted = tj_unwanted_open(path, text.data, text.n, x->of_model->normal, err);
	free(text.data);
	return err->status;
}

/* A model that says so wants normalised text. One that does not, but has no curly quotes, was
 * trained on such text all the same. */
static enum tj_normal rules_of(const struct tj_config *config, const struct tj_pieces *source)
{
	return config->normalization || !tj_pieces_has(source, 0x201C) ? TJ_NORMAL_1
	                                                               : TJ_NORMAL_NONE;
}

trujaman_status tj_trusted_open(struct tj_trusted *x, const struct tj_config *config,
                                const struct tj_safetensors *file, const struct tj_pieces *source,
                                const char *source_language, const char *target_language,
                                struct tj_error *err)
{
	char name[1024];
	const struct tj_tensor *words = tj_safetensors_find(file, "source.words");
	x->source_language = source_language;
	x->target_language = target_language;
	x->normal = rules_of(config, source);
	x->n_placeables = config->n_placeables;
	if (!config->word_list || words == NULL)
		return TRUJAMAN_OK;
	(void)snprintf(name, sizeof name, "%s: tensor source.words", file->path);
	if (tj_word_list_open(&x->words, (const char *)words->data, words->n_bytes, name, err) ==
	        TRUJAMAN_OK &&
	    config->attention == TJ_ATTENTION_NONE)
		tj_word_list_close(&x->words);
	return err->status;
}

trujaman_status tj_trusted_make(struct tj_trusted *x, int alphabet, int constraints,
                                const struct tj_pieces *source, const struct tj_pieces *target,
                                struct tj_error *err)
{
	if (constraints && x->constraints == NULL)
		x->constraints = tj_constraint_model_new(target, NULL, err);
	if (alphabet && x->alphabet == NULL && err->status == TRUJAMAN_OK)
		x->alphabet = tj_alphabet_open(source, target, x->normal, err);
	if (alphabet && x->source_numbers == NULL && err->status == TRUJAMAN_OK)
		x->source_numbers = tj_number_words_open(x->source_language, err);
	if (alphabet && x->target_numbers == NULL && err->status == TRUJAMAN_OK)
		x->target_numbers = tj_number_words_open(x->target_language, err);
	return err->status;
}

void tj_trusted_close(struct tj_trusted *x)
{
	tj_alphabet_close(x->alphabet);
	tj_number_words_close(x->source_numbers);
	tj_number_words_close(x->target_numbers);
	tj_constraint_model_free(x->constraints);
	tj_word_list_close(&x->words);
}

int tj_trust_needs_alphabet(const trujaman_options *o)
{
	return !o->plain;
}

int tj_trust_needs_constraints(const trujaman_options *o)
{
	return o->suppress == NULL && (!o->plain || o->min_length > 0 || o->prefix > 0);
}

trujaman_status tj_trust_open(struct tj_trust *x, const trujaman_options *o,
                              const struct tj_trusted *of_model, const struct tj_pieces *target,
                              struct tj_error *err)
{
	x->of_model = of_model;
	if (o->suppress != NULL && open_unwanted(x, o->suppress, err) == TRUJAMAN_OK)
		x->constraints = tj_constraint_model_new(target, x->unwanted, err);
	if (err->status != TRUJAMAN_OK || o->plain)
		return err->status;
	if (o->localize_numbers &&
	    (of_model->source_language[0] == '\0' || of_model->target_language[0] == '\0'))
		return tj_fail(err, TRUJAMAN_ERROR_INPUT,
		               "--localize-numbers: the model does not say its languages");
	struct tj_string keep;
	if (o->keep != NULL) {
		if (tj_whole_read(o->keep, MOST_MIB, &keep, err) != TRUJAMAN_OK)
			return err->status;
		x->keep = (struct tj_named_text){ o->keep, keep.data, keep.n };
	}
	if (o->glossary != NULL)
		open_glossary(x, o->glossary, err);
	return err->status;
}

void tj_trust_close(struct tj_trust *x)
{
	tj_constraint_model_free(x->constraints);
	tj_unwanted_close(x->unwanted);
	tj_glossary_close(x->glossary);
	free((char *)(uintptr_t)x->keep.data);
	*x = (struct tj_trust){ .of_model = NULL };
}

const struct tj_constraint_model *tj_trust_constraints(const struct tj_trust *x,
                                                       const trujaman_options *o)
{
	if (x->constraints != NULL)
		return x->constraints;
	return tj_trust_needs_constraints(o) ? x->of_model->constraints : NULL;
}

void tj_trust_describe(const struct tj_trust *x, const trujaman_options *o, struct tj_language *l)
{
	l->alphabet = tj_trust_needs_alphabet(o) ? x->of_model->alphabet : NULL;
	l->normal = x->of_model->normal;
	l->n_placeables = x->of_model->n_placeables;
	l->keep_case = o->letter_case != NULL && strcmp(o->letter_case, "keep") == 0;
	l->guard_repeats = o->no_repeat_ngram > 0;
	/* Where one language has no words, lost digits may be words. */
	if (l->alphabet != NULL && tj_number_words_some(x->of_model->source_numbers) &&
	    tj_number_words_some(x->of_model->target_numbers)) {
		l->source_numbers = x->of_model->source_numbers;
		l->target_numbers = x->of_model->target_numbers;
	}
	l->localizes = o->localize_numbers && l->alphabet != NULL;
	/* What is not to be written is not copied either. */
	if (l->alphabet != NULL && x->of_model->words.n > 0 && x->unwanted == NULL &&
	    (o->copy_names == NULL || strcmp(o->copy_names, "off") != 0))
		l->known_words = &x->of_model->words;
	l->explain = o->explain != NULL;
	l->coverage_penalty = o->coverage_penalty;
	l->constraint = (struct tj_constraint){ .active = o->min_length > 0 || x->unwanted != NULL,
		                                .any_placeables = 1,
		                                .suppress = x->unwanted != NULL,
		                                .min_length = o->min_length };
	l->keep = x->keep;
	l->glossary = x->glossary;
}
