/* SPDX-License-Identifier: MIT */
/* Text files whose lines are translations of each other. */
#ifndef TJ_TRAIN_DATA_PAIR_TEXT_H
#define TJ_TRAIN_DATA_PAIR_TEXT_H

#include "src/train/data/corpora.h"

/* Both files in RAM, with line offsets. They stay there during the whole training: sampling
 * tokenises the text anew in each epoch, and validation uses the lines of the dev set. */
struct tj_pair_text;

/* Opens two files of lines; "-" is standard input. Compressed files are unpacked. Unequal line
 * counts are an error that names both files and both counts, reported before any other work. So is,
 * unless force_text is set, a file that is no text (src/io/not_text.h). Lines end with LF or CRLF;
 * a byte-order mark at the beginning of a file is in no line. Returns NULL on failure. */
struct tj_pair_text *tj_pair_text_open(const char *source, const char *target, int force_text,
                                       struct tj_error *err);
/* The same of n pairs of files, one behind the other; each pair must have equal line counts.
 * `files` must outlive the text. */
struct tj_pair_text *tj_pair_texts_open(const struct tj_corpus_files *files, size_t n,
                                        int force_text, struct tj_error *err);
void tj_pair_text_close(struct tj_pair_text *t);
size_t tj_pair_text_lines(const struct tj_pair_text *t);
/* Returns line i (from 0) of side 0 (source) or 1 (target), *n bytes without the line
 * terminator. */
const char *tj_pair_text_line(const struct tj_pair_text *t, int side, size_t i, size_t *n);
/* Returns what messages call a side's file; the first one, if there are several. */
const char *tj_pair_text_name(const struct tj_pair_text *t, int side);
/* Returns what such a message adds if there are several files; else "". */
const char *tj_pair_text_others(const struct tj_pair_text *t);

/* The pairs of files: how many, which files (NULL of a text of tj_pair_text_open), the line behind
 * the last one of pair k, and the pair of line i. */
size_t tj_pair_text_files(const struct tj_pair_text *t);
const struct tj_corpus_files *tj_pair_text_file(const struct tj_pair_text *t, size_t k);
size_t tj_pair_text_end(const struct tj_pair_text *t, size_t k);
size_t tj_pair_text_file_of(const struct tj_pair_text *t, size_t i);
/* Returns the tag of line i; NULL: none. */
const char *tj_pair_text_tag(const struct tj_pair_text *t, size_t i);

#endif
