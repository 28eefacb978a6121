/* SPDX-License-Identifier: MIT */
/* The parts that translation and scoring streams share: writing, counting, reporting, waking. */
#include "src/api/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "src/api/sized.h"
#include "src/base/latin.h"
#include "src/base/number.h"
#include "src/base/separators.h"
#include "src/io/not_text.h"
#include "src/io/write.h"

void tj_stream_open_wake(struct tj_stream *s)
{
	s->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void tj_stream_close_wake(struct tj_stream *s)
{
	if (s->wake_fd >= 0)
		(void)close(s->wake_fd);
}

void tj_stream_wake(const struct tj_stream *s)
{
	if (s->wake_fd >= 0)
		(void)eventfd_write(s->wake_fd, 1);
}

trujaman_status tj_stream_invalid(struct tj_stream *s, const struct tj_line *line, size_t column)
{
	char name[64], advice[512];
	trujaman_report *r = &s->report;
	int is_latin = tj_is_latin(line->text, line->n);
	if (s->t->options.strict)
		return tj_fail(&s->pending, TRUJAMAN_ERROR_INPUT,
		               "%s:%llu: invalid UTF-8 at byte %llu of the line%s",
		               tj_input_name(&s->inputs[line->input], name, sizeof name),
		               (unsigned long long)line->number,
		               (unsigned long long)(line->column + column + 1),
		               tj_not_text_latin((uint64_t)is_latin, 1, s->inputs[line->input].path,
		                                 advice, sizeof advice));
	if (r->invalid_latin == 0 && is_latin)
		r->latin_input = line->input;
	r->invalid_latin += (uint64_t)is_latin;
	if (r->invalid++ == 0) {
		r->invalid_input = line->input;
		r->invalid_line = line->number;
		r->invalid_column = line->column + column + 1;
	}
	return TRUJAMAN_OK;
}

/* Whether a piece of a long line ends within a sentence. */
static int is_torn(const struct tj_chunk *chunk, const struct tj_chunk_line *line)
{
	return line->continues && line->owner == NULL && !line->blank &&
	       tj_separator_last(chunk->text.data + line->first_byte, line->n_bytes) <
	           line->n_bytes;
}

/* Add a chunk to the report. */
static void count(struct tj_stream *s, const struct tj_chunk *chunk)
{
	trujaman_report *r = &s->report;
	r->source_words += chunk->n_words;
	r->source_pieces += chunk->n_source_pieces;
	r->target_pieces += chunk->n_target_pieces;
	r->sentences += chunk->n_parts;
	r->cached += chunk->n_cached;
	r->truncated += chunk->n_truncated;
	for (size_t i = 0; i < chunk->n_lines; i++) {
		const struct tj_chunk_line *line = &chunk->lines[i];
		if (line->draw > 0)
			continue;
		/* A stretch of a long line ends here, in the middle of a sentence. */
		int torn = line->n_over_long == 0 && is_torn(chunk, line);
		size_t n_over_long = line->n_over_long + (size_t)torn;
		if (r->over_long == 0 && n_over_long > 0) {
			r->over_long_input = line->input;
			r->over_long_line = line->number;
		}
		r->over_long += n_over_long;
		if (r->without_prefix == 0 && line->without_prefix) {
			r->without_prefix_input = line->input;
			r->without_prefix_line = line->number;
		}
		r->without_prefix += line->without_prefix;
		s->n_sentences += line->n_sentences;
		s->has_text |= !line->blank;
		if (line->continues)
			continue;
		r->lines++;
		r->blank += !s->has_text && !line->short_row;
		r->short_rows += line->short_row;
		r->split += s->n_sentences > 1;
		s->n_sentences = 0;
		s->has_text = 0;
	}
}

trujaman_status tj_stream_open_failures(struct tj_stream *s, size_t n, struct tj_error *err)
{
	if (s->sink == NULL || s->sink->failed == NULL || n == 0)
		return TRUJAMAN_OK;
	s->failures = calloc(n, sizeof *s->failures);
	return s->failures != NULL ? TRUJAMAN_OK
	                           : tj_fail_memory(err, "inputs", n * sizeof *s->failures);
}

void tj_stream_close_failures(struct tj_stream *s, size_t n)
{
	for (size_t i = 0; s->failures != NULL && i < n; i++)
		free(s->failures[i]);
	free(s->failures);
	s->failures = NULL;
}

int tj_stream_pass(struct tj_stream *s, struct tj_reader *reader, struct tj_error *err)
{
	/* A lack of memory would hit the next input too. */
	char *text = s->failures == NULL || err->status == TRUJAMAN_ERROR_MEMORY
	                 ? NULL
	                 : tj_error_copy(err);
	if (text == NULL)
		return 0;
	s->failures[tj_reader_pass(reader)] = text;
	tj_error_clear(err);
	return 1;
}

static trujaman_status refused(struct tj_error *err)
{
	return tj_fail(err, TRUJAMAN_ERROR_IO, "the output was refused");
}

/* Begin an input at the sink. Inputs begin in order, each after the end of the previous one. */
static trujaman_status begin_input(struct tj_stream *s, size_t input, struct tj_error *err)
{
	if (tj_stream_end_inputs(s, input, err) != TRUJAMAN_OK || s->n_begun > input)
		return err->status;
	s->n_begun = input + 1;
	/* The input before may have ended in the middle of a line. */
	s->n_sentences = 0;
	s->has_text = 0;
	if (s->sink->begin != NULL && s->sink->begin(s->sink->context, input) != 0)
		return refused(err);
	return TRUJAMAN_OK;
}

trujaman_status tj_stream_end_inputs(struct tj_stream *s, size_t n, struct tj_error *err)
{
	while (s->n_ended < n) {
		size_t input = s->n_ended;
		if (s->failures != NULL && s->failures[input] != NULL) {
			s->n_begun = s->n_ended = input + 1;
			if (s->sink->failed(s->sink->context, input, s->failures[input]) != 0)
				return refused(err);
			continue;
		}
		if (s->n_begun == input && begin_input(s, input, err) != TRUJAMAN_OK)
			return err->status;
		s->n_ended++;
		if (s->sink->end != NULL && s->sink->end(s->sink->context, input) != 0)
			return refused(err);
	}
	return TRUJAMAN_OK;
}

/* Write a chunk to the sink. It may have lines of many small inputs: each gets its own stretch. */
static trujaman_status write_to_sink(struct tj_stream *s, const struct tj_chunk *chunk,
                                     struct tj_error *err)
{
	size_t from = 0;
	for (size_t i = 0; i < chunk->n_lines;) {
		trujaman_stretch stretch = { .input = chunk->lines[i].input };
		size_t to = from;
		for (; i < chunk->n_lines && chunk->lines[i].input == stretch.input; i++) {
			const struct tj_chunk_line *line = &chunk->lines[i];
			stretch.lines += !line->continues && line->draw == 0;
			stretch.words += line->draw == 0 ? line->n_words : 0;
			stretch.offset = line->offset;
			to = line->out_end;
		}
		stretch.bytes = chunk->out.data != NULL ? chunk->out.data + from : "";
		stretch.n_bytes = to - from;
		from = to;
		if (begin_input(s, stretch.input, err) != TRUJAMAN_OK)
			return err->status;
		if (s->sink->write(s->sink->context, &stretch) != 0)
			return refused(err);
	}
	return TRUJAMAN_OK;
}

trujaman_status tj_stream_write(struct tj_stream *s, const struct tj_chunk *chunk,
                                struct tj_error *err)
{
	count(s, chunk);
	trujaman_status status = s->sink != NULL ? write_to_sink(s, chunk, err)
	                                         : tj_write_all(s->out_fd, s->out_name,
	                                                        chunk->out.data, chunk->out.n, err);
	if (status == TRUJAMAN_OK)
		tj_judge_chunk(&s->judge, chunk, &s->report, s->sink);
	return status;
}

int tj_append_score(struct tj_string *out, double score)
{
	char text[64];
	int n = tj_number_print(text, sizeof text, "%.6f", score);
	if (n < 0 || (size_t)n >= sizeof text)
		return 0;
	return tj_string_append(out, text, (size_t)n);
}

static void add_counts(trujaman_report *report, const trujaman_report *r)
{
	if (report->invalid == 0) {
		report->invalid_input = r->invalid_input;
		report->invalid_line = r->invalid_line;
		report->invalid_column = r->invalid_column;
	}
	if (report->over_long == 0) {
		report->over_long_input = r->over_long_input;
		report->over_long_line = r->over_long_line;
	}
	if (report->without_prefix == 0) {
		report->without_prefix_input = r->without_prefix_input;
		report->without_prefix_line = r->without_prefix_line;
	}
	report->without_prefix += r->without_prefix;
	if (report->foreign == 0) {
		report->foreign_input = r->foreign_input;
		report->foreign_language = r->foreign_language;
	}
	report->foreign += r->foreign;
	if (report->invalid_latin == 0)
		report->latin_input = r->latin_input;
	report->lines += r->lines;
	report->blank += r->blank;
	report->split += r->split;
	report->short_rows += r->short_rows;
	report->over_long += r->over_long;
	report->sentences += r->sentences;
	report->cached += r->cached;
	report->truncated += r->truncated;
	report->source_words += r->source_words;
	report->source_pieces += r->source_pieces;
	report->target_pieces += r->target_pieces;
	report->invalid += r->invalid;
	report->invalid_latin += r->invalid_latin;
	report->stopped |= r->stopped;
}

trujaman_status tj_stream_report(const struct tj_stream *s, trujaman_report *report,
                                 struct tj_error *err)
{
	trujaman_report sum;
	if (report == NULL)
		return TRUJAMAN_OK;
	if (tj_sized_take(&sum, sizeof sum, report, "the report", err) != TRUJAMAN_OK)
		return err->status;
	add_counts(&sum, &s->report);
	tj_sized_give(report, &sum, sizeof sum);
	return TRUJAMAN_OK;
}
