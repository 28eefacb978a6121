/* SPDX-License-Identifier: MIT */
/* `trujaman score`: prints the log-probability of each line pair under a model. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/cli/checks.h"
#include "src/cli/delivery/output.h"
#include "src/cli/options.h"

struct score_args {
	const char *model, *out;
	int force_text;
	trujaman_options options;
	char **files; /* points into argv: source, target */
};

static const char help[] =
    "Usage: trujaman score [OPTION]... SOURCE TARGET\n"
    "\n"
    "Print how probable the model finds each line of TARGET as the translation of\n"
    "the same line of SOURCE: the natural logarithm of the probability, the end of\n"
    "the sentence counted, one number a line. One of the two may be -, standard\n"
    "input. Files of unequal length are an error.\n"
    "\n"
    "  -m, --model MODEL  a file, or a name that is looked up in the folders of\n"
    "                     TRUJAMAN_MODEL_PATH and among the installed models;\n"
    "                     default " TJ_DEFAULT_MODEL "\n"
    "  -o, --output OUT   write to the file OUT, which appears when all is done\n"
    "      --threads N    threads; default one for each core it may use\n"
    "      --smt          let threads take all CPUs of a core, not one of each\n"
    "      --precision P  compute products in float32 or int8; default int8 where\n"
    "                     the model is stored so, else float32\n"
    "      --memory MIB   spend up to so much on tables that spare work, which all\n"
    "                     threads share; default 256\n"
    "      --strict       invalid UTF-8 is an error; else it becomes U+FFFD\n"
    "      --force-text   score even what is no text in UTF-8 by its beginning\n"
    "  -h, --help         show this and exit\n"
    "  -V, --version      show the version and exit\n"
    "\n"
    "Environment: TRUJAMAN_MODEL_PATH, folders with models, separated by colons;\n"
    "TRUJAMAN_ISA, the kernels to use; --version lists them. Neither kernels nor\n"
    "threads change a byte of the output.\n"
    "\n"
    "Exit status: 0 done, 1 the work failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  trujaman score book.en book.es\n"
    "  trujaman score book.en book.es | paste - book.en book.es | sort -n | head\n";

static int take_option(int option, struct score_args *args)
{
	switch (option) {
	case 'm':
		args->model = optarg;
		return TJ_GO_ON;
	case 'o':
		args->out = optarg;
		return TJ_GO_ON;
	case TJ_OPTION_FORCE_TEXT:
		args->force_text = 1;
		return TJ_GO_ON;
	default:
		return tj_cli_common_option(&tj_command_score, option, &args->options);
	}
}

static int parse(int argc, char **argv, struct score_args *args)
{
	static const struct option longs[] = {
		TJ_OPTIONS_OF_ALL,
		{ "model", required_argument, NULL, 'm' },
		{ "output", required_argument, NULL, 'o' },
		{ "threads", required_argument, NULL, TJ_OPTION_THREADS },
		{ "smt", no_argument, NULL, TJ_OPTION_SMT },
		{ "precision", required_argument, NULL, TJ_OPTION_PRECISION },
		{ "memory", required_argument, NULL, TJ_OPTION_MEMORY },
		{ "strict", no_argument, NULL, TJ_OPTION_STRICT },
		{ "force-text", no_argument, NULL, TJ_OPTION_FORCE_TEXT },
		{ NULL, 0, NULL, 0 },
	};
	const char *name = tj_command_score.name;
	int option;
	while ((option = tj_cli_option(name, argc, argv, ":m:o:hV", longs)) != -1) {
		int status = take_option(option, args);
		if (status != TJ_GO_ON)
			return status;
	}
	if (argc - optind != 2)
		return tj_cli_usage(name, "needs two files, SOURCE and TARGET, not %d",
		                    argc - optind);
	args->files = argv + optind;
	if (strcmp(args->files[0], "-") == 0 && strcmp(args->files[1], "-") == 0)
		return tj_cli_usage(name, "SOURCE and TARGET cannot both be standard input");
	return TJ_GO_ON;
}

/* The library opens an input only when its turn comes. Check early, so that a wrong name does not
 * fail the run after hours of work on the inputs before it. */
static int check_input(const trujaman_input *input)
{
	struct stat st;
	if (tj_is_stdin(input->path))
		return TJ_EXIT_DONE;
	int there = stat(input->path, &st) == 0;
	if (there && S_ISDIR(st.st_mode))
		errno = EISDIR;
	else if (there && access(input->path, R_OK) == 0)
		return TJ_EXIT_DONE;
	tj_cli_say("cannot read %s: %s", input->path, strerror(errno));
	return TJ_EXIT_FAILED;
}

static int score(const struct score_args *args, const trujaman_input inputs[2], trujaman *t)
{
	struct tj_output output;
	trujaman_report report = { 0 };
	int exit_status = tj_check_output(tj_command_score.name, args->out, 2, inputs,
	                                  trujaman_get_info(t)->path);
	if (exit_status != TJ_EXIT_DONE)
		return exit_status;
	exit_status = tj_output_open(&output, args->out);
	if (exit_status != TJ_EXIT_DONE)
		return exit_status;
	trujaman_status status = trujaman_score_stream(t, &inputs[0], &inputs[1], output.fd,
	                                               output.name, &report);
	if (status == TRUJAMAN_OK)
		exit_status = tj_output_commit(&output);
	else
		tj_output_abandon(&output);
	if (status != TRUJAMAN_ERROR_CLOSED)
		tj_warn_of_invalid(&(struct tj_talk){ 0 }, 2, inputs, &report);
	return status == TRUJAMAN_OK ? exit_status : tj_cli_fail(status, trujaman_error(t));
}

static int run(int argc, char **argv)
{
	struct score_args args = { .model = TJ_DEFAULT_MODEL,
		                   .options = trujaman_options_default() };
	int exit_status = parse(argc, argv, &args);
	if (exit_status != TJ_GO_ON)
		return exit_status;
	trujaman_input inputs[2];
	for (int i = 0; i < 2; i++) {
		inputs[i] = tj_input_of_argument(args.files[i]);
		if (check_input(&inputs[i]) != TJ_EXIT_DONE)
			return TJ_EXIT_FAILED;
	}
	exit_status = tj_check_texts(2, inputs, args.force_text);
	if (exit_status != TJ_EXIT_DONE)
		return exit_status;
	trujaman *t = NULL;
	trujaman_status status = trujaman_open(args.model, &args.options, &t);
	exit_status = status == TRUJAMAN_OK ? score(&args, inputs, t)
	                                    : tj_cli_fail(status, trujaman_error(t));
	trujaman_close(t);
	return exit_status;
}

const struct tj_command tj_command_score = { "score", "tell how probable given translations are",
	                                     help, run };
