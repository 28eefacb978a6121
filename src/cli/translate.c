/* SPDX-License-Identifier: MIT */
/* `trujaman translate`: parses the command line and starts the run (translation.h). */
#include <string.h>

#include "src/cli/advice.h"
#include "src/cli/options.h"
#include "src/cli/show/interrupt.h"
#include "src/cli/translation.h"

enum {
	MAX_BEAM = 64,
	MAX_LENGTH_PENALTY = 100,
	MIN_PIECES = 8,
	MAX_PIECES = 65536,
	MAX_COLUMN = 1 << 20,
	MAX_COVERAGE_PENALTY = 100,
	REPEAT_NGRAM = 4,
	MAX_CACHE = 1 << 20
};

static const char help[] =
    "Usage: trujaman translate [OPTION]... [FILE]...\n"
    "\n"
    "Translate FILEs one after the other, line for line; standard input where there\n"
    "is no FILE, or where FILE is -. Output line i is the translation of input line\n"
    "i, always. Blank lines and line endings stay as they are. Input by gzip, bzip2,\n"
    "xz or zstd is told by its content.\n"
    "\n"
    "A run that is interrupted or killed leaves OUT.partial and OUT.journal; the\n"
    "same command with --resume goes on from there, to the same bytes.\n"
    "\n"
    "  -m, --model MODEL       a file, or a name that is looked up in the folders of\n"
    "                          TRUJAMAN_MODEL_PATH and among the installed models;\n"
    "                          default " TJ_DEFAULT_MODEL "\n"
    "  -o, --output OUT        write to the file OUT, which appears when all is done\n"
    "      --output-dir DIR    write a file for each FILE into the folder DIR; FILEs\n"
    "                          may be folders then, and what is in them is mirrored\n"
    "      --suffix TEXT       with --output-dir: added to the names\n"
    "      --resume            go on with what an interrupted run has left; do only\n"
    "                          what is missing in the output folder\n"
    "      --force             begin anew, and replace files in the output folder\n"
    "      --compress HOW      none, gzip, bzip2, xz or zstd; default by OUT's name\n"
    "      --shard I/N         translate the I-th of N parts of every FILE into\n"
    "                          OUT.I-of-N, for 'trujaman merge OUT'; array jobs:\n"
    "                          --shard slurm, --shard sge\n"
    "  -t, --threads N         threads; default one for each core it may use\n"
    "      --smt               let threads take all CPUs of a core, not one of each\n"
    "      --beam K            beam width of the search, 1 to 64; default 4;\n"
    "                          1 is fastest\n"
    "      --length-penalty A  rank translations by score / length^A; default 1\n"
    "      --n-best K          print the K best translations of each line, all\n"
    "                          different, as line number, tab, score, tab, text;\n"
    "                          widens the beam to K where --beam is not given\n"
    "      --scores            print score, tab, translation\n"
    "      --split auto|off    translate a line of several sentences sentence by\n"
    "                          sentence, or as a whole; default auto\n"
    "      --max-pieces N      translate sentences of more than N pieces in parts;\n"
    "                          default 256\n"
    "      --tsv FIELD         translate column FIELD (from 1) of lines with tabs\n"
    "                          between columns; all else stays as it is\n"
    "      --keep FILE         what FILE's regular expressions, one a line, find\n"
    "                          must not change either\n"
    "      --glossary FILE     translate terms as FILE says: source, tab, target\n"
    "      --case auto|keep    translate capitals, lower case and title case as\n"
    "                          sentences and bring the case back, or leave it to\n"
    "                          the network; default auto\n"
    "      --no-repeat-ngram N let no 4 pieces in a row repeat unless the source\n"
    "                          repeats words: 4, the default, or 0, off\n"
    "      --coverage-penalty B\n"
    "                          prefer translations of all of the source by B,\n"
    "                          0 to 100; default 0\n"
    "      --plain             the network alone: nothing is kept from it, and\n"
    "                          quotes, case and repeats are left to it\n"
    "      --cache MIB         remember translations in up to so much memory, and\n"
    "                          translate a repeated sentence once; default 64\n"
    "      --precision P       compute products in float32 or int8; default int8\n"
    "                          where the model is stored so, else float32\n"
    "      --memory MIB        spend up to so much on tables that spare work and are\n"
    "                          shared by all threads; default 256\n"
    "      --strict            invalid UTF-8 is an error; else it becomes U+FFFD\n"
    "      --force-text        translate even what is no text in UTF-8 by its\n"
    "                          beginning: UTF-16, archives, images\n"
    "      --stats FILE        write what was met and counted, as JSON; - is stdout,\n"
    "                          where the translation goes elsewhere\n" TJ_HELP_OF_TALK
    "  -h, --help              show this and exit\n"
    "  -V, --version           show the version and exit\n"
    "\n"
    "Environment: TRUJAMAN_MODEL_PATH, folders with models, separated by colons;\n"
    "TRUJAMAN_ISA, the kernels to use; --version lists them. Neither kernels nor\n"
    "threads change a byte of the output.\n"
    "\n"
    "Exit status: 0 done, 1 the work failed, 2 wrong usage, 128 + N ended by the\n"
    "signal N.\n"
    "\n"
    "Examples:\n"
    "  echo \"Let's go.\" | trujaman translate\n"
    "  trujaman translate -o book.es book.en\n"
    "  trujaman translate --output-dir es --suffix .es library/ letters/*.txt\n"
    "  trujaman translate --n-best 3 --scores letter.txt | less\n";

