/* SPDX-License-Identifier: MIT */
/* Arguments into plain values: strict, and with one-line messages. */
#ifndef TJ_CLI_OPTIONS_H
#define TJ_CLI_OPTIONS_H

#include <getopt.h>

#include "src/cli/command.h"

/* Values of options without a letter: outside the range of char. */
enum tj_option {
	TJ_OPTION_THREADS = 256,
	TJ_OPTION_BEAM,
	TJ_OPTION_LENGTH_PENALTY,
	TJ_OPTION_N_BEST,
	TJ_OPTION_SCORES,
	TJ_OPTION_MAX_PIECES,
	TJ_OPTION_STRICT,
	TJ_OPTION_PRECISION,
	TJ_OPTION_MEMORY,
	TJ_OPTION_SMT,
	TJ_OPTION_MACHINE,
	TJ_OPTION_SPLIT,
	TJ_OPTION_TSV,
	TJ_OPTION_CACHE,
	TJ_OPTION_JSON,
	TJ_OPTION_TITLE,
	TJ_OPTION_PROGRESS,
	TJ_OPTION_STATS
};

/* Every command has these. */
#define TJ_OPTIONS_OF_ALL { "help", no_argument, NULL, 'h' }, { "version", no_argument, NULL, 'V' }

/* Of those that may run for long; also the letters q and v. */
#define TJ_OPTIONS_OF_TALK \
	{ "progress", required_argument, NULL, TJ_OPTION_PROGRESS }, \
	    { "quiet", no_argument, NULL, 'q' }, { "verbose", no_argument, NULL, 'v' }

/* Their lines of --help. */
#define TJ_HELP_OF_TALK \
	"      --progress WHEN     show how far it is on standard error: auto (default:\n" \
	"                          where that is a terminal), always or never\n" \
	"  -q, --quiet             neither warnings nor progress\n" \
	"  -v, --verbose           tell the sums at the end\n"

/* The next option, as getopt_long gives it: its value, -1 after the last, '?'
 * for a wrong one, which has been told. `letters` starts with ":". */
int tj_cli_option(const char *command, int argc, char **argv, const char *letters,
                  const struct option *longs);

/* Options that mean the same everywhere: help, version, a wrong one, threads,
 * smt, strict, precision, memory. Returns TJ_GO_ON when `option` is taken, else the status
 * to end with. */
int tj_cli_common_option(const struct tj_command *command, int option, trujaman_options *options);

/* One of TJ_OPTIONS_OF_TALK: TJ_GO_ON, or told and TJ_EXIT_USAGE. Of quiet and verbose the
 * later one counts. */
int tj_cli_talk_option(const char *command, int option, struct tj_talk *talk);

/* optarg as the name of a compression: TJ_EXIT_DONE, or told and TJ_EXIT_USAGE. */
int tj_cli_packing(const char *command, int *packing);

/* optarg as a whole number in [low, high]: TJ_GO_ON, or told and TJ_EXIT_USAGE. */
int tj_cli_whole_number(const char *command, const char *option, int low, int high, int *value);

/* optarg as a decimal number in [low, high], likewise. */
int tj_cli_number(const char *command, const char *option, double low, double high, double *value);

#endif
