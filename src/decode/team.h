/* SPDX-License-Identifier: MIT */
/* The threads of a team of workers, and what each keeps from one job to the next: an engine and
 * tools. src/decode/workers.h runs jobs. */
#ifndef TJ_DECODE_TEAM_H
#define TJ_DECODE_TEAM_H

#include "src/decode/engine.h"
#include "src/decode/networks.h"
#include "src/decode/tools.h"
#include "src/machine/placement.h"
#include "src/model/copies.h"

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

/* Open a team with one thread for each worker of the placement. Each thread uses the copy
 * of the weights that the placement names, in memory that it touches first. `copies` and
 * `placement` must outlive the team. Release with tj_team_close, also after a failure. */
trujaman_status tj_team_open(struct tj_team *team, struct tj_copies *copies,
                             const struct tj_placement *placement,
                             const struct tj_engine_options *options, struct tj_error *err);
void tj_team_close(struct tj_team *team);

/* What thread number `thread` keeps, made when it first asks: an engine and a copy of the weights
 * cost time and memory, and their memory lies on the NUMA node of the thread that touches it first.
 * NULL on failure. Each thread asks for its own. */
struct tj_engine *tj_team_engine(struct tj_team *team, size_t thread, struct tj_error *err);
struct tj_tools *tj_team_tools(struct tj_team *team, size_t thread, const struct tj_language *l,
                               struct tj_error *err);

/* After an error an engine may hold sentences of this job: the next job needs a new one. */
void tj_team_drop_pending(struct tj_team *team, size_t thread);

#endif
