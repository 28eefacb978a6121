/* SPDX-License-Identifier: MIT */
/* The commands of the program. Each has a .c file of its own. */
#ifndef TJ_CLI_COMMAND_H
#define TJ_CLI_COMMAND_H

#include "src/cli/show/message.h"

struct tj_cli_option;

struct tj_command {
	const char *name;
	const char *summary; /* shown in the list of `trujaman --help` */
	const char *usage;   /* --help up to its list of options, */
	int column;          /* the column of that list where descriptions begin, from 0, */
	const struct tj_cli_option *options;
	const char *notes; /* and what follows */
	/* Option i of the library, from 0; NULL past the last. NULL: the command has none. */
	const trujaman_option *(*library)(size_t i);
	/* argv[0] is the command's name. Returns an exit status. */
	int (*run)(int argc, char **argv);
	/* What SIGUSR1 is told until the command knows better; NULL: it never takes long. */
	const char *busy;
};

extern const struct tj_command tj_command_translate;
extern const struct tj_command tj_command_merge;
extern const struct tj_command tj_command_train;
extern const struct tj_command tj_command_quantize;
extern const struct tj_command tj_command_score;
extern const struct tj_command tj_command_evaluate;
extern const struct tj_command tj_command_plot;
extern const struct tj_command tj_command_info;

/* The model to use without -m. */
#define TJ_DEFAULT_MODEL "en-es"

#endif
