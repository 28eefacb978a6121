/* SPDX-License-Identifier: MIT */
/* The options of the commands: each command has a table of them, from which its parser, its --help
 * and the shells' completions come. */
#ifndef TJ_CLI_OPTION_TABLE_H
#define TJ_CLI_OPTION_TABLE_H

#include "src/cli/command.h"

/* What the functions that take options are told. 0 stands for an option of the library. */
enum tj_option_id {
	TJ_ID_HELP = 1,
	TJ_ID_VERSION,
	TJ_ID_PROGRESS,
	TJ_ID_QUIET,
	TJ_ID_VERBOSE,
	TJ_ID_OWN /* from here on a command numbers its own */
};

/* A line of a command's table; the table ends with a name of NULL. */
struct tj_cli_option {
	int letter; /* 0: none */
	const char *name;
	const char *label; /* stands for the value in --help; a list such as "auto|off" names all
	                      values; NULL: the option takes none */
	const char *help;
	int id;
};

/* An option that the library has: all but the name comes from there. With a letter, or with another
 * help. */
#define TJ_OPTION_OF_LIBRARY(name) { 0, name, NULL, NULL, 0 }
#define TJ_OPTION_WITH_LETTER(letter, name) { letter, name, NULL, NULL, 0 }
#define TJ_OPTION_WITH_HELP(letter, name, help) { letter, name, NULL, help, 0 }

/* A line that divides --help. */
#define TJ_OPTIONS_HEADING(text) { 0, "", NULL, text, 0 }

/* The options that every command has. */
#define TJ_OPTIONS_OF_ALL \
	{ 'h', "help", NULL, "show this and exit", TJ_ID_HELP }, \
	{ \
		'V', "version", NULL, "show the version and exit", TJ_ID_VERSION \
	}

/* The options of commands that may run for long. */
#define TJ_PROGRESS_MODES "auto|always|never"
#define TJ_OPTIONS_OF_TALK \
	{ 0, "progress", TJ_PROGRESS_MODES, \
	  "show how far it is on standard error; default auto: where that is a terminal", \
	  TJ_ID_PROGRESS }, \
	    { 'q', "quiet", NULL, "neither warnings nor progress", TJ_ID_QUIET }, \
	{ \
		'v', "verbose", NULL, "tell the sums at the end", TJ_ID_VERBOSE \
	}

#define TJ_OPTIONS_END { 0, NULL, NULL, NULL, 0 }

/* The library's option of this name; NULL: it has none. */
const trujaman_option *tj_cli_library_option(const struct tj_command *command, const char *name);

/* What stands for the option's value; NULL: it takes none. */
const char *tj_cli_label(const struct tj_command *command, const struct tj_cli_option *o);

#endif
