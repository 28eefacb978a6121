/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "src/cli/job.h"
#include "src/cli/options.h"

enum {
	MAX_BEAM = 64, MAX_LENGTH_PENALTY = 100, MIN_PIECES = 8, MAX_PIECES = 65536,
	MAX_COLUMN = 1 << 20, MAX_CACHE = 1 << 20
};

struct translate_args {
	const char *model, *out;
	trujaman_options options;
	enum trujaman_output output;
	int n_files;
	char **files; /* in argv */
};

static const char help[] =
    "Usage: trujaman translate [OPTION]... [FILE]...\n"
    "\n"
    "Translate FILEs one after the other, line for line; standard input where there\n"
    "is no FILE, or where FILE is -. Output line i is the translation of input line\n"
    "i, always. Blank lines and line endings stay as they are.\n"
    "\n"
    "  -m, --model MODEL       a file, or a name that is looked up in the folders of\n"
    "                          TRUJAMAN_MODEL_PATH and among the installed models;\n"
    "                          default " TJ_DEFAULT_MODEL "\n"
    "  -o, --output OUT        write to the file OUT, which appears when all is done\n"
    "      --threads N         threads; default one for each core it may use\n"
    "      --beam K            beam width of the search, 1 to 64; default 4;\n"
    "                          1 is fastest\n"
    "      --length-penalty A  rank translations by score / length^A; default 1\n"
    "      --n-best K          print the K best translations of each line, as line\n"
    "                          number, tab, score, tab, text; widens the beam to K\n"
    "                          where --beam is not given\n"
    "      --scores            print score, tab, translation\n"
    "      --split auto|off    translate a line of several sentences sentence by\n"
    "                          sentence, or as a whole; default auto\n"
    "      --max-pieces N      translate sentences of more than N pieces in parts;\n"
    "                          default 256\n"
    "      --tsv FIELD         translate column FIELD (from 1) of lines with tabs\n"
    "                          between columns; all else stays as it is\n"
    "      --cache MIB         remember translations in up to so much memory, and\n"
    "                          translate a repeated sentence once; default 64\n"
    "      --precision P       compute products in float32 or int8; default int8\n"
    "                          where the model is stored so, else float32\n"
    "      --memory MIB        spend up to so much on tables that spare work and are\n"
    "                          shared by all threads; default 256\n"
    "      --strict            invalid UTF-8 is an error; else it becomes U+FFFD\n"
    "  -h, --help              show this and exit\n"
    "  -V, --version           show the version and exit\n"
    "\n"
    "Environment: TRUJAMAN_MODEL_PATH, folders with models, separated by colons;\n"
    "TRUJAMAN_ISA, the kernels to use; --version lists them. Neither kernels nor\n"
    "threads change a byte of the output.\n"
    "\n"
    "Exit status: 0 done, 1 the work failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  echo \"Let's go.\" | trujaman translate\n"
    "  trujaman translate -o book.es book.en\n"
    "  trujaman translate --n-best 3 --scores letter.txt | less\n";

static int take_option(int option, struct translate_args *args)
{
	const char *name = tj_command_translate.name;
	trujaman_options *options = &args->options;
	switch (option) {
	case 'm':
		args->model = optarg;
		return TJ_GO_ON;
	case 'o':
		args->out = optarg;
		return TJ_GO_ON;
	case TJ_OPTION_BEAM:
		return tj_cli_whole_number(name, "--beam", 1, MAX_BEAM, &options->beam);
	case TJ_OPTION_LENGTH_PENALTY:
		return tj_cli_number(name, "--length-penalty", 0, MAX_LENGTH_PENALTY,
		                     &options->length_penalty);
	case TJ_OPTION_N_BEST:
		args->output = TRUJAMAN_OUTPUT_N_BEST;
		return tj_cli_whole_number(name, "--n-best", 1, MAX_BEAM, &options->n_best);
	case TJ_OPTION_MAX_PIECES:
		return tj_cli_whole_number(name, "--max-pieces", MIN_PIECES, MAX_PIECES,
		                           &options->max_pieces);
	case TJ_OPTION_SPLIT:
		if (strcmp(optarg, "auto") != 0 && strcmp(optarg, "off") != 0)
			return tj_cli_usage(name, "--split is auto or off, not '%s'", optarg);
		options->split = optarg;
		return TJ_GO_ON;
	case TJ_OPTION_TSV:
		return tj_cli_whole_number(name, "--tsv", 1, MAX_COLUMN, &options->tsv);
	case TJ_OPTION_CACHE:
		return tj_cli_whole_number(name, "--cache", 0, MAX_CACHE, &options->cache);
	case TJ_OPTION_SCORES:
		/* N-best lists have scores already. */
		if (args->output == TRUJAMAN_OUTPUT_PLAIN)
			args->output = TRUJAMAN_OUTPUT_SCORES;
		return TJ_GO_ON;
	default:
		return tj_cli_common_option(&tj_command_translate, option, options);
	}
}

