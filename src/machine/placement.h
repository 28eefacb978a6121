/* SPDX-License-Identifier: MIT */
/* The placement of a team's workers: the CPU of each, and the copy of the weights near it. */
#ifndef TJ_MACHINE_PLACEMENT_H
#define TJ_MACHINE_PLACEMENT_H

#include "src/machine/cores.h"

/* The place of one worker. */
struct tj_place {
	size_t cpu;  /* index into the cores' cpus */
	size_t copy; /* index of the nearest copy of the weights: nodes from home, counted
	                cyclically */
};

enum { TJ_HOME_OF_WORKER_0 = -1 };

struct tj_placement {
	const struct tj_cores *cores;
	size_t n_workers;
	int smt;         /* second CPUs of cores may be used */
	size_t n_copies; /* NUMA nodes that have workers */
	struct tj_place places[];
};

/* Places n_workers (at least 1) workers as tj_places_choose does. Copy 0 of the weights lies on the
 * node `home`; TJ_HOME_OF_WORKER_0: that of the first worker. The caller owns the result and
 * releases it with free; `c` must outlive it. Returns NULL if out of memory. */
struct tj_placement *tj_placement_new(const struct tj_cores *c, size_t n_workers, int smt,
                                      size_t home, struct tj_error *err);

/* Binds the calling thread to worker i's CPU; if a bound thread of another team of this process is
 * there, to the CPU of the same node, and of one that the placement may use, that has the fewest.
 * Returns the index of the CPU, for tj_placement_unbind. Best effort: an unbound thread works too.
 * Call it before the thread's first allocation. */
size_t tj_placement_bind(const struct tj_placement *p, size_t i);

/* Undoes it: lets the calling thread run on every CPU that the thread that called tj_cores_open
 * could use. */
void tj_placement_unbind(const struct tj_placement *p, size_t cpu);

#endif
