/* SPDX-License-Identifier: MIT */
/* `trujaman translate`: parses the command line and starts the run (translation.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/advice.h"
#include "src/cli/explain.h"
#include "src/cli/options.h"
#include "src/cli/shard_option.h"
#include "src/cli/show/interrupt.h"
#include "src/cli/translation.h"

static const char usage[] =
    "Usage: trujaman translate [OPTION]... [FILE]...\n"
    "\n"
    "Translate FILEs one after the other, line for line; standard input where there\n"
    "is no FILE, or where FILE is -. Output line i is the translation of input line\n"
    "i, always. Blank lines and line endings stay as they are. Input by gzip, bzip2,\n"
    "xz or zstd is told by its content.\n"
    "\n"
    "A run that is interrupted or killed leaves OUT.partial and OUT.journal; the\n"
    "same command with --resume goes on from there, to the same bytes.\n"
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
    "  echo \"Let's go.\" | trujaman translate\n"
    "  trujaman translate -o book.es book.en\n"
    "  trujaman translate --output-dir es --suffix .es library/ letters/*.txt\n"
    "  trujaman translate --n-best 3 --scores letter.txt | less\n";

enum {
	ID_MODEL = TJ_ID_OWN,
	ID_OUTPUT,
	ID_OUTPUT_DIR,
	ID_SUFFIX,
	ID_RESUME,
	ID_FORCE,
	ID_COMPRESS,
	ID_SHARD,
	ID_SCORES,
	ID_COPY_OTHERS,
	ID_FORMAT,
	ID_FORCE_TEXT,
	ID_STATS,
	ID_EXPLAIN,
	ID_ATTENTION
};

static const struct tj_cli_option options[] = {
	{ 'm', "model", "MODEL",
	  "a file, or a name that is looked up in the folders of TRUJAMAN_MODEL_PATH and among the "
	  "installed models; default " TJ_DEFAULT_MODEL
	  "; several -m, of equal vocabularies, are an ensemble",
	  ID_MODEL },
	{ 'o', "output", "OUT", "write to the file OUT, which appears when all is done",
	  ID_OUTPUT },
	{ 0, "output-dir", "DIR",
	  "write a file for each FILE into the folder DIR; FILEs may be folders then, and what is in "
	  "them is mirrored",
	  ID_OUTPUT_DIR },
	{ 0, "suffix", "TEXT", "with --output-dir: added to the names", ID_SUFFIX },
	{ 0, "copy-others", NULL, "with --output-dir: copy files of other kinds, too",
	  ID_COPY_OTHERS },
	{ 0, "resume", NULL,
	  "go on with what an interrupted run has left; do only what is missing in the output folder",
	  ID_RESUME },
	{ 0, "force", NULL, "begin anew, and replace files in the output folder", ID_FORCE },
	{ 0, "compress", TJ_PACKING_NAMES, "compress the output; default by OUT's name",
	  ID_COMPRESS },
	{ 0, "shard", "I/N",
	  "translate the I-th of N parts of every FILE into OUT.I-of-N, for 'trujaman merge OUT'; "
	  "array jobs: --shard slurm, --shard sge",
	  ID_SHARD },
	TJ_OPTION_WITH_LETTER('t', "threads"),
	TJ_OPTION_OF_LIBRARY("smt"),
	TJ_OPTION_OF_LIBRARY("ensemble"),
	TJ_OPTION_OF_LIBRARY("beam"),
	TJ_OPTION_OF_LIBRARY("beam-threshold"),
	TJ_OPTION_OF_LIBRARY("exact"),
	TJ_OPTION_OF_LIBRARY("length-penalty"),
	TJ_OPTION_OF_LIBRARY("n-best"),
	TJ_OPTION_OF_LIBRARY("sample"),
	TJ_OPTION_OF_LIBRARY("temperature"),
	TJ_OPTION_OF_LIBRARY("top-k"),
	TJ_OPTION_OF_LIBRARY("top-p"),
	TJ_OPTION_OF_LIBRARY("seed"),
	{ 0, "scores", NULL, "print score, tab, translation", ID_SCORES },
	TJ_OPTION_OF_LIBRARY("split"),
	TJ_OPTION_OF_LIBRARY("max-pieces"),
	TJ_OPTION_OF_LIBRARY("tsv"),
	TJ_OPTION_OF_LIBRARY("prefix"),
	{ 0, "format", "NAME",
	  "what the FILEs are: text, line for line; html; jsonl, JSON Lines; srt and vtt, "
	  "subtitles; paragraphs, wrapped text; po; xliff; markdown; default as the name of each "
	  "FILE says, else text",
	  ID_FORMAT },
	TJ_OPTION_OF_LIBRARY("field"),
	TJ_OPTION_OF_LIBRARY("fuzzy"),
	TJ_OPTION_OF_LIBRARY("keep"),
	TJ_OPTION_OF_LIBRARY("glossary"),
	TJ_OPTION_OF_LIBRARY("localize-numbers"),
	TJ_OPTION_OF_LIBRARY("copy-names"),
	TJ_OPTION_OF_LIBRARY("replace-unknown"),
	TJ_OPTION_OF_LIBRARY("case"),
	TJ_OPTION_OF_LIBRARY("no-repeat-ngram"),
	TJ_OPTION_OF_LIBRARY("coverage-penalty"),
	TJ_OPTION_OF_LIBRARY("suppress"),
	TJ_OPTION_OF_LIBRARY("min-length"),
	TJ_OPTION_OF_LIBRARY("alignments"),
	TJ_OPTION_OF_LIBRARY("alignments-threshold"),
	TJ_OPTION_OF_LIBRARY("word-scores"),
	{ 0, "attention", "FILE",
	  "write what the network looked at, pieces, shares and scores, as JSON Lines, for "
	  "'trujaman plot FILE'; - is stdout, where the translation goes elsewhere",
	  ID_ATTENTION },
	TJ_OPTION_OF_LIBRARY("plain"),
	{ 0, "explain", NULL,
	  "tell for each line on standard error what was found, replaced and restored, how, and why",
	  ID_EXPLAIN },
	TJ_OPTION_OF_LIBRARY("cache"),
	TJ_OPTION_OF_LIBRARY("precision"),
	TJ_OPTION_OF_LIBRARY("memory"),
	TJ_OPTION_OF_LIBRARY("strict"),
	{ 0, "force-text", NULL,
	  "translate even what is no text in UTF-8 by its beginning: UTF-16, archives, images",
	  ID_FORCE_TEXT },
	{ 0, "stats", "FILE",
	  "write what was met and counted, as JSON; - is stdout, where the translation goes elsewhere",
	  ID_STATS },
	TJ_OPTIONS_OF_TALK,
	TJ_OPTIONS_OF_ALL,
	TJ_OPTIONS_END,
};

static int take_start(enum tj_start start, struct tj_translation *x)
{
	if (x->to.start != TJ_START_NEW && x->to.start != start)
		return tj_cli_usage("translate", "--resume and --force exclude each other");
	x->to.start = start;
	return TJ_GO_ON;
}

static int take_format(struct tj_translation *x, const char *value)
{
	char list[128];
	size_t used = 0;
	for (const char *const *name = trujaman_formats(); *name != NULL; name++) {
		const char *between = used == 0 ? "" : name[1] != NULL ? ", " : " or ";
		if (strcmp(*name, value) == 0) {
			x->to.format = *name;
			return TJ_GO_ON;
		}
		used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", between, *name);
	}
	return tj_cli_usage(tj_command_translate.name, "--format is %s, not '%s'", list, value);
}

/* Several fields become one string with commas between. */
static int take_field(struct tj_translation *x, const char *value)
{
	size_t n_before = x->field != NULL ? strlen(x->field) : 0, n = strlen(value);
	char *joined = malloc(n_before + n + 2);
	if (joined == NULL)
		return tj_cli_fail(TRUJAMAN_ERROR_MEMORY, "out of memory for --field");
	if (n_before > 0) {
		memcpy(joined, x->field, n_before);
		joined[n_before++] = ',';
	}
	memcpy(joined + n_before, value, n + 1);
	free(x->field);
	x->field = joined;
	return tj_cli_set(&tj_command_translate, x->options, "field", joined);
}

