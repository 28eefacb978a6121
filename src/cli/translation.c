/* SPDX-License-Identifier: MIT */
#include "src/cli/translation.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "src/cli/delivery.h"
#include "src/cli/run_identity.h"
#include "src/cli/output.h"

/* The output must be none of the files that are read. */
static int check_output(const struct tj_translation *x, const struct tj_plan *plan,
                        const char *model_path)
{
	struct stat out, in;
	if (x->directory != NULL || !tj_output_stat(x->out, &out))
		return TJ_EXIT_DONE;
	for (size_t i = 0; i < plan->n; i++) {
		const char *path = plan->inputs[i].path;
		int there = (tj_is_stdin(path) ? fstat(0, &in) : stat(path, &in)) == 0;
		if (there && tj_output_is(&out, &in))
			return tj_cli_usage("translate",
			                    "%s is both input and output; name another output",
			                    tj_plan_name(plan, i));
	}
	if (stat(model_path, &in) == 0 && tj_output_is(&out, &in))
		return tj_cli_usage("translate", "the output is the model %s; name another output",
		                    model_path);
	return TJ_EXIT_DONE;
}

static void warn(const struct tj_plan *plan, const trujaman_report *report)
{
	if (report->invalid > 0 && report->invalid_input < plan->n)
		tj_cli_say("warning: %" PRIu64 " line%s held invalid UTF-8 (now U+FFFD), "
		           "the first at %s:%" PRIu64 ", byte %" PRIu64,
		           report->invalid, report->invalid == 1 ? "" : "s",
		           tj_plan_name(plan, report->invalid_input), report->invalid_line,
		           report->invalid_column);
}

/* Translate what is left to do into what has been opened. */
static int deliver(struct tj_delivery *d, const struct tj_translation *x,
                   const struct tj_plan *plan, trujaman *t, uint64_t skip)
{
	trujaman_report report = { 0 };
	trujaman_sink sink = tj_delivery_sink(d);
	sink.skip = skip;
	trujaman_status status = trujaman_translate_to(t, plan->n, plan->inputs, &sink, x->output,
	                                               &report);
	int closed = d->failed == TRUJAMAN_ERROR_CLOSED;
	if (!closed)
		warn(plan, &report);
	int exit_status = status == TRUJAMAN_OK ? TJ_EXIT_DONE : TJ_EXIT_FAILED;
	if (status != TRUJAMAN_OK && (closed || d->failed == TRUJAMAN_OK))
		exit_status = tj_cli_fail(closed ? TRUJAMAN_ERROR_CLOSED : status, trujaman_error(t));
	if (exit_status == TJ_EXIT_DONE && !report.stopped)
		return tj_delivery_finish(d);
	tj_delivery_leave(d);
	return report.stopped && exit_status == TJ_EXIT_DONE ? 128 + *x->options.stop : exit_status;
}

static int run_opened(struct tj_translation *x, struct tj_plan *plan, trujaman *t)
{
	struct tj_delivery d;
	uint64_t skip;
	int done;
	int status = check_output(x, plan, trujaman_get_info(t)->path);
	char *run = status == TJ_EXIT_DONE ? tj_run_identity_of(x, t) : NULL;
	if (run == NULL)
		return status != TJ_EXIT_DONE ? status : TJ_EXIT_FAILED;
	status = tj_delivery_open(&d, x, plan, run, &skip, &done);
	if (status == TJ_EXIT_DONE && x->shard.n > 0)
		status = tj_shard_cut(&x->shard, plan);
	if (status == TJ_EXIT_DONE)
		status = done ? tj_delivery_finish(&d) : deliver(&d, x, plan, t, skip);
	free(run);
	return status;
}

int tj_translation_run(struct tj_translation *x)
{
	struct tj_plan plan;
	trujaman *t = NULL;
	int status = tj_plan_make(&plan, x->n_arguments, x->arguments, x->directory != NULL,
	                          x->suffix);
	if (status == TJ_EXIT_DONE) {
		trujaman_status opened = trujaman_open(x->model, &x->options, &t);
		status = opened == TRUJAMAN_OK ? run_opened(x, &plan, t)
		                               : tj_cli_fail(opened, trujaman_error(t));
		trujaman_close(t);
	}
	tj_plan_close(&plan);
	return status;
}
