/* SPDX-License-Identifier: MIT */
/* Opens, finishes and resumes the outputs of `trujaman translate`. */
#define _GNU_SOURCE /* asprintf */
#include "src/cli/delivery/delivery.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/cli/delivery/complete.h"
#include "src/cli/delivery/folder.h"
#include "src/cli/delivery/output.h"
#include "src/cli/delivery/run_identity.h"

static int is_shard(const struct tj_delivery *d)
{
	return d->to->shard.n > 0;
}

/* --- Opening -------------------------------------------------------------------------- */

/* Say, unless --quiet, that --resume finds nothing to do. What failed is told at the end. */
static void say_complete(const struct tj_delivery *d, const char *what)
{
	if (d->to->talk->quiet)
		return;
	if (d->failures->n > 0)
		tj_cli_say("%s", what);
	else
		tj_cli_say("nothing to resume: %s; --force translates anew", what);
}

/* Drop the inputs that are done. */
static int plan(struct tj_delivery *d, struct tj_inputs *inputs, int *done)
{
	struct tj_folder_plan p = { .to = d->to,
		                    .inputs = inputs,
		                    .journal = &d->directory,
		                    .had_journal = access(d->directory.path, F_OK) == 0,
		                    .run = d->run,
		                    .model = d->model,
		                    .failures = d->failures };
	int status = p.had_journal ? tj_journal_read(&d->directory, d->run) : TJ_EXIT_DONE;
	if (status == TJ_EXIT_DONE)
		status = tj_folder_plan(&p);
	*done = status == TJ_EXIT_DONE && inputs->n == 0;
	if (!*done || p.n_done == 0)
		return status;
	char *what;
	if (asprintf(&what, "%zu output%s in %s %s complete", p.n_done, p.n_done == 1 ? "" : "s",
	             d->to->folder, p.n_done == 1 ? "is" : "are") < 0)
		return tj_cli_fail(TRUJAMAN_ERROR_MEMORY, "out of memory for a message");
	say_complete(d, what);
	free(what);
	return status;
}

/* Compose the identity of the run, for which the whole model is read: only where there will be a
 * journal. */
static int find_identity(struct tj_delivery *d)
{
	d->run = tj_run_identity_of(d->options, d->to, d->n_models, d->infos);
	return d->run != NULL ? TJ_EXIT_DONE : TJ_EXIT_FAILED;
}

static int open_directory(struct tj_delivery *d, struct tj_inputs *inputs, int *done)
{
	int status = find_identity(d);
	if (status == TJ_EXIT_DONE)
		status = tj_folder_name_journal(d->to, &d->directory);
	if (status == TJ_EXIT_DONE && d->to->start == TJ_START_RESUME)
		status = plan(d, inputs, done);
	else if (status == TJ_EXIT_DONE && d->to->start == TJ_START_AGAIN)
		status = tj_folder_note_replaces(&d->directory);
	else if (status == TJ_EXIT_DONE)
		status = tj_folder_check_absent(d->to, d->inputs);
	if (status == TJ_EXIT_DONE)
		status = tj_folder_check_journals(d->to, inputs, d->failures);
	*done |= status == TJ_EXIT_DONE && inputs->n == 0 && d->failures->n > 0;
	/* Where everything is done, the folder may be one that must not be written any more. */
	if (status == TJ_EXIT_DONE && !*done)
		status = tj_journal_begin(&d->directory, d->run);
	return status;
}

/* Whether a journal beside `final` is of another run than `identity`. */
static int has_other_journal(const char *final, const char *identity)
{
	struct tj_journal j = { .fd = -1 };
	char *path = tj_journal_path(final);
	int has = path == NULL ||
	          (access(path, F_OK) == 0 &&
	           (!tj_journal_is(path) || tj_journal_name(&j, path) != TJ_EXIT_DONE));
	if (!has && j.path != NULL) {
		j.quiet = 1;
		has = tj_journal_read(&j, identity) != TJ_EXIT_DONE;
	}
	tj_journal_close(&j, 0);
	free(path);
	return has;
}

/* Whether a finished run has left `final`: 1, 0 or, after reporting it, -1 if it is of another run.
 * Only a part says of which run it is. No partial file lies beside a whole output. */
static int is_done(const struct tj_delivery *d, const char *final, const char *identity)
{
	const char *culprit;
	if (is_shard(d))
		return tj_partial_is_done(final, identity, 0);
	char *partial = tj_partial_path(final);
	int done = partial != NULL && access(final, F_OK) == 0 && access(partial, F_OK) != 0 &&
	           !has_other_journal(final, identity) &&
	           tj_complete_judge(final, d->to, d->inputs, 0, d->inputs->n, d->model,
	                             &culprit) == TJ_COMPLETE;
	if (done)
		tj_partial_tidy(final);
	free(partial);
	return done;
}

/* Whether the part `final` is not there because `trujaman merge` has taken it: nothing of it is
 * left, and the whole output is complete. */
static int is_merged(const struct tj_delivery *d, const char *final)
{
	const char *culprit;
	struct stat st;
	if (!is_shard(d) || lstat(final, &st) == 0)
		return 0;
	char *partial = tj_partial_path(final), *journal = tj_journal_path(final);
	int is = partial != NULL && journal != NULL && lstat(partial, &st) != 0 &&
	         lstat(journal, &st) != 0 &&
	         tj_complete_judge(d->to->out, d->to, d->inputs, 0, d->inputs->n, d->model,
	                           &culprit) == TJ_COMPLETE;
	free(partial);
	free(journal);
	return is;
}

