/* SPDX-License-Identifier: MIT */
/* `trujaman train`: runs a training, shows its progress and writes its log. */
#include <signal.h>

#include "src/cli/delivery/output.h"
#include "src/cli/show/interrupt.h"
#include "src/cli/show/terminal.h"
#include "src/cli/show/train_log.h"
#include "src/cli/show/train_progress.h"
#include "src/cli/train_options.h"

struct train_run {
	const trujaman_train_options *options;
	struct tj_train_log log;
	struct tj_train_progress progress;
	int log_failed;  /* and the failure was reported */
	uint64_t update; /* the last update made */
};

static int kept(struct train_run *r, int log_result)
{
	r->log_failed |= log_result != 0;
	return log_result;
}

static int on_phase(void *context, const char *what)
{
	struct train_run *r = context;
	tj_train_progress_phase(&r->progress, what);
	return 0;
}

static int on_start(void *context, const trujaman_train_start *start)
{
	struct train_run *r = context;
	tj_train_progress_start(&r->progress, r->options, start);
	r->update = start->update;
	return kept(r, tj_train_log_start(&r->log, r->options, start));
}

static int on_update(void *context, const trujaman_train_update *update)
{
	struct train_run *r = context;
	tj_train_progress_update(&r->progress, update);
	r->update = update->update;
	return kept(r, tj_train_log_update(&r->log, update));
}

static int on_validation(void *context, const trujaman_train_validation *validation)
{
	struct train_run *r = context;
	tj_train_progress_validation(&r->progress, validation);
	return kept(r, tj_train_log_validation(&r->log, validation));
}

static int on_checkpoint(void *context, trujaman_train_checkpoint *checkpoint)
{
	struct train_run *r = context;
	return kept(r, tj_train_log_checkpoint(&r->log, checkpoint));
}

static int on_done(void *context, const trujaman_train_done *done)
{
	struct train_run *r = context;
	tj_train_progress_done(&r->progress, r->options, done);
	return 0;
}

static int train(struct train_run *r)
{
	const trujaman_train_observer observer = {
		.context = r,
		.phase = on_phase,
		.started = on_start,
		.update = on_update,
		.validation = on_validation,
		.checkpoint = on_checkpoint,
		.done = on_done,
	};
	char error[1024];
	trujaman_status status = trujaman_train(r->options, &observer, error, sizeof error);
	tj_terminal_clear();
	if (tj_train_log_close(&r->log) != 0 || r->log_failed)
		return TJ_EXIT_FAILED;
	if (status != TRUJAMAN_OK)
		return tj_cli_fail(status, error);
	int by = tj_interrupt_signal();
	if (by == 0)
		return TJ_EXIT_DONE;
	tj_cli_say("stopped by %s after update %llu; go on with the same options and --resume",
	           tj_interrupt_name(by), (unsigned long long)r->update);
	return 128 + by;
}

/* The log must be neither a file that the training reads nor the model. */
static int check_log(const struct tj_train_args *args)
{
	const trujaman_train_options *o = &args->options;
	const char *const files[] = { o->source, o->target,       o->dev_source,   o->dev_target,
		                      o->init,   o->source_vocab, o->target_vocab, o->model };
	struct stat log, file;
	if (args->log == NULL || !tj_output_stat(args->log, &log))
		return TJ_GO_ON;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (files[i] != NULL && stat(files[i], &file) == 0 && tj_output_is(&log, &file))
			return tj_cli_usage(
			    tj_command_train.name,
			    "%s is another file of this training; name another --log", args->log);
	return TJ_GO_ON;
}

static int run(int argc, char **argv)
{
	struct tj_train_args args;
	struct train_run r = { .options = &args.options };
	int status = tj_train_parse(argc, argv, &args);
	if (status == TJ_GO_ON)
		status = check_log(&args);
	if (status != TJ_GO_ON)
		return status;
	status = tj_train_log_open(&r.log, args.log);
	if (status != TJ_EXIT_DONE)
		return status;
	args.options.stop = tj_interrupt_catch();
	/* If the log is a pipe and its reader closes it, report that like any other write error. */
	signal(SIGPIPE, SIG_IGN);
	tj_train_progress_open(&r.progress);
	return train(&r);
}

const struct tj_command tj_command_train = { "train", "learn to translate from a pair of texts",
	                                     tj_train_help, run };
