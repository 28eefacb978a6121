/* SPDX-License-Identifier: MIT */
/* What translating and scoring whole inputs have in common. */
#ifndef TJ_API_STREAM_H
#define TJ_API_STREAM_H

#include "src/api/handle.h"
#include "src/io/lines.h"

enum {
	/* Longer lines are held in stretches, so that all workers have of them too. */
	STREAM_LINE_BYTES = 1 << 16,
	STREAM_CHUNK_BYTES = 1 << 16 /* a chunk closes when it has this much text */
};

struct tj_stream {
	const trujaman *t;
	const trujaman_input *inputs; /* for scoring: the source */
	size_t chunk_lines;
	struct tj_error pending; /* reading has failed; told when what came before is out */
	int out_fd;
	const char *out_name;
	const trujaman_sink *sink; /* instead of out_fd; NULL: none */
	size_t n_begun, n_ended;   /* inputs told to the sink */
	int wake_fd;               /* readable once a worker has failed; -1: could not be had */
	trujaman_report report;    /* invalid* counted by the reader, the rest by the writer */
	uint64_t n_sentences;      /* of the line whose stretches are being written, so far */
	int has_text;              /* likewise */
};

/* Make and close wake_fd; tj_stream_wake makes it readable. Without one (no descriptor
 * left) a failure is told when the input goes on or ends, which is no reason to fail. */
void tj_stream_open_wake(struct tj_stream *s);
void tj_stream_close_wake(struct tj_stream *s);
void tj_stream_wake(const struct tj_stream *s);

/* Count a line's invalid UTF-8 found at byte `column` (from 0) of it; with `strict`
 * that is an error in s->pending, which is returned. */
trujaman_status tj_stream_invalid(struct tj_stream *s, const struct tj_line *line, size_t column);

/* Write a chunk's `out`, up to out_end of each line for a sink, and count what is in the
 * chunk. */
trujaman_status tj_stream_write(struct tj_stream *s, const struct tj_chunk *chunk,
                                struct tj_error *err);

/* Tell the sink that `n` inputs are at their end. */
trujaman_status tj_stream_end_inputs(struct tj_stream *s, size_t n, struct tj_error *err);

/* Append "%.6f" in the C locale's form; 0 when there is no memory. */
int tj_append_score(struct tj_string *out, double score);

/* Add what a stream counted to a caller's report (may be NULL). */
void tj_stream_report(const struct tj_stream *s, trujaman_report *report);

#endif
