/* SPDX-License-Identifier: MIT */
/* trujaman_translate_stream and trujaman_translate_to: translate whole inputs. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/api/attention.h"
#include "src/api/columns.h"
#include "src/api/documents.h"
#include "src/api/explanations.h"
#include "src/api/sized.h"
#include "src/api/stream.h"
#include "src/base/float_mode.h"
#include "src/base/stop.h"

struct translation {
	struct tj_stream stream;
	struct tj_reader *reader;
	struct tj_documents documents;
	enum trujaman_output output;
	size_t n_draws;        /* of each line */
	uint64_t n_read;       /* lines read from all inputs, skipped ones included */
	uint64_t last_invalid; /* n_read at the last line counted as invalid */
	int ends_with_cr;      /* the last line read continues, and ends with a CR so far */
};

static void note_line(struct translation *x, const struct tj_line *line, struct tj_chunk_line *to)
{
	const struct tj_stream *s = &x->stream;
	to->number = line->number;
	to->column = line->column;
	to->offset = line->offset;
	to->place = line->place;
	to->input = (uint32_t)line->input;
	to->terminator = (uint8_t)line->terminator;
	to->continues = (uint8_t)line->continues;
	to->is_piece = (uint8_t)(line->continues || line->column > 0);
	/* The line before may belong to an input that failed in the middle of a line. */
	to->after_cr = (uint8_t)(line->column > 0 && x->ends_with_cr);
	/* In a joined output only the last input may end without a newline: otherwise two lines
	 * would become one. */
	to->breaks = (uint8_t)(x->documents.unended && (s->sink == NULL || s->sink->joined));
	x->documents.unended = line->terminator == TJ_NO_NEWLINE && !line->continues;
	x->ends_with_cr = line->continues && line->n > 0 && line->text[line->n - 1] == '\r';
}

/* Count the invalid UTF-8 of a line that has been added to the chunk. Returns 0, and takes it out
 * again, if that fails the run or its input. */
static int accept_line(struct translation *x, const struct tj_line *line, size_t invalid,
                       struct tj_chunk *chunk)
{
	struct tj_stream *s = &x->stream;
	if (line->column == 0)
		x->n_read++;
	if (invalid == SIZE_MAX || x->last_invalid == x->n_read)
		return 1;
	x->last_invalid = x->n_read;
	if (tj_stream_invalid(s, line, invalid) == TRUJAMAN_OK)
		return 1;
	chunk->n_lines--;
	(void)tj_stream_pass(s, x->reader, &s->pending);
	return 0;
}

/* Add a line of text to the chunk. */
static void add_line(struct translation *x, const struct tj_line *line, struct tj_chunk *chunk)
{
	struct tj_stream *s = &x->stream;
	int column = s->t->options.tsv;
	size_t invalid;
	struct tj_chunk_line *to = column > 0 ? tj_chunk_add_row(chunk, line->text, line->n, column,
	                                                         &invalid)
	                                      : tj_chunk_add(chunk, line->text, line->n, NULL, 0,
	                                                     &invalid, NULL);
	if (to == NULL)
		tj_fail_memory(&s->pending, "lines", line->n);
	else if (accept_line(x, line, invalid, chunk)) {
		note_line(x, line, to);
		if (!tj_chunk_add_draws(chunk, x->n_draws))
			tj_fail_memory(&s->pending, "lines", line->n);
	}
}

/* Fill a chunk with the lines that are available, up to its size; with may_block, wait for the
 * first line only. */
static enum tj_supply read_lines(void *context, int may_block, struct tj_chunk *chunk,
                                 struct tj_error *err)
{
	struct translation *x = context;
	struct tj_stream *s = &x->stream;
	enum tj_read got = TJ_READ_SOME;
	chunk->user[0] = x->n_read + 1;
	while (s->pending.status == TRUJAMAN_OK && chunk->n_lines < s->chunk_lines &&
	       chunk->text.n < STREAM_CHUNK_BYTES) {
		int is_text;
		got = tj_documents_next(&x->documents, may_block, chunk, &is_text, &s->pending);
		if (got != TJ_READ_SOME)
			break;
		if (is_text) {
			x->documents.has_line = 0;
			add_line(x, &x->documents.line, chunk);
		}
	}
	if (chunk->n_lines > 0)
		return TJ_SUPPLY_LINES;
	*err = s->pending;
	if (got == TJ_READ_DRY && tj_is_stopped(&s->t->stop)) {
		s->report.stopped = 1;
		return TJ_SUPPLY_END;
	}
	return got == TJ_READ_DRY && err->status == TRUJAMAN_OK ? TJ_SUPPLY_DRY : TJ_SUPPLY_END;
}

