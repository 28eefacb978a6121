/* SPDX-License-Identifier: MIT */
/* Chooses the CPUs for workers on a machine. The choice depends only on the arguments. Any
 * thread. */
#ifndef TJ_MACHINE_PLACES_H
#define TJ_MACHINE_PLACES_H

#include <stddef.h>

/* A usable CPU. As in Linux, a CPU is what runs one thread. */
struct tj_cpu {
	unsigned number;   /* the system's number for it */
	size_t core, node; /* counted from 0; node: the NUMA node with its local memory */
	size_t sibling;    /* 0: the first usable CPU of its core, 1: the next … */
	int speed;         /* larger is faster; the same for all if not known */
};

/* Sets places[i] to the index of the CPU for worker i < n_workers. n_cpus is at least 1.
 * `current` is the index of the CPU that this thread runs on; worker 0 gets its core unless
 * another one is faster.
 *
 * Every core gets one worker; then, with smt, the siblings get one each; then it starts again. If
 * not all cores are needed, only as many nodes as needed are used, from the current one on: each
 * node costs a copy of the weights, and its workers share caches. The workers are distributed
 * evenly over those nodes, so that all get the same memory bandwidth. Within a node fast cores
 * come first. Returns 1, or 0 if out of memory; places are not set then. */
int tj_places_choose(size_t n_cpus, const struct tj_cpu *cpus, size_t current, int smt,
                     size_t n_workers, size_t *places);

#endif
