/* SPDX-License-Identifier: MIT */
/* The worker team: OpenMP threads without a coordinator. A worker that runs short of sentences
 * reads and tokenises the next chunk of lines. The worker that completes the oldest chunk writes
 * it and every finished chunk behind it. */
#ifndef TJ_DECODE_WORKERS_H
#define TJ_DECODE_WORKERS_H

#include "src/decode/chunk.h"
#include "src/decode/engine.h"
#include "src/decode/networks.h"
#include "src/decode/tools.h"
#include "src/machine/placement.h"
#include "src/model/copies.h"

/* What a job's read returns. */
enum tj_supply { TJ_SUPPLY_LINES, TJ_SUPPLY_DRY, TJ_SUPPLY_END };

/* The source of lines and the destination of results. read and write are each called by one
 * worker at a time, in order. finish is called by any worker, concurrently for different chunks. */
struct tj_team;

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

/* Another model of an ensemble: its copies, one for each of n_nodes, of which number
 * (i + shift) % n_nodes is on the node of the first model's copy i. */
struct tj_team_other {
	struct tj_copies *copies;
	size_t n_nodes, shift;
};

/* Threads, each with its own engine, which is created when first needed and kept. */
struct tj_team {
	struct tj_copies *copies;
	const struct tj_team_other *others; /* [options.n_others]; set it after tj_team_open */
	const struct tj_placement *placement;
	struct tj_engine_options options;
	size_t n_threads;
	struct tj_engine **engines; /* [n_threads]; NULL: not created yet; owned */
	struct tj_tools **tools;    /* [n_threads]; NULL: not created yet; owned. All jobs of
	                               a team use the same language */
};

/* The default number of threads of a team: OMP_NUM_THREADS if it is set, otherwise the result of
 * tj_cores_threads. */
size_t tj_team_threads(const struct tj_cores *cores, int smt);

/* Open a team with one thread for each worker of the placement `plan`. Each thread uses the copy
 * of the weights that the placement names, in memory that it touches first. `copies` and
 * `placement` must outlive the team. Release with tj_team_close, also after a failure. */
trujaman_status tj_team_open(struct tj_team *team, struct tj_copies *copies,
                             const struct tj_placement *placement,
                             const struct tj_engine_options *options, struct tj_error *err);
void tj_team_close(struct tj_team *team);

/* Run a job to its end or to the first error. At most a few chunks per thread are in flight,
 * whatever the length of the input. The calling thread works too; all calls must come from the
 * same thread, because each thread would start its own OpenMP team. */
trujaman_status tj_team_run(struct tj_team *team, const struct tj_job *job, struct tj_error *err);

#endif
