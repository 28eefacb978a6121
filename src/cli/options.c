/* SPDX-License-Identifier: MIT */
/* Parses the options that several commands share, and the numbers in their values. */
#include "src/cli/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/nearest.h"
#include "src/base/number.h"
#include "src/io/packing.h"

enum { MAX_THREADS = 4096, MAX_MEMORY = 1 << 20 };

/* Both lists below are a sentence's worth at most. */
enum { MAX_LISTED_BYTES = 512 };

static const char *long_name(const struct option *longs, int value)
{
	for (; longs->name; longs++)
		if (longs->val == value)
			return longs->name;
	return NULL;
}

/* Lists the options that begin as `name`, of n bytes, does. Returns how many there are. */
static int list_beginning(char list[MAX_LISTED_BYTES], const struct option *longs, const char *name,
                          size_t n)
{
	size_t used = 0;
	int found = 0;
	list[0] = '\0';
	for (; longs->name; longs++) {
		if (strncmp(longs->name, name, n) != 0)
			continue;
		int more = snprintf(list + used, MAX_LISTED_BYTES - used, "%s--%s",
		                    found++ ? ", " : "", longs->name);
		used += (size_t)more;
		if (used >= MAX_LISTED_BYTES)
			break;
	}
	return found;
}

/* Whether a command that takes files as arguments got an option for one, as other programs have. */
static int names_input(const char *command, const char *name)
{
	static const char *const takes_files[] = { "translate", "score", "evaluate", NULL };
	static const char *const inputs[] = { "source", "src", "input", "in", "file", NULL };
	for (int i = 0; command != NULL && takes_files[i] != NULL; i++)
		for (int k = 0; strcmp(takes_files[i], command) == 0 && inputs[k] != NULL; k++)
			if (strcmp(inputs[k], name) == 0)
				return 1;
	return 0;
}

/* getopt_long refuses the long option `argument` both if it knows none that begins so and if it
 * knows several. */
static void tell_wrong_long(const char *command, const char *argument, const struct option *longs)
{
	char list[MAX_LISTED_BYTES], name[64];
	size_t n = strcspn(argument + 2, "=");
	if (list_beginning(list, longs, argument + 2, n) > 1) {
		tj_cli_usage(command, "ambiguous option '%s': it may be %s", argument, list);
		return;
	}
	snprintf(name, sizeof name, "%.*s", n < sizeof name ? (int)n : 0, argument + 2);
	if (names_input(command, name)) {
		tj_cli_usage(command,
		             "unknown option '%s'; files to read need no option: trujaman %s "
		             "FILE",
		             argument, command);
		return;
	}
	struct tj_nearest nearest = { .word = name };
	for (; longs->name; longs++)
		tj_nearest_show(&nearest, longs->name);
	if (nearest.found != NULL)
		tj_cli_usage(command, "unknown option '%s' (did you mean '--%s'?)", argument,
		             nearest.found);
	else
		tj_cli_usage(command, "unknown option '%s'", argument);
}

/* Whether the argument is "-NAME" or "-NAME=VALUE" of a long option, which takes two dashes, and
 * `letter` of it is what getopt_long did not know. */
static int lacks_dash(const char *argument, int letter, const struct option *longs)
{
	if (argument == NULL || strchr(argument, letter) == NULL)
		return 0;
	size_t n = strcspn(argument + 1, "=");
	for (; argument[0] == '-' && longs->name; longs++)
		if (strlen(longs->name) == n && strncmp(argument + 1, longs->name, n) == 0)
			return 1;
	return 0;
}

/* Report a wrong option. getopt_long describes it in optopt: 0 means a long option, which is
 * argv[optind - 1]; a letter means an unknown short option, in the argument before or at optind;
 * and the value of a long option means that it was given `=…` but takes no value. */
