/* SPDX-License-Identifier: MIT */
/* Tests of where workers are placed: on machines made up here, on those of HWLOC_SYNTHETIC, and
 * on those described in tests/fixtures/topology. None of them is this machine, so nothing is
 * bound. */
#include "src/machine/placement.h"
#include "tests/model_files.h"

enum { MAX_CPUS = 64 };

/* --- Machines described in one line ---------------------------------------------- */

/* Parses a machine such as "11 11 22": spaces separate nodes, and two digits give the speed and
 * the number of CPUs of a core. CPUs are numbered in this order. Returns the number of CPUs. */
static size_t make_cpus(const char *text, struct tj_cpu *cpus)
{
	size_t n = 0, core = 0, node = 0;
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == ' ') {
			node++;
			continue;
		}
		int speed = *c++ - '0';
		for (size_t i = 0; i < (size_t)(*c - '0'); i++, n++)
			cpus[n] = (struct tj_cpu){ .number = (unsigned)n,
				                   .core = core,
				                   .node = node,
				                   .sibling = i,
				                   .speed = speed };
		core++;
	}
	return n;
}

/* Checks the places of n workers. `wanted` has their CPUs as numbers separated by spaces. */
static void expect_places(const char *machine, size_t current, int smt, size_t n,
                          const char *wanted)
{
	struct tj_cpu cpus[MAX_CPUS];
	size_t places[MAX_CPUS], n_cpus = make_cpus(machine, cpus), at = 0;
	char found[1024] = "";
	cr_assert(tj_places_choose(n_cpus, cpus, current, smt, n, places));
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(found + at, sizeof found - at, i ? " %zu" : "%zu",
		                       places[i]);
	cr_expect_str_eq(found, wanted, "%s from %zu: %s, wanted %s", machine, current, found,
	                 wanted);
}

Test(places, one_node)
{
	expect_places("11111111", 0, 0, 4, "0 1 2 3");
	expect_places("11111111", 2, 0, 4, "2 3 0 1");
	expect_places("11111111", 3, 0, 1, "3");
	expect_places("11", 0, 1, 3, "0 0 0");
}

Test(places, more_workers_than_cores_begin_again)
{
	expect_places("111111", 1, 0, 7, "1 2 0 1 2 0 1");
	expect_places("1212", 0, 1, 9, "0 2 1 3 0 2 1 3 0");
}

Test(places, siblings_only_with_smt_and_last)
{
	expect_places("121212", 0, 0, 4, "0 2 4 0");
	expect_places("121212", 0, 1, 3, "0 2 4");
	expect_places("121212", 0, 1, 6, "0 2 4 1 3 5");
	/* The current CPU is a sibling: its core comes first, but at the core's first CPU. */
	expect_places("121212", 3, 0, 3, "2 4 0");
	expect_places("1412", 5, 1, 6, "4 0 5 1 2 3");
}

Test(places, few_nodes_the_current_one_first)
{
	expect_places("11111111 11111111", 0, 0, 4, "0 1 2 3");
	expect_places("11111111 11111111", 5, 0, 4, "5 6 7 4");
	expect_places("1111 1111 1111 1111", 4, 0, 2, "4 5");
	expect_places("1111 1111 1111 1111", 6, 0, 4, "6 0 7 1");
}

Test(places, nodes_are_filled_evenly)
{
	expect_places("11111111 11111111", 0, 0, 6, "0 4 1 5 2 6");
	expect_places("11111111 11111111", 0, 0, 8, "0 4 1 5 2 6 3 7");
	expect_places("111111 1111111111", 0, 0, 8, "0 3 1 4 2 5 6 7");
	expect_places("111111 1111111111", 3, 0, 6, "3 0 4 1 5 2");
	expect_places("1212 1212", 0, 1, 6, "0 4 2 6 1 5");
}

Test(places, fast_cores_first)
{
	expect_places("01010101"
	              "2222",
	              0, 0, 3, "4 6 0");
	expect_places("01010101"
	              "2222",
	              1, 0, 6, "4 6 1 2 3 0");
	expect_places("01010101"
	              "2222",
	              6, 0, 2, "6 4");
	expect_places("01010101"
	              "2222",
	              0, 1, 8, "4 6 0 1 2 3 5 7");
	expect_places("0121 0121", 0, 0, 4, "1 3 0 2");
}

/* With smt, every CPU is taken once before any is taken twice, on any machine and wherever the
 * process runs. */
Test(places, no_cpu_is_left_out)
{
	static const char *const machines[] = { "12", "1111", "1212 11", "01 2212 0113 12",
		                                "24242424 24242424" };
	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
		struct tj_cpu cpus[MAX_CPUS];
		size_t places[MAX_CPUS], n = make_cpus(machines[i], cpus);
		for (size_t current = 0; current < n; current++) {
			char seen[MAX_CPUS] = { 0 };
			cr_assert(tj_places_choose(n, cpus, current, 1, n, places));
			for (size_t w = 0; w < n; w++) {
				cr_assert_lt(places[w], n);
				cr_expect_eq(seen[places[w]]++, 0, "%s: %zu twice", machines[i],
				             places[w]);
			}
		}
	}
}

/* --- Machines described by hwloc ------------------------------------------------- */

/* Checks the numbers of nodes, cores and CPUs, and then each worker as CPU/node in the system's
 * numbering. */
