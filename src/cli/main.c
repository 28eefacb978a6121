/* SPDX-License-Identifier: MIT */
/* Entry point of the program: finds the command and runs it. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "src/cli/advice.h"
#include "src/cli/help.h"
#include "src/cli/options.h"
#include "src/cli/show/question.h"

static const struct tj_command *const commands[] = {
	&tj_command_translate, &tj_command_merge, &tj_command_train,
	&tj_command_quantize,  &tj_command_score, &tj_command_evaluate,
	&tj_command_plot,      &tj_command_info,  NULL
};

enum { N_NAMES = sizeof commands / sizeof *commands + 1 }; /* with "help" */

static const struct tj_command *find_command(const char *name)
{
	for (const struct tj_command *const *c = commands; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

static int print_help(void)
{
	fputs("Usage: trujaman COMMAND [OPTION]... [ARGUMENT]...\n"
	      "\n"
	      "Translate text with recurrent neural networks, offline.\n"
	      "\n"
	      "Commands:\n",
	      stdout);
	for (const struct tj_command *const *c = commands; *c; c++)
		printf("  %-10s %s\n", (*c)->name, (*c)->summary);
	return tj_cli_print("  help       show the help of a command\n"
	                    "\n"
	                    "  -h, --help     show this and exit\n"
	                    "  -V, --version  show the version and the usable kernels, and exit\n"
	                    "\n"
	                    "Exit status: 0 done, 1 the work failed, 2 wrong usage.\n"
	                    "\n"
	                    "Examples:\n"
	                    "  echo \"Let's go.\" | trujaman translate\n"
	                    "  trujaman help translate\n");
}

/* The names of the commands, and NULL at the end. */
static void list_names(const char *names[N_NAMES])
{
	size_t n = 0;
	for (const struct tj_command *const *c = commands; *c; c++)
		names[n++] = (*c)->name;
	names[n++] = "help";
	names[n] = NULL;
}

static int no_command(int argc, char **argv)
{
	const char *names[N_NAMES];
	list_names(names);
	return tj_advise_command(argc, argv, names);
}

static int help(int argc, char **argv)
{
	if (argc == 1 || strcmp(argv[1], "--help") == 0)
		return print_help();
	if (argc > 2)
		return tj_cli_usage(NULL, "help takes one command, not %d", argc - 1);
	const struct tj_command *command = find_command(argv[1]);
	if (command == NULL)
		return no_command(1, argv + 1);
	return tj_cli_print_help(command);
}

/* If a standard descriptor is closed, the next file that is opened gets its number; the model
 * could become stdout, for example. So occupy each missing descriptor with /dev/null, opened in
 * the wrong direction: using it fails. */
static int hold_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return 0;
	}
	return 1;
}

/* Whether the program itself may have the option; getopt_long will say what is wrong with it. */
static int is_own(const char *argument, const struct option *longs)
{
	for (; longs->name; longs++)
		if (argument[1] == longs->val ||
		    (argument[1] == '-' &&
		     strncmp(longs->name, argument + 2, strcspn(argument + 2, "=")) == 0))
			return 1;
	return 0;
}

/* Parse the options before the command. "+" makes getopt stop there, because the options that
 * follow belong to the command. */
static int parse_top(int argc, char **argv)
{
	static const struct option longs[] = { { "help", no_argument, NULL, 'h' },
		                               { "version", no_argument, NULL, 'V' },
		                               { NULL, 0, NULL, 0 } };
	const char *names[N_NAMES];
	list_names(names);
	if (argc > 1 && argv[1][0] == '-' && argv[1][1] != '\0' && !is_own(argv[1], longs)) {
		int status = tj_advise_order(argc, argv, names);
		if (status != TJ_GO_ON)
			return status;
	}
	switch (tj_cli_option(NULL, argc, argv, "+:hV", longs)) {
	case -1:
		return TJ_GO_ON;
	case 'h':
		return print_help();
	case 'V':
		return tj_cli_print_version();
	default:
		return TJ_EXIT_USAGE;
	}
}

int main(int argc, char **argv)
{
	tj_question_catch(); /* first of all: SIGUSR1 asks how far a job is, at any time */
	if (!hold_standard_descriptors())
		return TJ_EXIT_FAILED;
	/* A reader of standard error that has gone must not end the work. If it is the reader of
	 * the results, the write fails, and the program ends as SIGPIPE would end it (message.h).
	 */
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ); /* write each message in one call, not in pieces */
	int status = parse_top(argc, argv);
	if (status != TJ_GO_ON)
		return status;
	argc -= optind;
	argv += optind;
	optind = 0; /* makes glibc reset getopt for the command */
	if (argc <= 0)
		return tj_cli_usage(NULL, "no command given");
	if (strcmp(argv[0], "help") == 0)
		return help(argc, argv);
	const struct tj_command *command = find_command(argv[0]);
	if (command == NULL)
		return no_command(argc, argv);
	tj_question_answer(command->busy);
	return command->run(argc, argv);
}
