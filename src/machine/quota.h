/* SPDX-License-Identifier: MIT */
/* How many CPUs a cgroup's quota pays for. Any thread. */
#ifndef TJ_MACHINE_QUOTA_H
#define TJ_MACHINE_QUOTA_H

/* CPUs that the quota of this process's cgroup allows; 0: no limit. */
double tj_quota_cpus(void);

/* The same for the cgroup named in `membership` (the text of /proc/self/cgroup), over
 * version 2 and version 1 hierarchies mounted at `root`. For tests. */
double tj_cgroup_cpus(const char *membership, const char *root);

#endif
