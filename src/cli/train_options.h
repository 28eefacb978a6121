/* SPDX-License-Identifier: MIT */
/* The arguments of `trujaman train`. */
#ifndef TJ_CLI_TRAIN_OPTIONS_H
#define TJ_CLI_TRAIN_OPTIONS_H

#include "src/cli/options.h"

struct tj_train_args {
	trujaman_train_options options;
	const char *log; /* NULL: no log */
};

/* Of --help. */
extern const char tj_train_usage[], tj_train_notes[];
extern const struct tj_cli_option tj_train_command_options[];

/* Returns TJ_GO_ON, or the exit status to end with. */
int tj_train_parse(int argc, char **argv, struct tj_train_args *args);

#endif