/* End a line whose text begins at out->data[first]. */
static int append_terminator(struct tj_string *out, size_t first, const struct tj_chunk_line *line,
                             uint8_t terminator)
{
	int after_cr = out->n > first ? out->data[out->n - 1] == '\r' : line->after_cr;
	switch (terminator) {
	case TJ_LF:
		/* A CR within the line is now its last byte if the text after it was translated
		 * to nothing. A space for that text keeps the CR out of the terminator. */
		return (!after_cr || tj_string_append(out, " ", 1)) &&
		       tj_string_append(out, "\n", 1);
	case TJ_CRLF:
		return tj_string_append(out, "\r\n", 2);
	default:
		return 1;
	}
}

/* Append a translation of a line; of those before the last one, each on a line of its own. */
static int append_text(struct tj_chunk *c, const trujaman_options *o,
                       const struct tj_chunk_line *line, const struct tj_joined *joined,
                       int is_last)
{
	size_t first = c->out.n;
	int own = !is_last && line->terminator == TJ_NO_NEWLINE;
	const char *text = joined->n > 0 ? c->joined_text.data + joined->first : "";
	return tj_string_append(&c->out, text, joined->n) &&
	       (joined->alignment == NULL || tj_append_columns(&c->out, o, joined->alignment)) &&
	       append_terminator(&c->out, first, line, own ? (uint8_t)TJ_LF : line->terminator);
}

static int append_n_best(struct tj_chunk *c, const trujaman_options *o,
                         const struct tj_chunk_line *line, uint64_t number)
{
	int good = 1, is_last_draw = line + 1 == c->lines + c->n_lines || line[1].draw == 0;
	for (size_t rank = 0; good && rank < line->n_joined; rank++) {
		const struct tj_joined *joined = &c->joined[line->first_joined + rank];
		char prefix[32];
		int n_prefix = snprintf(prefix, sizeof prefix, "%llu\t",
		                        (unsigned long long)number);
		good = tj_string_append(&c->out, prefix, (size_t)n_prefix) &&
		       tj_append_score(&c->out, joined->score) &&
		       tj_string_append(&c->out, "\t", 1) &&
		       append_text(c, o, line, joined, is_last_draw && rank + 1 == line->n_joined);
	}
	return good;
}

static trujaman_status finish_chunk(void *context, struct tj_chunk *c, struct tj_error *err)
{
	const struct translation *x = context;
	const trujaman_options *o = &x->stream.t->options;
	for (size_t i = 0; err->status == TRUJAMAN_OK && i < c->n_lines; i++) {
		struct tj_chunk_line *line = &c->lines[i];
		line->out_end = c->out.n;
		if (line->owner != NULL) {
			(void)tj_documents_keep(c, line, err);
			continue;
		}
		const struct tj_joined *best = &c->joined[line->first_joined];
		/* A joined output numbers the lines of all inputs together. The sum is right for
		 * n-best lists, which never hold a line in stretches. */
		const trujaman_sink *sink = x->stream.sink;
		uint64_t number = sink == NULL || sink->joined ? c->user[0] + i / x->n_draws
		                                               : line->number;
		int good = !line->breaks || tj_string_append(&c->out, "\n", 1);
		if (x->output == TRUJAMAN_OUTPUT_SCORES)
			good = good && tj_append_score(&c->out, best->score) &&
			       tj_string_append(&c->out, "\t", 1);
		if (x->output == TRUJAMAN_OUTPUT_N_BEST)
			good = good && append_n_best(c, o, line, number);
		else
			good = good && append_text(c, o, line, best, 1);
		if (!good)
			tj_fail_memory(err, "translations", c->out.n);
		line->out_end = c->out.n;
	}
	(void)tj_make_attentions(x->stream.t, c, err);
	return tj_make_explanations(x->stream.t, c, err);
}

static trujaman_status write_chunk(void *context, struct tj_chunk *chunk, struct tj_error *err)
{
	struct translation *x = context;
	if (tj_tell_explanations(x->stream.t, chunk, err) != TRUJAMAN_OK ||
	    tj_tell_attentions(x->stream.t, chunk, err) != TRUJAMAN_OK ||
	    tj_documents_compose(&x->documents, chunk, err) != TRUJAMAN_OK)
		return err->status;
	return tj_stream_write(&x->stream, chunk, err);
}

static void wake(void *context)
{
	struct translation *x = context;
	tj_documents_wake(&x->documents);
	tj_stream_wake(&x->stream);
}

static void close_all(struct translation *x, size_t n_inputs)
{
	tj_reader_close(x->reader);
	tj_documents_close(&x->documents);
	tj_judge_close(&x->stream.judge);
	tj_stream_close_failures(&x->stream, n_inputs);
}

