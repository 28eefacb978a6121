/* SPDX-License-Identifier: MIT */
/* `trujaman plot`: draws training logs as an SVG figure. */
#include <stdlib.h>
#include <string.h>

#include "src/base/number.h"
#include "src/cli/options.h"
#include "src/cli/plot/figure.h"

struct plot_args {
	const char *title;
	size_t n_logs;
	char **paths;
};

static const char usage[] =
    "Usage: trujaman plot [OPTION]... LOG...\n"
    "\n"
    "Draw what `trujaman train --log LOG` has written: training loss, perplexity of\n"
    "training text and dev set, BLEU of the dev set, learning rate and gradient norm\n"
    "over updates and hours, with the best model marked. The picture, SVG, which web\n"
    "browsers show, goes to standard output. The training may still be running.\n"
    "Several logs are drawn over one another, to compare them. - is standard input.\n"
    "\n";

static const char notes[] =
    "\n"
    "Exit status: 0 done, 1 the work failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  trujaman plot book.jsonl > book.svg\n"
    "  trujaman plot --title \"LSTM and GRU\" lstm.jsonl gru.jsonl > both.svg\n";

static const struct tj_cli_option options[] = {
	{ 0, "title", "TEXT", "what stands above; default the name of the log", TJ_ID_OWN },
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
		return tj_cli_usage(name, "needs a log of trujaman train --log");
	args->n_logs = (size_t)(argc - optind);
	args->paths = argv + optind;
	return TJ_GO_ON;
}

static const char *title_of(const struct plot_args *args, const struct tj_plot_log *logs)
{
	if (args->title != NULL)
		return args->title;
	if (args->n_logs > 1)
		return "Trainings compared";
	const char *slash = strrchr(logs[0].name, '/');
	return slash != NULL ? slash + 1 : logs[0].name;
}

/* Read and prepare everything before writing, so that a failure leaves no partial output. */
static int plot(const struct plot_args *args, struct tj_plot_log *logs)
{
	struct tj_panels panels;
	for (size_t i = 0; i < args->n_logs; i++)
		if (tj_plot_log_read(&logs[i], args->paths[i]) != TJ_EXIT_DONE)
			return TJ_EXIT_FAILED;
	int status = TJ_EXIT_FAILED;
	if (!tj_panels_make(&panels, logs, args->n_logs)) {
		tj_cli_say("out of memory for the curves");
	} else if (panels.n == 0) {
		tj_cli_say("%s has no figures to draw", logs[0].name);
	} else {
		struct tj_number_mode mode;
		tj_number_enter(&mode);
		tj_plot_figure(stdout, title_of(args, logs), logs, args->n_logs, &panels);
		tj_number_leave(&mode);
		status = tj_cli_close_stdout();
	}
	tj_panels_free(&panels);
	return status;
}

static int run(int argc, char **argv)
{
	struct plot_args args = { 0 };
	int status = parse(argc, argv, &args);
	if (status != TJ_GO_ON)
		return status;
	struct tj_plot_log *logs = calloc(args.n_logs, sizeof *logs);
	if (logs == NULL) {
		tj_cli_say("out of memory for %zu logs", args.n_logs);
		return TJ_EXIT_FAILED;
	}
	status = plot(&args, logs);
	for (size_t i = 0; i < args.n_logs; i++)
		tj_plot_log_free(&logs[i]);
	free(logs);
	return status;
}

const struct tj_command tj_command_plot = { .name = "plot",
	                                    .summary = "draw the course of a training",
	                                    .usage = usage,
	                                    .column = 20,
	                                    .options = options,
	                                    .notes = notes,
	                                    .run = run,
	                                    .busy = NULL };