enum {
	OPTION_OUTPUT_DIR = 512,
	OPTION_SUFFIX,
	OPTION_RESUME,
	OPTION_FORCE,
	OPTION_SHARD,
	OPTION_COMPRESS
};

static int take_start(enum tj_start start, struct tj_translation *x)
{
	if (x->to.start != TJ_START_NEW && x->to.start != start)
		return tj_cli_usage("translate", "--resume and --force exclude each other");
	x->to.start = start;
	return TJ_GO_ON;
}

/* Options that say where results and messages go. */
static int take_output_option(int option, struct tj_translation *x)
{
	int status;
	switch (option) {
	case 'o':
		x->to.out = optarg;
		return TJ_GO_ON;
	case OPTION_OUTPUT_DIR:
		x->to.folder = optarg;
		return TJ_GO_ON;
	case OPTION_SUFFIX:
		x->to.suffix = optarg;
		return TJ_GO_ON;
	case OPTION_RESUME:
		return take_start(TJ_START_RESUME, x);
	case OPTION_FORCE:
		return take_start(TJ_START_AGAIN, x);
	case OPTION_COMPRESS:
		status = tj_cli_packing(tj_command_translate.name, &x->to.packing);
		return status == TJ_EXIT_DONE ? TJ_GO_ON : status;
	case OPTION_SHARD:
		return tj_shard_parse(optarg, &x->to.shard);
	case TJ_OPTION_STATS:
		x->stats = optarg;
		return TJ_GO_ON;
	case TJ_OPTION_PROGRESS:
	case 'q':
	case 'v':
		return tj_cli_talk_option(tj_command_translate.name, option, &x->talk);
	default:
		return tj_cli_common_option(&tj_command_translate, option, &x->options);
	}
}

/* Options of what surrounds the network. */
static int take_text_option(int option, struct tj_translation *x)
{
	const char *name = tj_command_translate.name;
	trujaman_options *options = &x->options;
	switch (option) {
	case TJ_OPTION_PLAIN:
		options->plain = 1;
		return TJ_GO_ON;
	case TJ_OPTION_KEEP:
		options->keep = optarg;
		return TJ_GO_ON;
	case TJ_OPTION_GLOSSARY:
		options->glossary = optarg;
		return TJ_GO_ON;
	case TJ_OPTION_CASE:
		if (strcmp(optarg, "auto") != 0 && strcmp(optarg, "keep") != 0)
			return tj_cli_usage(name, "--case is auto or keep, not '%s'", optarg);
		options->letter_case = optarg;
		return TJ_GO_ON;
	case TJ_OPTION_NO_REPEAT_NGRAM:
		if (tj_cli_whole_number(name, "--no-repeat-ngram", 0, REPEAT_NGRAM,
		                        &options->no_repeat_ngram) != TJ_GO_ON)
			return TJ_EXIT_USAGE;
		if (options->no_repeat_ngram > 0 && options->no_repeat_ngram < REPEAT_NGRAM)
			return tj_cli_usage(name, "--no-repeat-ngram is 0 or %d, not '%s'",
			                    REPEAT_NGRAM, optarg);
		return TJ_GO_ON;
	case TJ_OPTION_COVERAGE_PENALTY:
		return tj_cli_number(name, "--coverage-penalty", 0, MAX_COVERAGE_PENALTY,
		                     &options->coverage_penalty);
	default:
		return take_output_option(option, x);
	}
}

