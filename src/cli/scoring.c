/* SPDX-License-Identifier: MIT */
/* Runs `trujaman score`: opens the inputs, the models and the output, then scores. */
#include "src/cli/scoring.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/cli/attention.h"
#include "src/cli/checks.h"
#include "src/cli/news.h"
#include "src/cli/show/interrupt.h"
#include "src/cli/show/progress.h"
#include "src/delivery/output.h"
#include "src/io/write.h"

/* A run: where the scores go, and what is known of it. */
struct score_run {
	struct tj_output output;
	struct tj_attention_file attention;
	struct tj_error failed; /* to write */
	struct tj_progress progress;
	trujaman_report report;
	trujaman_translator *t, *reverse;
};

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

static int commit(struct score_run *s)
{
	struct tj_error err = { 0 };
	tj_output_commit(&s->output, &err);
	return tj_news_failed("score", &err);
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
		status = commit(s);
	if (status != TJ_EXIT_DONE)
		return status;
	if (is_file)
		tj_cli_say("stopped by %s; %s is not written", tj_interrupt_name(by), name);
	else
		tj_cli_say("stopped by %s; %s has the scores of the first %" PRIu64 " lines",
		           tj_interrupt_name(by), name, s->report.lines);
	return 128 + by;
}

static void warn_of_language(const struct tj_scoring *args, const trujaman_input inputs[2],
                             const trujaman_report *report)
{
	size_t i = report->foreign_input;
	if (report->foreign > 0)
		tj_warn_of_language(&args->talk, args->models.opened[0], args->models.names[0],
		                    &inputs[i], report->foreign_language, i == 1,
		                    report->foreign == 2 ? "; are SOURCE and TARGET exchanged?"
		                                         : "");
}

static void warn(const struct tj_scoring *args, const trujaman_input inputs[2],
                 const trujaman_report *report)
{
	tj_warn_of_invalid(&args->talk, 2, inputs, report);
	warn_of_language(args, inputs, report);
	if (report->short_rows > 0)
		tj_cli_warn(&args->talk, "%" PRIu64 " line%s lack%s a column and %s the score -inf",
		            report->short_rows, tj_plural(report->short_rows),
		            report->short_rows == 1 ? "s" : "",
		            report->short_rows == 1 ? "has" : "have");
	if (report->over_long > 0)
		tj_cli_warn(&args->talk,
		            "%" PRIu64
		            " line%s of %s had more than 16384 pieces, of which the model "
		            "saw the first 16384; the first is line %" PRIu64,
		            report->over_long, report->over_long == 1 ? "" : "s",
		            tj_input_label(&inputs[0]), report->over_long_line);
}

static int check_outputs(const struct tj_scoring *args, const trujaman_input inputs[2])
{
	const char *const files[] = { args->out, args->attention };
	int status = TJ_EXIT_DONE;
	for (int i = 0; i < 2 && status == TJ_EXIT_DONE; i++) {
		if (i > 0 && files[i] == NULL)
			continue;
		status = tj_check_output("score", files[i], 2, inputs, args->models.n,
		                         args->models.paths);
		if (status == TJ_EXIT_DONE)
			status = tj_check_output("score", files[i], 0, inputs, args->reverse.n,
			                         args->reverse.paths);
	}
	return status;
}

static int score(const struct tj_scoring *args, const trujaman_input inputs[2], struct score_run *s)
{
	char error[1024];
	struct tj_error err = { 0 };
	int exit_status = check_outputs(args, inputs);
	if (exit_status != TJ_EXIT_DONE)
		return exit_status;
	if (tj_output_open(&s->output, args->out, &err) != TRUJAMAN_OK)
		return tj_news_failed("score", &err);
	exit_status = tj_attention_open(&s->attention);
	if (exit_status != TJ_EXIT_DONE) {
		tj_output_abandon(&s->output);
		return exit_status;
	}
	(void)tj_interrupt_catch();
	tj_interrupt_stops(s->t);
	const trujaman_sink sink = {
		.size = sizeof sink, .context = s, .joined = 1, .write = write_scores
	};
	const trujaman_sink watched = tj_progress_watch(&s->progress, &sink, 1, inputs);
	const trujaman_pairs pairs = { .size = sizeof pairs,
		                       .kind = args->kind,
		                       .source = &inputs[0],
		                       .target = &inputs[1],
		                       .source_column = args->columns[0],
		                       .target_column = args->columns[1],
		                       .reverse = s->reverse };
	trujaman_status status = trujaman_score_pairs(s->t, &pairs, &watched, &s->report, error,
	                                              sizeof error);
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
	return s->report.stopped ? stop_scoring(s) : commit(s);
}

static int differs(const trujaman_model *a, const char *key, const trujaman_model *b,
                   const char *other_key)
{
	const char *x = trujaman_model_metadata(a, key), *y = trujaman_model_metadata(b, other_key);
	return x != NULL && y != NULL && strcmp(x, y) != 0;
}

/* Warn if the models do not translate in opposite directions, by what they say of themselves. */
static void warn_of_direction(const struct tj_scoring *args)
{
	const trujaman_model *m = args->models.opened[0], *r = args->reverse.opened[0];
	if (differs(m, "source_language", r, "target_language") ||
	    differs(m, "target_language", r, "source_language"))
		tj_cli_warn(&args->talk,
		            "the models %s and %s do not translate in opposite directions",
		            args->models.names[0], args->reverse.names[0]);
}

/* Open the models, and score with them. */
static int run_opened(struct tj_scoring *args, const trujaman_input inputs[2], struct score_run *s)
{
	int exit_status = tj_models_open(&args->models, args->options, &s->t);
	if (exit_status == TJ_EXIT_DONE && args->reverse.n > 0)
		exit_status = tj_models_open(&args->reverse, args->options, &s->reverse);
	if (exit_status == TJ_EXIT_DONE && args->reverse.n > 0)
		warn_of_direction(args);
	if (exit_status == TJ_EXIT_DONE)
		exit_status = score(args, inputs, s);
	tj_interrupt_stops(NULL);
	trujaman_translator_free(s->reverse);
	trujaman_translator_free(s->t);
	tj_models_close(&args->reverse);
	tj_models_close(&args->models);
	return exit_status;
}

int tj_scoring_run(struct tj_scoring *args)
{
	trujaman_input inputs[2];
	for (int i = 0; i < 2; i++) {
		inputs[i] = tj_input_named(args->files[i]);
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
