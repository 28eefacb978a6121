/* SPDX-License-Identifier: MIT */
/* Draws the NUMA nodes, cores and CPUs of a machine as text. */
#include "src/cli/show/machine.h"

#include <inttypes.h>
#include <stdio.h>

#include "src/cli/show/message.h"

enum { KEY_WIDTH = 8, LINE_WIDTH = 78 };

static const double mib = 1 << 20;

static size_t n_threads(const trujaman_machine *m)
{
	size_t n = 0;
	for (size_t i = 0; i < m->n_nodes; i++)
		n += m->nodes[i]->threads;
	return n;
}

static void print_facts(const trujaman_machine *m, uint64_t copy_bytes)
{
	printf("%-*s %zu\n", KEY_WIDTH, "nodes", m->n_nodes);
	printf("%-*s %zu\n", KEY_WIDTH, "cores", m->n_cores);
	printf("%-*s %zu\n", KEY_WIDTH, "cpus", m->n_cpus);
	if (m->quota > 0)
		printf("%-*s %.2f cpus\n", KEY_WIDTH, "quota", m->quota);
	else
		printf("%-*s none\n", KEY_WIDTH, "quota");
	printf("%-*s %zu\n", KEY_WIDTH, "threads", n_threads(m));
	printf("%-*s %zu of %.1f MiB\n", KEY_WIDTH, "copies", m->n_copies,
	       (double)copy_bytes / mib);
}

/* The width in columns of the largest CPU number. */
static int number_width(const trujaman_machine *m)
{
	unsigned largest = 0;
	for (size_t i = 0; i < m->n_cpus; i++)
		largest = m->cpus[i]->number > largest ? m->cpus[i]->number : largest;
	return snprintf(NULL, 0, "%u", largest);
}

/* The width in columns of the widest thread mark: "*" for one thread, "*N" for N. */
static int star_width(const trujaman_machine *m)
{
	size_t most = 0;
	for (size_t i = 0; i < m->n_cpus; i++)
		most = m->cpus[i]->threads > most ? m->cpus[i]->threads : most;
	return most > 1 ? 1 + snprintf(NULL, 0, "%zu", most) : 1;
}

static void print_cpu(const trujaman_cpu *cpu, int number_columns, int star_columns)
{
	char star[32] = "";
	if (cpu->threads == 1)
		snprintf(star, sizeof star, "*");
	else if (cpu->threads > 1)
		snprintf(star, sizeof star, "*%zu", cpu->threads);
	printf("%*u%-*s", number_columns, cpu->number, star_columns, star);
}

/* Print the cores of a node that have this speed, several per line. */
static void print_cores(const trujaman_machine *m, size_t node, int speed)
{
	int number = number_width(m), star = star_width(m), column = 0;
	for (size_t i = 0, end; i < m->n_cpus; i = end) {
		const trujaman_cpu *first = m->cpus[i];
		for (end = i + 1; end < m->n_cpus && m->cpus[end]->core == first->core; end++)
			;
		if (first->node != node || first->speed != speed)
			continue;
		int width = 3 + (int)(end - i) * (number + star + 1) - 1;
		if (column > 0 && column + width > LINE_WIDTH) {
			putchar('\n');
			column = 0;
		}
		fputs(column == 0 ? "  [" : " [", stdout);
		column += width + (column == 0);
		for (size_t cpu = i; cpu < end; cpu++) {
			if (cpu > i)
				putchar(' ');
			print_cpu(m->cpus[cpu], number, star);
		}
		putchar(']');
	}
	putchar('\n');
}

/* The highest speed below `limit` on a node; -1 if there is none. */
static int next_speed(const trujaman_machine *m, size_t node, int limit)
{
	int speed = -1;
	for (size_t i = 0; i < m->n_cpus; i++)
		if (m->cpus[i]->node == node && m->cpus[i]->speed < limit &&
		    m->cpus[i]->speed > speed)
			speed = m->cpus[i]->speed;
	return speed;
}

static int has_several_speeds(const trujaman_machine *m)
{
	for (size_t i = 1; i < m->n_cpus; i++)
		if (m->cpus[i]->speed != m->cpus[0]->speed)
			return 1;
	return 0;
}

static void print_node(const trujaman_machine *m, size_t i)
{
	const trujaman_node *node = m->nodes[i];
	printf("\nnode %u", node->number);
	if (node->bytes > 0)
		printf(", %.1f GiB", (double)node->bytes / mib / 1024);
	printf(": %zu thread%s\n", node->threads, tj_plural((uint64_t)node->threads));
	int is_mixed = has_several_speeds(m);
	for (int speed = INT32_MAX; (speed = next_speed(m, i, speed)) >= 0;) {
		if (is_mixed)
			printf(" cores of speed %d:\n", speed);
		print_cores(m, i, speed);
	}
}

void tj_machine_print(const trujaman_machine *m, uint64_t copy_bytes)
{
	print_facts(m, copy_bytes);
	for (size_t i = 0; i < m->n_nodes; i++)
		print_node(m, i);
	puts("\nA bracket is a core, a number one of its CPUs, * a thread bound to it.");
}
