/* SPDX-License-Identifier: MIT */
/* A chunk is a group of consecutive lines that are read together, processed by one worker, and
 * written in order. Each line is divided into parts, which the engine treats as sentences: one
 * part per sentence, several for a sentence longer than max_pieces. The text between parts is
 * copied unchanged. */
#ifndef TJ_DECODE_CHUNK_H
#define TJ_DECODE_CHUNK_H

#include "src/base/blocks.h"
#include "src/decode/cache.h"
#include "src/decode/language.h"
#include "src/text/pieces.h"

struct tj_part { /* its address does not change: it is the tag of the engine's request */
	struct tj_chunk *chunk;
	struct tj_part *next; /* in its line */
	const char *before;   /* [n_before], written before the part: points into the chunk's text
	                         or blocks, or to a constant space; not owned */
	size_t n_before;
	size_t first_id, n_ids;           /* in the chunk's source ids */
	size_t first_target, n_target;    /* in the chunk's target ids, when scoring */
	struct tj_hypothesis *hypotheses; /* [n_hypotheses], best first; in the blocks; their texts
	                                     are owned */
	size_t n_hypotheses;              /* 0: not done yet */
	struct tj_trace *trace;           /* when scoring with traces */
	size_t given_first, given_end;    /* bytes of the line's field that it stands for */
	const char *text;                 /* [n_text], its pieces' text, if words are taken from it;
	                                     in the chunk's text */
	size_t n_text;
	struct tj_fragment *fragment; /* of the line, that it stands for (line_plan.h); in the
	                                 blocks; NULL: --plain, scoring, or it only copies */
	uint64_t place;               /* of the part in its line; set by who adds it: of
	                                 no two parts of a line the same */
	uint64_t key;                 /* of what is drawn for it: from line and place */
	const struct tj_constraint *constraint; /* NULL: none */
	const struct tj_part_prefix *prefix;    /* its translation begins with it; NULL: none */
};

/* One line: what its reader sets, and what preparing it sets. */
struct tj_chunk_line {
	size_t first_byte, n_bytes;    /* in the chunk's text */
	size_t field, n_field;         /* bytes of the line to translate; the rest is copied */
	size_t first_target, n_target; /* bytes in the chunk's target text, when scoring */
	uint64_t number;               /* line number, for the job and for messages */
	uint64_t column, offset;       /* for the job, as in tj_line */
	uint64_t place;                /* of the line in its input, whatever part of it is read */
	uint32_t draw;                 /* which of several draws of one line this is, from 0 */
	uint32_t input;                /* for the job: index of the input */
	size_t first_kept, n_kept;     /* for the job: bytes of the chunk's `kept` */
	uint64_t n_words;              /* of the field, separated by white space */
	size_t out_end;                /* for the job: where the line ends in the chunk's `out` */
	size_t explained_end;          /* the same of its `explained` */
	/* For the job; the first two as in tj_line; breaks: write a newline before the line. */
	uint8_t terminator, continues, breaks;
	/* For the job: the document that the line is a segment of, NULL: none; which segment; the
	 * last one. */
	void *owner;
	size_t segment;
	uint8_t ends_document;
	uint8_t is_piece;  /* the text is a piece of a longer line */
	uint8_t after_cr;  /* for the job: the piece of the line before this one ends with a CR */
	uint8_t blank;     /* the field is white space only: copied, no parts (unless scoring) */
	uint8_t short_row; /* the column to translate is missing: copied, no parts */
	uint8_t without_prefix;          /* its translation does not begin with its prefix */
	size_t n_sentences, n_over_long; /* n_over_long: sentences longer than max_pieces; when
	                                    scoring: 1 if the source exceeds max_scored */
	struct tj_part *first_part;      /* NULL if the line has no pieces, too */
	struct tj_part *last_part;
	size_t n_parts;
	size_t first_joined, n_joined;  /* its translations, best first */
	size_t rest;                    /* offset in the line of the text after the last part */
	struct tj_alignment *alignment; /* when scoring with traces; in the blocks */
};

/* Bytes [first, end) of what the parts of a line say, in the place of which n others stand. */
struct tj_moved {
	size_t first, end, n;
};

