/* SPDX-License-Identifier: MIT */
/* Opens, finishes and resumes the outputs of a translation. */
#define _GNU_SOURCE /* asprintf */
#include "src/delivery/delivery.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/delivery/complete.h"
#include "src/delivery/folder.h"
#include "src/delivery/output.h"

static int is_shard(const struct tj_delivery *d)
{
	return d->to->shard.n > 0;
}

/* --- Opening -------------------------------------------------------------------------- */

/* Tell that there is nothing to do for a run that goes on. What failed is told at the end. */
static void tell_complete(const struct tj_delivery *d, const char *what)
{
	if (d->failures->n > 0)
		tj_tell(d->to->listener, TJ_NEWS_REMARK, "%s", what);
	else
		tj_tell(d->to->listener, TJ_NEWS_REMARK,
		        "nothing to resume: %s; --force translates anew", what);
}

/* Drop the inputs that are done. */
static trujaman_status plan(struct tj_delivery *d, struct tj_inputs *inputs, int *done,
                            struct tj_error *err)
{
	struct tj_folder_plan p = { .to = d->to,
		                    .inputs = inputs,
		                    .journal = &d->directory,
		                    .had_journal = access(d->directory.path, F_OK) == 0,
		                    .run = d->run,
		                    .model = d->model,
		                    .failures = d->failures,
		                    .err = err };
	trujaman_status status = p.had_journal ? tj_journal_read(&d->directory, d->run, err)
	                                       : TRUJAMAN_OK;
	if (status == TRUJAMAN_OK)
		status = tj_folder_plan(&p);
	*done = status == TRUJAMAN_OK && inputs->n == 0;
	if (!*done || p.n_done == 0)
		return status;
	char *what;
	if (asprintf(&what, "%zu output%s in %s %s complete", p.n_done, p.n_done == 1 ? "" : "s",
	             d->to->folder, p.n_done == 1 ? "is" : "are") < 0)
		return tj_fail(err, TRUJAMAN_ERROR_MEMORY, "out of memory for a message");
	tell_complete(d, what);
	free(what);
	return status;
}

/* Compose the identity of the run, for which the whole model is read: only where there will be a
 * journal. */
static trujaman_status find_identity(struct tj_delivery *d, struct tj_error *err)
{
	d->run = tj_run_identity_of(d->n_facts, d->facts, &d->to->shard, err);
	return d->run != NULL ? TRUJAMAN_OK : err->status;
}

static trujaman_status open_directory(struct tj_delivery *d, struct tj_inputs *inputs, int *done,
                                      struct tj_error *err)
{
	trujaman_status status = find_identity(d, err);
	if (status == TRUJAMAN_OK)
		status = tj_folder_name_journal(d->to, &d->directory, err);
	if (status == TRUJAMAN_OK && d->to->start == TJ_START_RESUME)
		status = plan(d, inputs, done, err);
	else if (status == TRUJAMAN_OK && d->to->start == TJ_START_AGAIN)
		status = tj_folder_note_replaces(&d->directory, err);
	else if (status == TRUJAMAN_OK)
		status = tj_folder_check_absent(d->to, d->inputs, err);
	if (status == TRUJAMAN_OK)
		status = tj_folder_check_journals(d->to, inputs, d->failures, err);
	*done |= status == TRUJAMAN_OK && inputs->n == 0 && d->failures->n > 0;
	/* Where everything is done, the folder may be one that must not be written any more. */
	if (status == TRUJAMAN_OK && !*done)
		status = tj_journal_begin(&d->directory, d->run, err);
	return status;
}

