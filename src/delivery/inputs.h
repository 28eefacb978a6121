/* SPDX-License-Identifier: MIT */
/* The files to read, and the name of the output of each. */
#ifndef TJ_DELIVERY_INPUTS_H
#define TJ_DELIVERY_INPUTS_H

#include <stdint.h>

#include "src/base/status.h"
#include "src/delivery/failures.h"
#include "src/io/packing.h"

struct tj_inputs {
	size_t n;
	trujaman_input *items; /* [n]; their paths are allocated with malloc */
	uint64_t *bytes;       /* [n] size as stored; 0 if it cannot be known */
	char **names; /* [n] paths below the output directory, from malloc; NULL without one */
	char *
	    *emptied; /* [n] the path of an input that was replaced by one without lines, or NULL */
	size_t
	    *roots; /* [n] bytes of the path before the name below the directory that was walked */
	char *walked;       /* [n] found in a directory, not named by itself */
	char **others;      /* [n_others] files that were left out because they are no text by their
	                       names; from malloc, as the array */
	char **other_names; /* [n_others] paths below the output directory */
	size_t n_others;
	size_t n_own; /* files that were left out because this program has made them */
};

/* Finds the n inputs that are named. A name is that of a file, "-" for standard input or, with an
 * output directory `folder` (NULL: none), a directory. A directory stands for every regular file
 * in it whose name does not begin with a dot, in the order of their names, but neither for what is
 * in `folder` nor for files that this program has made (src/io/names.h). A folder that several
 * links lead to is entered once. No names mean standard input.
 *
 * If `folder` goes up (..) from a folder that does not exist, that is an error.
 *
 * The name of an output below the output directory is the file name of its input, or for a file
 * found in a directory its path from that directory. The compression suffix of the input is cut
 * off; then `suffix` and the compression suffix of the output are added. Two inputs with the same
 * output are an error.
 *
 * With an output directory, what cannot be read is added to `failures` and left out.
 *
 * Wrong names are TRUJAMAN_ERROR_USAGE. Call tj_inputs_close in any case. */
trujaman_status tj_inputs_find(struct tj_inputs *inputs, size_t n, const char *const *names,
                               const char *folder, const char *suffix, enum tj_packing packing,
                               struct tj_failures *failures, struct tj_error *err);
void tj_inputs_close(struct tj_inputs *inputs);

/* Replaces an input by one without lines; it keeps its name. */
trujaman_status tj_inputs_empty(struct tj_inputs *inputs, size_t input, struct tj_error *err);

/* Drops the inputs whose element of drop[n] is not 0. */
void tj_inputs_drop(struct tj_inputs *inputs, const char *drop);

/* Returns the input of this name; "-" is standard input. Does not copy the name. */
trujaman_input tj_input_named(const char *name);

/* Returns "standard input", or the path. */
const char *tj_input_label(const trujaman_input *input);

int tj_is_stdin(const char *path);
/* Return the path of an input, and what to call it: tj_input_label of that. */
const char *tj_inputs_path(const struct tj_inputs *inputs, size_t input);
const char *tj_inputs_name(const struct tj_inputs *inputs, size_t input);

#endif
