/* SPDX-License-Identifier: MIT */
/* The physical cores that this process may use: the affinity mask of the thread that
 * asks, the cpuset, and how many of them the cgroup's CPU quota pays for. */
#ifndef TJ_BASE_CORES_H
#define TJ_BASE_CORES_H

#include <stddef.h>

#include "src/base/status.h"

struct tj_cores;

/* Look at the machine. NULL only without memory; where the topology cannot be
 * read, one core per allowed CPU is assumed and binding does nothing. */
struct tj_cores *tj_cores_open(struct tj_error *err);
void tj_cores_close(struct tj_cores *c);

/* Physical cores that may be used, at least 1. */
size_t tj_cores_count(const struct tj_cores *c);

/* Threads to start unless somebody says otherwise: the cores, fewer where a CPU
 * quota allows fewer. */
size_t tj_cores_threads(const struct tj_cores *c);

/* Bind the calling thread to core (i modulo the count), counted from the core
 * where tj_cores_open was called, so that two programs on one machine do not
 * pile up on its first core. Best effort: an unbound thread works too. */
void tj_cores_bind(const struct tj_cores *c, size_t i);

/* Undo: let the calling thread run wherever the one that called tj_cores_open could. */
void tj_cores_unbind(const struct tj_cores *c);

/* CPUs that the quota of the cgroup named in `membership` (the text of
 * /proc/self/cgroup) allows, over version 2 and version 1 hierarchies mounted
 * at `root`; 0: no limit. For tests; tj_cores_open uses it. */
double tj_cgroup_cpus(const char *membership, const char *root);

#endif