/* Whether a journal beside `final` is of another run than `identity`. */
static int has_other_journal(const char *final, const char *identity)
{
	struct tj_journal j = { .fd = -1 };
	struct tj_error err = { 0 };
	char *path = tj_journal_path(final, &err);
	int has = path == NULL ||
	          (access(path, F_OK) == 0 &&
	           (!tj_journal_is(path) || tj_journal_name(&j, path, &err) != TRUJAMAN_OK));
	if (!has && j.path != NULL)
		has = tj_journal_read(&j, identity, &err) != TRUJAMAN_OK;
	tj_journal_close(&j);
	free(path);
	return has;
}

/* Whether a finished run has left `final`: 1, 0 or, for an error, -1; it is of another run. Only a
 * part says of which run it is. No partial file lies beside a whole output. */
static int is_done(const struct tj_delivery *d, const char *final, const char *identity,
                   struct tj_error *err)
{
	const char *culprit;
	if (is_shard(d))
		return tj_partial_is_done(final, identity, err);
	char *partial = tj_partial_path(final, err);
	int done = partial != NULL && access(final, F_OK) == 0 && access(partial, F_OK) != 0 &&
	           !has_other_journal(final, identity) &&
	           tj_complete_judge(final, d->to, d->inputs, 0, d->inputs->n, d->model,
	                             &culprit) == TJ_COMPLETE;
	if (done)
		tj_partial_tidy(final, d->to->listener);
	free(partial);
	return done;
}

/* Whether the part `final` is not there because `trujaman merge` has taken it: nothing of it is
 * left, and the whole output is complete. */
static int is_merged(const struct tj_delivery *d, const char *final, struct tj_error *err)
{
	const char *culprit;
	struct stat st;
	if (!is_shard(d) || lstat(final, &st) == 0)
		return 0;
	char *partial = tj_partial_path(final, err), *journal = tj_journal_path(final, err);
	int is = partial != NULL && journal != NULL && lstat(partial, &st) != 0 &&
	         lstat(journal, &st) != 0 &&
	         tj_complete_judge(d->to->out, d->to, d->inputs, 0, d->inputs->n, d->model,
	                           &culprit) == TJ_COMPLETE;
	free(partial);
	free(journal);
	return is;
}

/* Whether nothing is to be done for `final`, which the listener is told then. */
static int is_finished(const struct tj_delivery *d, const char *final, const char *identity,
                       struct tj_error *err)
{
	char *what;
	int is = is_done(d, final, identity, err);
	int merged = is == 0 && is_merged(d, final, err);
	if (is <= 0 && !merged)
		return 0;
	if (asprintf(&what, "%s is %s", merged ? d->to->out : final,
	             merged ? "merged already" : "complete") < 0) {
		tj_fail(err, TRUJAMAN_ERROR_MEMORY, "out of memory for a message");
		return 0;
	}
	tell_complete(d, what);
	free(what);
	return 1;
}

static trujaman_status open_file(struct tj_delivery *d, char *final, uint64_t *skip, int *done,
                                 struct tj_error *err)
{
	char *identity = tj_run_identity_with_inputs(d->run, d->inputs, 0, d->inputs->n, err);
	if (identity != NULL && d->to->start == TJ_START_RESUME)
		*done = is_finished(d, final, identity, err);
	if (err->status == TRUJAMAN_OK && !*done)
		tj_sink_open_partial(d, final, identity, d->to->start, err);
	else
		free(final);
	free(identity);
	*skip = d->lines;
	return err->status;
}

/* Stdout, a device or a pipe: no partial file. */
static trujaman_status open_directly(struct tj_delivery *d, struct tj_error *err)
{
	struct tj_output direct;
	enum tj_packing packing = (enum tj_packing)d->to->packing;
	if (is_shard(d))
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "--shard needs an output that is a file");
	if (tj_output_open(&direct, d->to->out, err) != TRUJAMAN_OK)
		return err->status;
	d->direct_fd = direct.fd;
	d->name = direct.name;
	if (tj_outlet_open(&d->outlet, direct.fd, direct.name, packing, NULL, 0, 0, err) !=
	    TRUJAMAN_OK)
		tj_output_abandon(&direct);
	return err->status;
}

