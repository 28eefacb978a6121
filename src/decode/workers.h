/* SPDX-License-Identifier: MIT */
/* The team: OpenMP threads that serve themselves. Whoever runs short of sentences
 * reads and tokenises the next chunk of lines; whoever completes the oldest chunk
 * writes it, and those that waited behind it. Nobody coordinates. */
#ifndef TJ_DECODE_WORKERS_H
#define TJ_DECODE_WORKERS_H

#include "src/decode/chunk.h"
#include "src/machine/placement.h"
#include "src/model/copies.h"

enum tj_supply { TJ_SUPPLY_LINES, TJ_SUPPLY_DRY, TJ_SUPPLY_END };

/* Where lines come from and where results go. read and write are called by one
 * worker at a time each, and in order; finish by any, for different chunks. */
struct tj_job {
	void *context;
	/* Add lines (tj_chunk_add) to an empty chunk. LINES: there is at least one. DRY:
	 * none now, only where may_block is 0. END: none ever again; an error in `err`
	 * means END too, and what was read before it is still translated and written. */
	enum tj_supply (*read)(void *context, int may_block, struct tj_chunk *chunk,
	                       struct tj_error *err);
	/* All parts of a chunk are done. */
	trujaman_status (*finish)(void *context, struct tj_chunk *chunk, struct tj_error *err);
	/* Chunks in the order in which they were read. NULL: nothing to do. */
	trujaman_status (*write)(void *context, struct tj_chunk *chunk, struct tj_error *err);
	/* A worker has failed: let a read that waits return DRY. Called once, by any
	 * worker, while another may be reading. NULL: reading never waits long. */
	void (*wake)(void *context);
	struct tj_language language;
	int need_scores; /* 0: nobody looks at the scores of a beam of one */
};

/* Threads with an engine each, made when first needed and kept. */
struct tj_team {
	struct tj_copies *copies;
	const struct tj_placement *plan;
	struct tj_engine_options options;
	size_t n_threads;
	struct tj_engine **engines;      /* [n_threads]; NULL: not made yet */
	struct tj_sentences **sentences; /* likewise; all jobs of a team have one language */
};

/* Threads for a team where nobody asked for a number: OMP_NUM_THREADS where it is
 * set, else what tj_cores_threads says. */
size_t tj_team_threads(const struct tj_cores *cores, int smt);

/* A thread for every worker of the plan. Each works with the plan's copy of the model, in
 * memory that it is the first to touch. Both must outlive the team. */
trujaman_status tj_team_open(struct tj_team *team, struct tj_copies *copies,
                             const struct tj_placement *plan,
                             const struct tj_engine_options *options, struct tj_error *err);
void tj_team_close(struct tj_team *team);

/* Run a job to its end, or to the first error. In flight are at most a few chunks a
 * thread, however long the input. The calling thread works too; it must always
 * be the same one (OpenMP). */
trujaman_status tj_team_run(struct tj_team *team, const struct tj_job *job, struct tj_error *err);

#endif
