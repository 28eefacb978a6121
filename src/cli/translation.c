/* SPDX-License-Identifier: MIT */
#include "src/cli/translation.h"

#include <stdlib.h>

#include "src/cli/delivery/delivery.h"
#include "src/cli/show/interrupt.h"
#include "src/cli/job.h"
#include "src/cli/show/progress.h"
#include "src/cli/delivery/run_identity.h"
#include "src/cli/show/stats.h"

/* What is seen of a run while it goes on, and what it has met. */
struct course {
	struct tj_progress progress;
	trujaman_report report;
};

/* Translate what is left to do into what has been opened. */
static int deliver(struct tj_delivery *d, const struct tj_translation *x,
                   const struct tj_plan *plan, trujaman *t, uint64_t skip,
                   struct course *c)
{
	trujaman_sink sink = tj_delivery_sink(d);
	sink.skip = skip;
	trujaman_sink watched = tj_progress_watch(&c->progress, &sink, plan->n, plan->inputs);
	trujaman_status status = trujaman_translate_to(t, plan->n, plan->inputs, &watched, x->output,
	                                               &c->report);
	tj_progress_close(&c->progress);
	/* What went wrong with the output has been told, but for a reader that has gone. */
	int closed = d->failed == TRUJAMAN_ERROR_CLOSED;
	int exit_status = status == TRUJAMAN_OK ? TJ_EXIT_DONE : TJ_EXIT_FAILED;
	if (!closed)
		tj_job_warn(&x->talk, plan->n, plan->inputs, &c->report);
	if (status != TRUJAMAN_OK && (closed || d->failed == TRUJAMAN_OK))
		exit_status = tj_cli_fail(closed ? TRUJAMAN_ERROR_CLOSED : status, trujaman_error(t));
	if (exit_status == TJ_EXIT_DONE && !c->report.stopped)
		return tj_delivery_finish(d);
	tj_delivery_leave(d);
	return exit_status == TJ_EXIT_DONE ? 128 + tj_interrupt_signal() : exit_status;
}

static int run_opened(const struct tj_translation *x, struct tj_plan *plan, trujaman *t,
                      struct course *c)
{
	struct tj_delivery d;
	uint64_t skip;
	int done, status = TJ_EXIT_DONE;
	if (x->directory == NULL)
		status = tj_job_check_output("translate", x->out, plan->n, plan->inputs,
		                             trujaman_get_info(t)->path);
	char *run = status == TJ_EXIT_DONE ? tj_run_identity_of(x, t) : NULL;
	if (run == NULL)
		return status != TJ_EXIT_DONE ? status : TJ_EXIT_FAILED;
	status = tj_delivery_open(&d, x, plan, run, &skip, &done);
	if (status == TJ_EXIT_DONE && !done && x->shard.n > 0) {
		status = tj_shard_cut(&x->shard, plan);
		if (status != TJ_EXIT_DONE)
			tj_delivery_leave(&d);
	}
	if (status == TJ_EXIT_DONE)
		status = done ? tj_delivery_finish(&d) : deliver(&d, x, plan, t, skip, c);
	free(run);
	return status;
}

static int run_planned(const struct tj_translation *x, struct tj_plan *plan)
{
	trujaman *t = NULL;
	struct course c = { .report = { 0 } };
	tj_progress_open(&c.progress, &x->talk, 0, 0); /* SIGUSR1 does no harm from here on */
	trujaman_status opened = trujaman_open(x->model, &x->options, &t);
	int status = opened == TRUJAMAN_OK ? run_opened(x, plan, t, &c)
	                                   : tj_cli_fail(opened, trujaman_error(t));
	struct tj_stats stats = { .command = "translate",
		                  .seconds = tj_progress_seconds(&c.progress),
		                  .info = opened == TRUJAMAN_OK ? trujaman_get_info(t) : NULL,
		                  .model = x->model, .options = &x->options, .report = &c.report,
		                  .n_inputs = plan->n, .inputs = plan->inputs,
		                  .exit_status = status };
	tj_progress_close(&c.progress);
	status = tj_stats_write(x->stats, &stats);
	trujaman_close(t);
	return status;
}

int tj_translation_run(struct tj_translation *x)
{
	struct tj_plan plan;
	int status = tj_stats_check(x->stats);
	if (status != TJ_EXIT_DONE)
		return status;
	status = tj_plan_make(&plan, x->n_arguments, x->arguments, x->directory != NULL, x->suffix,
	                      (enum tj_packing)x->packing);
	if (status == TJ_EXIT_DONE && x->stats != NULL)
		status = tj_job_check_output("translate", x->stats, plan.n, plan.inputs, x->model);
	if (status == TJ_EXIT_DONE)
		status = run_planned(x, &plan);
	tj_plan_close(&plan);
	return status;
}
