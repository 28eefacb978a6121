/* SPDX-License-Identifier: MIT */
/* What surrounds the network of a model so that its output can be trusted: the characters
 * that it knows, patterns of the user and a glossary. */
#ifndef TJ_API_TRUST_H
#define TJ_API_TRUST_H

#include "src/api/options.h"
#include "src/decode/constraint_model.h"
#include "src/decode/language.h"
#include "src/model/config.h"
#include "trujaman.h"

/* What all translators of a model share. */
struct tj_trusted {
	enum tj_normal normal;
	size_t n_placeables;
	/* NULL: not made yet */
	struct tj_alphabet *alphabet;
	struct tj_constraint_model *constraints;
	struct tj_number_words *source_numbers, *target_numbers;
	const char *source_language, *target_language; /* codes, or ""; not owned */
	struct tj_word_list words; /* that the network knows; n == 0: it has none, or looks at none
	                            */
};

/* Reads what the file of a model says. It, the pieces and the languages must outlive *x. Call
 * tj_trusted_close in any case. */
trujaman_status tj_trusted_open(struct tj_trusted *x, const struct tj_config *config,
                                const struct tj_safetensors *file, const struct tj_pieces *source,
                                const char *source_language, const char *target_language,
                                struct tj_error *err);

/* Makes what is not made yet of the two, if they are wanted; number words go with the alphabet. The
 * pieces must outlive it. */
trujaman_status tj_trusted_make(struct tj_trusted *x, int alphabet, int constraints,
                                const struct tj_pieces *source, const struct tj_pieces *target,
                                struct tj_error *err);
void tj_trusted_close(struct tj_trusted *x);

/* And what is a translator's own. */
struct tj_trust { /* zeros: the network alone */
	const struct tj_trusted *of_model;
	struct tj_constraint_model *constraints; /* with the unwanted words; NULL: the model's */
	struct tj_unwanted *unwanted;
	struct tj_glossary *glossary;
	struct tj_named_text keep; /* data is owned */
};

/* Whether the options need the model's alphabet, and its constraints. */
int tj_trust_needs_alphabet(const trujaman_options *o);
int tj_trust_needs_constraints(const trujaman_options *o);

/* Reads the files of the options. `of_model` has what they need. Release with tj_trust_close, also
 * after a failure. */
trujaman_status tj_trust_open(struct tj_trust *x, const trujaman_options *o,
                              const struct tj_trusted *of_model, const struct tj_pieces *target,
                              struct tj_error *err);
void tj_trust_close(struct tj_trust *x);

/* What constrains the search; NULL: nothing. */
const struct tj_constraint_model *tj_trust_constraints(const struct tj_trust *x,
                                                       const trujaman_options *o);

/* Sets what the language of a job has of it. */
void tj_trust_describe(const struct tj_trust *x, const trujaman_options *o, struct tj_language *l);

#endif
