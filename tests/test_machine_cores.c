/* SPDX-License-Identifier: MIT */
/* Tests of the usable cores and of binding, on made-up machines (HWLOC_SYNTHETIC) and on this
 * one, and of the CPUs that the quotas of made-up cgroups allow. */
#define _GNU_SOURCE /* sched_setaffinity */
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/machine/placement.h"
#include "src/machine/quota.h"
#include "tests/model_files.h"

static struct tj_cores *open_cores(void)
{
	struct tj_error err = { 0 };
	struct tj_cores *c = tj_cores_open(&err);
	cr_assert_not_null(c, "%s", err.text);
	cr_assert_eq(err.status, TRUJAMAN_OK);
	return c;
}

static struct tj_placement *new_plan(const struct tj_cores *c, size_t n, int smt)
{
	struct tj_error err = { 0 };
	struct tj_placement *p = tj_placement_new(c, n, smt, TJ_HOME_OF_WORKER_0, &err);
	cr_assert_not_null(p, "%s", err.text);
	cr_assert_eq(err.status, TRUJAMAN_OK);
	cr_assert_eq(p->n_workers, n);
	return p;
}

static void expect_count(const char *variable, const char *value, size_t wanted)
{
	cr_assert_eq(setenv(variable, value, 1), 0);
	struct tj_cores *c = open_cores();
	size_t n = c->n_cores, threads = tj_cores_threads(c, 0);
	cr_expect_eq(n, wanted, "%s=%s: %zu cores, wanted %zu", variable, value, n, wanted);
	cr_expect(threads >= 1 && threads <= n, "%zu threads for %zu cores", threads, n);
	cr_expect(tj_cores_threads(c, 1) >= threads && tj_cores_threads(c, 1) <= c->n_cpus);
	struct tj_placement *p = new_plan(c, 2 * wanted + 1, 0);
	for (size_t i = 0; i < p->n_workers; i++)
		tj_placement_unbind(p, tj_placement_bind(p, i));
	free(p);
	tj_cores_close(c);
}

static cpu_set_t affinity(void)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	cr_assert_eq(sched_getaffinity(0, sizeof set, &set), 0);
	return set;
}

/* Returns a set with one CPU that this process may use. */
static cpu_set_t one_cpu(void)
{
	cpu_set_t all = affinity(), one;
	int cpu = 0;
	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return one;
}

/* --- Topology ---------------------------------------------------------------- */

Test(cores, counts_physical_cores)
{
	expect_count("HWLOC_SYNTHETIC", "node:2 core:4 pu:2", 8);
	expect_count("HWLOC_SYNTHETIC", "core:3 pu:1", 3);
	expect_count("HWLOC_SYNTHETIC", "pack:2 l3:2 core:8 pu:4", 32);
	expect_count("HWLOC_SYNTHETIC", "core:1 pu:2", 1);
}

Test(cores, counts_cpus_where_no_core_is_known)
{
	expect_count("HWLOC_SYNTHETIC", "pu:5", 5);
}

/* HWLOC_THISSYSTEM declares that the made-up machine is this one, so the affinity mask applies.
 * A core counts if it has at least one usable CPU. */
Test(cores, counts_cores_that_may_be_used)
{
	cpu_set_t one = one_cpu(), first;
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (!CPU_EQUAL(&one, &first))
		cr_skip_test("CPU 0 may not be used here");
	cr_assert_eq(setenv("HWLOC_THISSYSTEM", "1", 1), 0);
	cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);
	expect_count("HWLOC_SYNTHETIC", "node:2 core:4 pu:2", 1);
	expect_count("HWLOC_SYNTHETIC", "pu:5", 1);
}

Test(cores, one_allowed_cpu_is_one_core)
{
	cpu_set_t one = one_cpu();
	cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);
	struct tj_cores *c = open_cores();
	cr_expect_eq(c->n_cores, 1);
	cr_expect_eq(tj_cores_threads(c, 0), 1);
	cr_expect_eq(tj_cores_threads(c, 1), 1);
	tj_cores_close(c);
}

Test(cores, at_most_the_allowed_cpus)
{
	cpu_set_t all = affinity();
	struct tj_cores *c = open_cores();
	cr_expect(c->n_cores >= 1 && c->n_cores <= c->n_cpus);
	cr_expect(c->n_cpus <= (size_t)CPU_COUNT(&all));
	tj_cores_close(c);
}

