/* SPDX-License-Identifier: MIT */
/* Which CPUs workers take on a machine: a function of what the machine has and nothing
 * else. Any thread. */
#ifndef TJ_MACHINE_PLACES_H
#define TJ_MACHINE_PLACES_H

#include <stddef.h>

/* A CPU, the system's word for what runs one thread, that may be used. */
struct tj_cpu {
	unsigned number;   /* the system's */
	size_t core, node; /* counted from 0; node: whose memory is near */
	size_t sibling;    /* 0: the first of its core that may be used, 1: the next … */
	int speed;         /* larger is faster; all alike where nothing is known */
};

/* places[i] = index of the CPU for worker i < n_workers; n_cpus is at least 1. `current` is
 * the CPU we run on: worker 0 gets its core where no other is faster.
 *
 * One worker a core; then, with smt, the siblings; then all over again. Where not all cores
 * are needed, few nodes are used, from the current one on: each costs a copy of the weights,
 * and has caches that its workers share. The workers are shared out evenly over those nodes,
 * so that each gets as much of a memory bus as the others. In a node fast cores come first.
 * 0 when there is no memory: places are not set then. */
int tj_places_choose(size_t n_cpus, const struct tj_cpu *cpus, size_t current, int smt,
                     size_t n_workers, size_t *places);

#endif
