/* SPDX-License-Identifier: MIT */
/* `trujaman score`: prints the log-probability of each line pair under a model. */
#include <string.h>

#include "src/base/number.h"
#include "src/cli/options.h"
#include "src/cli/scoring.h"

static const char usage[] =
    "Usage: trujaman score [OPTION]... SOURCE TARGET\n"
    "       trujaman score --tsv S,T [OPTION]... [FILE]\n"
    "       trujaman score --n-best [OPTION]... SOURCE LIST\n"
    "\n"
    "Print how probable the model finds each line of TARGET as the translation of\n"
    "the same line of SOURCE: the natural logarithm of the probability, the end of\n"
    "the sentence counted, one number a line. One of the two may be -, standard\n"
    "input. Files of unequal length are an error. Of a very long line of SOURCE the\n"
    "model sees the first 16384 pieces; a warning counts such lines.\n"
    "\n";

static const char notes[] =
    "\n"
    "Environment: TRUJAMAN_MODEL_PATH, folders with models, separated by colons;\n"
    "TRUJAMAN_ISA, the kernels to use; --version lists them. Neither kernels nor\n"
    "threads change a byte of the output.\n"
    "\n"
    "Exit status: 0 done, 1 the work failed, 2 wrong usage, 128 + N ended by the\n"
    "signal N.\n"
    "\n"
    "Examples:\n"
    "  trujaman score book.en book.es\n"
    "  trujaman score book.en book.es | paste - book.en book.es | sort -n >by-score\n"
    "  trujaman score --normalize --reverse-model es-en --tsv 1,2 crawl.tsv\n";

enum {
	ID_MODEL = TJ_ID_OWN,
	ID_REVERSE,
	ID_TSV,
	ID_N_BEST,
	ID_OUTPUT,
	ID_ATTENTION,
	ID_FORCE_TEXT
};

static const struct tj_cli_option options[] = {
	{ 'm', "model", "MODEL",
	  "a file, or a name that is looked up in the folders of TRUJAMAN_MODEL_PATH and among the "
	  "installed models; default " TJ_DEFAULT_MODEL
	  "; several -m, of equal vocabularies, are an ensemble",
	  ID_MODEL },
	{ 0, "reverse-model", "MODEL",
	  "score each SOURCE as a translation of its TARGET, too: a second column; several are an "
	  "ensemble",
	  ID_REVERSE },
	{ 0, "tsv", "S,T",
	  "SOURCE and TARGET are columns S and T (from 1) of FILE, with tabs between columns; the "
	  "line follows its score",
	  ID_TSV },
	{ 0, "n-best", NULL,
	  "LIST has translations as translate --n-best prints them: give them new scores, and rank "
	  "them",
	  ID_N_BEST },
	TJ_OPTION_OF_LIBRARY("normalize"),
	{ 'o', "output", "OUT", "write to the file OUT, which appears when all is done",
	  ID_OUTPUT },
	TJ_OPTION_WITH_LETTER('t', "threads"),
	TJ_OPTION_OF_LIBRARY("smt"),
	TJ_OPTION_OF_LIBRARY("ensemble"),
	TJ_OPTION_OF_LIBRARY("precision"),
	TJ_OPTION_OF_LIBRARY("memory"),
	TJ_OPTION_OF_LIBRARY("alignments"),
	TJ_OPTION_OF_LIBRARY("alignments-threshold"),
	TJ_OPTION_OF_LIBRARY("word-scores"),
	{ 0, "attention", "FILE",
	  "write what the network looked at, pieces, shares and scores, as JSON Lines, for "
	  "'trujaman plot FILE'; - is stdout, where the scores go elsewhere",
	  ID_ATTENTION },
	TJ_OPTION_WITH_HELP(0, "plain", "the network alone: texts are as they are"),
	TJ_OPTION_OF_LIBRARY("strict"),
	{ 0, "force-text", NULL, "score even what is no text in UTF-8 by its beginning",
	  ID_FORCE_TEXT },
	TJ_OPTIONS_OF_TALK,
	TJ_OPTIONS_OF_ALL,
	TJ_OPTIONS_END,
};

/* One kind of pairs excludes the others. */
static int take_kind(struct tj_scoring *x, enum trujaman_pairs_kind kind)
{
	if (x->kind != TRUJAMAN_PAIRS_LINES && x->kind != kind)
		return tj_cli_usage(tj_command_score.name, "--tsv and --n-best exclude each other");
	x->kind = kind;
	return TJ_GO_ON;
}