/* Without a topology there are as many cores as CPUs in the mask, and binding does nothing. */
Test(cores, unreadable_topology, .init = make_scratch, .fini = remove_scratch)
{
	const char *path = in_scratch("topology.xml");
	cpu_set_t all = affinity(), one = one_cpu();
	FILE *f = fopen(path, "w");
	cr_assert_not_null(f);
	fputs("<topology", f);
	cr_assert_eq(fclose(f), 0);
	cr_assert_eq(setenv("HWLOC_HIDE_ERRORS", "2", 1), 0);
	expect_count("HWLOC_XMLFILE", path, (size_t)CPU_COUNT(&all));
	cpu_set_t after = affinity();
	cr_expect(CPU_EQUAL(&all, &after));
	cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);
	expect_count("HWLOC_XMLFILE", path, 1);
}

/* --- Binding ----------------------------------------------------------------- */

/* In a chroot without sysfs the topology is unavailable, and binding does nothing. */
static void need_sysfs(void)
{
	if (access("/sys/devices/system/cpu", F_OK) != 0)
		cr_skip_test("no sysfs here, so no thread can be bound");
}

Test(cores, bind_and_unbind)
{
	need_sysfs();
	cpu_set_t before = affinity(), seen, here;
	struct tj_cores *c = open_cores();
	size_t n = c->n_cores;
	struct tj_placement *p = new_plan(c, n + 1, 0);
	CPU_ZERO(&seen);
	for (size_t i = 0; i < n; i++) {
		size_t cpu = tj_placement_bind(p, i);
		here = affinity();
		tj_placement_unbind(p, cpu);
		cr_expect_eq(CPU_COUNT(&here), 1, "bound to %d CPUs", CPU_COUNT(&here));
		CPU_AND(&here, &here, &before);
		cr_expect_eq(CPU_COUNT(&here), 1, "bound outside of the mask");
		CPU_OR(&seen, &seen, &here);
	}
	cr_expect_eq((size_t)CPU_COUNT(&seen), n, "%d CPUs for %zu cores", CPU_COUNT(&seen), n);
	size_t first = tj_placement_bind(p, 0);
	here = affinity();
	tj_placement_unbind(p, first);
	size_t last = tj_placement_bind(p, n);
	seen = affinity();
	cr_expect(CPU_EQUAL(&here, &seen), "worker n is where worker 0 is");
	tj_placement_unbind(p, last);
	here = affinity();
	cr_expect(CPU_EQUAL(&here, &before));
	free(p);
	tj_cores_close(c);
}

Test(cores, unbind_keeps_a_narrow_mask)
{
	cpu_set_t one = one_cpu(), here;
	cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);
	struct tj_cores *c = open_cores();
	struct tj_placement *p = new_plan(c, 4, 0);
	size_t cpu = tj_placement_bind(p, 3);
	here = affinity();
	cr_expect(CPU_EQUAL(&here, &one));
	tj_placement_unbind(p, cpu);
	here = affinity();
	cr_expect(CPU_EQUAL(&here, &one));
	free(p);
	tj_cores_close(c);
}

static void *bind_in_thread(void *plan)
{
	cpu_set_t here;
	size_t cpu = tj_placement_bind(plan, 1);
	here = affinity();
	tj_placement_unbind(plan, cpu);
	return CPU_COUNT(&here) == 1 ? plan : NULL;
}

Test(cores, only_the_calling_thread_is_bound)
{
	need_sysfs();
	cpu_set_t before = affinity(), after;
	struct tj_cores *c = open_cores();
	pthread_t thread;
	void *bound;
	struct tj_placement *p = new_plan(c, 2, 0);
	cr_assert_eq(pthread_create(&thread, NULL, bind_in_thread, p), 0);
	cr_assert_eq(pthread_join(thread, &bound), 0);
	cr_expect_not_null(bound);
	after = affinity();
	cr_expect(CPU_EQUAL(&before, &after));
	free(p);
	tj_cores_close(c);
	tj_cores_close(NULL);
}

/* --- Quotas ------------------------------------------------------------------ */

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	return at->level == 0 ? 0 : remove(path);
}

static void remove_tree(void)
{
	if (nftw(scratch, remove_entry, 8, FTW_DEPTH | FTW_PHYS) != 0)
		abort();
	remove_scratch();
}