static int take_option(void *context, int id, const char *value)
{
	struct tj_translation *x = context;
	switch (id) {
	case ID_MODEL:
		return tj_models_take(&x->models, tj_command_translate.name, value);
	case ID_OUTPUT:
		x->to.out = value;
		break;
	case ID_OUTPUT_DIR:
		x->to.folder = value;
		break;
	case ID_SUFFIX:
		x->to.suffix = value;
		break;
	case ID_RESUME:
		return take_start(TJ_START_RESUME, x);
	case ID_FORCE:
		return take_start(TJ_START_AGAIN, x);
	case ID_COMPRESS:
		return tj_cli_packing(&tj_command_translate, value, &x->to.packing);
	case ID_SHARD:
		return tj_shard_parse(value, &x->to.shard);
	case ID_SCORES:
		/* N-best lists already contain scores. */
		if (x->to.output == TRUJAMAN_OUTPUT_PLAIN)
			x->to.output = TRUJAMAN_OUTPUT_SCORES;
		break;
	case ID_COPY_OTHERS:
		x->to.copies_others = 1;
		break;
	case ID_FORMAT:
		return take_format(x, value);
	case ID_FORCE_TEXT:
		x->force_text = 1;
		break;
	case ID_STATS:
		x->stats = value;
		break;
	case ID_ATTENTION:
		x->attention = value;
		break;
	case ID_EXPLAIN:
		x->explain = 1; /* the context of the function: tj_translation_run */
		trujaman_options_explain(x->options, tj_explain_print, NULL);
		break;
	}
	return TJ_GO_ON;
}