/* Reads "S,T". */
static int take_columns(struct tj_scoring *x, const char *value)
{
	char text[TJ_NUMBER_TEXT];
	const char *comma = strchr(value, ',');
	const char *const sides[2] = { value, comma != NULL ? comma + 1 : "" };
	size_t sizes[2] = { comma != NULL ? (size_t)(comma - value) : 0, strlen(sides[1]) };
	for (int i = 0; i < 2; i++) {
		double number = 0;
		if (sizes[i] > 0 && sizes[i] < 8 && strspn(sides[i], "0123456789") >= sizes[i]) {
			memcpy(text, sides[i], sizes[i]);
			text[sizes[i]] = '\0';
			if (!tj_number_read(text, &number))
				number = 0;
		}
		if (!(number >= 1 && number <= 1 << 20))
			return tj_cli_usage(tj_command_score.name,
			                    "--tsv wants two columns, from 1, such as 1,2; not "
			                    "'%s'",
			                    value);
		x->columns[i] = (int)number;
	}
	if (x->columns[0] == x->columns[1])
		return tj_cli_usage(tj_command_score.name, "--tsv names one column, %d, for both",
		                    x->columns[0]);
	return take_kind(x, TRUJAMAN_PAIRS_TSV);
}

static int take_option(void *context, int id, const char *value)
{
	struct tj_scoring *args = context;
	switch (id) {
	case ID_MODEL:
		return tj_models_take(&args->models, tj_command_score.name, value);
	case ID_REVERSE:
		return tj_models_take(&args->reverse, tj_command_score.name, value);
	case ID_TSV:
		return take_columns(args, value);
	case ID_N_BEST:
		return take_kind(args, TRUJAMAN_PAIRS_N_BEST);
	case ID_OUTPUT:
		args->out = value;
		break;
	case ID_ATTENTION:
		args->attention = value;
		break;
	case ID_FORCE_TEXT:
		args->force_text = 1;
		break;
	}
	return TJ_GO_ON;
}

static int set_option(void *context, const char *name, const char *value)
{
	struct tj_scoring *args = context;
	return tj_cli_set(&tj_command_score, args->options, name, value);
}

static int check_attention(const struct tj_scoring *args)
{
	const char *name = tj_command_score.name, *file = args->attention;
	int to_stdout = args->out == NULL || strcmp(args->out, "-") == 0;
	if (file == NULL)
		return TJ_GO_ON;
	if (*file == '\0')
		return tj_cli_usage(name, "--attention needs a name");
	if (strcmp(file, "-") == 0 && to_stdout)
		return tj_cli_usage(name, "--attention - needs --output");
	if (args->out != NULL && strcmp(file, args->out) == 0)
		return tj_cli_usage(name, "--attention and --output name one file");
	return TJ_GO_ON;
}

static int parse(int argc, char **argv, struct tj_scoring *args)
{
	const struct tj_cli_parser parser = { &tj_command_score, args, set_option, take_option,
		                              &args->talk };
	const char *name = tj_command_score.name;
	int status = tj_cli_parse(&parser, argc, argv);
	if (status != TJ_GO_ON)
		return status;
	if (args->out != NULL && *args->out == '\0')
		return tj_cli_usage(name, "--output needs a name");
	size_t most = args->models.n > args->reverse.n ? args->models.n : args->reverse.n;
	if (tj_models_complete(&args->models, most, name, args->options) != TJ_GO_ON)
		return TJ_EXIT_USAGE;
	if (check_attention(args) != TJ_GO_ON)
		return TJ_EXIT_USAGE;
	if (args->kind == TRUJAMAN_PAIRS_TSV && argc - optind > 1)
		return tj_cli_usage(name, "--tsv takes one file, not %d", argc - optind);
	if (args->kind != TRUJAMAN_PAIRS_TSV && argc - optind != 2)
		return tj_cli_usage(name, "needs two files, SOURCE and %s, not %d",
		                    args->kind == TRUJAMAN_PAIRS_N_BEST ? "LIST" : "TARGET",
		                    argc - optind);
	for (int i = 0; i < 2; i++)
		args->files[i] = argc == optind                     ? "-"
		                 : args->kind == TRUJAMAN_PAIRS_TSV ? argv[optind]
		                                                    : argv[optind + i];
	if (args->kind != TRUJAMAN_PAIRS_TSV && strcmp(args->files[0], "-") == 0 &&
	    strcmp(args->files[1], "-") == 0)
		return tj_cli_usage(name, "SOURCE and TARGET cannot both be standard input");
	return TJ_GO_ON;
}

static int run(int argc, char **argv)
{
	struct tj_scoring args = { .options = tj_cli_options_new() };
	if (args.options == NULL)
		return TJ_EXIT_FAILED;
	int exit_status = parse(argc, argv, &args);
	if (exit_status == TJ_GO_ON)
		exit_status = tj_scoring_run(&args);
	trujaman_options_free(args.options);
	return exit_status;
}

const struct tj_command tj_command_score = { .name = "score",
	                                     .summary = "tell how probable given translations are",
	                                     .usage = usage,
	                                     .column = 26,
	                                     .options = options,
	                                     .notes = notes,
	                                     .library = trujaman_option_at,
	                                     .run = run,
	                                     .busy = "getting ready" };