/* Opens the documents, the reader and what watches them; closes all of it on failure. */
static trujaman_status open_all(trujaman_translator *t, struct translation *x, size_t n_inputs,
                                size_t line_bytes)
{
	uint64_t skip = x->stream.sink != NULL ? x->stream.sink->skip : 0;
	if (tj_documents_open(&x->documents, &x->stream, n_inputs, &skip, x->output, &t->error) ==
	        TRUJAMAN_OK &&
	    tj_stream_open_failures(&x->stream, n_inputs, &t->error) == TRUJAMAN_OK &&
	    tj_judge_open(&x->stream.judge, 0, trujaman_model_metadata(t->model, "source_language"),
	                  NULL, &t->error) == TRUJAMAN_OK)
		x->reader = tj_reader_open(n_inputs, x->documents.inputs, line_bytes, &t->error);
	if (x->reader == NULL) {
		close_all(x, n_inputs);
		return t->error.status;
	}
	x->documents.reader = x->reader;
	x->n_read = skip;
	tj_reader_skip(x->reader, skip);
	tj_stream_open_wake(&x->stream);
	tj_reader_wake_by(x->reader, x->stream.wake_fd);
	tj_reader_stop_by(x->reader, &t->stop);
	return TRUJAMAN_OK;
}

static trujaman_status run(trujaman_translator *t, struct translation *x, size_t n_inputs)
{
	struct tj_job job = { .context = x,
		              .read = read_lines,
		              .finish = finish_chunk,
		              .write = write_chunk,
		              .wake = wake,
		              .language = tj_language_of(t, 0),
		              .need_scores = x->output != TRUJAMAN_OUTPUT_PLAIN ||
		                             t->options.attention };
	x->n_draws = x->output == TRUJAMAN_OUTPUT_N_BEST ? tj_draws(t) : 1;
	/* Scores, n-best lists, columns and alignments need whole lines; plain output allows
	 * stretches. */
	int plain = x->output == TRUJAMAN_OUTPUT_PLAIN, column = t->options.tsv;
	int splits = plain && column == 0 && !job.language.traces;
	if (column > 0 && !plain)
		return tj_fail(&t->error, TRUJAMAN_ERROR_USAGE,
		               "tsv: columns have no room for scores and n-best lists");
	if (open_all(t, x, n_inputs, splits ? (size_t)STREAM_LINE_BYTES : SIZE_MAX) != TRUJAMAN_OK)
		return t->error.status;
	struct tj_float_mode mode;
	tj_float_enter(&mode);
	trujaman_status status = tj_team_run(&t->translating, &job, &t->error);
	tj_float_leave(&mode);
	if (status == TRUJAMAN_OK)
		tj_judge_rest(&x->stream.judge, &x->stream.report, x->stream.sink);
	if (status == TRUJAMAN_OK && x->stream.sink != NULL && !x->stream.report.stopped)
		status = tj_stream_end_inputs(&x->stream, n_inputs, &t->error);
	tj_stream_close_wake(&x->stream);
	close_all(x, n_inputs);
	return status;
}

/* Translate into the sink, or into the descriptor if that is NULL. */
static trujaman_status translate(trujaman_translator *t, size_t n_inputs,
                                 const trujaman_input *inputs, struct translation *x,
                                 trujaman_report *report)
{
	struct tj_stream *s = &x->stream;
	s->t = t;
	s->chunk_lines = tj_chunk_lines(t, 0);
	if (tj_stream_report(s, report, &t->error) != TRUJAMAN_OK)
		return t->error.status;
	trujaman_input *own = tj_inputs_take(n_inputs, inputs, &t->error);
	if (own == NULL)
		return t->error.status;
	s->inputs = own;
	run(t, x, n_inputs);
	struct tj_error good = { 0 };
	(void)tj_stream_report(s, report, &good);
	free(own);
	return t->error.status;
}

trujaman_status trujaman_translate_stream(trujaman_translator *t, size_t n_inputs,
                                          const trujaman_input *inputs, int out_fd,
                                          const char *out_name, enum trujaman_output output,
                                          trujaman_report *report, char *error,
                                          size_t n_error_bytes)
{
	struct translation x = { .stream = { .out_fd = out_fd, .out_name = out_name },
		                 .output = output };
	translate(t, n_inputs, inputs, &x, report);
	return tj_translator_tell(t, error, n_error_bytes);
}

trujaman_status trujaman_translate_to(trujaman_translator *t, size_t n_inputs,
                                      const trujaman_input *inputs, const trujaman_sink *sink,
                                      enum trujaman_output output, trujaman_report *report,
                                      char *error, size_t n_error_bytes)
{
	trujaman_sink own;
	struct translation x = { .stream = { .out_fd = -1, .sink = &own }, .output = output };
	if (tj_sized_take(&own, sizeof own, sink, "the sink", &t->error) == TRUJAMAN_OK)
		translate(t, n_inputs, inputs, &x, report);
	return tj_translator_tell(t, error, n_error_bytes);
}