/* One translation of a line. */
struct tj_joined {
	size_t first, n;      /* in the chunk's joined text */
	double score;         /* the sum of the scores of the line's parts */
	const uint8_t *picks; /* with traces: the hypothesis of each part; NULL: the first ones */
	struct tj_alignment *alignment; /* with traces; both in the blocks */
	const struct tj_moved *moved;   /* [n_moved], in their order, offsets in the translation of
	                                   the field: where names were put; in the blocks */
	size_t n_moved;
};

struct tj_chunk {
	uint64_t sequence;                  /* 0, 1, … in the order of reading */
	struct tj_string text, target_text; /* of all lines, valid UTF-8 where translated */
	struct tj_chunk_line *lines;
	size_t n_lines, lines_capacity;
	struct tj_plan *plans; /* [n_lines], owned; NULL: --plain or scoring */
	struct tj_ids ids, target_ids;
	struct tj_blocks blocks;
	struct tj_part **parts; /* in the order in which they were added, which is that of the
	                           lines until parts are added again */
	size_t n_parts, parts_capacity;
	size_t n_open;            /* parts and traces not done yet */
	size_t n_submitted;       /* parts submitted to the engine or found in the cache */
	struct tj_trace **traces; /* those to be filled, in the order in which they were queued */
	size_t n_traces, n_traces_submitted, traces_capacity;
	uint64_t n_words, n_source_pieces, n_target_pieces;
	uint64_t n_truncated, n_cached; /* parts ended by the length limit; found in the cache */
	struct tj_string joined_text;   /* of all translations of all lines */
	struct tj_joined *joined;       /* those of a line together, in the order of the lines */
	size_t n_joined, joined_capacity;
	struct tj_string out, explained; /* for the job */
	uint64_t user[4];                /* for the job */
	struct tj_string kept;           /* for the job: what it writes beside the lines */
	struct tj_chunk *reverse;        /* scored in the other direction (reverse.h); owned */
	int done;                        /* all parts are done and the job has finished it */
	struct tj_chunk *next;           /* in the queue of chunks in flight */
	struct tj_chunk *next_waiting;   /* in its worker's list of chunks with parts to submit */
	int waits;                       /* it is in that list */
};

struct tj_chunk *tj_chunk_new(struct tj_error *err);
void tj_chunk_free(struct tj_chunk *c);

/* Append a line. Its texts are copied, with ill-formed UTF-8 replaced by U+FFFD. *invalid gets
 * the offset of the first ill-formed byte of `text`, or SIZE_MAX; *invalid_target gets that of
 * `target`. Both pointers and `target` may be NULL; *invalid_target is set only with a target.
 * Returns NULL if memory is short. */
struct tj_chunk_line *tj_chunk_add(struct tj_chunk *c, const char *text, size_t n,
                                   const char *target, size_t n_target, size_t *invalid,
                                   size_t *invalid_target);

/* Append a line of which only the tab-separated column `column` (from 1) is translated; its
 * other bytes are copied unchanged. *invalid is an offset in the whole line. */
struct tj_chunk_line *tj_chunk_add_row(struct tj_chunk *c, const char *text, size_t n, int column,
                                       size_t *invalid);

/* Repeat the last line until there are n of it, which differ in their draws. Returns 0 if memory is
 * short. */
int tj_chunk_add_draws(struct tj_chunk *c, size_t n);

/* Append a part, a copy of *part, to the chunk, with room for n_best hypotheses, and put it behind
 * the part `after` of its line; NULL: at the line's beginning. Returns NULL if memory is short. */
struct tj_part *tj_chunk_add_part(struct tj_chunk *c, struct tj_chunk_line *line,
                                  struct tj_part *after, const struct tj_part *part, size_t n_best);

/* Put a part into a line that has no text of its own but what is before it. The engine never sees
 * it, and it is not among the chunk's parts. */
struct tj_part *tj_chunk_add_copy(struct tj_chunk *c, struct tj_chunk_line *line,
                                  struct tj_part *after, const struct tj_part *part);

/* Append a translation of a line to *out: hypothesis picks[i] of its part i, or the best of each
 * part if picks is NULL, with the text before, between and after the parts. *score gets the sum
 * of the parts' scores, added from left to right. A line without parts is copied. Returns 0 if
 * memory is short. */
int tj_chunk_join(const struct tj_chunk *c, const struct tj_chunk_line *line, const uint8_t *picks,
                  struct tj_string *out, double *score);

#endif
