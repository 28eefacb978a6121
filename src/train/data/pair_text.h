/* SPDX-License-Identifier: MIT */
/* Two text files whose lines are translations of each other. */
#ifndef TJ_TRAIN_DATA_PAIR_TEXT_H
#define TJ_TRAIN_DATA_PAIR_TEXT_H

#include "src/base/status.h"

/* The usable pairs' text: both files, mapped or read, with line offsets. Needed as
 * long as subwords are sampled anew each epoch; else only to count and tokenise. */
struct tj_pair_text;

/* Open and check two files of lines: unequal line counts are an error that names both
 * files and both counts, before any other work. LF and CRLF end lines. NULL on failure. */
struct tj_pair_text *tj_pair_text_open(const char *source, const char *target,
                                       struct tj_error *err);
void tj_pair_text_close(struct tj_pair_text *t);
size_t tj_pair_text_lines(const struct tj_pair_text *t);
/* Line i (from 0) of side 0 (source) or 1 (target), terminator left out. */
const char *tj_pair_text_line(const struct tj_pair_text *t, int side, size_t i, size_t *n);

#endif
