/* SPDX-License-Identifier: MIT */
/* The worker team: reading, translating and writing chunks of lines on all threads. */
#include "src/decode/workers.h"

#include <omp.h>
#include <pthread.h>
#include <stdlib.h>

#include "src/base/float_mode.h"
#include "src/base/stop.h"
#include "src/decode/alignment.h"
#include "src/decode/chunk_prepare.h"
#include "src/decode/chunk_result.h"
#include "src/decode/line_join.h"
#include "src/decode/names.h"
#include "src/decode/reverse.h"
#include "src/decode/trace.h"
#include "src/machine/leader.h"

enum {
	/* Chunks per thread that are read but not yet written. Two would suffice on an idle
	 * machine: one being translated, one read ahead. The others let threads continue while
	 * one thread is busy with long lines. */
	CHUNKS_PER_THREAD = 8,
	MAX_SUBMIT = 128
};

struct run {
	struct tj_team *team;
	const struct tj_job *job;
	pthread_mutex_t reading; /* held while reading; locked before `state` */
	pthread_mutex_t state;   /* guards all members below */
	pthread_cond_t written, finished;
	struct tj_chunk *oldest, *newest; /* queue of chunks in flight, in reading order; owned */
	size_t n_in_flight;
	size_t n_finished; /* workers that have finished */
	uint64_t n_read;
	int ended, stopped, woken, writing;
	struct tj_error read_error; /* reported after the chunks read before it are written */
	struct tj_error error;      /* the first error of a worker */
};

struct worker {
	struct run *run;
	size_t thread;
	struct tj_engine *engine; /* the team's; NULL until there is work */
	struct tj_tools *tools;   /* the team's; NULL until there is work */
	struct tj_chunk *waiting; /* list of chunks that have parts to submit */
	struct tj_error error;
};

/* Record a worker's failure and make all workers stop. */
static void stop(struct run *r, const struct tj_error *err)
{
	pthread_mutex_lock(&r->state);
	if (r->error.status == TRUJAMAN_OK)
		r->error = *err;
	r->stopped = 1;
	int wakes = !r->woken && r->job->wake != NULL;
	r->woken = 1;
	pthread_cond_broadcast(&r->written);
	pthread_mutex_unlock(&r->state);
	if (wakes)
		r->job->wake(r->job->context);
}

static int stopped(struct run *r)
{
	pthread_mutex_lock(&r->state);
	int s = r->stopped;
	pthread_mutex_unlock(&r->state);
	return s;
}

/* Mark a chunk as done, then write all done chunks at the oldest end of the queue. If another
 * worker is already writing, it will also write this chunk. */
static trujaman_status write_ready(struct run *r, struct tj_chunk *completed, struct tj_error *err)
{
	trujaman_status status = TRUJAMAN_OK;
	pthread_mutex_lock(&r->state);
	completed->done = 1;
	if (r->writing) {
		pthread_mutex_unlock(&r->state);
		return status;
	}
	r->writing = 1;
	while (status == TRUJAMAN_OK && !r->stopped && r->oldest != NULL && r->oldest->done) {
		struct tj_chunk *c = r->oldest;
		r->oldest = c->next;
		if (r->oldest == NULL)
			r->newest = NULL;
		pthread_mutex_unlock(&r->state);
		if (r->job->write != NULL)
			status = r->job->write(r->job->context, c, err);
		tj_chunk_free(c);
		pthread_mutex_lock(&r->state);
		r->n_in_flight--;
		pthread_cond_broadcast(&r->written);
	}
	/* Stop before another worker may write: the next chunk must not follow a failed one. */
	if (status != TRUJAMAN_OK) {
		if (r->error.status == TRUJAMAN_OK)
			r->error = *err;
		r->stopped = 1;
	}
	r->writing = 0;
	pthread_mutex_unlock(&r->state);
	return status;
}

static trujaman_status score_reverse(struct worker *w, struct tj_chunk *c)
{
	struct tj_team *team = w->run->job->reverse;
	const struct tj_language *l = &w->run->job->reverse_language;
	struct tj_engine *engine = tj_team_engine(team, w->thread, &w->error);
	struct tj_tools *tools = engine != NULL ? tj_team_tools(team, w->thread, l, &w->error)
	                                        : NULL;
	if (tools != NULL && tj_chunk_reverse(c, l, tools, engine, &w->error) != TRUJAMAN_OK)
		tj_team_drop_pending(team, w->thread);
	return w->error.status;
}

/* All parts of a chunk are done: finish it and write what is ready. */
static trujaman_status complete(struct worker *w, struct tj_chunk *c)
{
	const struct tj_job *job = w->run->job;
	if (!job->language.scoring &&
	    tj_chunk_join_lines(c, &job->language, w->tools, &w->error) != TRUJAMAN_OK)
		return w->error.status;
	if (job->language.known_words != NULL && !job->language.scoring &&
	    (tj_chunk_align(c, &job->language, 1, &w->error) != TRUJAMAN_OK ||
	     tj_chunk_copy_names(c, &job->language, w->tools, &w->error) != TRUJAMAN_OK))
		return w->error.status;
	if (job->language.traces && tj_chunk_align(c, &job->language, 0, &w->error) != TRUJAMAN_OK)
		return w->error.status;
	if (job->reverse != NULL && score_reverse(w, c) != TRUJAMAN_OK)
		return w->error.status;
	if (job->finish(job->context, c, &w->error) != TRUJAMAN_OK)
		return w->error.status;
	return write_ready(w->run, c, &w->error);
}

