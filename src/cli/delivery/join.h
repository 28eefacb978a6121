/* SPDX-License-Identifier: MIT */
/* Joins the parts of an output that shards have written. */
#ifndef TJ_CLI_DELIVERY_JOIN_H
#define TJ_CLI_DELIVERY_JOIN_H

/* Joins OUT.1-of-N … OUT.N-of-N into `out`, which then equals the output of a run without shards
 * byte for byte. Removes the parts afterwards unless `keep` is set. All parts must exist, be
 * complete and belong to one run. `force` allows replacing an existing `out`. `packing` is an enum
 * tj_packing; -1 chooses the compression by the name of `out`. Returns an exit status; a failure
 * has already been reported. */
int tj_join(const char *out, int keep, int force, int packing);

#endif
