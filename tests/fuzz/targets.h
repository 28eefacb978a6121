/* SPDX-License-Identifier: MIT */
/* What is fuzzed: functions that take any bytes, as a stranger may give them to the program. Each
 * aborts if what was promised does not hold; sanitizers find the rest. tests/fuzz/fuzz.c runs one
 * of them under libFuzzer, tests/fuzz/replay.c all of them on the kept inputs, in every `make
 * check`. */
#ifndef TJ_TESTS_FUZZ_TARGETS_H
#define TJ_TESTS_FUZZ_TARGETS_H

#include <stddef.h>
#include <stdint.h>

typedef void fuzz_function(const uint8_t *data, size_t n);

/* Files: tests/fuzz/targets_files.c. */
fuzz_function fuzz_model;   /* a model file; what opens also translates */
fuzz_function fuzz_header;  /* the JSON of a model file */
fuzz_function fuzz_pieces;  /* a SentencePiece model */
fuzz_function fuzz_tokens;  /* a list of tokens */
fuzz_function fuzz_archive; /* a compressed text */
fuzz_function fuzz_corpora; /* the list of `train --corpora` */

/* Texts: tests/fuzz/targets_text.c. */
fuzz_function fuzz_lines;    /* a text to translate */
fuzz_function fuzz_spans;    /* a line in which spans are found */
fuzz_function fuzz_glossary; /* a glossary and, behind a NUL, a line */
fuzz_function fuzz_options;  /* options of a training, "NAME VALUE" a line */

/* Documents: tests/fuzz/targets_documents.c. */
fuzz_function fuzz_html;
fuzz_function fuzz_jsonl; /* a line; the fields are a, b[].c and d[1] */
fuzz_function fuzz_markdown;
fuzz_function fuzz_paragraphs;
fuzz_function fuzz_po;
fuzz_function fuzz_srt;
fuzz_function fuzz_vtt;
fuzz_function fuzz_xliff;

struct fuzz_target {
	const char *name;
	fuzz_function *run;
};
extern const struct fuzz_target fuzz_targets[]; /* a NULL name ends it */

/* The source tree, for the fixtures: $srcdir, or the current folder. */
const char *fuzz_source(void);

/* Aborts with a message unless `holds`. */
void fuzz_expect(int holds, const char *what);

/* Opens a file in memory with these bytes. Close its descriptor. */
int fuzz_open(const uint8_t *data, size_t n);
/* Its path, valid until the next call. */
const char *fuzz_path(int fd);

#endif
