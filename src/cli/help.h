/* SPDX-License-Identifier: MIT */
/* The --help of a command, from its table of options. */
#ifndef TJ_CLI_HELP_H
#define TJ_CLI_HELP_H

#include "src/cli/command.h"

/* Prints it on stdout and closes that. Returns an exit status; a failure has already been
 * reported. */
int tj_cli_print_help(const struct tj_command *command);

#endif
