/* SPDX-License-Identifier: MIT */
/* Where the workers of a team go: the CPU of each, and which copy of the weights is near. */
#ifndef TJ_MACHINE_PLACEMENT_H
#define TJ_MACHINE_PLACEMENT_H

#include "src/machine/cores.h"

/* The place of one worker. */
struct tj_place {
	size_t cpu;  /* index into the cores' cpus */
	size_t copy; /* which copy of the weights is near: 0 is worker 0's */
};

struct tj_placement {
	const struct tj_cores *cores;
	size_t n_workers;
	size_t n_copies; /* nodes that have workers */
	struct tj_place places[];
};

/* Places for n_workers, at least 1, as tj_places_choose says. The caller's, to release with
 * free; `c` must outlive it. NULL when there is no memory. */
struct tj_placement *tj_placement_new(const struct tj_cores *c, size_t n_workers, int smt,
                                      struct tj_error *err);

/* Bind the calling thread to worker i's CPU. Best effort: an unbound thread works too. What
 * the thread allocates first it should allocate after this. */
void tj_placement_bind(const struct tj_placement *p, size_t i);

/* Undo: let the calling thread run wherever the one that called tj_cores_open could. */
void tj_placement_unbind(const struct tj_placement *p);

#endif
