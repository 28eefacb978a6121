/* SPDX-License-Identifier: MIT */
/* The other models of an ensemble: those behind the first. */
#ifndef TJ_API_MEMBERS_H
#define TJ_API_MEMBERS_H

#include "src/api/model.h"
#include "src/decode/workers.h"

struct tj_members {
	size_t n;
	trujaman_model *models[TJ_MOST_NETWORKS - 1];      /* shared */
	struct tj_team_other others[TJ_MOST_NETWORKS - 1]; /* the same, as a team sees them */
};

/* Takes the n other models, and checks that each has the vocabularies and the rules for text of
 * `first`. Close it also after a failure. */
trujaman_status tj_members_open(struct tj_members *x, size_t n, trujaman_model *const *models,
                                const trujaman_model *first, struct tj_error *err);
void tj_members_close(struct tj_members *x);

#endif
