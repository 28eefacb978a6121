/* SPDX-License-Identifier: MIT */
/* Joins the parts of an output that shards have made. */
#ifndef TJ_CLI_DELIVERY_JOIN_H
#define TJ_CLI_DELIVERY_JOIN_H

/* Join OUT.1-of-N … OUT.N-of-N into `out`, which is then what a run without shards gives, byte
 * for byte; then remove the parts unless they are to be kept. All must be there, complete and
 * of one run. `packing` -1: by the name. Exit status, failure having been told. */
int tj_join(const char *out, int keep, int force, int packing);

#endif
