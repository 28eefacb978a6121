/* SPDX-License-Identifier: MIT */
/* What surrounds the network of an open model so that its output can be trusted: the characters
 * that it knows, patterns of the user and a glossary. */
#ifndef TJ_API_TRUST_H
#define TJ_API_TRUST_H

#include "src/decode/constraint_model.h"
#include "src/decode/language.h"
#include "src/model/config.h"
#include "trujaman.h"

struct tj_trust {                     /* zeros: the network alone */
	struct tj_alphabet *alphabet; /* NULL: the option plain */
	struct tj_constraint_model *constraints;
	struct tj_unwanted *unwanted;
	struct tj_glossary *glossary;
	struct tj_named_text keep; /* data is owned */
	enum tj_normal normal;
	size_t n_placeables;
};

/* Reads the files of the options; with the option plain, only what constrains the search is opened.
 * Release with tj_trust_close, also after a failure; the pieces
 * must outlive it. */
trujaman_status tj_trust_open(struct tj_trust *x, const trujaman_options *o,
                              const struct tj_config *config, const struct tj_pieces *source,
                              const struct tj_pieces *target, struct tj_error *err);
void tj_trust_close(struct tj_trust *x);

/* Sets what the language of a job has of it. */
void tj_trust_describe(const struct tj_trust *x, const trujaman_options *o, struct tj_language *l);

#endif