static int set_option(void *context, const char *name, const char *value)
{
	struct tj_translation *x = context;
	if (strcmp(name, "field") == 0)
		return take_field(x, value);
	if (strcmp(name, "n-best") == 0)
		x->to.output = TRUJAMAN_OUTPUT_N_BEST;
	return tj_cli_set(&tj_command_translate, x->options, name, value);
}

/* The file of --attention is written from beginning to end, by one run and for all inputs. */
static int check_attention(const struct tj_translation *x, int to_stdout)
{
	const char *name = tj_command_translate.name, *file = x->attention;
	if (file == NULL)
		return TJ_GO_ON;
	if (*file == '\0')
		return tj_cli_usage(name, "--attention needs a name");
	if (x->to.start == TJ_START_RESUME)
		return tj_cli_usage(name,
		                    "--attention and --resume exclude each other: the file is "
		                    "written by one run; --force begins anew");
	if (x->to.shard.n > 0)
		return tj_cli_usage(name,
		                    "--attention and --shard exclude each other: lines of a part "
		                    "have no number");
	if (x->to.folder != NULL)
		return tj_cli_usage(name, "--attention goes with --output, not --output-dir");
	if (strcmp(file, "-") == 0 && to_stdout)
		return tj_cli_usage(name, "--attention - needs --output");
	if ((x->to.out != NULL && strcmp(file, x->to.out) == 0) ||
	    (x->stats != NULL && strcmp(file, x->stats) == 0))
		return tj_cli_usage(name, "--attention %s is an output too; name another file",
		                    file);
	return TJ_GO_ON;
}

static int check_tsv(const struct tj_translation *x)
{
	const char *name = tj_command_translate.name;
	if (strcmp(trujaman_options_get(x->options, "tsv"), "0") == 0)
		return TJ_GO_ON;
	if (x->to.output != TRUJAMAN_OUTPUT_PLAIN)
		return tj_cli_usage(name, "--tsv goes with neither --scores nor --n-best");
	if (x->to.format != NULL && strcmp(x->to.format, "text") != 0)
		return tj_cli_usage(name, "--tsv goes with --format text, not %s", x->to.format);
	return TJ_GO_ON;
}

