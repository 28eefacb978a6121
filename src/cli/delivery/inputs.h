/* SPDX-License-Identifier: MIT */
/* Which files are read, and where the translation of each goes. */
#ifndef TJ_CLI_DELIVERY_INPUTS_H
#define TJ_CLI_DELIVERY_INPUTS_H

#include "src/io/packing.h"
#include "src/cli/cli.h"

struct tj_plan {
	size_t n;
	trujaman_input *inputs;  /* [n]; their paths are malloc's */
	uint64_t *bytes;         /* [n] size as stored; 0 where it cannot be known */
	char **names;            /* [n] below the output directory, malloc's; NULL without one */
};

/* The inputs that the arguments name: files, "-", and with a directory for the output also
 * directories, in which every regular file whose name does not begin with a dot is meant, in
 * the order of their names. No arguments: standard input. In the output directory a file has
 * its name, less what tells its compression, and the `suffix`, and what tells that of the
 * output; what was found in a directory, its path from there. Two inputs
 * with one output are an error. Exit status, failure having been told; close it in any case. */
int tj_plan_make(struct tj_plan *plan, int n_arguments, char **arguments, int to_directory,
                 const char *suffix, enum tj_packing packing);
void tj_plan_close(struct tj_plan *plan);

/* Drop the first n inputs. */
void tj_plan_drop(struct tj_plan *plan, size_t n);

int tj_is_stdin(const char *path);
const char *tj_plan_name(const struct tj_plan *plan, size_t input);

#endif
