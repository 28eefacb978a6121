/* SPDX-License-Identifier: MIT */
/* trujaman_translator_machine: describes the machine and where the threads run. */
#include <stdlib.h>

#include "src/api/translator.h"

/* The machine, and after it in one block, which a single free releases, all that it points at. */
struct block {
	trujaman_machine machine;
	const trujaman_node **nodes_at;
	const trujaman_cpu **cpus_at;
	trujaman_node *nodes;
	trujaman_cpu *cpus;
};

static struct block *new_block(const struct tj_cores *c)
{
	struct block *b = calloc(1, sizeof *b +
	                                c->n_nodes * (sizeof *b->nodes + sizeof *b->nodes_at) +
	                                c->n_cpus * (sizeof *b->cpus + sizeof *b->cpus_at));
	if (b == NULL)
		return NULL;
	b->nodes = (trujaman_node *)(b + 1);
	b->cpus = (trujaman_cpu *)(b->nodes + c->n_nodes);
	b->nodes_at = (const trujaman_node **)(b->cpus + c->n_cpus);
	b->cpus_at = (const trujaman_cpu **)(b->nodes_at + c->n_nodes);
	return b;
}

static void fill(struct block *b, const trujaman_translator *t)
{
	const struct tj_cores *c = t->model->cores;
	for (size_t i = 0; i < c->n_nodes; i++) {
		b->nodes_at[i] = &b->nodes[i];
		b->nodes[i] = (trujaman_node){ .number = c->nodes[i].number,
			                       .bytes = c->nodes[i].bytes };
	}
	for (size_t i = 0; i < c->n_cpus; i++) {
		b->cpus_at[i] = &b->cpus[i];
		b->cpus[i] = (trujaman_cpu){ .number = c->cpus[i].number,
			                     .core = c->cpus[i].core,
			                     .node = c->cpus[i].node,
			                     .speed = c->cpus[i].speed };
	}
	for (size_t i = 0; i < t->placement->n_workers; i++) {
		trujaman_cpu *cpu = &b->cpus[t->placement->places[i].cpu];
		cpu->threads++;
		b->nodes[cpu->node].threads++;
	}
	b->machine = (trujaman_machine){
		.n_nodes = c->n_nodes,
		.n_cores = c->n_cores,
		.n_cpus = c->n_cpus,
		.nodes = b->nodes_at,
		.cpus = b->cpus_at,
		.quota = c->quota,
		.n_copies = t->placement->n_copies,
	};
}

const trujaman_machine *trujaman_translator_machine(trujaman_translator *t)
{
	if (t->machine == NULL) {
		struct block *b = new_block(t->model->cores);
		if (b == NULL)
			return NULL;
		fill(b, t);
		t->machine = &b->machine;
	}
	return t->machine;
}
