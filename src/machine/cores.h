/* SPDX-License-Identifier: MIT */
/* The machine as far as this process may use it: the CPUs in the affinity mask of the
 * thread that asks and in the cpuset, the cores and the NUMA nodes on which they lie, and
 * how many of them the cgroup's CPU quota pays for. */
#ifndef TJ_MACHINE_CORES_H
#define TJ_MACHINE_CORES_H

#include <stdint.h>

#include "src/base/status.h"
#include "src/machine/places.h"

/* A NUMA node that CPUs of ours are near to. */
struct tj_numa_node {
	unsigned number; /* the system's */
	uint64_t bytes;  /* memory of the node; 0: not known */
};

/* To read. Once open it does not change, and any thread may use it. */
struct tj_cores {
	size_t n_cpus, n_cores, n_nodes; /* each at least 1 */
	struct tj_cpu *cpus;
	struct tj_numa_node *nodes;
	size_t current; /* the CPU that it was opened on */
	double quota;   /* CPUs; 0: no limit */
	/* NULL where threads cannot be bound. */
	struct hwloc_topology *topology;
	struct hwloc_bitmap_s *home; /* where the thread that opened it may run */
};

/* Look at the machine. NULL only without memory; where the topology cannot be
 * read, one core per allowed CPU is assumed and binding does nothing. */
struct tj_cores *tj_cores_open(struct tj_error *err);
void tj_cores_close(struct tj_cores *c);

/* Threads to start unless somebody says otherwise: one a core, with `smt` one a CPU;
 * fewer where a CPU quota allows fewer. */
size_t tj_cores_threads(const struct tj_cores *c, int smt);

#endif
