/* SPDX-License-Identifier: MIT */
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

/* Topology with little but nodes, cores and CPUs in it: reading more of the system's files is
 * a start-up cost. Nodes hang from groups where nothing else has just their CPUs; in a topology
 * that was recorded they hang from whatever was there then. */
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

/* Without sysfs (a bare chroot) hwloc finds nothing and says so on standard error,
 * which is not ours to write to: do not ask it then. */
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

/* Of the nodes with memory, the one that memory for a thread on `from` (NULL: not known)
 * comes from: the system takes the nearest. */
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

/* The node where a CPU's memory lies: of several near ones the first, which is ordinary
 * memory where there is faster or larger memory too. NULL: nothing is known. */
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

/* Its index among our nodes, which has room for it. */
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

/* How fast a CPU is beside those of other kinds; 0 where hwloc does not know. */
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

/* Add the CPUs that may be used: in hwloc's order those of a core follow one another. */
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
		/* Some virtual machines show no cores: each CPU is one then. */
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
	/* Of this thread, not the process: a program that has threads of its own may have
	 * bound this one on purpose, and the team inherits from it. */
	if (hwloc_get_cpubind(c->topology, c->home, HWLOC_CPUBIND_THREAD) != 0 ||
	    hwloc_bitmap_iszero(c->home))
		hwloc_bitmap_copy(c->home, hwloc_topology_get_allowed_cpuset(c->topology));
	else
		hwloc_bitmap_and(c->home, c->home, hwloc_topology_get_allowed_cpuset(c->topology));
	return collect(c);
}

/* Where we run; the first where the topology is another machine's. */
static size_t current_cpu(const struct tj_cores *c)
{
	int cpu = hwloc_topology_is_thissystem(c->topology) ? sched_getcpu() : -1;
	for (size_t i = 0; i < c->n_cpus; i++)
		if (cpu >= 0 && c->cpus[i].number == (unsigned)cpu)
			return i;
	return 0;
}

/* Without a topology: the CPUs that we may run on. */
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
	/* Half a CPU more than whole ones is worth a thread; less is not. */
	if (c->quota <= 0 || c->quota >= (double)n)
		return n;
	return c->quota < 1 ? 1 : (size_t)(c->quota + 0.5);
}
