/* SPDX-License-Identifier: MIT */
/* The placement of a team's workers: the CPU of each, and the copy of the weights near it. */
#ifndef TJ_MACHINE_PLACEMENT_H
#define TJ_MACHINE_PLACEMENT_H

#include "src/machine/cores.h"

/* The place of one worker. */
struct tj_place {
	size_t cpu;  /* index into the cores' cpus */
	size_t copy; /* index of the nearest copy of the weights; worker 0 has copy 0 */
};

struct tj_placement {
	const struct tj_cores *cores;
	size_t n_workers;
	size_t n_copies; /* NUMA nodes that have workers */
	struct tj_place places[];
};

/* Places n_workers (at least 1) workers as tj_places_choose does. The caller owns the result and
 * releases it with free; `c` must outlive it. Returns NULL if out of memory. */
struct tj_placement *tj_placement_new(const struct tj_cores *c, size_t n_workers, int smt,
                                      struct tj_error *err);

/* Binds the calling thread to worker i's CPU. Best effort: an unbound thread works too. Call it
 * before the thread's first allocation. */
void tj_placement_bind(const struct tj_placement *p, size_t i);

/* Undoes it: lets the calling thread run on every CPU that the thread that called tj_cores_open
 * could use. */
void tj_placement_unbind(const struct tj_placement *p);

#endif
