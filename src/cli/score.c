/* SPDX-License-Identifier: MIT */
/* `trujaman score`: prints the log-probability of each line pair under a model. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/cli/checks.h"
#include "src/cli/delivery/attention.h"
#include "src/cli/delivery/output.h"
#include "src/cli/models.h"
#include "src/cli/options.h"
#include "src/cli/show/interrupt.h"
#include "src/cli/show/progress.h"
#include "src/io/write.h"

struct score_args {
	struct tj_models models;
	const char *out, *attention;
	int force_text;
	trujaman_options *options;
	struct tj_talk talk;
	char **files; /* points into argv: source, target */
};

/* A run: where the scores go, and what is known of it. */
struct score_run {
	struct tj_output output;
	struct tj_attention_file attention;
	struct tj_error failed; /* to write */
	struct tj_progress progress;
	trujaman_report report;
};

static const char usage[] =
    "Usage: trujaman score [OPTION]... SOURCE TARGET\n"
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
    "  trujaman score book.en book.es | paste - book.en book.es | sort -n | head\n";

enum { ID_MODEL = TJ_ID_OWN, ID_OUTPUT, ID_ATTENTION, ID_FORCE_TEXT };

static const struct tj_cli_option options[] = {
	{ 'm', "model", "MODEL",
	  "a file, or a name that is looked up in the folders of TRUJAMAN_MODEL_PATH and among the "
	  "installed models; default " TJ_DEFAULT_MODEL
	  "; several -m, of equal vocabularies, are an ensemble",
	  ID_MODEL },
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

static int take_option(void *context, int id, const char *value)
{
	struct score_args *args = context;
	if (id == ID_MODEL)
		return tj_models_take(&args->models, tj_command_score.name, value);
	if (id == ID_OUTPUT)
		args->out = value;
	else if (id == ID_ATTENTION)
		args->attention = value;
	else
		args->force_text = 1;
	return TJ_GO_ON;
}

static int set_option(void *context, const char *name, const char *value)
{
	struct score_args *args = context;
	return tj_cli_set(&tj_command_score, args->options, name, value);
}

static int check_attention(const struct score_args *args)
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

static int parse(int argc, char **argv, struct score_args *args)
{
	const struct tj_cli_parser parser = { &tj_command_score, args, set_option, take_option,
		                              &args->talk };
	const char *name = tj_command_score.name;
	int status = tj_cli_parse(&parser, argc, argv);
	if (status != TJ_GO_ON)
		return status;
	if (args->out != NULL && *args->out == '\0')
		return tj_cli_usage(name, "--output needs a name");
	if (tj_models_complete(&args->models, name, args->options) != TJ_GO_ON)
		return TJ_EXIT_USAGE;
	if (check_attention(args) != TJ_GO_ON)
		return TJ_EXIT_USAGE;
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

static int write_scores(void *context, const trujaman_stretch *stretch)
{
	struct score_run *s = context;
	return tj_write_all(s->output.fd, s->output.name, stretch->bytes, stretch->n_bytes,
	                    &s->failed) != TRUJAMAN_OK;
}

/* A stopped run keeps what went straight to its reader. A file appears complete or not at all. */
static int stop_scoring(struct score_run *s)
{
	int by = tj_interrupt_signal(), is_file = s->output.partial != NULL;
	const char *name = s->output.name;
	int status = TJ_EXIT_DONE;
	if (is_file)
		tj_output_abandon(&s->output);
	else
		status = tj_output_commit(&s->output);
	if (status != TJ_EXIT_DONE)
		return status;
	if (is_file)
		tj_cli_say("stopped by %s; %s is not written", tj_interrupt_name(by), name);
	else
		tj_cli_say("stopped by %s; %s has the scores of the first %" PRIu64 " lines",
		           tj_interrupt_name(by), name, s->report.lines);
	return 128 + by;
}

static void warn_of_language(const struct score_args *args, const trujaman_input inputs[2],
                             const trujaman_report *report)
{
	size_t i = report->foreign_input;
	if (report->foreign > 0)
		tj_warn_of_language(&args->talk, args->models.opened[0], args->models.names[0],
		                    &inputs[i], report->foreign_language, i == 1,
		                    report->foreign == 2 ? "; are SOURCE and TARGET exchanged?"
		                                         : "");
}

static void warn(const struct score_args *args, const trujaman_input inputs[2],
                 const trujaman_report *report)
{
	tj_warn_of_invalid(&args->talk, 2, inputs, report);
	warn_of_language(args, inputs, report);
	if (report->over_long > 0)
		tj_cli_warn(&args->talk,
		            "%" PRIu64
		            " line%s of %s had more than 16384 pieces, of which the model "
		            "saw the first 16384; the first is line %" PRIu64,
		            report->over_long, report->over_long == 1 ? "" : "s",
		            tj_input_label(&inputs[0]), report->over_long_line);
}

static int score(const struct score_args *args, const trujaman_input inputs[2],
                 trujaman_translator *t, struct score_run *s)
{
	char error[1024];
	int exit_status = tj_check_output(tj_command_score.name, args->out, 2, inputs,
	                                  args->models.n, args->models.paths);
	if (exit_status == TJ_EXIT_DONE && args->attention != NULL)
		exit_status = tj_check_output(tj_command_score.name, args->attention, 2, inputs,
		                              args->models.n, args->models.paths);
	if (exit_status == TJ_EXIT_DONE)
		exit_status = tj_output_open(&s->output, args->out);
	if (exit_status != TJ_EXIT_DONE)
		return exit_status;
	exit_status = tj_attention_open(&s->attention);
	if (exit_status != TJ_EXIT_DONE) {
		tj_output_abandon(&s->output);
		return exit_status;
	}
	(void)tj_interrupt_catch();
	tj_interrupt_stops(t);
	const trujaman_sink sink = {
		.size = sizeof sink, .context = s, .joined = 1, .write = write_scores
	};
	const trujaman_sink watched = tj_progress_watch(&s->progress, &sink, 1, inputs);
	trujaman_status status = trujaman_score_to(t, &inputs[0], &inputs[1], &watched, &s->report,
	                                           error, sizeof error);
	if (s->attention.failed.status != TRUJAMAN_OK)
		s->failed = s->attention.failed;
	int is_ours = s->failed.status != TRUJAMAN_OK;
	if (status != TRUJAMAN_OK) {
		tj_progress_close(&s->progress);
		tj_output_abandon(&s->output);
	}
	if (s->failed.status != TRUJAMAN_ERROR_CLOSED)
		warn(args, inputs, &s->report);
	if (status != TRUJAMAN_OK)
		return tj_run_failed(is_ours ? s->failed.status : status,
		                     is_ours ? s->failed.text : error, args->options);
	return s->report.stopped ? stop_scoring(s) : tj_output_commit(&s->output);
}

/* Open the models, and score with them. */
static int run_opened(struct score_args *args, const trujaman_input inputs[2], struct score_run *s)
{
	trujaman_translator *t;
	int exit_status = tj_models_open(&args->models, args->options, &t);
	if (exit_status == TJ_EXIT_DONE)
		exit_status = score(args, inputs, t, s);
	tj_interrupt_stops(NULL);
	trujaman_translator_free(t);
	tj_models_close(&args->models);
	return exit_status;
}

static int run_parsed(struct score_args *args)
{
	trujaman_input inputs[2];
	for (int i = 0; i < 2; i++) {
		inputs[i] = tj_input_of_argument(args->files[i]);
		if (check_input(&inputs[i]) != TJ_EXIT_DONE)
			return TJ_EXIT_FAILED;
	}
	int exit_status = tj_check_texts(2, inputs, args->force_text);
	if (exit_status != TJ_EXIT_DONE)
		return exit_status;
	struct score_run s = { .report = { .size = sizeof s.report } };
	tj_attention_ask(&s.attention, args->attention, args->options);
	tj_progress_open(&s.progress, &args->talk, 0, 0);
	/* The signals are caught later, when the output is open (interrupt.h). */
	exit_status = tj_attention_end(&s.attention, run_opened(args, inputs, &s));
	if (exit_status == TJ_EXIT_DONE || exit_status > 128)
		tj_progress_done(&s.progress, &s.report);
	tj_progress_close(&s.progress);
	return exit_status;
}

static int run(int argc, char **argv)
{
	struct score_args args = { .options = tj_cli_options_new() };
	if (args.options == NULL)
		return TJ_EXIT_FAILED;
	int exit_status = parse(argc, argv, &args);
	if (exit_status == TJ_GO_ON)
		exit_status = run_parsed(&args);
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
