/* SPDX-License-Identifier: MIT */
/* The part of the machine that this process may use: the CPUs that are both in the calling
 * thread's affinity mask and in the cpuset, their cores and NUMA nodes, and the number of CPUs
 * that the cgroup's CPU quota allows. */
#ifndef TJ_MACHINE_CORES_H
#define TJ_MACHINE_CORES_H

#include <stdint.h>

#include "src/base/status.h"
#include "src/machine/places.h"

/* A NUMA node that is local to at least one usable CPU. */
struct tj_numa_node {
	unsigned number; /* the system's number for it */
	uint64_t bytes;  /* memory of the node; 0: not known */
};

/* Read only: it does not change after opening, and any thread may use it. */
struct tj_cores {
	size_t n_cpus, n_cores, n_nodes; /* each at least 1 */
	struct tj_cpu *cpus;
	struct tj_numa_node *nodes;
	size_t current; /* index of the CPU that tj_cores_open ran on */
	double quota;   /* CPUs; 0: no limit */
	/* Both are NULL if threads cannot be bound. */
	struct hwloc_topology *topology;
	struct hwloc_bitmap_s *home; /* CPUs that the thread that opened it may use */
};

/* Examines the machine. Returns NULL only if out of memory. If the topology cannot be read, it
 * assumes one core per allowed CPU, and binding does nothing. */
struct tj_cores *tj_cores_open(struct tj_error *err);
void tj_cores_close(struct tj_cores *c);

/* The default number of threads: one per core, with `smt` one per CPU; fewer if the CPU quota
 * allows fewer. */
size_t tj_cores_threads(const struct tj_cores *c, int smt);

#endif
