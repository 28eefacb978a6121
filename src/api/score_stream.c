/* SPDX-License-Identifier: MIT */
/* trujaman_score_stream and trujaman_score_to: score two inputs line by line. */
#include <stdint.h>

#include "src/api/attention.h"
#include "src/api/columns.h"
#include "src/api/sized.h"
#include "src/api/stream.h"
#include "src/base/float_mode.h"
#include "src/base/stop.h"

struct scoring {
	struct tj_stream stream;
	struct tj_reader *source, *target;
	struct tj_line source_line; /* kept while its target line is not available yet */
	int has_source;             /* source_line waits for its target line */
	const trujaman_input *inputs[2];
	uint64_t n_read; /* pairs read */
};

static uint64_t count_rest(struct tj_reader *r, struct tj_error *err)
{
	struct tj_line line;
	uint64_t n = 0;
	while (tj_reader_next(r, 1, &line, err) == TJ_READ_LINE)
		n++;
	return n;
}

static int is_stopped(const struct scoring *x)
{
	return tj_is_stopped(&x->stream.t->stop);
}

/* One text ended before the other: fail with a message that names both line counts. If the run is
 * stopped while they are counted, nobody waits for the counts any more. */
static enum tj_read fail_unequal(struct scoring *x, int source_is_longer)
{
	char names[2][64];
	uint64_t counts[2] = { x->n_read, x->n_read };
	struct tj_error *err = &x->stream.pending;
	counts[!source_is_longer] += 1 + count_rest(source_is_longer ? x->source : x->target, err);
	if (is_stopped(x))
		return TJ_READ_DRY;
	tj_fail(err, TRUJAMAN_ERROR_INPUT,
	        "%s has %llu lines and %s has %llu: a score needs a pair of lines",
	        tj_input_name(x->inputs[0], names[0], sizeof names[0]),
	        (unsigned long long)counts[0],
	        tj_input_name(x->inputs[1], names[1], sizeof names[1]),
	        (unsigned long long)counts[1]);
	return TJ_READ_ERROR;
}

/* Read the next pair: x->source_line and *target, both valid until the next call. */
static enum tj_read next_pair(struct scoring *x, int may_block, struct tj_line *target)
{
	struct tj_error *err = &x->stream.pending;
	if (!x->has_source) {
		enum tj_read got = tj_reader_next(x->source, may_block, &x->source_line, err);
		if (got == TJ_READ_END) {
			got = tj_reader_next(x->target, may_block, target, err);
			if (got == TJ_READ_LINE)
				got = fail_unequal(x, 0);
		} else if (got == TJ_READ_LINE) {
			tj_line_skip_mark(&x->source_line);
			x->has_source = 1;
		}
		if (!x->has_source)
			return got;
	}
	enum tj_read got = tj_reader_next(x->target, may_block, target, err);
	if (got == TJ_READ_END)
		return fail_unequal(x, 1);
	if (got == TJ_READ_LINE)
		tj_line_skip_mark(target);
	x->has_source = got != TJ_READ_LINE;
	return got;
}

static enum tj_supply read_pairs(void *context, int may_block, struct tj_chunk *chunk,
                                 struct tj_error *err)
{
	struct scoring *x = context;
	struct tj_stream *s = &x->stream;
	enum tj_read got = TJ_READ_LINE;
	while (s->pending.status == TRUJAMAN_OK && chunk->n_lines < s->chunk_lines &&
	       chunk->text.n < STREAM_CHUNK_BYTES) {
		struct tj_line target;
		size_t invalid, invalid_target;
		got = next_pair(x, may_block && chunk->n_lines == 0, &target);
		if (got != TJ_READ_LINE)
			break;
		const struct tj_line *source = &x->source_line;
		struct tj_chunk_line *to = tj_chunk_add(chunk, source->text, source->n, target.text,
		                                        target.n, &invalid, &invalid_target);
		if (to == NULL) {
			tj_fail_memory(&s->pending, "lines", source->n);
			break;
		}
		target.input = 1;
		if ((invalid != SIZE_MAX && tj_stream_invalid(s, source, invalid)) ||
		    (invalid_target != SIZE_MAX && tj_stream_invalid(s, &target, invalid_target))) {
			chunk->n_lines--;
			break;
		}
		to->number = ++x->n_read;
		to->offset = source->offset;
	}
	if (chunk->n_lines > 0)
		return TJ_SUPPLY_LINES;
	*err = s->pending;
	if (got == TJ_READ_DRY && is_stopped(x)) {
		s->report.stopped = 1;
		return TJ_SUPPLY_END;
	}
	return got == TJ_READ_DRY && err->status == TRUJAMAN_OK ? TJ_SUPPLY_DRY : TJ_SUPPLY_END;
}

