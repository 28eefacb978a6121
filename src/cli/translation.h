/* SPDX-License-Identifier: MIT */
/* One run of `trujaman translate`, as its command line asks for it. */
#ifndef TJ_CLI_TRANSLATION_H
#define TJ_CLI_TRANSLATION_H

#include "src/io/packing.h"
#include "src/cli/delivery/partial.h"
#include "src/cli/delivery/inputs.h"
#include "src/cli/delivery/shard.h"

struct tj_translation {
	const char *model;
	const char *out;          /* NULL or "-": stdout */
	const char *directory;    /* --output-dir; NULL: all goes to `out` */
	const char *suffix;
	enum tj_start start;
	struct tj_shard shard;
	int packing;              /* of outputs: an enum tj_packing */
	const char *stats;        /* --stats; NULL: none */
	struct tj_talk talk;
	trujaman_options options;
	enum trujaman_output output;
	int n_arguments;
	char **arguments;
};

/* Exit status. */
int tj_translation_run(struct tj_translation *x);

#endif