static trujaman_status open_joined(struct tj_delivery *d, uint64_t *skip, int *done,
                                   struct tj_error *err)
{
	struct stat old;
	char *final = NULL, *part = NULL;
	const char *out = d->to->out;
	if (out == NULL || strcmp(out, "-") == 0)
		return open_directly(d, err);
	if (is_shard(d) && (out = part = tj_shard_path(out, &d->to->shard, err)) == NULL)
		return err->status;
	trujaman_status status = tj_output_find(out, &final, &old, err);
	free(part);
	if (status == TRUJAMAN_OK && final == NULL)
		return open_directly(d, err);
	if (status == TRUJAMAN_OK)
		status = find_identity(d, err);
	if (status == TRUJAMAN_OK)
		return open_file(d, final, skip, done, err);
	free(final);
	return status;
}

trujaman_status tj_delivery_open(struct tj_delivery *d, struct tj_inputs *inputs, uint64_t *skip,
                                 int *done, struct tj_error *err)
{
	d->inputs = inputs;
	d->partial.fd = d->directory.fd = d->direct_fd = -1;
	*skip = 0;
	*done = 0;
	trujaman_status status = d->to->folder != NULL ? open_directory(d, inputs, done, err)
	                                               : open_joined(d, skip, done, err);
	if (status != TRUJAMAN_OK)
		tj_journal_close(&d->directory);
	return status;
}

/* While something failed, a run may go on. Parts have journals of their own. */
static trujaman_status finish_directory(struct tj_delivery *d, struct tj_error *err)
{
	struct tj_error of_journal = { 0 };
	if (tj_sink_sync_folder(d, NULL, err) != TRUJAMAN_OK || d->failures->n > 0)
		tj_journal_close(&d->directory);
	else if (tj_journal_remove(&d->directory, &of_journal) != TRUJAMAN_OK)
		tj_tell(d->to->listener, TJ_NEWS_FAILURE, "%s", of_journal.text);
	return err->status;
}

trujaman_status tj_delivery_finish(struct tj_delivery *d, struct tj_error *err)
{
	if (d->to->folder != NULL)
		return finish_directory(d, err);
	if (tj_outlet_finish(&d->outlet, err) != TRUJAMAN_OK)
		return err->status;
	int direct_fd = d->direct_fd;
	d->direct_fd = -1;
	if (d->partial.path == NULL)
		return direct_fd >= 0 ? tj_output_publish(direct_fd, NULL, NULL, d->name, err)
		                      : TRUJAMAN_OK;
	if (is_shard(d) && tj_journal_note(&d->partial.journal, err, "done") != TRUJAMAN_OK)
		return err->status;
	return tj_partial_commit(&d->partial, is_shard(d) ? TJ_JOURNAL_STAYS : TJ_JOURNAL_GOES, 1,
	                         d->to->listener, err);
}

void tj_delivery_leave(struct tj_delivery *d)
{
	struct tj_error err = { 0 };
	uint64_t kept = tj_sink_lines_kept(d);
	tj_outlet_abandon(&d->outlet);
	/* Without a journal no run could resume. */
	if (d->partial.path != NULL && d->partial.journal.fd < 0 &&
	    tj_sink_begin_journal(d, &err) != TRUJAMAN_OK)
		tj_tell(d->to->listener, TJ_NEWS_FAILURE, "%s", err.text);
	tj_error_clear(&err);
	if (d->partial.path != NULL)
		tj_partial_leave(&d->partial, kept, 1, d->to->listener);
	else if (d->direct_fd >= 0 && d->direct_fd != STDOUT_FILENO)
		(void)close(d->direct_fd);
	if (tj_sink_sync_folder(d, NULL, &err) != TRUJAMAN_OK)
		tj_tell(d->to->listener, TJ_NEWS_FAILURE, "%s", err.text);
	tj_journal_close(&d->directory);
}