/* Where results go. */
static int check_output(const struct tj_translation *x, int to_stdout)
{
	const char *name = tj_command_translate.name;
	if (x->to.folder != NULL && x->to.out != NULL)
		return tj_cli_usage(name, "--output and --output-dir exclude each other");
	if (x->to.out != NULL && *x->to.out == '\0')
		return tj_cli_usage(name, "--output needs a name");
	if (x->to.folder != NULL && *x->to.folder == '\0')
		return tj_cli_usage(name, "--output-dir needs a name");
	if (x->to.copies_others && x->to.folder == NULL)
		return tj_cli_usage(name, "--copy-others goes with --output-dir");
	if (x->to.suffix != NULL && x->to.folder == NULL)
		return tj_cli_usage(name, "--suffix goes with --output-dir");
	if (x->to.suffix != NULL && strchr(x->to.suffix, '/') != NULL)
		return tj_cli_usage(name, "--suffix has a slash: '%s'", x->to.suffix);
	if (x->to.start == TJ_START_RESUME && to_stdout)
		return tj_cli_usage(name, "--resume needs --output or --output-dir");
	if (x->stats != NULL && strcmp(x->stats, "-") == 0 && to_stdout)
		return tj_cli_usage(name, "--stats - needs --output or --output-dir");
	if (x->stats != NULL && x->to.out != NULL && strcmp(x->stats, x->to.out) == 0)
		return tj_cli_usage(name, "--stats and --output name one file");
	return TJ_GO_ON;
}

static int check_shard(const struct tj_translation *x, int to_stdout)
{
	const char *name = tj_command_translate.name;
	const char *other = x->to.output == TRUJAMAN_OUTPUT_N_BEST ? "n-best"
	                    : x->explain                           ? "explain"
	                                                           : NULL;
	if (x->to.shard.n > 0 && to_stdout)
		return tj_cli_usage(name, "--shard needs --output or --output-dir");
	if (x->to.shard.n > 0 && other != NULL)
		return tj_cli_usage(name,
		                    "--shard and --%s exclude each other: lines of a part have no "
		                    "number",
		                    other);
	return TJ_GO_ON;
}

/* Reject combinations of options that exclude each other, and fill in defaults. */
static int check(struct tj_translation *x)
{
	char error[1024];
	const char *name = tj_command_translate.name;
	int to_stdout = x->to.folder == NULL && (x->to.out == NULL || strcmp(x->to.out, "-") == 0);
	if (trujaman_options_check(x->options, error, sizeof error) != TRUJAMAN_OK)
		return tj_cli_usage(name, "%s", error);
	if (tj_models_complete(&x->models, x->models.n, name, x->options) != TJ_GO_ON ||
	    check_tsv(x) != TJ_GO_ON || check_output(x, to_stdout) != TJ_GO_ON ||
	    check_shard(x, to_stdout) != TJ_GO_ON)
		return TJ_EXIT_USAGE;
	if (x->explain && x->talk.progress == TJ_PROGRESS_AUTO)
		x->talk.progress = TJ_PROGRESS_NEVER;
	if (x->to.packing < 0)
		x->to.packing = to_stdout || x->to.folder != NULL
		                    ? TJ_PACK_NONE
		                    : (int)tj_packing_of_path(x->to.out);
	if (x->to.suffix == NULL)
		x->to.suffix = "";
	return check_attention(x, to_stdout);
}

static int parse(int argc, char **argv, struct tj_translation *x)
{
	const struct tj_cli_parser parser = { &tj_command_translate, x, set_option, take_option,
		                              &x->talk };
	int status = tj_cli_parse(&parser, argc, argv);
	if (status != TJ_GO_ON)
		return status;
	x->n_arguments = argc - optind;
	x->arguments = argv + optind;
	status = check(x);
	/* With an output folder, arguments that cannot be read are told at the end. */
	return status == TJ_GO_ON && x->to.folder == NULL
	           ? tj_advise_text(x->n_arguments, x->arguments)
	           : status;
}

static int run(int argc, char **argv)
{
	struct tj_translation x = { .to = { .packing = -1 }, .options = tj_cli_options_new() };
	if (x.options == NULL)
		return TJ_EXIT_FAILED;
	int status = parse(argc, argv, &x);
	if (status == TJ_GO_ON) {
		(void)tj_interrupt_catch();
		status = tj_translation_run(&x);
	}
	free(x.field);
	trujaman_options_free(x.options);
	return status;
}

const struct tj_command tj_command_translate = { .name = "translate",
	                                         .summary = "translate text, line for line",
	                                         .usage = usage,
	                                         .column = 26,
	                                         .options = options,
	                                         .notes = notes,
	                                         .library = trujaman_option_at,
	                                         .run = run,
	                                         .busy = "getting ready" };