/* Writes the text to SCRATCH/name, and creates the folders of that path. */
static void put(const char *name, const char *text)
{
	char path[PATH_MAX + 260];
	snprintf(path, sizeof path, "%s", in_scratch(name));
	for (char *c = path + strlen(scratch) + 1; (c = strchr(c, '/')) != NULL; *c++ = '/') {
		*c = '\0';
		cr_assert(mkdir(path, 0700) == 0 || access(path, F_OK) == 0, "%s", path);
	}
	FILE *f = fopen(path, "w");
	cr_assert_not_null(f, "%s", path);
	cr_assert_geq(fputs(text, f), 0);
	cr_assert_eq(fclose(f), 0);
}

static void expect_cpus(const char *membership, double wanted)
{
	double found = tj_cgroup_cpus(membership, scratch);
	cr_expect(found == wanted, "%.60s: %g, wanted %g", membership, found, wanted);
}

TestSuite(cgroup, .init = make_scratch, .fini = remove_tree);

Test(cgroup, version_2)
{
	put("cpu.max", "max 100000\n");
	put("a/cpu.max", "400000 100000\n");
	put("a/b/cpu.max", "150000 100000\n");
	put("a/b/c/cpu.max", "max 100000\n");
	put("a/wide/cpu.max", "900000 100000\n");
	put("other/cpu.max", "50000 200000\n");
	expect_cpus("0::/\n", 0);
	expect_cpus("0::/a\n", 4);
	expect_cpus("0::/a/b\n", 1.5);
	expect_cpus("0::/a/b/c\n", 1.5);
	expect_cpus("0::/a/wide\n", 4);
	expect_cpus("0::/other\n", 0.25);
	expect_cpus("0::/a/b/gone/deeper", 1.5);
	put("cpu.max", "25000 100000\n"); /* a container sees its own group as the root */
	expect_cpus("0::/\n", 0.25);
	expect_cpus("0::/a/b\n", 0.25);
}

Test(cgroup, version_1)
{
	put("cpu/cpu.cfs_quota_us", "-1\n");
	put("cpu/cpu.cfs_period_us", "100000\n");
	put("cpu/box/cpu.cfs_quota_us", "250000\n");
	put("cpu/box/cpu.cfs_period_us", "100000\n");
	put("cpu/box/in/cpu.cfs_quota_us", "-1\n");
	put("cpu/box/in/cpu.cfs_period_us", "100000\n");
	put("cpu/half/cpu.cfs_quota_us", "250000\n"); /* without a period */
	expect_cpus("3:cpu:/\n", 0);
	expect_cpus("3:cpu:/box\n", 2.5);
	expect_cpus("3:cpu:/box/in\n", 2.5);
	expect_cpus("3:cpu:/half\n", 0);
	expect_cpus("12:cpu,cpuacct:/box\n", 2.5);
	expect_cpus("12:cpuacct,cpu:/box\n", 2.5);
	expect_cpus("12:cpuacct:/box\n", 0);
	expect_cpus("12:cpuset:/box\n11:acpu,cpux:/box\n", 0);
	expect_cpus("9:name=systemd:/box\n", 0);
}

/* If both versions are mounted, the tighter limit counts, whichever line comes first. */
Test(cgroup, both_versions)
{
	put("cpu/box/cpu.cfs_quota_us", "300000");
	put("cpu/box/cpu.cfs_period_us", "100000");
	put("box/cpu.max", "100000 50000");
	expect_cpus("4:memory:/box\n2:cpu,cpuacct:/box\n0::/box\n", 2);
	expect_cpus("0::/box\n2:cpu,cpuacct:/box\n", 2);
	expect_cpus("0::/elsewhere\n2:cpu,cpuacct:/box\n", 3);
}

Test(cgroup, nonsense_is_no_limit)
{
	static const char *const texts[] = {
		"",           "\n",         "max",
		"100000",     "0 100000",   "-100000 100000",
		"100000 0",   "100000 -5",  "many 100000",
		"nan 100000", "100000 nan", "\x01\x02\xff\xfe",
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		put("odd/cpu.max", texts[i]);
		put("cpu/odd/cpu.cfs_quota_us", texts[i]);
		put("cpu/odd/cpu.cfs_period_us", "0");
		expect_cpus("0::/odd\n", 0);
		expect_cpus("1:cpu:/odd\n", 0);
	}
	put("folder/cpu.max/file", "");
	expect_cpus("0::/folder\n", 0);
}

