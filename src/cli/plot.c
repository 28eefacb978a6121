/* SPDX-License-Identifier: MIT */
/* `trujaman plot`: draws training logs as an SVG figure, and attention as a web page. */
#include <stdlib.h>
#include <string.h>

#include "src/base/number.h"
#include "src/cli/options.h"
#include "src/cli/plot/attention.h"
#include "src/cli/plot/attention_lines.h"
#include "src/cli/plot/figure.h"
#include "src/cli/plot/text.h"

struct plot_args {
	const char *title;
	size_t n;
	char **paths;
	struct tj_plot_text *texts; /* [n] */
};

static const char usage[] =
    "Usage: trujaman plot [OPTION]... FILE...\n"
    "\n"
    "Draw what `trujaman train --log FILE` has written: training loss, perplexity of\n"
    "training text and dev set, BLEU of the dev set, learning rate and gradient norm\n"
    "over updates and hours, with the best model marked. The picture, SVG, which web\n"
    "browsers show, goes to standard output. The training may still be running.\n"
    "Several logs are drawn over one another, to compare them. - is standard input.\n"
    "\n"
    "Of what `trujaman translate --attention FILE` has written, make a web page:\n"
    "which pieces of each sentence the model looked at while it wrote.\n"
    "\n";

static const char notes[] =
    "\n"
    "Exit status: 0 done, 1 the work failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  trujaman plot book.jsonl > book.svg\n"
    "  trujaman plot --title \"LSTM and GRU\" lstm.jsonl gru.jsonl > both.svg\n"
    "  trujaman translate --attention a.jsonl letter.txt\n"
    "  trujaman plot a.jsonl > a.html\n";

static const struct tj_cli_option options[] = {
	{ 0, "title", "TEXT", "what stands above; default the name of the file", TJ_ID_OWN },
	TJ_OPTIONS_OF_ALL,
	TJ_OPTIONS_END,
};

static int take_title(void *context, int id, const char *value)
{
	struct plot_args *args = context;
	(void)id;
	args->title = value;
	return TJ_GO_ON;
}

static int parse(int argc, char **argv, struct plot_args *args)
{
	const struct tj_cli_parser parser = { &tj_command_plot, args, NULL, take_title, NULL };
	const char *name = tj_command_plot.name;
	int status = tj_cli_parse(&parser, argc, argv);
	if (status != TJ_GO_ON)
		return status;
	if (optind == argc)
		return tj_cli_usage(name, "needs a file of train --log or translate --attention");
	args->n = (size_t)(argc - optind);
	args->paths = argv + optind;
	return TJ_GO_ON;
}

static const char *title_of(const struct plot_args *args, const char *several)
{
	if (args->title != NULL)
		return args->title;
	if (args->n > 1)
		return several;
	const char *name = args->texts[0].name, *slash = strrchr(name, '/');
	return slash != NULL ? slash + 1 : name;
}

/* Read and prepare everything before writing, so that a failure leaves no partial output. */
static int plot_logs(const struct plot_args *args, struct tj_plot_log *logs)
{
	struct tj_panels panels;
	for (size_t i = 0; i < args->n; i++)
		if (tj_plot_log_read(&logs[i], args->texts[i].name, &args->texts[i].bytes) !=
		    TJ_EXIT_DONE)
			return TJ_EXIT_FAILED;
	int status = TJ_EXIT_FAILED;
	if (!tj_panels_make(&panels, logs, args->n)) {
		tj_cli_say("out of memory for the curves");
	} else if (panels.n == 0) {
		tj_cli_say("%s has no figures to draw", logs[0].name);
	} else {
		struct tj_number_mode mode;
		tj_number_enter(&mode);
		tj_plot_figure(stdout, title_of(args, "Trainings compared"), logs, args->n,
		               &panels);
		tj_number_leave(&mode);
		status = tj_cli_close_stdout();
	}
	tj_panels_free(&panels);
	return status;
}

static int plot_trainings(const struct plot_args *args)
{
	struct tj_plot_log *logs = calloc(args->n, sizeof *logs);
	if (logs == NULL) {
		tj_cli_say("out of memory for %zu logs", args->n);
		return TJ_EXIT_FAILED;
	}
	int status = plot_logs(args, logs);
	for (size_t i = 0; i < args->n; i++)
		tj_plot_log_free(&logs[i]);
	free(logs);
	return status;
}

static int plot_attention(const struct plot_args *args)
{
	char *page = NULL;
	size_t n_page;
	FILE *f = open_memstream(&page, &n_page);
	int status = f != NULL ? TJ_EXIT_DONE : TJ_EXIT_FAILED;
	struct tj_number_mode mode;
	tj_number_enter(&mode);
	if (f != NULL)
		tj_plot_attention_begin(f, title_of(args, "Attention"));
	for (size_t i = 0; i < args->n && status == TJ_EXIT_DONE; i++)
		status = tj_plot_attention(f, args->texts[i].name, &args->texts[i].bytes);
	if (f != NULL)
		tj_plot_attention_end(f);
	tj_number_leave(&mode);
	int is_whole = f != NULL && !ferror(f);
	is_whole = f != NULL && fclose(f) == 0 && is_whole;
	if (!is_whole && (f == NULL || status == TJ_EXIT_DONE)) {
		tj_cli_say("out of memory for the page");
		status = TJ_EXIT_FAILED;
	}
	if (status == TJ_EXIT_DONE) {
		fwrite(page, 1, n_page, stdout);
		status = tj_cli_close_stdout();
	}
	free(page);
	return status;
}

static int run(int argc, char **argv)
{
	struct plot_args args = { 0 };
	int status = parse(argc, argv, &args);
	if (status != TJ_GO_ON)
		return status;
	args.texts = calloc(args.n, sizeof *args.texts);
	status = args.texts != NULL ? TJ_EXIT_DONE : TJ_EXIT_FAILED;
	if (args.texts == NULL)
		tj_cli_say("out of memory for %zu files", args.n);
	for (size_t i = 0; i < args.n && status == TJ_EXIT_DONE; i++)
		status = tj_plot_text_read(&args.texts[i], args.paths[i]);
	if (status == TJ_EXIT_DONE)
		status = tj_is_attention(&args.texts[0].bytes) ? plot_attention(&args)
		                                               : plot_trainings(&args);
	for (size_t i = 0; args.texts != NULL && i < args.n; i++)
		tj_plot_text_free(&args.texts[i]);
	free(args.texts);
	return status;
}

const struct tj_command tj_command_plot = {
	.name = "plot",
	.summary = "draw a training, or what a translation looked at",
	.usage = usage,
	.column = 20,
	.options = options,
	.notes = notes,
	.run = run,
	.busy = NULL
};
