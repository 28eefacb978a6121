/* SPDX-License-Identifier: MIT */
/* `trujaman train`: runs a training, shows its progress and writes its log. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/cli/show/clock.h"
#include "src/cli/show/interrupt.h"
#include "src/cli/show/train_log.h"
#include "src/cli/show/train_progress.h"
#include "src/cli/train_options.h"
#include "src/delivery/output.h"

struct train_run {
	const trujaman_train_options *options;
	struct tj_train_log log;
	struct tj_train_progress progress;
	int log_status; /* an exit status; a failure was reported */
	int batch_tokens;
	int has_begun;
	uint64_t update; /* the last update made */
};

static int kept(struct train_run *r, int log_result)
{
	if (r->log_status == TJ_EXIT_DONE)
		r->log_status = log_result;
	return log_result;
}

static int on_phase(void *context, const char *what)
{
	struct train_run *r = context;
	tj_train_progress_phase(&r->progress, what);
	return 0;
}

/* Begins the size of a batch among what was chosen from the text. */
static const char batch_tokens[] = "--batch-tokens ";

static int on_start(void *context, const trujaman_train_start *start)
{
	struct train_run *r = context;
	tj_train_progress_start(&r->progress, r->options, start);
	const char *chosen = strstr(start->chosen, batch_tokens);
	r->batch_tokens = chosen != NULL ? (int)strtol(chosen + sizeof batch_tokens - 1, NULL, 10)
	                                 : r->options->batch_tokens;
	r->update = start->update;
	r->has_begun = 1;
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

/* Before the first update, memory goes to the texts and the parameters; then to batches, too. */
static int fail_of_memory(const struct train_run *r, const char *error)
{
	char now[32] = "";
	if (!r->has_begun) {
		tj_cli_say(
		    "%s; with a smaller --hidden-size and --embedding-size, or less text, it "
		    "needs less",
		    error);
		return TJ_EXIT_FAILED;
	}
	if (r->batch_tokens > 0)
		snprintf(now, sizeof now, " (now %d)", r->batch_tokens);
	tj_cli_say("%s; with fewer --batch-tokens%s or --threads, or a smaller --hidden-size, it "
	           "needs less",
	           error, now);
	return TJ_EXIT_FAILED;
}

static int train(struct train_run *r)
{
	const trujaman_train_observer observer = {
		.size = sizeof observer,
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
	tj_train_progress_close(&r->progress);
	if (r->log.is_closed)
		return tj_cli_fail(TRUJAMAN_ERROR_CLOSED, "");
	int closed = tj_train_log_close(&r->log);
	if (closed != TJ_EXIT_DONE || r->log_status != TJ_EXIT_DONE)
		return closed != TJ_EXIT_DONE ? closed : r->log_status;
	if (status == TRUJAMAN_ERROR_MEMORY)
		return fail_of_memory(r, error);
	if (status != TRUJAMAN_OK)
		return tj_cli_fail(status, error);
	int by = tj_interrupt_signal();
	if (by == 0)
		return TJ_EXIT_DONE;
	tj_cli_say("stopped by %s after update %llu; go on with the same options and --resume",
	           tj_interrupt_name(by), (unsigned long long)r->update);
	return 128 + by;
}

/* Whether the log is MODEL or a file that the training keeps beside it. */
static int is_of_model(const struct stat *log, const char *model)
{
	static const char *const suffixes[] = { "", ".checkpoint", ".lock" };
	char path[PATH_MAX];
	struct stat file;
	for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
		if ((size_t)snprintf(path, sizeof path, "%s%s", model, suffixes[i]) < sizeof path &&
		    stat(path, &file) == 0 && tj_output_is(log, &file))
			return 1;
	return 0;
}

/* The log must be neither a file that the training reads nor one that it writes (the library checks
 * what --corpora lists). The latter need not exist before the log does, so this is called once more
 * when the log is open. */
static int check_log(const struct tj_train_args *args)
{
	const trujaman_train_options *o = &args->options;
	const char *const files[] = { o->source,       o->target,  o->dev_source,
		                      o->dev_target,   o->init,    o->source_vocab,
		                      o->target_vocab, o->corpora, o->guided_alignment };
	struct stat log, file;
	if (args->log == NULL || !tj_output_stat(args->log, &log))
		return TJ_GO_ON;
	int clashes = is_of_model(&log, o->model);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		clashes |= files[i] != NULL && stat(files[i], &file) == 0 &&
		           tj_output_is(&log, &file);
	if (!clashes)
		return TJ_GO_ON;
	return tj_cli_usage(tj_command_train.name,
	                    "%s is another file of this training; name another --log", args->log);
}

static int has_checkpoint(const char *model)
{
	char path[PATH_MAX];
	return model != NULL &&
	       (size_t)snprintf(path, sizeof path, "%s.checkpoint", model) < sizeof path &&
	       access(path, F_OK) == 0;
}

/* Open the log, which must not take the place of a file that does not exist yet, nor of one that
 * somebody may want to keep. */
static int open_log(struct tj_train_log *log, const struct tj_train_args *args)
{
	struct stat before;
	int is_new = args->log != NULL && stat(args->log, &before) != 0;
	int status = tj_train_log_open(log, args->log);
	if (status != TJ_EXIT_DONE)
		return status;
	if (check_log(args) == TJ_GO_ON) {
		status = tj_train_log_check(log, &args->options,
		                            has_checkpoint(args->options.model));
		if (status != TJ_EXIT_DONE)
			(void)tj_train_log_close(log); /* nothing is written yet */
		return status;
	}
	/* What was made may lie where a link leads to. The link stays. */
	char *made = is_new ? realpath(args->log, NULL) : NULL;
	(void)tj_train_log_close(log); /* nothing is written yet */
	if (made != NULL)
		(void)unlink(made);
	free(made);
	return TJ_EXIT_USAGE;
}

static double seconds(void)
{
	return (double)tj_clock_now() * 1e-9;
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
	status = open_log(&r.log, &args);
	if (status != TJ_EXIT_DONE)
		return status;
	args.options.log = args.log != NULL && strcmp(args.log, "-") != 0 ? args.log : NULL;
	args.options.stop = tj_interrupt_catch();
	args.options.clock = seconds;
	tj_clock_open();
	tj_train_progress_open(&r.progress);
	return train(&r);
}

const struct tj_command tj_command_train = { .name = "train",
	                                     .summary = "learn to translate from a pair of texts",
	                                     .usage = tj_train_usage,
	                                     .column = 28,
	                                     .options = tj_train_command_options,
	                                     .notes = tj_train_notes,
	                                     .library = trujaman_train_option_at,
	                                     .run = run,
	                                     .busy = "getting ready" };
