/* SPDX-License-Identifier: MIT */
/* Which files are read, and where the translation of each goes. */
#ifndef TJ_CLI_DELIVERY_INPUTS_H
#define TJ_CLI_DELIVERY_INPUTS_H

#include "src/cli/show/message.h"
#include "src/io/packing.h"

struct tj_inputs {
	size_t n;
	trujaman_input *items; /* [n]; their paths are malloc's */
	uint64_t *bytes;       /* [n] size as stored; 0 where it cannot be known */
	char **names;          /* [n] below the output directory, malloc's; NULL without one */
};

/* The inputs that the arguments name: files, "-", and with a directory for the output also
 * directories, in which every regular file whose name does not begin with a dot is meant, in
 * the order of their names. No arguments: standard input. In the output directory a file has
 * its name, less what tells its compression, and the `suffix`, and what tells that of the
 * output; what was found in a directory, its path from there. Two inputs
 * with one output are an error. Exit status, failure having been told; close it in any case. */
int tj_inputs_find(struct tj_inputs *inputs, int n_arguments, char **arguments, int to_directory,
                   const char *suffix, enum tj_packing packing);
void tj_inputs_close(struct tj_inputs *inputs);

/* Drop the first n inputs. */
void tj_inputs_drop(struct tj_inputs *inputs, size_t n);

/* The input that an argument names; "-" is standard input. */
trujaman_input tj_input_of_argument(const char *argument);

/* "standard input", or the path. */
const char *tj_input_label(const trujaman_input *input);

int tj_is_stdin(const char *path);
const char *tj_inputs_name(const struct tj_inputs *inputs, size_t input);

#endif