static int take_option(int option, struct tj_translation *x)
{
	const char *name = tj_command_translate.name;
	trujaman_options *options = &x->options;
	switch (option) {
	case 'm':
		x->model = optarg;
		return TJ_GO_ON;
	case TJ_OPTION_BEAM:
		return tj_cli_whole_number(name, "--beam", 1, MAX_BEAM, &options->beam);
	case TJ_OPTION_LENGTH_PENALTY:
		return tj_cli_number(name, "--length-penalty", 0, MAX_LENGTH_PENALTY,
		                     &options->length_penalty);
	case TJ_OPTION_N_BEST:
		x->to.output = TRUJAMAN_OUTPUT_N_BEST;
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
	case TJ_OPTION_FORCE_TEXT:
		x->force_text = 1;
		return TJ_GO_ON;
	case TJ_OPTION_SCORES:
		/* N-best lists already contain scores. */
		if (x->to.output == TRUJAMAN_OUTPUT_PLAIN)
			x->to.output = TRUJAMAN_OUTPUT_SCORES;
		return TJ_GO_ON;
	default:
		return take_text_option(option, x);
	}
}

/* Reject combinations of options that exclude each other, and fill in defaults. */
static int check(struct tj_translation *x, int beam_given)
{
	const char *name = tj_command_translate.name;
	trujaman_options *options = &x->options;
	int to_stdout = x->to.folder == NULL && (x->to.out == NULL || strcmp(x->to.out, "-") == 0);
	if (!beam_given && options->beam < options->n_best)
		options->beam = options->n_best;
	if (options->n_best > options->beam)
		return tj_cli_usage(name, "--n-best %d needs a --beam of at least as much, not %d",
		                    options->n_best, options->beam);
	if (options->tsv > 0 && x->to.output != TRUJAMAN_OUTPUT_PLAIN)
		return tj_cli_usage(name, "--tsv goes with neither --scores nor --n-best");
	if (options->plain && (options->keep != NULL || options->glossary != NULL ||
	                       options->letter_case != NULL || options->coverage_penalty > 0))
		return tj_cli_usage(name, "--plain goes without --keep, --glossary, --case "
		                          "and --coverage-penalty");
	if (x->to.folder != NULL && x->to.out != NULL)
		return tj_cli_usage(name, "--output and --output-dir exclude each other");
	if (x->to.out != NULL && *x->to.out == '\0')
		return tj_cli_usage(name, "--output needs a name");
	if (x->to.folder != NULL && *x->to.folder == '\0')
		return tj_cli_usage(name, "--output-dir needs a name");
	if (x->to.suffix != NULL && x->to.folder == NULL)
		return tj_cli_usage(name, "--suffix goes with --output-dir");
	if (x->to.suffix != NULL && strchr(x->to.suffix, '/') != NULL)
		return tj_cli_usage(name, "--suffix has a slash: '%s'", x->to.suffix);
	if (x->to.start == TJ_START_RESUME && to_stdout)
		return tj_cli_usage(name, "--resume needs --output or --output-dir");
	if (x->to.shard.n > 0 && to_stdout)
		return tj_cli_usage(name, "--shard needs --output or --output-dir");
	if (x->to.shard.n > 0 && x->to.output == TRUJAMAN_OUTPUT_N_BEST)
		return tj_cli_usage(name,
		                    "--shard and --n-best exclude each other: lines of a part "
		                    "have no number");
	if (x->to.packing < 0)
		x->to.packing = to_stdout || x->to.folder != NULL
		                    ? TJ_PACK_NONE
		                    : (int)tj_packing_of_path(x->to.out);
	if (x->stats != NULL && strcmp(x->stats, "-") == 0 && to_stdout)
		return tj_cli_usage(name, "--stats - needs --output or --output-dir");
	if (x->stats != NULL && x->to.out != NULL && strcmp(x->stats, x->to.out) == 0)
		return tj_cli_usage(name, "--stats and --output name one file");
	if (x->to.suffix == NULL)
		x->to.suffix = "";
	return TJ_GO_ON;
}

