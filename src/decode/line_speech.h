/* SPDX-License-Identifier: MIT */
/* Finds direct speech in a stretch of text: "He said: "Stop!"", ""I know," she said." */
#ifndef TJ_DECODE_LINE_SPEECH_H
#define TJ_DECODE_LINE_SPEECH_H

#include "src/decode/line_plan.h"

/* Sets [*part, *part_end) to the first part of the bytes [first, end) of plan->normal that is to be
 * translated by itself, without the quotes at its ends, and returns where the rest begins, at most
 * `end`. Speech ends with punctuation of its own, or has two words and stands at the end or
 * before punctuation. A quote that ends or begins the stretch without another one is left out.
 * Without speech the part is everything. first < end. */
size_t tj_speech_next(const struct tj_plan *p, size_t first, size_t end, size_t *part,
                      size_t *part_end);

#endif