static int parse(int argc, char **argv, struct translate_args *args)
{
	static const struct option longs[] = {
		TJ_OPTIONS_OF_ALL,
		{ "model", required_argument, NULL, 'm' },
		{ "output", required_argument, NULL, 'o' },
		{ "threads", required_argument, NULL, TJ_OPTION_THREADS },
		{ "beam", required_argument, NULL, TJ_OPTION_BEAM },
		{ "length-penalty", required_argument, NULL, TJ_OPTION_LENGTH_PENALTY },
		{ "n-best", required_argument, NULL, TJ_OPTION_N_BEST },
		{ "scores", no_argument, NULL, TJ_OPTION_SCORES },
		{ "split", required_argument, NULL, TJ_OPTION_SPLIT },
		{ "max-pieces", required_argument, NULL, TJ_OPTION_MAX_PIECES },
		{ "tsv", required_argument, NULL, TJ_OPTION_TSV },
		{ "cache", required_argument, NULL, TJ_OPTION_CACHE },
		{ "precision", required_argument, NULL, TJ_OPTION_PRECISION },
		{ "memory", required_argument, NULL, TJ_OPTION_MEMORY },
		{ "strict", no_argument, NULL, TJ_OPTION_STRICT },
		{ NULL, 0, NULL, 0 },
	};
	const char *name = tj_command_translate.name;
	int option, beam_given = 0;
	while ((option = tj_cli_option(name, argc, argv, ":m:o:hV", longs)) != -1) {
		int status = take_option(option, args);
		if (status != TJ_GO_ON)
			return status;
		beam_given |= option == TJ_OPTION_BEAM;
	}
	trujaman_options *options = &args->options;
	if (!beam_given && options->beam < options->n_best)
		options->beam = options->n_best;
	if (options->n_best > options->beam)
		return tj_cli_usage(name, "--n-best %d needs a --beam of at least as much, not %d",
		                    options->n_best, options->beam);
	if (options->tsv > 0 && args->output != TRUJAMAN_OUTPUT_PLAIN)
		return tj_cli_usage(name, "--tsv goes with neither --scores nor --n-best");
	args->n_files = argc - optind;
	args->files = argv + optind;
	return TJ_GO_ON;
}

static trujaman_status translate(trujaman *t, const struct tj_job *job, int out_fd,
                                 const char *out_name, trujaman_report *report)
{
	return trujaman_translate_stream(t, job->n_inputs, job->inputs, out_fd, out_name, job->output,
	                                 report);
}

static int run(int argc, char **argv)
{
	struct translate_args args = { .model = TJ_DEFAULT_MODEL,
		                       .options = trujaman_options_default() };
	int status = parse(argc, argv, &args);
	if (status != TJ_GO_ON)
		return status;
	size_t n_inputs = args.n_files > 0 ? (size_t)args.n_files : 1;
	trujaman_input *inputs = calloc(n_inputs, sizeof *inputs);
	if (inputs == NULL)
		return tj_cli_fail(TRUJAMAN_ERROR_MEMORY, "out of memory for the names of the inputs");
	for (size_t i = 0; i < n_inputs; i++)
		inputs[i] = tj_job_input(args.n_files > 0 ? args.files[i] : "-");
	struct tj_job job = {
		.command = tj_command_translate.name,
		.model = args.model,
		.out = args.out,
		.options = args.options,
		.n_inputs = n_inputs,
		.inputs = inputs,
		.output = args.output,
		.run = translate,
	};
	status = tj_job_run(&job);
	free(inputs);
	return status;
}

const struct tj_command tj_command_translate = {
	"translate", "translate text, line for line", help, run
};
