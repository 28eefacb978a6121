/* SPDX-License-Identifier: MIT */
/* trujaman_get_machine: describes the machine and where the threads run. */
#include <stdlib.h>

#include "src/api/handle.h"

/* Allocate the machine, its nodes and its CPUs as one block, which a single free releases. */
static trujaman_machine *new_machine(const struct tj_cores *c, trujaman_node **nodes,
                                     trujaman_cpu **cpus)
{
	struct {
		trujaman_machine machine;
		trujaman_node nodes[];
	} *block = calloc(1,
	                  sizeof *block + c->n_nodes * sizeof **nodes + c->n_cpus * sizeof **cpus);
	if (block == NULL)
		return NULL;
	*nodes = block->nodes;
	*cpus = (trujaman_cpu *)(block->nodes + c->n_nodes);
	return &block->machine;
}

static void fill(trujaman_machine *m, const trujaman *t, trujaman_node *nodes, trujaman_cpu *cpus)
{
	const struct tj_cores *c = t->cores;
	for (size_t i = 0; i < c->n_nodes; i++)
		nodes[i] = (trujaman_node){ .number = c->nodes[i].number,
			                    .bytes = c->nodes[i].bytes };
	for (size_t i = 0; i < c->n_cpus; i++)
		cpus[i] = (trujaman_cpu){ .number = c->cpus[i].number,
			                  .core = c->cpus[i].core,
			                  .node = c->cpus[i].node,
			                  .speed = c->cpus[i].speed };
	for (size_t i = 0; i < t->placement->n_workers; i++) {
		trujaman_cpu *cpu = &cpus[t->placement->places[i].cpu];
		cpu->threads++;
		nodes[cpu->node].threads++;
	}
	*m = (trujaman_machine){
		.n_nodes = c->n_nodes,
		.n_cores = c->n_cores,
		.n_cpus = c->n_cpus,
		.nodes = nodes,
		.cpus = cpus,
		.quota = c->quota,
		.n_copies = t->placement->n_copies,
		.copy_bytes = tj_model_bytes(t->model),
	};
}

const trujaman_machine *trujaman_get_machine(trujaman *t)
{
	trujaman_node *nodes;
	trujaman_cpu *cpus;
	if (tj_begin(t) != TRUJAMAN_OK)
		return NULL;
	if (t->machine == NULL) {
		t->machine = new_machine(t->cores, &nodes, &cpus);
		if (t->machine == NULL) {
			tj_fail_memory(&t->error, "the machine", t->cores->n_cpus * sizeof *cpus);
			return NULL;
		}
		fill(t->machine, t, nodes, cpus);
	}
	return t->machine;
}