/* Queue a chunk. The caller holds the `reading` lock, so the queue is in reading order. */
static void enqueue(struct run *r, struct tj_chunk *c)
{
	pthread_mutex_lock(&r->state);
	c->sequence = r->n_read++;
	if (r->newest != NULL)
		r->newest->next = c;
	else
		r->oldest = c;
	r->newest = c;
	r->n_in_flight++;
	pthread_mutex_unlock(&r->state);
}

/* Whether another chunk may be read. With may_block, waits until enough chunks are written; 0 then
 * means that nothing more will be read. Without it, 0 means not now. */
static int may_read(struct run *r, int may_block)
{
	pthread_mutex_lock(&r->state);
	while (may_block && !r->ended && !r->stopped &&
	       r->n_in_flight >= CHUNKS_PER_THREAD * r->team->n_threads)
		pthread_cond_wait(&r->written, &r->state);
	int yes = !r->ended && !r->stopped &&
	          r->n_in_flight < CHUNKS_PER_THREAD * r->team->n_threads;
	pthread_mutex_unlock(&r->state);
	return yes;
}

/* Read the next chunk. NULL: none is available now, the input ended, or w->error has an error. */
static struct tj_chunk *read_chunk(struct worker *w, int may_block)
{
	struct run *r = w->run;
	struct tj_error err = { 0 };
	if (!may_block && pthread_mutex_trylock(&r->reading) != 0)
		return NULL;
	if (may_block)
		pthread_mutex_lock(&r->reading);
	struct tj_chunk *c = may_read(r, may_block) ? tj_chunk_new(&w->error) : NULL;
	if (c != NULL) {
		switch (r->job->read(r->job->context, may_block, c, &err)) {
		case TJ_SUPPLY_LINES:
			enqueue(r, c);
			break;
		case TJ_SUPPLY_END:
			pthread_mutex_lock(&r->state);
			r->ended = 1;
			r->read_error = err;
			pthread_mutex_unlock(&r->state);
			/* fall through */
		case TJ_SUPPLY_DRY:
			tj_chunk_free(c);
			c = NULL;
		}
	}
	pthread_mutex_unlock(&r->reading);
	return c;
}

static trujaman_status make_engine(struct worker *w)
{
	w->engine = tj_team_engine(w->run->team, w->thread, &w->error);
	if (w->engine != NULL)
		tj_engine_need_scores(w->engine, w->run->job->need_scores);
	return w->error.status;
}

static trujaman_status make_tools(struct worker *w)
{
	w->tools = tj_team_tools(w->run->team, w->thread, &w->run->job->language, &w->error);
	return w->error.status;
}

static int is_submitted(const struct tj_chunk *c)
{
	return c->n_submitted == c->n_parts && c->n_traces_submitted == c->n_traces;
}

/* Put a chunk in front of those that have parts to submit: it is older than they are. */
static void await(struct worker *w, struct tj_chunk *c)
{
	if (c->waits || is_submitted(c))
		return;
	c->waits = 1;
	c->next_waiting = w->waiting;
	w->waiting = c;
}

/* Submit as many parts of the first waiting chunk as the engine has room for; the cache answers
 * those that it has. An answer may add parts to the chunk. */
static trujaman_status submit_waiting(struct worker *w)
{
	if (w->engine == NULL && make_engine(w) != TRUJAMAN_OK)
		return w->error.status;
	struct tj_request requests[MAX_SUBMIT];
	size_t wanted[MAX_SUBMIT];
	struct tj_chunk *c = w->waiting;
	const struct tj_language *l = &w->run->job->language;
	size_t n = 0, room = tj_engine_room(w->engine);
	room = room < MAX_SUBMIT ? room : MAX_SUBMIT;
	for (; n < room && c->n_submitted < c->n_parts; c->n_submitted++) {
		int known;
		if (tj_chunk_recall(c, l, c->n_submitted, w->tools, &known, &w->error) !=
		    TRUJAMAN_OK)
			return w->error.status;
		if (!known)
			wanted[n++] = c->n_submitted;
	}
	/* Only now: what the cache answers may add parts, and with them move the chunk's ids. */
	for (size_t i = 0; i < n; i++)
		requests[i] = tj_chunk_request(c, l, wanted[i]);
	while (n < room && c->n_traces_submitted < c->n_traces)
		requests[n++] = tj_trace_request(c, l, c->n_traces_submitted++);
	if (is_submitted(c)) {
		w->waiting = c->next_waiting;
		c->waits = 0;
	}
	return c->n_open == 0 ? complete(w, c)
	                      : tj_engine_submit(w->engine, n, requests, &w->error);
}

