/* SPDX-License-Identifier: MIT */
/* The worker team: OpenMP threads without a coordinator. A worker that runs short of sentences
 * reads and tokenises the next chunk of lines. The worker that completes the oldest chunk writes
 * it and every finished chunk behind it. */
#ifndef TJ_DECODE_WORKERS_H
#define TJ_DECODE_WORKERS_H

#include "src/decode/chunk.h"
#include "src/decode/team.h"

/* What a job's read returns. */
enum tj_supply { TJ_SUPPLY_LINES, TJ_SUPPLY_DRY, TJ_SUPPLY_END };

/* The source of lines and the destination of results. read and write are each called by one
 * worker at a time, in order. finish is called by any worker, concurrently for different chunks. */
struct tj_job {
	void *context;
	/* Add lines (tj_chunk_add) to an empty chunk. LINES: at least one was added. DRY: none is
	 * available now; with may_block only after `wake`. END: no more lines, because the input
	 * ended or failed (`err`); lines read before an error are still translated and written. */
	enum tj_supply (*read)(void *context, int may_block, struct tj_chunk *chunk,
	                       struct tj_error *err);
	/* Called when all parts of a chunk are done, before it is written. Unless scoring, its
	 * lines have their translations (tj_joined). */
	trujaman_status (*finish)(void *context, struct tj_chunk *chunk, struct tj_error *err);
	/* Write a chunk; called in reading order. May be NULL. */
	trujaman_status (*write)(void *context, struct tj_chunk *chunk, struct tj_error *err);
	/* A worker has failed: make a waiting read return DRY. Called at most once, by any
	 * worker, while another may be reading. NULL: read never waits long. */
	void (*wake)(void *context);
	/* Once *stop is not zero, all workers stop soon, with TRUJAMAN_ERROR_STOPPED. NULL: never.
	 */
	const int *stop;
	struct tj_language language;
	/* When scoring: the team and language of a model of the other direction, which scores each
	 * chunk, too (reverse.h). It has as many threads, and nothing else to do. NULL: none. */
	struct tj_team *reverse;
	struct tj_language reverse_language;
	int need_scores; /* 0: the job does not use scores, so a beam of 1 need not compute them */
};

/* Run a job to its end or to the first error. At most a few chunks per thread are in flight,
 * whatever the length of the input. The calling thread works too; all calls must come from the
 * same thread, because each thread would start its own OpenMP team. */
trujaman_status tj_team_run(struct tj_team *team, const struct tj_job *job, struct tj_error *err);

#endif
