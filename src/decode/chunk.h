/* SPDX-License-Identifier: MIT */
/* A chunk: some consecutive lines, read together, worked on by one worker, and
 * handed on in order. Each line becomes parts, which the engine sees as sentences: the
 * line's sentences, and of one that is longer than max_pieces several. What lies between
 * them stays as it is. */
#ifndef TJ_DECODE_CHUNK_H
#define TJ_DECODE_CHUNK_H

#include "src/decode/cache.h"
#include "src/decode/engine.h"
#include "src/text/pieces.h"
#include "src/text/sentences.h"

struct tj_part {
	struct tj_chunk *chunk;
	const char *before;            /* what is written before it: of the chunk's text, or */
	size_t n_before;               /* a space */
	size_t first_id, n_ids;        /* in the chunk's source ids */
	size_t first_target, n_target; /* in its target ids, when scoring */
	size_t first_hypothesis, n_hypotheses;
};

/* One line as its reader adds it, and what came of it. */
struct tj_chunk_line {
	size_t first_byte, n_bytes;    /* in the chunk's text */
	size_t field, n_field;         /* bytes of it that are translated; the rest stays */
	size_t first_target, n_target; /* bytes in its target text, when scoring */
	uint64_t number;               /* for the reader's use and for messages */
	uint64_t offset;               /* likewise */
	uint32_t input;                /* likewise */
	uint64_t n_words;
	size_t out_end;                        /* for the job's use: in the chunk's `out` */
	uint8_t terminator, continues, breaks; /* breaks: a line break must come before it */
	uint8_t blank;                         /* white space only: no parts, stays as it is */
	uint8_t short_row;                     /* it has not the column that is wanted: likewise */
	size_t n_sentences, n_over_long;       /* of them longer than max_pieces */
	size_t first_part, n_parts;            /* none too where no piece is in it */
	size_t rest; /* where what stands after the parts begins, in the line */
};

struct tj_chunk {
	uint64_t sequence; /* order in which chunks were read */
	struct tj_string text, target_text;
	struct tj_chunk_line *lines;
	size_t n_lines, lines_capacity;
	struct tj_ids ids, target_ids;
	struct tj_part *parts;
	size_t n_parts, parts_capacity;
	struct tj_hypothesis *hypotheses; /* n_best for each part */
	size_t n_open;                    /* parts that are not done */
	size_t n_submitted;
	uint64_t n_words, n_source_pieces, n_target_pieces;
	uint64_t n_truncated, n_cached; /* parts: ended by the limit; found in the cache */
	struct tj_string out;           /* for the job's use */
	uint64_t user[4];               /* likewise */
	int done;
	struct tj_chunk *next;
};

/* What the lines are turned with. */
struct tj_language {
	const struct tj_pieces *source, *target;
	size_t max_pieces; /* of a part, `</s>` not counted */
	size_t n_best;
	int scoring;            /* force the target text instead of searching */
	const char *sentences;  /* cut lines by this language's rules; NULL: one a line */
	int column;             /* translate this one of tab-separated ones; 0: all */
	struct tj_cache *cache; /* NULL: none */
	int32_t empty_source;   /* what stands for a source without any piece, where the
	                           engine adds no `</s>` to it; else -1 */
	size_t max_scored;      /* longest source that can be scored, in pieces */
	const char *name;       /* what a message calls the source text */
};

struct tj_chunk *tj_chunk_new(struct tj_error *err);
void tj_chunk_free(struct tj_chunk *c);

/* Append a line. Its texts are copied, ill-formed UTF-8 replaced by U+FFFD; *invalid
 * gets the offset of the first ill-formed byte, or SIZE_MAX; *invalid_target (may be
 * NULL) likewise. target may be NULL. NULL when there is no memory. */
struct tj_chunk_line *tj_chunk_add(struct tj_chunk *c, const char *text, size_t n,
                                   const char *target, size_t n_target, size_t *invalid,
                                   size_t *invalid_target);

/* The same for a line of which `column` (from 1), between tabs, is translated: what else it
 * has is copied byte for byte. */
struct tj_chunk_line *tj_chunk_add_row(struct tj_chunk *c, const char *text, size_t n, int column,
                                       size_t *invalid);

/* The request for part i; its tag is the part. */
struct tj_request tj_chunk_request(struct tj_chunk *c, const struct tj_language *l, size_t i);

/* Look for part i in the cache; *known: it was there, and the part is done. */
trujaman_status tj_chunk_recall(struct tj_chunk *c, const struct tj_language *l, size_t i,
                                int *known, struct tj_error *err);

/* Keep what the engine found for a part. */
trujaman_status tj_chunk_result(const struct tj_result *result, const struct tj_language *l,
                                struct tj_ids *scratch, struct tj_error *err);

/* Append hypothesis `rank` of a line: its parts', where a part has fewer its last, and what
 * stood before, between and after them. *score gets the sum. A line without parts is copied.
 * Returns 0 when there is no memory. `rank` 0 always exists; see tj_chunk_n_hypotheses. */
int tj_chunk_join(const struct tj_chunk *c, const struct tj_chunk_line *line, size_t rank,
                  struct tj_string *out, double *score);

/* How many different hypotheses a line has: at least 1. */
size_t tj_chunk_n_hypotheses(const struct tj_chunk *c, const struct tj_chunk_line *line);

#endif
