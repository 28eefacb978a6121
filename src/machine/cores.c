/* SPDX-License-Identifier: MIT */
/* Finds the cores, CPUs and NUMA nodes that this process may use, by means of hwloc. */
#define _GNU_SOURCE /* sched_getcpu, sched_getaffinity */
#include "src/machine/cores.h"

#include <hwloc.h>
#include <hwloc/cpukinds.h>
#include <hwloc/distances.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/machine/quota.h"

/* Loads a topology of little more than nodes, cores and CPUs: reading more of the system's files
 * would slow down the start. hwloc attaches a NUMA node to a group if no other object has exactly
 * the node's CPUs. In a recorded topology (HWLOC_XMLFILE) nodes are attached to whatever objects
 * were recorded, so all types are kept. */
static int load_topology(struct tj_cores *c)
{
	if (hwloc_topology_init(&c->topology) != 0) {
		c->topology = NULL;
		return 0;
	}
	if (getenv("HWLOC_XMLFILE") == NULL)
		hwloc_topology_set_all_types_filter(c->topology, HWLOC_TYPE_FILTER_KEEP_NONE);
	hwloc_topology_set_type_filter(c->topology, HWLOC_OBJ_CORE, HWLOC_TYPE_FILTER_KEEP_ALL);
	hwloc_topology_set_type_filter(c->topology, HWLOC_OBJ_GROUP,
	                               HWLOC_TYPE_FILTER_KEEP_STRUCTURE);
	return hwloc_topology_load(c->topology) == 0;
}

/* Without sysfs (in a bare chroot) hwloc finds nothing and prints that on standard error, which
 * the library must not write to. Do not call hwloc then. */
static int can_look(void)
{
	return getenv("HWLOC_SYNTHETIC") != NULL || getenv("HWLOC_XMLFILE") != NULL ||
	       access("/sys/devices/system/cpu", F_OK) == 0;
}

/* --- Nodes ------------------------------------------------------------------------ */

static hwloc_obj_t next_node(const struct tj_cores *c, hwloc_obj_t previous)
{
	return hwloc_get_next_obj_by_type(c->topology, HWLOC_OBJ_NUMANODE, previous);
}

static uint64_t node_bytes(hwloc_obj_t node)
{
	return node->attr->numanode.local_memory;
}

/* Returns the node that supplies memory for a thread on node `from` (NULL: not known): the system
 * takes the nearest node that has memory. */
static hwloc_obj_t nearest_memory(const struct tj_cores *c, hwloc_obj_t from)
{
	struct hwloc_distances_s *d = NULL;
	unsigned n = 1;
	hwloc_obj_t best = NULL;
	uint64_t least = UINT64_MAX;
	if (from != NULL && hwloc_distances_get_by_type(c->topology, HWLOC_OBJ_NUMANODE, &n, &d,
	                                                HWLOC_DISTANCES_KIND_MEANS_LATENCY, 0) != 0)
		d = NULL;
	int row = d != NULL ? hwloc_distances_obj_index(d, from) : -1;
	for (hwloc_obj_t node = next_node(c, NULL); node; node = next_node(c, node)) {
		int column = row >= 0 ? hwloc_distances_obj_index(d, node) : -1;
		uint64_t distance = column >= 0
		                        ? d->values[(size_t)row * d->nbobjs + (size_t)column]
		                        : UINT64_MAX - 1;
		if (node_bytes(node) > 0 && distance < least) {
			best = node;
			least = distance;
		}
	}
	if (d != NULL)
		hwloc_distances_release(c->topology, d);
	return best;
}

/* Returns the node that holds a CPU's memory. Of several local nodes it is the first, which is the
 * ordinary memory if there is also faster or larger memory. NULL: not known. */
static hwloc_obj_t node_of(const struct tj_cores *c, hwloc_obj_t pu)
{
	hwloc_obj_t empty = NULL;
	for (hwloc_obj_t node = next_node(c, NULL); node; node = next_node(c, node)) {
		if (!hwloc_bitmap_isset(pu->nodeset, node->os_index))
			continue;
		if (node_bytes(node) > 0)
			return node;
		if (empty == NULL)
			empty = node;
	}
	hwloc_obj_t near = nearest_memory(c, empty);
	return near != NULL ? near : empty;
}

/* Returns the node's index in c->nodes and adds it if needed; c->nodes has room for it. */
static size_t add_node(struct tj_cores *c, hwloc_obj_t node)
{
	unsigned number = node != NULL ? node->os_index : 0;
	for (size_t i = 0; i < c->n_nodes; i++)
		if (c->nodes[i].number == number)
			return i;
	c->nodes[c->n_nodes] = (struct tj_numa_node){ number, node != NULL ? node_bytes(node) : 0 };
	return c->n_nodes++;
}

/* --- CPUs -------------------------------------------------------------------------- */

static int allocate(struct tj_cores *c, size_t n_cpus, size_t n_nodes)
{
	free(c->cpus);
	free(c->nodes);
	c->n_cpus = c->n_cores = c->n_nodes = 0;
	c->cpus = calloc(n_cpus, sizeof *c->cpus);
	c->nodes = calloc(n_nodes, sizeof *c->nodes);
	return c->cpus != NULL && c->nodes != NULL;
}