static int open_file(struct tj_delivery *d, char *final, uint64_t *skip, int *done)
{
	char *identity = tj_run_identity_with_inputs(d->run, d->inputs, 0, d->inputs->n), *what;
	int status = TJ_EXIT_FAILED, is = 0;
	if (identity != NULL && d->to->start == TJ_START_RESUME)
		is = is_done(d, final, identity);
	int merged = is == 0 && d->to->start == TJ_START_RESUME && is_merged(d, final);
	is |= merged;
	*done = is == 1;
	if (is == 1 && asprintf(&what, "%s is %s", merged ? d->to->out : final,
	                        merged ? "merged already" : "complete") >= 0) {
		say_complete(d, what);
		free(what);
		status = TJ_EXIT_DONE;
	}
	if (identity != NULL && is == 0)
		status = tj_sink_open_partial(d, final, identity, d->to->start);
	else
		free(final);
	free(identity);
	*skip = d->lines;
	return status;
}

static int open_joined(struct tj_delivery *d, uint64_t *skip, int *done)
{
	struct tj_output direct;
	struct stat old;
	char *final = NULL, *part;
	const char *out = d->to->out;
	int status = TJ_EXIT_DONE;
	if (out != NULL && strcmp(out, "-") != 0 && is_shard(d)) {
		part = tj_shard_path(out, &d->to->shard);
		status = part != NULL ? tj_output_find(part, &final, &old) : TJ_EXIT_FAILED;
		free(part);
	} else if (out != NULL && strcmp(out, "-") != 0) {
		status = tj_output_find(out, &final, &old);
	}
	if (status != TJ_EXIT_DONE)
		return status;
	if (final != NULL && find_identity(d) != TJ_EXIT_DONE) {
		free(final);
		return TJ_EXIT_FAILED;
	}
	if (final != NULL)
		return open_file(d, final, skip, done);
	if (is_shard(d))
		return tj_cli_usage("translate", "--shard needs an output that is a file");
	status = tj_output_open(&direct, out); /* stdout, device or pipe: no partial file */
	if (status != TJ_EXIT_DONE)
		return status;
	enum tj_packing packing = (enum tj_packing)d->to->packing;
	d->direct_fd = direct.fd;
	d->name = direct.name;
	if (tj_outlet_open(&d->outlet, direct.fd, direct.name, packing, NULL, 0, 0) == TRUJAMAN_OK)
		return TJ_EXIT_DONE;
	tj_output_abandon(&direct);
	return TJ_EXIT_FAILED;
}

int tj_delivery_open(struct tj_delivery *d, struct tj_inputs *inputs, uint64_t *skip, int *done)
{
	d->inputs = inputs;
	d->partial.fd = d->directory.fd = d->direct_fd = -1;
	*skip = 0;
	*done = 0;
	int status = d->to->folder != NULL ? open_directory(d, inputs, done)
	                                   : open_joined(d, skip, done);
	if (status != TJ_EXIT_DONE)
		tj_journal_close(&d->directory, 0);
	return status == TJ_FAILED_ALONE ? TJ_EXIT_FAILED : status;
}

int tj_delivery_finish(struct tj_delivery *d)
{
	if (d->to->folder != NULL) {
		/* While something failed, a run may go on. Parts have journals of their own. */
		int status = tj_sink_sync_folder(d, NULL);
		tj_journal_close(&d->directory, d->failures->n == 0 && status == TJ_EXIT_DONE);
		return status;
	}
	/* A reader that has closed the output is not a failure to report: tj_cli_fail ends the
	 * process by SIGPIPE. */
	uint64_t kept = tj_sink_lines_kept(d);
	trujaman_status written = tj_outlet_finish(&d->outlet);
	if (written == TRUJAMAN_ERROR_CLOSED)
		return tj_cli_fail(written, "");
	int status = written == TRUJAMAN_OK ? TJ_EXIT_DONE : TJ_EXIT_FAILED;
	if (d->partial.path == NULL)
		return status == TJ_EXIT_DONE && d->direct_fd >= 0 &&
		               tj_output_publish(d->direct_fd, NULL, NULL, d->name) != TJ_EXIT_DONE
		           ? TJ_EXIT_FAILED
		           : status;
	if (status == TJ_EXIT_DONE && is_shard(d))
		status = tj_journal_note(&d->partial.journal, "done");
	if (status == TJ_EXIT_DONE)
		return tj_partial_commit(&d->partial, is_shard(d), 1) == TJ_EXIT_DONE
		           ? TJ_EXIT_DONE
		           : TJ_EXIT_FAILED;
	tj_partial_leave(&d->partial, kept, 1);
	return status;
}

void tj_delivery_leave(struct tj_delivery *d)
{
	uint64_t kept = tj_sink_lines_kept(d);
	tj_outlet_abandon(&d->outlet);
	/* Without a journal no run could resume. */
	if (d->partial.path != NULL && d->partial.journal.fd < 0)
		(void)tj_sink_begin_journal(d);
	if (d->partial.path != NULL)
		tj_partial_leave(&d->partial, kept, 1);
	else if (d->direct_fd >= 0 && d->direct_fd != STDOUT_FILENO)
		(void)close(d->direct_fd);
	(void)tj_sink_sync_folder(d, NULL);
	tj_journal_close(&d->directory, 0);
}