static void tell_wrong_option(const char *command, char **argv, const struct option *longs)
{
	const char *name = optopt ? long_name(longs, optopt) : NULL;
	const char *argument = argv[optind - 1];
	if (!lacks_dash(argument, optopt, longs))
		argument = argv[optind];
	if (optopt == 0)
		tell_wrong_long(command, argv[optind - 1], longs);
	else if (name != NULL)
		tj_cli_usage(command, "option '--%s' takes no value", name);
	else if (lacks_dash(argument, optopt, longs))
		tj_cli_usage(command, "unknown option '-%c' (did you mean '-%s'?)", optopt,
		             argument);
	else
		tj_cli_usage(command, "unknown option '-%c'", optopt);
}

int tj_cli_option(const char *command, int argc, char **argv, const char *letters,
                  const struct option *longs)
{
	opterr = 0;
	int option = getopt_long(argc, argv, letters, longs, NULL);
	if (option == '?') {
		tell_wrong_option(command, argv, longs);
	} else if (option == ':') {
		tj_cli_usage(command, "option '--%s' needs a value", long_name(longs, optopt));
		return '?';
	}
	return option;
}

int tj_cli_common_option(const struct tj_command *command, int option, trujaman_options *options)
{
	switch (option) {
	case 'h':
		return tj_cli_print(command->help);
	case 'V':
		return tj_cli_print_version();
	case 't':
		return tj_cli_whole_number(command->name, "--threads", 1, MAX_THREADS,
		                           &options->threads);
	case TJ_OPTION_SMT:
		options->smt = 1;
		return TJ_GO_ON;
	case TJ_OPTION_STRICT:
		options->strict = 1;
		return TJ_GO_ON;
	case TJ_OPTION_PRECISION:
		if (strcmp(optarg, "float32") != 0 && strcmp(optarg, "int8") != 0)
			return tj_cli_usage(command->name,
			                    "--precision is float32 or int8, not '%s'", optarg);
		options->precision = optarg;
		return TJ_GO_ON;
	case TJ_OPTION_MEMORY:
		return tj_cli_whole_number(command->name, "--memory", 0, MAX_MEMORY,
		                           &options->memory);
	default:
		return TJ_EXIT_USAGE;
	}
}

int tj_cli_talk_option(const char *command, int option, struct tj_talk *talk)
{
	static const char *const modes[] = { "auto", "always", "never" };
	if (option == 'q' || option == 'v') {
		talk->quiet = option == 'q';
		talk->verbose = option == 'v';
		return TJ_GO_ON;
	}
	for (int mode = 0; mode < 3; mode++)
		if (strcmp(optarg, modes[mode]) == 0) {
			talk->progress = (enum tj_progress_mode)mode;
			return TJ_GO_ON;
		}
	return tj_cli_usage(command, "--progress is auto, always or never, not '%s'", optarg);
}

int tj_cli_packing(const char *command, int *packing)
{
	*packing = tj_packing_by_name(optarg);
	if (*packing >= 0)
		return TJ_EXIT_DONE;
	return tj_cli_usage(command, "--compress is none, gzip, bzip2, xz or zstd, not '%s'",
	                    optarg);
}

int tj_cli_whole_number(const char *command, const char *option, int low, int high, int *value)
{
	/* strtol would also accept white space and signs, but no option here needs a sign. */
	size_t n_digits = strspn(optarg, "0123456789");
	errno = 0;
	long number = n_digits ? strtol(optarg, NULL, 10) : 0;
	if (n_digits == 0 || optarg[n_digits] || errno || number < low || number > high)
		return tj_cli_usage(command, "%s must be a whole number from %d to %d, not '%s'",
		                    option, low, high, optarg);
	*value = (int)number;
	return TJ_GO_ON;
}

int tj_cli_number(const char *command, const char *option, double low, double high, double *value)
{
	double number;
	if (!tj_number_read(optarg, &number) || !(number >= low && number <= high))
		return tj_cli_usage(command, "%s must be a number from %g to %g, not '%s'", option,
		                    low, high, optarg);
	*value = number;
	return TJ_GO_ON;
}
