/* SPDX-License-Identifier: MIT */
/* `trujaman quantize`: writes a model with 8-bit integer weights. */
#include <signal.h>
#include <string.h>

#include "src/cli/options.h"

static const char usage[] =
    "Usage: trujaman quantize [OPTION]... IN OUT\n"
    "\n"
    "Make a model a quarter as large: write the model IN to the file OUT with its\n"
    "weight matrices in integers of 8 bits (I8), with a scale for each row. It\n"
    "translates nearly the same. What is I8 already is copied.\n"
    "\n"
    "IN is a file, or a name that is looked up in the folders of\n"
    "TRUJAMAN_MODEL_PATH and among the installed models. OUT appears whole or not\n"
    "at all; it may be IN.\n"
    "\n";

static const char notes[] =
    "\n"
    "Environment: TRUJAMAN_MODEL_PATH, folders with models, separated by colons.\n"
    "\n"
    "Exit status: 0 done, 1 the work failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  trujaman quantize my.safetensors small.safetensors\n"
    "  trujaman quantize --words book.en my.safetensors small.safetensors\n";

enum { ID_WORDS = TJ_ID_OWN };

static const struct tj_cli_option options[] = {
	{ 0, "words", "FILE",
	  "and give it a list of the words of FILE, the text that it was trained on, on its source "
	  "side: names that are not among them come through",
	  ID_WORDS },
	TJ_OPTIONS_OF_ALL,
	TJ_OPTIONS_END,
};

static int take_option(void *context, int id, const char *value)
{
	(void)id;
	*(const char **)context = value;
	return TJ_GO_ON;
}

static trujaman_status write_model(const char *in, const char *out, const char *words, char *error,
                                   size_t n)
{
	trujaman_status status = TRUJAMAN_OK;
	if (words != NULL) {
		status = trujaman_learn_words(in, words, out, error, n);
		in = out;
	}
	return status == TRUJAMAN_OK ? trujaman_quantize(in, out, error, n) : status;
}

static int run(int argc, char **argv)
{
	const char *words = NULL;
	const struct tj_cli_parser parser = { &tj_command_quantize, &words, NULL, take_option,
		                              NULL };
	const char *name = tj_command_quantize.name;
	int parsed = tj_cli_parse(&parser, argc, argv);
	if (parsed != TJ_GO_ON)
		return parsed;
	if (argc - optind != 2)
		return tj_cli_usage(name, "needs two files, IN and OUT, not %d", argc - optind);
	if (*argv[optind + 1] == '\0')
		return tj_cli_usage(name, "OUT needs a name");
	if (strcmp(argv[optind + 1], "-") == 0)
		return tj_cli_usage(name, "a model is not written to standard output; name a file");
	char error[1024];
	sigset_t ending, before;
	sigemptyset(&ending);
	sigaddset(&ending, SIGINT);
	sigaddset(&ending, SIGTERM);
	sigaddset(&ending, SIGHUP);
	/* The work takes about a second, so a signal waits until it is done: finishing is as good
	 * an end as leaving nothing behind. */
	sigprocmask(SIG_BLOCK, &ending, &before);
	trujaman_status status = write_model(argv[optind], argv[optind + 1], words, error,
	                                     sizeof error);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return tj_cli_fail(status, error);
}

const struct tj_command tj_command_quantize = { .name = "quantize",
	                                        .summary = "make a model a quarter as large",
	                                        .usage = usage,
	                                        .column = 17,
	                                        .options = options,
	                                        .notes = notes,
	                                        .run = run,
	                                        .busy = "quantising" };