static trujaman_status finish_pairs(void *context, struct tj_chunk *c, struct tj_error *err)
{
	const trujaman_translator *t = ((const struct scoring *)context)->stream.t;
	const trujaman_options *o = &t->options;
	for (size_t i = 0; i < c->n_lines; i++) {
		const struct tj_part *part = c->lines[i].first_part;
		if (!tj_append_score(&c->out, part->hypotheses->score) ||
		    (c->lines[i].alignment != NULL &&
		     !tj_append_columns(&c->out, o, c->lines[i].alignment)) ||
		    !tj_string_append(&c->out, "\n", 1))
			return tj_fail_memory(err, "scores", c->out.n);
		c->lines[i].out_end = c->out.n;
	}
	return tj_make_attentions(t, c, err);
}

static trujaman_status write_pairs(void *context, struct tj_chunk *chunk, struct tj_error *err)
{
	struct tj_stream *s = &((struct scoring *)context)->stream;
	if (tj_tell_attentions(s->t, chunk, err) != TRUJAMAN_OK)
		return err->status;
	return tj_stream_write(s, chunk, err);
}

static void wake(void *context)
{
	tj_stream_wake(&((const struct scoring *)context)->stream);
}

static trujaman_status run(trujaman_translator *t, struct scoring *x, const struct tj_job *job)
{
	struct tj_stream *s = &x->stream;
	if (tj_judge_open(&s->judge, 1, trujaman_model_metadata(t->model, "source_language"),
	                  trujaman_model_metadata(t->model, "target_language"),
	                  &t->error) == TRUJAMAN_OK)
		x->source = tj_reader_open(1, x->inputs[0], SIZE_MAX, &t->error);
	x->target = x->source != NULL ? tj_reader_open(1, x->inputs[1], SIZE_MAX, &t->error) : NULL;
	if (x->target != NULL) {
		tj_stream_open_wake(s);
		struct tj_reader *const both[2] = { x->source, x->target };
		for (int i = 0; i < 2; i++) {
			tj_reader_wake_by(both[i], s->wake_fd);
			tj_reader_stop_by(both[i], &t->stop);
			if (s->sink != NULL)
				tj_reader_skip(both[i], s->sink->skip);
		}
		struct tj_float_mode mode;
		tj_float_enter(&mode);
		trujaman_status status = tj_team_run(&t->scoring, job, &t->error);
		tj_float_leave(&mode);
		if (status == TRUJAMAN_OK) {
			tj_judge_rest(&s->judge, &s->report, NULL);
			if (s->sink != NULL && !s->report.stopped)
				(void)tj_stream_end_inputs(s, 1, &t->error);
		}
		tj_stream_close_wake(s);
	}
	tj_reader_close(x->target);
	tj_reader_close(x->source);
	tj_judge_close(&x->stream.judge);
	return t->error.status;
}

/* Score into the descriptor, or into the sink if it is not NULL. */
static trujaman_status score(trujaman_translator *t, const trujaman_input *source,
                             const trujaman_input *target, int out_fd, const char *out_name,
                             const trujaman_sink *sink, trujaman_report *report)
{
	trujaman_input both[2];
	struct scoring x = {
		.stream = { .t = t,
		            .inputs = both,
		            .chunk_lines = tj_chunk_lines(t, 1),
		            .out_fd = out_fd,
		            .out_name = out_name,
		            .sink = sink },
		.inputs = { &both[0], &both[1] },
		.n_read = sink != NULL ? sink->skip : 0,
	};
	struct tj_job job = {
		.context = &x,
		.read = read_pairs,
		.finish = finish_pairs,
		.write = write_pairs,
		.wake = wake,
		.language = tj_language_of(t, 1),
	};
	if (tj_stream_report(&x.stream, report, &t->error) != TRUJAMAN_OK ||
	    tj_sized_take(&both[0], sizeof *both, source, "an input", &t->error) != TRUJAMAN_OK ||
	    tj_sized_take(&both[1], sizeof *both, target, "an input", &t->error) != TRUJAMAN_OK)
		return t->error.status;
	run(t, &x, &job);
	struct tj_error good = { TRUJAMAN_OK, "" };
	(void)tj_stream_report(&x.stream, report, &good);
	return t->error.status;
}

trujaman_status trujaman_score_stream(trujaman_translator *t, const trujaman_input *source,
                                      const trujaman_input *target, int out_fd,
                                      const char *out_name, trujaman_report *report, char *error,
                                      size_t n_error_bytes)
{
	score(t, source, target, out_fd, out_name, NULL, report);
	return tj_translator_tell(t, error, n_error_bytes);
}

trujaman_status trujaman_score_to(trujaman_translator *t, const trujaman_input *source,
                                  const trujaman_input *target, const trujaman_sink *sink,
                                  trujaman_report *report, char *error, size_t n_error_bytes)
{
	trujaman_sink own;
	if (tj_sized_take(&own, sizeof own, sink, "the sink", &t->error) == TRUJAMAN_OK)
		score(t, source, target, -1, "", &own, report);
	return tj_translator_tell(t, error, n_error_bytes);
}
