/* SPDX-License-Identifier: MIT */
/* The number of CPUs that a cgroup's CPU quota allows. Any thread. */
#ifndef TJ_MACHINE_QUOTA_H
#define TJ_MACHINE_QUOTA_H

/* Returns the number of CPUs that this process's cgroup allows, maybe a fraction; 0: no limit. */
double tj_quota_cpus(void);

/* The same for the cgroups named in `membership` (the text of /proc/self/cgroup), in version 2
 * and version 1 hierarchies mounted at `root`. For tests. */
double tj_cgroup_cpus(const char *membership, const char *root);

#endif
