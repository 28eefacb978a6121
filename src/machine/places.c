/* SPDX-License-Identifier: MIT */
/* Chooses the CPUs of workers by sorting the CPUs twice: within nodes, then over all nodes. */
#include "src/machine/places.h"

#include <stdlib.h>

/* A CPU that may get a worker, with the keys that decide its rank. */
struct free_cpu {
	const struct tj_cpu *cpu;
	size_t node_turn, turn; /* distance from the current node and from the current core */
	size_t rank;            /* among CPUs of the same kind on its node */
	int is_far;             /* on a node that is not needed */
};

static int compare(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* Orders first siblings before second ones, then fast cores before slow ones. */
static int compare_kinds(const struct free_cpu *a, const struct free_cpu *b)
{
	int order = compare(a->cpu->sibling, b->cpu->sibling);
	return order != 0 ? order
	                  : (a->cpu->speed < b->cpu->speed) - (a->cpu->speed > b->cpu->speed);
}

static int by_node(const void *left, const void *right)
{
	const struct free_cpu *a = left, *b = right;
	int order = compare(a->node_turn, b->node_turn);
	if (order == 0)
		order = compare_kinds(a, b);
	return order != 0 ? order : compare(a->turn, b->turn);
}

static int by_place(const void *left, const void *right)
{
	const struct free_cpu *a = left, *b = right;
	int order = a->is_far - b->is_far;
	if (order == 0)
		order = compare_kinds(a, b);
	if (order == 0)
		order = compare(a->rank, b->rank);
	return order != 0 ? order : compare(a->node_turn, b->node_turn);
}

/* Returns how far i comes after `from`, counted cyclically. */
static size_t turns(size_t i, size_t from, size_t n)
{
	return (i + n - from) % n;
}

static size_t collect(size_t n_cpus, const struct tj_cpu *cpus, size_t current, int smt,
                      struct free_cpu *candidates)
{
	size_t n_nodes = 0, n_cores = 0, n = 0;
	for (size_t i = 0; i < n_cpus; i++) {
		n_nodes = cpus[i].node >= n_nodes ? cpus[i].node + 1 : n_nodes;
		n_cores = cpus[i].core >= n_cores ? cpus[i].core + 1 : n_cores;
	}
	for (size_t i = 0; i < n_cpus; i++)
		if (smt || cpus[i].sibling == 0)
			candidates[n++] = (struct free_cpu){
				.cpu = &cpus[i],
				.node_turn = turns(cpus[i].node, cpus[current].node, n_nodes),
				.turn = turns(cpus[i].core, cpus[current].core, n_cores),
			};
	return n;
}

int tj_places_choose(size_t n_cpus, const struct tj_cpu *cpus, size_t current, int smt,
                     size_t n_workers, size_t *places)
{
	struct free_cpu *c = calloc(n_cpus, sizeof *c);
	if (c == NULL)
		return 0;
	size_t n = collect(n_cpus, cpus, current, smt, c), n_cores = 0;
	qsort(c, n, sizeof *c, by_node);
	for (size_t i = 0; i < n; i++) {
		int same_node = i > 0 && c[i].node_turn == c[i - 1].node_turn;
		c[i].is_far = same_node ? c[i - 1].is_far : n_cores >= n_workers;
		c[i].rank = same_node && compare_kinds(&c[i], &c[i - 1]) == 0 ? c[i - 1].rank + 1
		                                                              : 0;
		n_cores += c[i].cpu->sibling == 0;
	}
	qsort(c, n, sizeof *c, by_place);
	for (size_t i = 0; i < n_workers; i++)
		places[i] = (size_t)(c[i % n].cpu - cpus);
	free(c);
	return 1;
}
