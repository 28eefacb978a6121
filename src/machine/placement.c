/* SPDX-License-Identifier: MIT */
/* Assigns the workers of a team to CPUs and binds their threads. */
#define _GNU_SOURCE /* sched_setaffinity */
#include "src/machine/placement.h"

#include <hwloc.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Threads of this process that are bound to each CPU, by the system's number. Atomic: two teams may
 * begin and end at the same time, and a child of a fork must not find a lock taken. */
enum { MOST_CPUS = 8192 }; /* that Linux supports */
static atomic_uint bound[MOST_CPUS];

/* Names each worker's copy of the weights, and counts the nodes that have workers. */
static int share_copies(struct tj_placement *p, size_t home)
{
	const struct tj_cores *c = p->cores;
	unsigned char *used = calloc(c->n_nodes, 1);
	if (used == NULL)
		return 0;
	if (home == (size_t)TJ_HOME_OF_WORKER_0)
		home = c->cpus[p->places[0].cpu].node;
	for (size_t i = 0; i < p->n_workers; i++) {
		size_t node = c->cpus[p->places[i].cpu].node;
		p->places[i].copy = (node + c->n_nodes - home) % c->n_nodes;
		p->n_copies += !used[node];
		used[node] = 1;
	}
	free(used);
	return 1;
}

struct tj_placement *tj_placement_new(const struct tj_cores *c, size_t n_workers, int smt,
                                      size_t home, struct tj_error *err)
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
		p->smt = smt;
		ok = share_copies(p, home);
	}
	free(cpus);
	if (ok)
		return p;
	free(p);
	tj_fail_memory(err, "the places of workers", n_workers * sizeof *cpus);
	return NULL;
}

static atomic_uint *bound_to(const struct tj_placement *p, size_t cpu)
{
	return &bound[p->cores->cpus[cpu].number % MOST_CPUS];
}

/* The CPU that worker i takes now, which is counted. */
static size_t take_cpu(const struct tj_placement *p, size_t i)
{
	const struct tj_cores *c = p->cores;
	size_t wanted = p->places[i].cpu, best;
	unsigned n;
	do {
		best = wanted;
		n = atomic_load(bound_to(p, best));
		for (size_t k = 0; n > 0 && k < c->n_cpus; k++) {
			unsigned others = atomic_load(bound_to(p, k));
			if (c->cpus[k].node != c->cpus[wanted].node || others >= n ||
			    (!p->smt && c->cpus[k].sibling > 0))
				continue;
			best = k;
			n = others;
		}
	} while (!atomic_compare_exchange_strong(bound_to(p, best), &n, n + 1));
	return best;
}

/* Does not use hwloc, which allocates a mask with malloc. A new thread's first malloc creates the
 * arena for all its small blocks, often one huge page; before binding, that arena could end up on
 * any node. */
size_t tj_placement_bind(const struct tj_placement *p, size_t i)
{
	const struct tj_cores *c = p->cores;
	cpu_set_t set[MOST_CPUS / CPU_SETSIZE];
	size_t cpu = take_cpu(p, i);
	if (c->topology == NULL || !hwloc_topology_is_thissystem(c->topology))
		return cpu;
	CPU_ZERO_S(sizeof set, set);
	CPU_SET_S(c->cpus[cpu].number, sizeof set, set);
	(void)sched_setaffinity(0, sizeof set, set);
	return cpu;
}

void tj_placement_unbind(const struct tj_placement *p, size_t cpu)
{
	const struct tj_cores *c = p->cores;
	atomic_fetch_sub(bound_to(p, cpu), 1);
	if (c->topology != NULL)
		(void)hwloc_set_cpubind(c->topology, c->home, HWLOC_CPUBIND_THREAD);
}