/* Returns the speed rank of a CPU's kind, larger is faster; 0 if hwloc does not know it. */
static int speed_of(const struct tj_cores *c, hwloc_obj_t pu)
{
	int efficiency = 0, kind = hwloc_cpukinds_get_by_cpuset(c->topology, pu->cpuset, 0);
	if (kind < 0 ||
	    hwloc_cpukinds_get_info(c->topology, (unsigned)kind, NULL, &efficiency, NULL, NULL,
	                            0) != 0 ||
	    efficiency < 0)
		return 0;
	return efficiency;
}

/* Adds the CPUs that may be used. In hwloc's order the CPUs of a core are consecutive. */
static int collect(struct tj_cores *c)
{
	int n_cpus = hwloc_get_nbobjs_by_type(c->topology, HWLOC_OBJ_PU);
	int n_nodes = hwloc_get_nbobjs_by_type(c->topology, HWLOC_OBJ_NUMANODE);
	hwloc_obj_t pu = NULL, core = NULL;
	if (n_cpus <= 0 || !allocate(c, (size_t)n_cpus, (n_nodes > 0 ? (size_t)n_nodes : 0) + 1))
		return 0;
	while ((pu = hwloc_get_next_obj_by_type(c->topology, HWLOC_OBJ_PU, pu)) != NULL) {
		if (!hwloc_bitmap_isset(c->home, pu->os_index))
			continue;
		hwloc_obj_t own = hwloc_get_ancestor_obj_by_type(c->topology, HWLOC_OBJ_CORE, pu);
		/* Some virtual machines show no cores; each CPU counts as a core then. */
		int is_new = own == NULL || own != core;
		struct tj_cpu *cpu = &c->cpus[c->n_cpus];
		core = own;
		c->n_cores += (size_t)is_new;
		*cpu = (struct tj_cpu){ .number = pu->os_index,
			                .core = c->n_cores - 1,
			                .node = add_node(c, node_of(c, pu)),
			                .sibling = is_new ? 0 : cpu[-1].sibling + 1,
			                .speed = speed_of(c, pu) };
		c->n_cpus++;
	}
	return c->n_cpus > 0;
}

static int look(struct tj_cores *c)
{
	if (!can_look())
		return 0;
	c->home = hwloc_bitmap_alloc();
	if (!load_topology(c) || c->home == NULL)
		return 0;
	/* Use this thread's binding, not the process's: a program with threads of its own may
	 * have bound this one on purpose, and the team inherits that binding. */
	if (hwloc_get_cpubind(c->topology, c->home, HWLOC_CPUBIND_THREAD) != 0 ||
	    hwloc_bitmap_iszero(c->home))
		hwloc_bitmap_copy(c->home, hwloc_topology_get_allowed_cpuset(c->topology));
	else
		hwloc_bitmap_and(c->home, c->home, hwloc_topology_get_allowed_cpuset(c->topology));
	return collect(c);
}

/* Returns the index of the CPU this thread runs on; 0 if the topology is another machine's. */
static size_t current_cpu(const struct tj_cores *c)
{
	int cpu = hwloc_topology_is_thissystem(c->topology) ? sched_getcpu() : -1;
	for (size_t i = 0; i < c->n_cpus; i++)
		if (cpu >= 0 && c->cpus[i].number == (unsigned)cpu)
			return i;
	return 0;
}

/* Fallback without a topology: one core for each CPU that this thread may run on. */
static int assume(struct tj_cores *c)
{
	cpu_set_t allowed;
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	int known = sched_getaffinity(0, sizeof allowed, &allowed) == 0;
	size_t n = known ? (size_t)CPU_COUNT(&allowed) : online > 0 ? (size_t)online : 1;
	if (!allocate(c, n, 1))
		return 0;
	for (unsigned cpu = 0; c->n_cpus < n; cpu++)
		if (!known || CPU_ISSET(cpu, &allowed)) {
			c->cpus[c->n_cpus] = (struct tj_cpu){ .number = cpu, .core = c->n_cpus };
			c->n_cpus++;
		}
	c->n_cores = n;
	add_node(c, NULL);
	return 1;
}

static void forget_topology(struct tj_cores *c)
{
	hwloc_bitmap_free(c->home);
	if (c->topology != NULL)
		hwloc_topology_destroy(c->topology);
	c->home = NULL;
	c->topology = NULL;
}

struct tj_cores *tj_cores_open(struct tj_error *err)
{
	struct tj_cores *c = calloc(1, sizeof *c);
	if (c != NULL && look(c)) {
		c->current = current_cpu(c);
	} else if (c != NULL) {
		forget_topology(c);
		if (!assume(c)) {
			tj_cores_close(c);
			c = NULL;
		}
	}
	if (c != NULL)
		c->quota = tj_quota_cpus();
	else
		tj_fail_memory(err, "the list of cores", sizeof *c);
	return c;
}

void tj_cores_close(struct tj_cores *c)
{
	if (c == NULL)
		return;
	forget_topology(c);
	free(c->cpus);
	free(c->nodes);
	free(c);
}

size_t tj_cores_threads(const struct tj_cores *c, int smt)
{
	size_t n = smt ? c->n_cpus : c->n_cores;
	/* Round to nearest: half a CPU is worth a thread, less is not. */
	if (c->quota <= 0 || c->quota >= (double)n)
		return n;
	return c->quota < 1 ? 1 : (size_t)(c->quota + 0.5);
}
