/* SPDX-License-Identifier: MIT */
/* Parses the options of a command by its table. Parsing is strict, and each error is a one-line
 * message. */
#ifndef TJ_CLI_OPTIONS_H
#define TJ_CLI_OPTIONS_H

#include <getopt.h>

#include "src/cli/option_table.h"

/* What is done with options. The functions return TJ_GO_ON or an exit status; a failure has already
 * been reported. */
struct tj_cli_parser {
	const struct tj_command *command;
	void *context;
	/* An option of the library; the value of one without is "true". */
	int (*set)(void *context, const char *name, const char *value);
	/* One of the command's own. NULL: it has none. */
	int (*take)(void *context, int id, const char *value);
	struct tj_talk *talk; /* NULL: the command has no TJ_OPTIONS_OF_TALK */
};

/* Parses all options; getopt's optind is then the index of the first other argument. Returns
 * TJ_GO_ON, or the exit status to end with. */
int tj_cli_parse(const struct tj_cli_parser *p, int argc, char **argv);

/* Returns the next option as getopt_long does: its value, -1 after the last option, or '?' for a
 * wrong option, which has already been reported. `letters` must start with ":". */
int tj_cli_option(const char *command, int argc, char **argv, const char *letters,
                  const struct option *longs);

/* The options of translating and scoring. NULL if memory is short, which has been reported. */
trujaman_options *tj_cli_options_new(void);

/* Sets one of them. */
int tj_cli_set(const struct tj_command *command, trujaman_options *options, const char *name,
               const char *value);

/* Parses `value` as the name of a compression format. Returns TJ_GO_ON, or TJ_EXIT_USAGE after
 * reporting the error. */
int tj_cli_packing(const struct tj_command *command, const char *value, int *packing);

#endif
