/* SPDX-License-Identifier: MIT */
/* Makes getopt's tables of a command's options, parses by them, and tells what is wrong. */
#include "src/cli/options.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/nearest.h"
#include "src/cli/help.h"
#include "src/io/packing.h"

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

/* --- Parsing by the table ------------------------------------------------------------- */

/* What getopt needs. Options without a letter get values outside the range of char. */
struct getopt_tables {
	struct option *longs; /* from malloc */
	char letters[2 * 64];
};
enum { FIRST_WITHOUT_LETTER = 256 };

/* Returns 0 if memory is short. */
static int make_tables(struct getopt_tables *t, const struct tj_command *command)
{
	size_t n = 0, n_letters = 0;
	while (command->options[n].name != NULL)
		n++;
	t->longs = calloc(n + 1, sizeof *t->longs);
	if (t->longs == NULL)
		return 0;
	struct option *to = t->longs;
	t->letters[n_letters++] = ':';
	for (size_t i = 0; i < n; i++) {
		const struct tj_cli_option *o = &command->options[i];
		int has_value = tj_cli_label(command, o) != NULL;
		if (*o->name == '\0')
			continue;
		*to++ = (struct option){ o->name, has_value ? required_argument : no_argument, NULL,
			                 o->letter != 0 ? o->letter
			                                : FIRST_WITHOUT_LETTER + (int)i };
		if (o->letter != 0)
			t->letters[n_letters++] = (char)o->letter;
		if (o->letter != 0 && has_value)
			t->letters[n_letters++] = ':';
	}
	t->letters[n_letters] = '\0';
	return 1;
}

/* The option for which getopt returned `value`. */
static const struct tj_cli_option *option_of(const struct tj_command *command, int value)
{
	const struct tj_cli_option *o = command->options;
	if (value >= FIRST_WITHOUT_LETTER)
		return &o[value - FIRST_WITHOUT_LETTER];
	while (o->letter != value)
		o++;
	return o;
}

static int take_talk(const struct tj_cli_parser *p, int id)
{
	static const char *const modes[] = { "auto", "always", "never" };
	struct tj_talk *talk = p->talk;
	if (id != TJ_ID_PROGRESS) { /* the later one counts */
		talk->quiet = id == TJ_ID_QUIET;
		talk->verbose = id == TJ_ID_VERBOSE;
		return TJ_GO_ON;
	}
	for (int mode = 0; mode < 3; mode++)
		if (strcmp(optarg, modes[mode]) == 0) {
			talk->progress = (enum tj_progress_mode)mode;
			return TJ_GO_ON;
		}
	return tj_cli_usage(p->command->name,
	                    "--progress must be one of " TJ_PROGRESS_MODES ", not '%s'", optarg);
}

static int take(const struct tj_cli_parser *p, const struct tj_cli_option *o)
{
	switch (o->id) {
	case 0:
		return p->set(p->context, o->name, optarg != NULL ? optarg : "true");
	case TJ_ID_HELP:
		return tj_cli_print_help(p->command);
	case TJ_ID_VERSION:
		return tj_cli_print_version();
	case TJ_ID_PROGRESS:
	case TJ_ID_QUIET:
	case TJ_ID_VERBOSE:
		return take_talk(p, o->id);
	default:
		return p->take(p->context, o->id, optarg);
	}
}

int tj_cli_parse(const struct tj_cli_parser *p, int argc, char **argv)
{
	struct getopt_tables tables;
	int status = TJ_GO_ON;
	if (!make_tables(&tables, p->command)) {
		tj_cli_say("out of memory for the options");
		return TJ_EXIT_FAILED;
	}
	while (status == TJ_GO_ON) {
		int option = tj_cli_option(p->command->name, argc, argv, tables.letters,
		                           tables.longs);
		if (option == -1)
			break;
		status = option != '?' ? take(p, option_of(p->command, option)) : TJ_EXIT_USAGE;
	}
	free(tables.longs);
	return status;
}

/* --- Values ----------------------------------------------------------------------------- */

trujaman_options *tj_cli_options_new(void)
{
	trujaman_options *o = trujaman_options_new();
	if (o == NULL)
		tj_cli_say("out of memory for the options");
	return o;
}

int tj_cli_set(const struct tj_command *command, trujaman_options *options, const char *name,
               const char *value)
{
	char error[1024];
	if (trujaman_options_set(options, name, value, error, sizeof error) == TRUJAMAN_OK)
		return TJ_GO_ON;
	return tj_cli_usage(command->name, "%s", error);
}

int tj_cli_packing(const struct tj_command *command, const char *value, int *packing)
{
	*packing = tj_packing_by_name(value);
	if (*packing >= 0)
		return TJ_GO_ON;
	return tj_cli_usage(command->name,
	                    "--compress must be one of " TJ_PACKING_NAMES ", not '%s'", value);
}