Test(cgroup, odd_memberships)
{
	put("cpu.max", "200000 100000");
	put("cpu/cpu.cfs_quota_us", "100000");
	put("cpu/cpu.cfs_period_us", "100000");
	expect_cpus("", 0);
	expect_cpus("\n\n\n", 0);
	expect_cpus("garbage", 0);
	expect_cpus("::::::\n0:\n0::\n:cpu:/\n7:cpu\n7:cpu:\n", 0);
	expect_cpus("0::/", 2);
	expect_cpus("\n\nnoise\n0::/\n", 2);
	cr_expect(tj_cgroup_cpus("0::/\n1:cpu:/\n", in_scratch("missing")) == 0);
	cr_expect(tj_cgroup_cpus("0::/\n", "") == 0 || access("/cpu.max", F_OK) == 0);
}

/* Lengths far beyond every buffer must not crash, and limits that can be found still count. */
Test(cgroup, absurd_lengths)
{
	enum { LONG = 1 << 16 };
	char *text = malloc(LONG + 64), *root = malloc(LONG + 64);
	cr_assert(text != NULL && root != NULL);
	put("cpu.max", "200000 100000");
	snprintf(text, 8, "0::/");
	for (size_t i = 0; i < LONG; i++)
		text[4 + i] = i % 100 == 99 ? '/' : 'x';
	snprintf(text + 4 + LONG, 32, "\n1:cpu:/\n");
	double found = tj_cgroup_cpus(text, scratch);
	cr_expect(found == 0 || found == 2, "%g", found);
	memset(text, 'c', LONG); /* a list of controllers */
	snprintf(text + LONG, 16, ":/\n0::/\n");
	expect_cpus(text, 2);
	memset(root, '/', LONG);
	root[LONG] = '\0';
	cr_expect(tj_cgroup_cpus("0::/a/b\n5:cpu:/a\n", root) == 0);
	memset(root, '/', 2390); /* a buffer must not truncate it to the name of another folder */
	strcpy(root + 2390, scratch + 1);
	cr_expect(tj_cgroup_cpus("0::/\n", root) == 0 || strlen(root) < 2400);
	free(text);
	free(root);
}

/* Two teams at once, on a node of four cores with two CPUs each, and another one. */
Test(cores, teams_at_the_same_time_take_different_cpus)
{
	cr_assert_eq(setenv("HWLOC_SYNTHETIC", "node:2 core:4 pu:2", 1), 0);
	struct tj_cores *c = open_cores();
	struct tj_placement *a = new_plan(c, 2, 0), *b = new_plan(c, 3, 0);
	size_t of_a[2], of_b[3];
	unsigned char taken[16] = { 0 };
	for (size_t i = 0; i < 2; i++)
		taken[of_a[i] = tj_placement_bind(a, i)]++;
	cr_expect(of_a[0] == a->places[0].cpu && of_a[1] == a->places[1].cpu);
	for (size_t i = 0; i < 3; i++)
		taken[of_b[i] = tj_placement_bind(b, i)]++;
	for (size_t i = 0; i < 3; i++) {
		cr_expect_eq(c->cpus[of_b[i]].node, c->cpus[b->places[i].cpu].node, "%zu", i);
		cr_expect_eq(c->cpus[of_b[i]].sibling, 0);
	}
	/* Four cores for five workers: one core has two, on the first CPU of each. */
	size_t n_cores = 0, most = 0;
	for (size_t i = 0; i < 16; i++) {
		n_cores += taken[i] > 0;
		most = taken[i] > most ? taken[i] : most;
	}
	cr_expect(n_cores == 4 && most == 2, "%zu cores, %zu workers on one", n_cores, most);
	for (size_t i = 0; i < 2; i++)
		tj_placement_unbind(a, of_a[i]);
	for (size_t i = 0; i < 3; i++)
		tj_placement_unbind(b, of_b[i]);
	/* Afterwards each has its own places again. */
	for (size_t i = 0; i < 3; i++) {
		size_t cpu = tj_placement_bind(b, i);
		cr_expect_eq(cpu, b->places[i].cpu);
		tj_placement_unbind(b, cpu);
	}
	free(a);
	free(b);
	tj_cores_close(c);
}
