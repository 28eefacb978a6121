/* SPDX-License-Identifier: MIT */
/* trujaman_score_stream, trujaman_score_to and trujaman_score_pairs: score whole inputs. */
#include "src/api/attention.h"
#include "src/api/pair_scores.h"
#include "src/api/pairs.h"
#include "src/api/sized.h"
#include "src/api/stream.h"
#include "src/base/float_mode.h"

struct scoring {
	struct tj_stream stream;
	struct tj_pairs pairs;
};

static enum tj_supply read_pairs(void *context, int may_block, struct tj_chunk *chunk,
                                 struct tj_error *err)
{
	return tj_pairs_read(&((struct scoring *)context)->pairs, may_block, chunk, err);
}

static trujaman_status finish_pairs(void *context, struct tj_chunk *c, struct tj_error *err)
{
	const struct scoring *x = context;
	const trujaman_translator *t = x->stream.t;
	if (!tj_print_pairs(c, &t->options, x->pairs.kind))
		return tj_fail_memory(err, "scores", c->out.n);
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
	tj_stream_open_wake(s);
	if (tj_judge_open(&s->judge, 1, trujaman_model_metadata(t->model, "source_language"),
	                  trujaman_model_metadata(t->model, "target_language"),
	                  &t->error) == TRUJAMAN_OK &&
	    tj_pairs_open(&x->pairs, &t->error) == TRUJAMAN_OK) {
		struct tj_float_mode mode;
		tj_float_enter(&mode);
		trujaman_status status = tj_team_run(&t->scoring, job, &t->error);
		tj_float_leave(&mode);
		if (status == TRUJAMAN_OK) {
			tj_judge_rest(&s->judge, &s->report, NULL);
			if (s->sink != NULL && !s->report.stopped)
				(void)tj_stream_end_inputs(s, 1, &t->error);
		}
	}
	tj_stream_close_wake(s);
	tj_pairs_close(&x->pairs);
	tj_judge_close(&x->stream.judge);
	return t->error.status;
}

/* What the pairs may be, and what they go with. */
static trujaman_status check_pairs(const trujaman_translator *t, const trujaman_pairs *p,
                                   const trujaman_sink *sink, struct tj_error *err)
{
	if ((unsigned)p->kind > TRUJAMAN_PAIRS_N_BEST)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "there are no pairs of kind %d",
		               (int)p->kind);
	if (p->kind == TRUJAMAN_PAIRS_TSV && (p->source_column < 1 || p->target_column < 1))
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "columns are counted from 1: found %d and %d", p->source_column,
		               p->target_column);
	if (p->source == NULL || (p->target == NULL && p->kind != TRUJAMAN_PAIRS_TSV))
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "a pair needs two sides");
	if (p->kind == TRUJAMAN_PAIRS_N_BEST && sink != NULL && sink->skip > 0)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "no lines of n-best lists can be skipped");
	if (p->reverse == t)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "a translator cannot score both directions");
	if (p->reverse != NULL && p->reverse->scoring.n_threads < t->scoring.n_threads)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE,
		               "the translator of the other direction has %zu threads, wanted %zu",
		               p->reverse->scoring.n_threads, t->scoring.n_threads);
	return TRUJAMAN_OK;
}

/* Score into the descriptor, or into the sink if it is not NULL. */
static trujaman_status score(trujaman_translator *t, const trujaman_pairs *p, int out_fd,
                             const char *out_name, const trujaman_sink *sink,
                             trujaman_report *report)
{
	trujaman_input both[2] = { { .size = 0 } };
	struct scoring x = {
		.stream = { .t = t,
		            .inputs = both,
		            /* Twice as many at a time keep the rows of the other direction busy. */
		            .chunk_lines = tj_chunk_lines(t, 1) * (p->reverse != NULL ? 2 : 1),
		            .out_fd = out_fd,
		            .out_name = out_name,
		            .sink = sink },
		.pairs = { .stream = &x.stream,
		           .kind = p->kind,
		           .inputs = { &both[0], &both[1] },
		           .columns = { p->source_column, p->target_column },
		           .n_read = sink != NULL ? sink->skip : 0 },
	};
	struct tj_job job = {
		.context = &x,
		.read = read_pairs,
		.finish = finish_pairs,
		.write = write_pairs,
		.wake = wake,
		.language = tj_language_of(t, 1),
	};
	const trujaman_input *target = p->kind == TRUJAMAN_PAIRS_TSV ? p->source : p->target;
	if (tj_stream_report(&x.stream, report, &t->error) != TRUJAMAN_OK ||
	    tj_sized_take(&both[0], sizeof *both, p->source, "an input", &t->error) !=
	        TRUJAMAN_OK ||
	    tj_sized_take(&both[1], sizeof *both, target, "an input", &t->error) != TRUJAMAN_OK)
		return t->error.status;
	if (p->reverse != NULL) {
		job.reverse = &p->reverse->scoring;
		job.reverse_language = tj_language_of(p->reverse, 1);
		job.reverse_language.traces = 0;
	}
	run(t, &x, &job);
	struct tj_error good = { 0 };
	(void)tj_stream_report(&x.stream, report, &good);
	return t->error.status;
}

trujaman_status trujaman_score_stream(trujaman_translator *t, const trujaman_input *source,
                                      const trujaman_input *target, int out_fd,
                                      const char *out_name, trujaman_report *report, char *error,
                                      size_t n_error_bytes)
{
	const trujaman_pairs lines = { .source = source, .target = target };
	score(t, &lines, out_fd, out_name, NULL, report);
	return tj_translator_tell(t, error, n_error_bytes);
}

trujaman_status trujaman_score_to(trujaman_translator *t, const trujaman_input *source,
                                  const trujaman_input *target, const trujaman_sink *sink,
                                  trujaman_report *report, char *error, size_t n_error_bytes)
{
	const trujaman_pairs lines = { .size = sizeof lines, .source = source, .target = target };
	return trujaman_score_pairs(t, &lines, sink, report, error, n_error_bytes);
}

trujaman_status trujaman_score_pairs(trujaman_translator *t, const trujaman_pairs *pairs,
                                     const trujaman_sink *sink, trujaman_report *report,
                                     char *error, size_t n_error_bytes)
{
	trujaman_sink own;
	trujaman_pairs p;
	if (tj_sized_take(&own, sizeof own, sink, "the sink", &t->error) == TRUJAMAN_OK &&
	    tj_sized_take(&p, sizeof p, pairs, "the pairs", &t->error) == TRUJAMAN_OK &&
	    check_pairs(t, &p, &own, &t->error) == TRUJAMAN_OK)
		score(t, &p, -1, "", &own, report);
	return tj_translator_tell(t, error, n_error_bytes);
}
