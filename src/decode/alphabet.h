/* SPDX-License-Identifier: MIT */
/* The characters that a model can read and write: who finds spans asks for them. */
#ifndef TJ_DECODE_ALPHABET_H
#define TJ_DECODE_ALPHABET_H

#include <stdint.h>

#include "src/text/normalize.h"
#include "src/text/pieces.h"

struct tj_alphabet; /* does not change once open; any number of threads may share one */

/* The pieces must outlive the alphabet. Returns NULL on failure. */
struct tj_alphabet *tj_alphabet_open(const struct tj_pieces *source, const struct tj_pieces *target,
                                     enum tj_normal rules, struct tj_error *err);
void tj_alphabet_close(struct tj_alphabet *a);

/* Whether the source vocabulary has the character, as the rules normalise it: what it lacks must be
 * copied. The context is the alphabet; as in tj_finder_options. */
int tj_alphabet_reads(void *context, uint32_t c);

/* Whether one of both vocabularies has it. A translation is judged by these characters: those of
 * the target language are no unknown ones in it. */
int tj_alphabet_knows(void *context, uint32_t c);

#endif
