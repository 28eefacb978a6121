/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* sched_getcpu, sched_getaffinity */
#include "src/base/cores.h"

#include <hwloc.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct tj_cores {
	hwloc_topology_t topology;
	hwloc_bitmap_t home;          /* where the thread that opened us may run */
	hwloc_bitmap_t *cores;        /* one CPU of each physical core in home */
	size_t n, first;              /* first: index of the core we were opened on */
	double quota;                 /* CPUs; 0: no limit */
};

/* Topology with nothing but cores and CPUs in it: loading it is a start-up cost. */
static int load_topology(struct tj_cores *c)
{
	if (hwloc_topology_init(&c->topology) != 0) {
		c->topology = NULL;
		return 0;
	}
	hwloc_topology_set_all_types_filter(c->topology, HWLOC_TYPE_FILTER_KEEP_NONE);
	hwloc_topology_set_type_filter(c->topology, HWLOC_OBJ_CORE, HWLOC_TYPE_FILTER_KEEP_ALL);
	return hwloc_topology_load(c->topology) == 0;
}

/* Add the first usable CPU of every object of a type. */
static int collect(struct tj_cores *c, hwloc_obj_type_t type)
{
	int n = hwloc_get_nbobjs_by_type(c->topology, type);
	c->cores = n > 0 ? calloc((size_t)n, sizeof *c->cores) : NULL;
	if (c->cores == NULL)
		return 0;
	for (int i = 0; i < n; i++) {
		hwloc_obj_t object = hwloc_get_obj_by_type(c->topology, type, (unsigned)i);
		hwloc_bitmap_t cpus = hwloc_bitmap_alloc();
		if (cpus == NULL || hwloc_bitmap_and(cpus, object->cpuset, c->home) != 0)
			return 0;
		if (hwloc_bitmap_iszero(cpus)) {
			hwloc_bitmap_free(cpus);
			continue;
		}
		hwloc_bitmap_singlify(cpus);
		c->cores[c->n++] = cpus;
	}
	return c->n > 0;
}

static void drop_cores(struct tj_cores *c)
{
	for (size_t i = 0; i < c->n; i++)
		hwloc_bitmap_free(c->cores[i]);
	free(c->cores);
	c->cores = NULL;
	c->n = 0;
}

/* Without sysfs (a bare chroot) hwloc finds nothing and says so on standard error,
 * which is not ours to write to: do not ask it then. */
static int can_look(void)
{
	return getenv("HWLOC_SYNTHETIC") != NULL || getenv("HWLOC_XMLFILE") != NULL ||
	       access("/sys/devices/system/cpu", F_OK) == 0;
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
		hwloc_bitmap_and(c->home, c->home,
		                 hwloc_topology_get_allowed_cpuset(c->topology));
	if (!collect(c, HWLOC_OBJ_CORE)) { /* some virtual machines show no cores */
		drop_cores(c);
		if (!collect(c, HWLOC_OBJ_PU))
			return 0;
	}
	return 1;
}

/* The core that holds the CPU we run on, where its chosen CPU is another thread too. */
static size_t current_core(const struct tj_cores *c)
{
	int cpu = sched_getcpu();
	if (cpu < 0)
		return 0;
	for (size_t i = 0; i < c->n; i++) {
		hwloc_obj_t core = hwloc_get_next_obj_covering_cpuset_by_type(
		    c->topology, c->cores[i], HWLOC_OBJ_CORE, NULL);
		hwloc_const_bitmap_t cpus = core != NULL ? core->cpuset : c->cores[i];
		if (hwloc_bitmap_isset(cpus, (unsigned)cpu))
			return i;
	}
	return 0;
}

/* Without a topology: the CPUs that we may run on. */
static size_t allowed_cpus(void)
{
	cpu_set_t cpus;
	long n = sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus)
	                                                       : sysconf(_SC_NPROCESSORS_ONLN);
	return n > 0 ? (size_t)n : 1;
}

static int read_text(const char *path, char *text, size_t n_bytes)
{
	FILE *f = fopen(path, "re");
	if (f == NULL)
		return 0;
	size_t n = fread(text, 1, n_bytes - 1, f);
	text[n] = '\0';
	fclose(f);
	return n > 0;
}

