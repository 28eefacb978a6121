/* SPDX-License-Identifier: MIT */
/* Finds the CPU quota of the process's cgroup, for version 1 and version 2 hierarchies. */
#include "src/machine/quota.h"

#include <stdio.h>
#include <string.h>

#include "src/base/number.h"

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

/* Returns quota / period of one cgroup directory; 0 if it sets no quota. */
static double directory_cpus(const char *directory, int version)
{
	char path[4400], text[128], first[64], second[64];
	double quota, period;
	if (version == 2) {
		snprintf(path, sizeof path, "%s/cpu.max", directory);
		if (!read_text(path, text, sizeof text) ||
		    sscanf(text, "%63s %63s", first, second) != 2 ||
		    !tj_number_read(first, &quota) || !tj_number_read(second, &period))
			return 0; /* "max 100000" */
		return quota > 0 && period > 0 ? quota / period : 0;
	}
	snprintf(path, sizeof path, "%s/cpu.cfs_quota_us", directory);
	if (!read_text(path, text, sizeof text) || sscanf(text, "%63s", first) != 1 ||
	    !tj_number_read(first, &quota) || quota <= 0)
		return 0; /* -1: no quota */
	snprintf(path, sizeof path, "%s/cpu.cfs_period_us", directory);
	if (!read_text(path, text, sizeof text) || sscanf(text, "%63s", first) != 1 ||
	    !tj_number_read(first, &period) || period <= 0)
		return 0;
	return quota / period;
}

/* Returns the smallest quota of a cgroup and of all its ancestors; 0: none. */
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

/* Whether "cpu" is one of the comma-separated controllers. */
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
	for (const char *line = membership; *line;
	     line += strcspn(line, "\n"), line += *line == '\n') {
		char controllers[256] = "", group[2048] = "", mount[2400];
		int hierarchy, v2 = sscanf(line, "0::%2047[^\n]", group) == 1;
		if (!v2 && (sscanf(line, "%d:%255[^:\n]:%2047[^\n]", &hierarchy, controllers,
		                   group) != 3 ||
		            !has_cpu(controllers)))
			continue;
		if (snprintf(mount, sizeof mount, v2 ? "%s" : "%s/cpu", root) >= (int)sizeof mount)
			continue;
		double cpus = path_cpus(mount, group, v2 ? 2 : 1);
		if (cpus > 0 && (least == 0 || cpus < least))
			least = cpus;
	}
	return least;
}

double tj_quota_cpus(void)
{
	char membership[8192];
	return read_text("/proc/self/cgroup", membership, sizeof membership)
	           ? tj_cgroup_cpus(membership, "/sys/fs/cgroup")
	           : 0;
}
