/* SPDX-License-Identifier: MIT */
/* Assigns the workers of a team to CPUs and binds their threads. */
#define _GNU_SOURCE /* sched_setaffinity */
#include "src/machine/placement.h"

#include <hwloc.h>
#include <sched.h>
#include <stdlib.h>

/* Gives each NUMA node that has workers one copy of the weights, numbered in the order in which
 * the workers first use the nodes. */
static int share_copies(struct tj_placement *p)
{
	size_t *copies = calloc(p->cores->n_nodes, sizeof *copies); /* from 1; 0: none yet */
	if (copies == NULL)
		return 0;
	for (size_t i = 0; i < p->n_workers; i++) {
		size_t *copy = &copies[p->cores->cpus[p->places[i].cpu].node];
		if (*copy == 0)
			*copy = ++p->n_copies;
		p->places[i].copy = *copy - 1;
	}
	free(copies);
	return 1;
}

struct tj_placement *tj_placement_new(const struct tj_cores *c, size_t n_workers, int smt,
                                      struct tj_error *err)
{
	struct tj_placement *p = calloc(1, sizeof *p + n_workers * sizeof *p->places);
	size_t *cpus = calloc(n_workers, sizeof *cpus);
	int ok = p != NULL && cpus != NULL &&
	         tj_places_choose(c->n_cpus, c->cpus, c->current, smt, n_workers, cpus);
	if (ok) {
		p->cores = c;
		p->n_workers = n_workers;
		for (size_t i = 0; i < n_workers; i++)
			p->places[i].cpu = cpus[i];
		ok = share_copies(p);
	}
	free(cpus);
	if (ok)
		return p;
	free(p);
	tj_fail_memory(err, "the places of workers", n_workers * sizeof *cpus);
	return NULL;
}

/* Does not use hwloc, which allocates a mask with malloc. A new thread's first malloc creates the
 * arena for all its small blocks, often one huge page; before binding, that arena could end up on
 * any node. */
void tj_placement_bind(const struct tj_placement *p, size_t i)
{
	const struct tj_cores *c = p->cores;
	cpu_set_t set[8]; /* 8192 CPUs, the most that Linux supports */
	if (c->topology == NULL || !hwloc_topology_is_thissystem(c->topology))
		return;
	CPU_ZERO_S(sizeof set, set);
	CPU_SET_S(c->cpus[p->places[i].cpu].number, sizeof set, set);
	(void)sched_setaffinity(0, sizeof set, set);
}

void tj_placement_unbind(const struct tj_placement *p)
{
	const struct tj_cores *c = p->cores;
	if (c->topology != NULL)
		(void)hwloc_set_cpubind(c->topology, c->home, HWLOC_CPUBIND_THREAD);
}