const struct option tj_translate_options[] = {
	TJ_OPTIONS_OF_ALL,
	{ "model", required_argument, NULL, 'm' },
	{ "output", required_argument, NULL, 'o' },
	{ "output-dir", required_argument, NULL, OPTION_OUTPUT_DIR },
	{ "suffix", required_argument, NULL, OPTION_SUFFIX },
	{ "resume", no_argument, NULL, OPTION_RESUME },
	{ "force", no_argument, NULL, OPTION_FORCE },
	{ "shard", required_argument, NULL, OPTION_SHARD },
	{ "compress", required_argument, NULL, OPTION_COMPRESS },
	TJ_OPTION_OF_THREADS,
	{ "smt", no_argument, NULL, TJ_OPTION_SMT },
	{ "beam", required_argument, NULL, TJ_OPTION_BEAM },
	{ "length-penalty", required_argument, NULL, TJ_OPTION_LENGTH_PENALTY },
	{ "n-best", required_argument, NULL, TJ_OPTION_N_BEST },
	{ "scores", no_argument, NULL, TJ_OPTION_SCORES },
	{ "split", required_argument, NULL, TJ_OPTION_SPLIT },
	{ "max-pieces", required_argument, NULL, TJ_OPTION_MAX_PIECES },
	{ "tsv", required_argument, NULL, TJ_OPTION_TSV },
	{ "keep", required_argument, NULL, TJ_OPTION_KEEP },
	{ "glossary", required_argument, NULL, TJ_OPTION_GLOSSARY },
	{ "case", required_argument, NULL, TJ_OPTION_CASE },
	{ "no-repeat-ngram", required_argument, NULL, TJ_OPTION_NO_REPEAT_NGRAM },
	{ "coverage-penalty", required_argument, NULL, TJ_OPTION_COVERAGE_PENALTY },
	{ "plain", no_argument, NULL, TJ_OPTION_PLAIN },
	{ "cache", required_argument, NULL, TJ_OPTION_CACHE },
	{ "precision", required_argument, NULL, TJ_OPTION_PRECISION },
	{ "memory", required_argument, NULL, TJ_OPTION_MEMORY },
	{ "strict", no_argument, NULL, TJ_OPTION_STRICT },
	{ "force-text", no_argument, NULL, TJ_OPTION_FORCE_TEXT },
	{ "stats", required_argument, NULL, TJ_OPTION_STATS },
	TJ_OPTIONS_OF_TALK,
	{ NULL, 0, NULL, 0 },
};

static int parse(int argc, char **argv, struct tj_translation *x)
{
	const char *name = tj_command_translate.name;
	int option, beam_given = 0;
	while ((option = tj_cli_option(name, argc, argv, ":m:o:t:qvhV", tj_translate_options)) !=
	       -1) {
		int status = take_option(option, x);
		if (status != TJ_GO_ON)
			return status;
		beam_given |= option == TJ_OPTION_BEAM;
	}
	x->n_arguments = argc - optind;
	x->arguments = argv + optind;
	int status = check(x, beam_given);
	/* With an output folder, arguments that cannot be read are told at the end. */
	return status == TJ_GO_ON && x->to.folder == NULL
	           ? tj_advise_text(x->n_arguments, x->arguments)
	           : status;
}

static int run(int argc, char **argv)
{
	struct tj_translation x = { .model = TJ_DEFAULT_MODEL,
		                    .to = { .packing = -1 },
		                    .options = trujaman_options_default() };
	int status = parse(argc, argv, &x);
	if (status != TJ_GO_ON)
		return status;
	x.options.stop = tj_interrupt_catch();
	return tj_translation_run(&x);
}

const struct tj_command tj_command_translate = { "translate", "translate text, line for line", help,
	                                         run, "getting ready" };