/* quota / period of one directory; 0 where it sets none. */
static double directory_cpus(const char *directory, int version)
{
	char path[4400], text[128];
	double quota, period;
	if (version == 2) {
		snprintf(path, sizeof path, "%s/cpu.max", directory);
		if (!read_text(path, text, sizeof text) ||
		    sscanf(text, "%lf %lf", &quota, &period) != 2)
			return 0; /* "max 100000" */
		return quota > 0 && period > 0 ? quota / period : 0;
	}
	snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", directory);
	if (!read_text(path, text, sizeof text) || sscanf(text, "%lf", &quota) != 1 || quota <= 0)
		return 0; /* -1: none */
	snprintf(path, sizeof path, "%s/cpu.cfs_period_us", directory);
	if (!read_text(path, text, sizeof text) || sscanf(text, "%lf", &period) != 1 || period <= 0)
		return 0;
	return quota / period;
}

/* The tightest quota of a cgroup and all that it lies in. */
static double path_cpus(const char *mount, const char *group, int version)
{
	char path[4096];
	double least = 0;
	size_t base = strlen(mount);
	if (snprintf(path, sizeof path, "%s%s", mount, group) >= (int)sizeof path)
		return 0;
	for (;;) {
		double cpus = directory_cpus(path, version);
		if (cpus > 0 && (least == 0 || cpus < least))
			least = cpus;
		char *slash = strrchr(path, '/');
		if (slash == NULL || (size_t)(slash - path) < base)
			return least;
		*slash = '\0';
	}
}

/* Whether `cpu` is one of the comma-separated controllers. */
static int has_cpu(const char *controllers)
{
	for (const char *c = controllers; *c; c++) {
		size_t n = strcspn(c, ",");
		if (n == 3 && memcmp(c, "cpu", 3) == 0)
			return 1;
		c += n;
		if (*c == '\0')
			break;
	}
	return 0;
}

double tj_cgroup_cpus(const char *membership, const char *root)
{
	double least = 0;
	for (const char *line = membership; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		char controllers[256] = "", group[2048] = "", mount[2400];
		int hierarchy, v2 = sscanf(line, "0::%2047[^\n]", group) == 1;
		if (!v2 && (sscanf(line, "%d:%255[^:\n]:%2047[^\n]", &hierarchy, controllers,
		                   group) != 3 || !has_cpu(controllers)))
			continue;
		if (snprintf(mount, sizeof mount, v2 ? "%s" : "%s/cpu", root) >= (int)sizeof mount)
			continue;
		double cpus = path_cpus(mount, group, v2 ? 2 : 1);
		if (cpus > 0 && (least == 0 || cpus < least))
			least = cpus;
	}
	return least;
}

struct tj_cores *tj_cores_open(struct tj_error *err)
{
	char membership[8192];
	struct tj_cores *c = calloc(1, sizeof *c);
	if (c == NULL) {
		tj_fail_memory(err, "the list of cores", sizeof *c);
		return NULL;
	}
	if (look(c)) {
		c->first = current_core(c);
	} else {
		drop_cores(c);
		c->n = allowed_cpus();
	}
	if (read_text("/proc/self/cgroup", membership, sizeof membership))
		c->quota = tj_cgroup_cpus(membership, "/sys/fs/cgroup");
	return c;
}

void tj_cores_close(struct tj_cores *c)
{
	if (c == NULL)
		return;
	if (c->cores != NULL)
		drop_cores(c);
	hwloc_bitmap_free(c->home);
	if (c->topology != NULL)
		hwloc_topology_destroy(c->topology);
	free(c);
}

size_t tj_cores_count(const struct tj_cores *c)
{
	return c->n;
}

size_t tj_cores_threads(const struct tj_cores *c)
{
	/* Half a CPU more than whole ones is worth a thread; less is not. */
	if (c->quota <= 0 || c->quota >= (double)c->n)
		return c->n;
	return c->quota < 1 ? 1 : (size_t)(c->quota + 0.5);
}

void tj_cores_bind(const struct tj_cores *c, size_t i)
{
	if (c->cores != NULL)
		(void)hwloc_set_cpubind(c->topology, c->cores[(c->first + i) % c->n],
		                        HWLOC_CPUBIND_THREAD);
}

void tj_cores_unbind(const struct tj_cores *c)
{
	if (c->cores != NULL)
		(void)hwloc_set_cpubind(c->topology, c->home, HWLOC_CPUBIND_THREAD);
}
