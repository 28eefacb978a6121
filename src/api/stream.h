/* SPDX-License-Identifier: MIT */
/* What translating and scoring whole inputs have in common: output, counts and waking a reader. */
#ifndef TJ_API_STREAM_H
#define TJ_API_STREAM_H

#include "src/api/judge.h"
#include "src/api/translator.h"
#include "src/io/lines.h"

enum {
	/* Longer lines are read in stretches, so that all workers can share a long line. */
	STREAM_LINE_BYTES = 1 << 16,
	STREAM_CHUNK_BYTES = 1 << 16 /* a chunk with this much text takes no further line */
};

struct tj_stream {
	const trujaman_translator *t;
	const trujaman_input *inputs; /* when scoring: source, target */
	size_t chunk_lines;
	struct tj_error pending; /* reading failed; reported after the lines before are written */
	int out_fd;
	const char *out_name;
	const trujaman_sink *sink; /* instead of out_fd; NULL: none */
	size_t n_begun, n_ended;   /* inputs that began and ended at the sink */
	/* [inputs] What ended an input early, from malloc; NULL: nothing did. The reader sets an
	 * element before it reads a later input, so the writer needs no lock. The array itself is
	 * NULL if such an input is to fail the run. */
	char **failures;
	int wake_fd;            /* readable once a worker failed; -1: none */
	trujaman_report report; /* invalid*, stopped: set by the reader; others by the writer */
	struct tj_judge judge;  /* belongs to the writer */
	/* Of the line whose stretches are being written, so far: */
	uint64_t n_sentences;
	int has_text; /* a stretch was not blank */
};

/* Open and close wake_fd; tj_stream_wake makes it readable. Opening may fail for lack of a
 * descriptor. That is not an error: a worker's failure is then noticed only when more input
 * arrives or the input ends. */
void tj_stream_open_wake(struct tj_stream *s);
void tj_stream_close_wake(struct tj_stream *s);
void tj_stream_wake(const struct tj_stream *s);

/* Count invalid UTF-8 that was found at byte `column` (from 0) of line->text. With the option
 * `strict`, set the error s->pending instead and return its status. */
trujaman_status tj_stream_invalid(struct tj_stream *s, const struct tj_line *line, size_t column);

/* Make room for the failures of n inputs if the sink wants to go on after one. */
trujaman_status tj_stream_open_failures(struct tj_stream *s, size_t n, struct tj_error *err);
void tj_stream_close_failures(struct tj_stream *s, size_t n);

/* Give the sink, in place of its end, the failure `err` of the input that is being read, and clear
 * it. Returns 0 if that is not possible: it is no failure of an input, the sink does not want to go
 * on, or memory is short. */
int tj_stream_pass(struct tj_stream *s, struct tj_reader *reader, struct tj_error *err);

/* Write a chunk's `out` to out_fd or to the sink, and add the chunk to the report. A sink needs
 * each line's out_end. */
trujaman_status tj_stream_write(struct tj_stream *s, const struct tj_chunk *chunk,
                                struct tj_error *err);

/* End the first n inputs at the sink, beginning those that have not begun. */
trujaman_status tj_stream_end_inputs(struct tj_stream *s, size_t n, struct tj_error *err);

/* Append "%.6f" with a decimal point, whatever the locale. Returns 0 if memory is short. */
int tj_append_score(struct tj_string *out, double score);

/* Add the stream's counts to the caller's report, which may be NULL. Fails if its size is not set:
 * call it before the stream, too. */
trujaman_status tj_stream_report(const struct tj_stream *s, trujaman_report *report,
                                 struct tj_error *err);

#endif
