/* SPDX-License-Identifier: MIT */
/* What a hypothesis has written so far, as far as it matters for what may follow: for the guard and
 * for unwanted words. */
#ifndef TJ_DECODE_CONSTRAINT_TEXT_H
#define TJ_DECODE_CONSTRAINT_TEXT_H

#include "src/decode/constraint_guard.h"
#include "src/decode/constraint_model.h"

struct tj_written { /* zeros: nothing */
	struct tj_guard guard;
	struct tj_unwanted_place unwanted;
	uint8_t damaged;           /* it has what the guard refuses */
	uint8_t n_bytes, bytes[4]; /* of a character that byte pieces have begun: for the guard */
	uint8_t n_begun, begun[4]; /* the same for unwanted words */
};

/* Whether a piece may follow. room: how many more pieces fit. */
int tj_written_allows(const struct tj_written *w, const struct tj_constraint_model *m,
                      const struct tj_constraint *c, const struct tj_constrained_piece *p,
                      size_t room);

/* Whether the text may end here. */
int tj_written_may_end(const struct tj_written *w, const struct tj_constraint *c);

/* Adds a piece. A prescribed one is read even if it may not follow: the guard then begins anew
 * behind it. */
void tj_written_add(struct tj_written *w, const struct tj_constraint_model *m,
                    const struct tj_constraint *c, const struct tj_constrained_piece *p,
                    int is_prescribed);

#endif