static void expect_plan(const char *variable, const char *value, int smt, size_t n,
                        const char *wanted)
{
	struct tj_error err = { 0 };
	char found[2048] = "";
	cr_assert_eq(setenv(variable, value, 1), 0);
	struct tj_cores *c = tj_cores_open(&err);
	cr_assert_not_null(c, "%s", err.text);
	struct tj_placement *p = tj_placement_new(c, n, smt, TJ_HOME_OF_WORKER_0, &err);
	cr_assert_not_null(p, "%s", err.text);
	size_t at = (size_t)snprintf(found, sizeof found,
	                             "%zu nodes %zu cores %zu cpus:", c->n_nodes, c->n_cores,
	                             c->n_cpus);
	for (size_t i = 0; i < n; i++) {
		const struct tj_cpu *cpu = &c->cpus[p->places[i].cpu];
		cr_expect_lt(p->places[i].copy, c->n_nodes);
		cr_expect(i > 0 || p->places[i].copy == 0);
		at += (size_t)snprintf(found + at, sizeof found - at, " %u/%u", cpu->number,
		                       c->nodes[cpu->node].number);
	}
	cr_expect_str_eq(found, wanted, "%s: %s, wanted %s", value, found, wanted);
	free(p);
	tj_cores_close(c);
}

static void expect_recorded(const char *name, int smt, size_t n, const char *wanted)
{
	char path[64];
	snprintf(path, sizeof path, "tests/fixtures/topology/%s.xml", name);
	expect_plan("HWLOC_XMLFILE", in_source(path), smt, n, wanted);
}

Test(topology, two_nodes)
{
	const char *machine = "pack:2 [numa] core:4 pu:2";
	expect_plan("HWLOC_SYNTHETIC", machine, 0, 4, "2 nodes 8 cores 16 cpus: 0/0 2/0 4/0 6/0");
	expect_plan("HWLOC_SYNTHETIC", machine, 0, 5,
	            "2 nodes 8 cores 16 cpus: 0/0 8/1 2/0 10/1 4/0");
	expect_plan("HWLOC_SYNTHETIC", machine, 1, 10,
	            "2 nodes 8 cores 16 cpus: 0/0 8/1 2/0 10/1 4/0 12/1 6/0 14/1 1/0 9/1");
}

Test(topology, eight_nodes)
{
	expect_plan("HWLOC_SYNTHETIC", "node:8 core:2 pu:1", 0, 16,
	            "8 nodes 16 cores 16 cpus: 0/0 2/1 4/2 6/3 8/4 10/5 12/6 14/7 "
	            "1/0 3/1 5/2 7/3 9/4 11/5 13/6 15/7");
	expect_plan("HWLOC_SYNTHETIC", "pack:4 numa:2 l3:1 core:2 pu:1", 0, 3,
	            "8 nodes 16 cores 16 cpus: 0/0 2/1 1/0");
}

Test(topology, no_cores_known)
{
	expect_plan("HWLOC_SYNTHETIC", "pu:3", 0, 3, "1 nodes 3 cores 3 cpus: 0/0 1/0 2/0");
}

Test(topology, no_nodes_known)
{
	expect_recorded("no-numa", 0, 4, "1 nodes 3 cores 6 cpus: 0/0 1/0 2/0 0/0");
}

Test(topology, hybrid_cores)
{
	expect_recorded("hybrid", 0, 6, "1 nodes 6 cores 8 cpus: 4/0 6/0 0/0 1/0 2/0 3/0");
	expect_recorded("hybrid", 1, 8, "1 nodes 6 cores 8 cpus: 4/0 6/0 0/0 1/0 2/0 3/0 5/0 7/0");
}

Test(topology, a_cpuset_that_leaves_three_cores_of_a_node)
{
	expect_recorded("cpuset", 0, 3, "1 nodes 3 cores 6 cpus: 5/1 6/1 7/1");
	expect_recorded("cpuset", 1, 4, "1 nodes 3 cores 6 cpus: 5/1 6/1 7/1 13/1");
}

/* Node 1 is offline. Node 3 has no memory: its cores use that of node 2, the nearest. */
Test(topology, a_node_without_memory)
{
	expect_recorded("memoryless", 0, 2, "2 nodes 6 cores 6 cpus: 0/0 1/0");
	expect_recorded("memoryless", 0, 6, "2 nodes 6 cores 6 cpus: 0/0 2/2 1/0 3/2 4/2 5/2");
}

Test(topology, copies_are_numbered_as_workers_come)
{
	struct tj_error err = { 0 };
	cr_assert_eq(setenv("HWLOC_SYNTHETIC", "node:3 core:2 pu:1", 1), 0);
	struct tj_cores *c = tj_cores_open(&err);
	cr_assert_not_null(c, "%s", err.text);
	for (size_t n = 1; n <= 8; n++) {
		struct tj_placement *p = tj_placement_new(c, n, 0, TJ_HOME_OF_WORKER_0, &err);
		cr_assert_not_null(p, "%s", err.text);
		cr_expect_eq(p->n_copies, (size_t)(n <= 2 ? 1 : n <= 4 ? 2 : 3));
		for (size_t i = 0; i < n; i++)
			cr_expect_eq(p->places[i].copy, i % p->n_copies, "worker %zu of %zu", i, n);
		free(p);
	}
	tj_cores_close(c);
}
