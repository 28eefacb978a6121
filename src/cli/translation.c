/* SPDX-License-Identifier: MIT */
/* Runs `trujaman translate`: opens the inputs, the model and the outputs, then translates. */
#include "src/cli/translation.h"

#include <stdlib.h>

#include "src/cli/checks.h"
#include "src/cli/delivery/clash.h"
#include "src/cli/delivery/delivery.h"
#include "src/cli/delivery/run_identity.h"
#include "src/cli/show/interrupt.h"
#include "src/cli/show/progress.h"
#include "src/cli/show/stats.h"

/* The progress that a run shows, and what it collects. */
struct course {
	struct tj_progress progress;
	trujaman_report report;
	struct tj_failures failures; /* inputs that could not be read */
};

/* Translate the remaining lines into the outputs that are already open. */
static int deliver(struct tj_delivery *d, const struct tj_translation *x,
                   const struct tj_inputs *inputs, trujaman *t, uint64_t skip, struct course *c)
{
	trujaman_sink sink = tj_delivery_sink(d);
	sink.skip = skip;
	trujaman_sink watched = tj_progress_watch(&c->progress, &sink, inputs->n, inputs->items);
	trujaman_status status = trujaman_translate_to(t, inputs->n, inputs->items, &watched,
	                                               x->to.output, &c->report);
	tj_progress_close(&c->progress);
	/* A failed write has already been reported, unless the reader has closed the output. */
	int closed = d->failed == TRUJAMAN_ERROR_CLOSED;
	int exit_status = status == TRUJAMAN_OK ? TJ_EXIT_DONE : TJ_EXIT_FAILED;
	if (!closed)
		tj_warn_of_invalid(&x->talk, inputs->n, inputs->items, &c->report);
	if (status != TRUJAMAN_OK && (closed || d->failed == TRUJAMAN_OK))
		exit_status = tj_cli_fail(closed ? TRUJAMAN_ERROR_CLOSED : status,
		                          trujaman_error(t));
	if (exit_status == TJ_EXIT_DONE && !c->report.stopped)
		return tj_delivery_finish(d);
	tj_delivery_leave(d);
	return exit_status == TJ_EXIT_DONE ? 128 + tj_interrupt_signal() : exit_status;
}

static int run_opened(const struct tj_translation *x, struct tj_inputs *inputs, trujaman *t,
                      struct course *c)
{
	uint64_t skip;
	int done, status;
	char *run = tj_run_identity_of(&x->options, &x->to, t);
	if (run == NULL)
		return TJ_EXIT_FAILED;
	struct tj_delivery d = { .to = &x->to,
		                 .run = run,
		                 .model = trujaman_get_info(t)->path,
		                 .failures = &c->failures };
	status = tj_delivery_open(&d, inputs, &skip, &done);
	if (status == TJ_EXIT_DONE && !done && x->to.shard.n > 0) {
		status = tj_shard_cut(&x->to.shard, inputs);
		if (status != TJ_EXIT_DONE)
			tj_delivery_leave(&d);
	}
	if (status == TJ_EXIT_DONE)
		status = done ? tj_delivery_finish(&d) : deliver(&d, x, inputs, t, skip, c);
	free(run);
	return status;
}

/* Nothing may be written before this. */
static int check_outputs(const struct tj_translation *x, struct tj_inputs *inputs,
                         const char *model)
{
	int status = TJ_EXIT_DONE;
	if (x->to.folder == NULL)
		status = tj_check_output("translate", x->to.out, inputs->n, inputs->items, model);
	return status == TJ_EXIT_DONE ? tj_clash_check(&x->to, inputs, model, x->stats) : status;
}

static int run_planned(const struct tj_translation *x, struct tj_inputs *inputs, struct course *c)
{
	trujaman *t = NULL;
	size_t n_inputs = inputs->n + c->failures.n;
	/* From here on SIGUSR1 no longer kills the process. */
	tj_progress_open(&c->progress, &x->talk, 0, 0);
	trujaman_status opened = trujaman_open(x->model, &x->options, &t);
	int status = opened == TRUJAMAN_OK ? check_outputs(x, inputs, trujaman_get_info(t)->path)
	                                   : tj_cli_fail(opened, trujaman_error(t));
	int refused = opened == TRUJAMAN_OK && status != TJ_EXIT_DONE;
	if (status == TJ_EXIT_DONE && (inputs->n > 0 || n_inputs == 0))
		status = run_opened(x, inputs, t, c);
	if (!refused)
		tj_failures_tell(&c->failures, n_inputs,
		                 "the same command with --resume tries them again");
	if (status == TJ_EXIT_DONE && c->failures.n > 0)
		status = TJ_EXIT_FAILED;
	struct tj_stats stats = { .command = "translate",
		                  .seconds = tj_progress_seconds(&c->progress),
		                  .info = opened == TRUJAMAN_OK ? trujaman_get_info(t) : NULL,
		                  .model = x->model,
		                  .options = &x->options,
		                  .report = &c->report,
		                  .n_inputs = inputs->n,
		                  .inputs = inputs->items,
		                  .exit_status = status };
	tj_progress_close(&c->progress);
	if (!refused) /* the statistics may be what an input must not be replaced by */
		status = tj_stats_write(x->stats, &stats);
	trujaman_close(t);
	return status;
}

int tj_translation_run(struct tj_translation *x)
{
	struct tj_inputs inputs;
	struct course c = { .report = { 0 } };
	int status = tj_stats_check(x->stats);
	if (status != TJ_EXIT_DONE)
		return status;
	x->to.talk = &x->talk;
	status = tj_inputs_find(&inputs, x->n_arguments, x->arguments, x->to.folder, x->to.suffix,
	                        (enum tj_packing)x->to.packing, &c.failures);
	if (status == TJ_EXIT_DONE && x->stats != NULL)
		status = tj_check_output("translate", x->stats, inputs.n, inputs.items, x->model);
	if (status == TJ_EXIT_DONE && inputs.n_own > 0)
		tj_cli_remark(&x->talk, "left out %zu file%s that trujaman has made", inputs.n_own,
		              inputs.n_own == 1 ? "" : "s");
	if (status == TJ_EXIT_DONE && c.failures.n > 0)
		tj_cli_warn(&x->talk, "going on without %zu of %zu inputs, told at the end",
		            c.failures.n, inputs.n + c.failures.n);
	if (status == TJ_EXIT_DONE)
		status = run_planned(x, &inputs, &c);
	tj_failures_free(&c.failures);
	tj_inputs_close(&inputs);
	return status;
}
