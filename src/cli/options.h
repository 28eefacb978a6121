/* SPDX-License-Identifier: MIT */
/* Converts command-line arguments to plain values. Parsing is strict, and each error is a one-line
 * message. */
#ifndef TJ_CLI_OPTIONS_H
#define TJ_CLI_OPTIONS_H

#include <getopt.h>

#include "src/cli/command.h"

/* getopt values of the options that have no letter. They lie outside the range of char. */
enum tj_option {
	TJ_OPTION_BEAM = 256,
	TJ_OPTION_LENGTH_PENALTY,
	TJ_OPTION_N_BEST,
	TJ_OPTION_SCORES,
	TJ_OPTION_MAX_PIECES,
	TJ_OPTION_STRICT,
	TJ_OPTION_PRECISION,
	TJ_OPTION_MEMORY,
	TJ_OPTION_SMT,
	TJ_OPTION_MACHINE,
	TJ_OPTION_LIST,
	TJ_OPTION_SPLIT,
	TJ_OPTION_TSV,
	TJ_OPTION_CACHE,
	TJ_OPTION_JSON,
	TJ_OPTION_TITLE,
	TJ_OPTION_PROGRESS,
	TJ_OPTION_STATS,
	TJ_OPTION_FORCE_TEXT,
	TJ_OPTION_PLAIN,
	TJ_OPTION_KEEP,
	TJ_OPTION_GLOSSARY,
	TJ_OPTION_CASE,
	TJ_OPTION_NO_REPEAT_NGRAM,
	TJ_OPTION_COVERAGE_PENALTY
};

/* The options that every command has. */
#define TJ_OPTIONS_OF_ALL { "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'V' }

/* The option that has its letter in every command: option strings need "t:". */
#define TJ_OPTION_OF_THREADS { "threads", required_argument, NULL, 't' }

/* The options of commands that may run for long. Their option strings also need q and v. */
#define TJ_OPTIONS_OF_TALK \
	{ "progress", required_argument, NULL, TJ_OPTION_PROGRESS }, \
	    { "quiet", no_argument, NULL, 'q' }, { "verbose", no_argument, NULL, 'v' }

/* The --help lines of TJ_OPTIONS_OF_TALK. */
#define TJ_HELP_OF_TALK \
	"      --progress WHEN     show how far it is on standard error: auto (default:\n" \
	"                          where that is a terminal), always or never\n" \
	"  -q, --quiet             neither warnings nor progress\n" \
	"  -v, --verbose           tell the sums at the end\n"

/* Returns the next option as getopt_long does: its value, -1 after the last option, or '?' for a
 * wrong option, which has already been reported. `letters` must start with ":". */
int tj_cli_option(const char *command, int argc, char **argv, const char *letters,
                  const struct option *longs);

/* The options of `trujaman translate`, for who gives them before the command. */
extern const struct option tj_translate_options[];

/* Handles the options that mean the same in every command: help, version, threads, smt, strict,
 * precision and memory, and also a wrong option. Returns TJ_GO_ON if the command should go on,
 * otherwise the exit status to end with. */
int tj_cli_common_option(const struct tj_command *command, int option, trujaman_options *options);

/* Handles one of TJ_OPTIONS_OF_TALK. Returns TJ_GO_ON, or TJ_EXIT_USAGE after reporting the error.
 * If both quiet and verbose are given, the later one counts. */
int tj_cli_talk_option(const char *command, int option, struct tj_talk *talk);

/* Parses optarg as the name of a compression format. Returns TJ_EXIT_DONE, or TJ_EXIT_USAGE after
 * reporting the error. */
int tj_cli_packing(const char *command, int *packing);

/* Parses optarg as a whole number in [low, high]. Returns TJ_GO_ON, or TJ_EXIT_USAGE after
 * reporting the error. */
int tj_cli_whole_number(const char *command, const char *option, int low, int high, int *value);

/* Parses optarg as a decimal number in [low, high]. Returns the same as tj_cli_whole_number. */
int tj_cli_number(const char *command, const char *option, double low, double high, double *value);

#endif
