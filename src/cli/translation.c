/* SPDX-License-Identifier: MIT */
/* Runs `trujaman translate`: opens the inputs, the model and the outputs, then translates. */
#include "src/cli/translation.h"

#include <stdlib.h>

#include "src/cli/checks.h"
#include "src/cli/delivery/delivery.h"
#include "src/cli/delivery/run_identity.h"
#include "src/cli/show/interrupt.h"
#include "src/cli/show/progress.h"
#include "src/cli/show/stats.h"

/* The progress that a run shows, and the counters that it collects. */
struct course {
	struct tj_progress progress;
	trujaman_report report;
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
	struct tj_delivery d;
	uint64_t skip;
	int done, status = TJ_EXIT_DONE;
	if (x->to.folder == NULL)
		status = tj_check_output("translate", x->to.out, inputs->n, inputs->items,
		                         trujaman_get_info(t)->path);
	char *run = status == TJ_EXIT_DONE ? tj_run_identity_of(&x->options, &x->to, t) : NULL;
	if (run == NULL)
		return status != TJ_EXIT_DONE ? status : TJ_EXIT_FAILED;
	status = tj_delivery_open(&d, &x->to, inputs, run, &skip, &done);
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

static int run_planned(const struct tj_translation *x, struct tj_inputs *inputs)
{
	trujaman *t = NULL;
	struct course c = { .report = { 0 } };
	/* From here on SIGUSR1 no longer kills the process. */
	tj_progress_open(&c.progress, &x->talk, 0, 0);
	trujaman_status opened = trujaman_open(x->model, &x->options, &t);
	int status = opened == TRUJAMAN_OK ? run_opened(x, inputs, t, &c)
	                                   : tj_cli_fail(opened, trujaman_error(t));
	struct tj_stats stats = { .command = "translate",
		                  .seconds = tj_progress_seconds(&c.progress),
		                  .info = opened == TRUJAMAN_OK ? trujaman_get_info(t) : NULL,
		                  .model = x->model,
		                  .options = &x->options,
		                  .report = &c.report,
		                  .n_inputs = inputs->n,
		                  .inputs = inputs->items,
		                  .exit_status = status };
	tj_progress_close(&c.progress);
	status = tj_stats_write(x->stats, &stats);
	trujaman_close(t);
	return status;
}

int tj_translation_run(struct tj_translation *x)
{
	struct tj_inputs inputs;
	int status = tj_stats_check(x->stats);
	if (status != TJ_EXIT_DONE)
		return status;
	status = tj_inputs_find(&inputs, x->n_arguments, x->arguments, x->to.folder != NULL,
	                        x->to.suffix, (enum tj_packing)x->to.packing);
	if (status == TJ_EXIT_DONE)
		status = tj_check_texts(inputs.n, inputs.items, x->force_text);
	if (status == TJ_EXIT_DONE && x->stats != NULL)
		status = tj_check_output("translate", x->stats, inputs.n, inputs.items, x->model);
	if (status == TJ_EXIT_DONE)
		status = run_planned(x, &inputs);
	tj_inputs_close(&inputs);
	return status;
}
