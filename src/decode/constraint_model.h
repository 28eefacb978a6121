/* SPDX-License-Identifier: MIT */
/* What the pieces of a target vocabulary are to a constraint: made once for a model, from the
 * characters that they hold. Does not change: any number of threads may share it. */
#ifndef TJ_DECODE_CONSTRAINT_MODEL_H
#define TJ_DECODE_CONSTRAINT_MODEL_H

#include "src/decode/constraint.h"
#include "src/text/pieces.h"
#include "src/text/unwanted.h"

enum tj_constrained_kind {
	TJ_WRITES_TEXT,
	TJ_WRITES_BYTE,      /* `value`: which */
	TJ_WRITES_PLACEABLE, /* `value`: its number */
	TJ_WRITES_NOTHING    /* <s> and the like; or a placeable and other text */
};

struct tj_constrained_piece {
	uint32_t
	    first; /* the codes (src/text/char_code.h) of its characters: codes[first, first + n) */
	uint16_t n;
	uint8_t kind, value;
};

/* A character of several bytes that byte pieces may write: one that other pieces write, or its
 * other case. */
struct tj_spelling {
	uint8_t bytes[4], n, code;
};

struct tj_constraint_model {
	size_t n_pieces;
	struct tj_constrained_piece *pieces;
	uint8_t *codes;
	const struct tj_unwanted
	    *unwanted;        /* that no translation may have; not owned; NULL: none */
	uint32_t *characters; /* as codes, the characters themselves; NULL: nothing is unwanted */
	const struct tj_pieces *target;                /* not owned */
	int32_t placeables[TJ_CONSTRAINED_PLACEABLES]; /* their ids */
	size_t n_placeables;                           /* U+F0000 up to the first without a piece */
	struct tj_spelling *spellings;                 /* sorted by their bytes */
	size_t n_spellings;
};

/* From the target vocabulary, which must outlive it if there are prefixes, and so must `unwanted`,
 * which may be NULL. NULL on failure. */
struct tj_constraint_model *tj_constraint_model_new(const struct tj_pieces *target,
                                                    const struct tj_unwanted *unwanted,
                                                    struct tj_error *err);
void tj_constraint_model_free(struct tj_constraint_model *m);

#endif