/* Give the engine more work. Returns 0 at the end of the input or after an error. */
static int feed(struct worker *w, int may_block)
{
	if (w->waiting == NULL) {
		struct tj_chunk *c = read_chunk(w, may_block);
		if (c == NULL)
			return w->error.status == TRUJAMAN_OK && !may_block;
		if ((w->tools == NULL && make_tools(w) != TRUJAMAN_OK) ||
		    tj_chunk_prepare(c, &w->run->job->language, w->tools, &w->error) != TRUJAMAN_OK)
			return 0;
		if (c->n_open == 0)
			return complete(w, c) == TRUJAMAN_OK;
		await(w, c);
	}
	return submit_waiting(w) == TRUJAMAN_OK;
}

static trujaman_status part_done(void *context, const struct tj_result *result,
                                 struct tj_error *err)
{
	struct worker *w = context;
	struct tj_chunk *c = tj_chunk_of_result(result);
	if (tj_chunk_result(result, &w->run->job->language, w->tools, err) != TRUJAMAN_OK)
		return err->status;
	await(w, c);
	return c->n_open == 0 ? complete(w, c) : TRUJAMAN_OK;
}

static void work(struct run *r, size_t thread)
{
	struct worker w = { .run = r, .thread = thread };
	while (!stopped(r)) {
		if (tj_is_stopped(r->job->stop)) {
			tj_fail(&w.error, TRUJAMAN_ERROR_STOPPED, "stopped");
			break;
		}
		size_t pending = w.engine != NULL ? tj_engine_pending(w.engine) : 0;
		if ((pending == 0 || tj_engine_hungry(w.engine)) && !feed(&w, pending == 0))
			break;
		if (w.engine != NULL &&
		    tj_engine_step(w.engine, part_done, &w, &w.error) != TRUJAMAN_OK)
			break;
	}
	if (w.error.status != TRUJAMAN_OK)
		stop(r, &w.error);
	tj_team_drop_pending(r->team, thread);
}

/* Sleep until the other workers have finished too. OpenMP's own barrier may spin and so take
 * cycles from another program or from the other hardware thread of the core. */
static void wait_for_team(struct run *r, size_t n_workers)
{
	pthread_mutex_lock(&r->state);
	if (++r->n_finished == n_workers)
		pthread_cond_broadcast(&r->finished);
	while (r->n_finished < n_workers)
		pthread_cond_wait(&r->finished, &r->state);
	pthread_mutex_unlock(&r->state);
}

static void enter_team(void *context)
{
	struct run *r = context;
	struct tj_team *team = r->team;
	/* If OMP_THREAD_LIMIT allows fewer threads, the job is only slower. */
#pragma omp parallel num_threads((int)team->n_threads)
	{
		size_t thread = (size_t)omp_get_thread_num();
		struct tj_float_mode mode; /* the thread may have been the calling program's */
		tj_float_enter(&mode);
		size_t cpu = tj_placement_bind(team->placement, thread);
		work(r, thread);
		wait_for_team(r, (size_t)omp_get_num_threads());
		tj_placement_unbind(team->placement, cpu);
		tj_float_leave(&mode);
	}
}

static void run_team(struct run *r)
{
	if (r->team->n_threads == 1) /* neither OpenMP nor binding to a CPU is needed */
		work(r, 0);
	else
		tj_lead(enter_team, r);
}

enum { N_LOCKS = 4 };

/* Destroy the first n locks, in the order in which open_locks creates them. */
static void close_locks(struct run *r, int n)
{
	if (n > 3)
		pthread_cond_destroy(&r->finished);
	if (n > 2)
		pthread_cond_destroy(&r->written);
	if (n > 1)
		pthread_mutex_destroy(&r->state);
	if (n > 0)
		pthread_mutex_destroy(&r->reading);
}

static trujaman_status open_locks(struct run *r, struct tj_error *err)
{
	int n = 0, code = pthread_mutex_init(&r->reading, NULL);
	if (code == 0 && ++n)
		code = pthread_mutex_init(&r->state, NULL);
	if (code == 0 && ++n)
		code = pthread_cond_init(&r->written, NULL);
	if (code == 0 && ++n)
		code = pthread_cond_init(&r->finished, NULL);
	if (code == 0)
		return TRUJAMAN_OK;
	close_locks(r, n);
	return tj_fail_errno(err, code, "make", "a lock");
}

trujaman_status tj_team_run(struct tj_team *team, const struct tj_job *job, struct tj_error *err)
{
	struct run r = { .team = team, .job = job };
	if (open_locks(&r, err) != TRUJAMAN_OK)
		return err->status;
	if (job->language.cache != NULL)
		tj_cache_begin(job->language.cache, job->need_scores);
	run_team(&r);
	while (r.oldest != NULL) {
		struct tj_chunk *c = r.oldest;
		r.oldest = c->next;
		tj_chunk_free(c);
	}
	close_locks(&r, N_LOCKS);
	const struct tj_error *failed = r.error.status != TRUJAMAN_OK ? &r.error : &r.read_error;
	if (failed->status != TRUJAMAN_OK)
		return tj_fail(err, failed->status, "%s", failed->text);
	return TRUJAMAN_OK;
}
