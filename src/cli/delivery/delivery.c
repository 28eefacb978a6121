/* SPDX-License-Identifier: MIT */
/* The sink of `trujaman translate`: opens, writes, finishes and resumes the outputs. */
#define _GNU_SOURCE /* asprintf */
#include "src/cli/delivery/delivery.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/cli/delivery/folder.h"
#include "src/cli/delivery/output.h"
#include "src/cli/delivery/run_identity.h"

static int is_shard(const struct tj_delivery *d)
{
	return d->to->shard.n > 0;
}

/* --- Writing -------------------------------------------------------------------------- */

static int put(struct tj_delivery *d, const char *bytes, size_t n)
{
	if (n == 0)
		return 0;
	d->unended = bytes[n - 1] != '\n';
	d->input_bytes += n;
	d->failed = tj_outlet_write(&d->outlet, bytes, n);
	return d->failed != TRUJAMAN_OK;
}

/* Turn an exit status into the return value of a sink function. The failure has already been
 * reported; it ends the run as TRUJAMAN_ERROR_IO. */
static int refuse(struct tj_delivery *d, int status)
{
	if (status != TJ_EXIT_DONE)
		d->failed = TRUJAMAN_ERROR_IO;
	return status != TJ_EXIT_DONE;
}

/* Called only before the second stretch of an output. A small file is complete after its first
 * stretch, and a journal would cost as much as the file itself. */
static int begin_journal(struct tj_delivery *d)
{
	char *identity = tj_run_identity_with_inputs(d->run, d->inputs, d->input, 1);
	int status = identity != NULL ? tj_partial_begin_journal(&d->partial, identity)
	                              : TJ_EXIT_FAILED;
	free(identity);
	return status;
}

static int write_stretch(void *context, const trujaman_stretch *s)
{
	struct tj_delivery *d = context;
	if (d->partial.path != NULL && d->partial.journal.fd < 0 && d->has_stretch &&
	    refuse(d, begin_journal(d)) != 0)
		return 1;
	d->has_stretch = 1;
	d->lines += s->lines;
	d->input_lines += s->lines;
	return put(d, s->bytes, s->n_bytes);
}

/* --- Inputs of one output ------------------------------------------------------------- */

static int begin_joined(void *context, size_t input)
{
	struct tj_delivery *d = context;
	if (is_shard(d) && input > d->n_noted)
		d->input_lines = d->input_bytes = 0;
	d->input = input;
	return 0;
}

/* In a part every input must end with a newline, otherwise its last line would run into the next
 * input. Add the newline if it is missing, and note the input in the journal. */
static int note_input(struct tj_delivery *d)
{
	int added = d->unended && d->input_bytes > 0;
	if (added && put(d, "\n", 1) != 0)
		return 1;
	return refuse(d, tj_journal_note(&d->partial.journal, "input %" PRIu64 " %" PRIu64 " %d",
	                                 d->input_lines, d->input_bytes, added));
}

static int end_joined(void *context, size_t input)
{
	struct tj_delivery *d = context;
	if (!is_shard(d) || input < d->n_noted)
		return 0;
	d->n_noted = input + 1;
	int status = note_input(d);
	d->input_lines = d->input_bytes = 0;
	return status;
}

/* Restore the counters of the current input from the "input" notes. Drop the notes that count more
 * than the output really holds. */
static void take_notes(struct tj_delivery *d)
{
	struct tj_partial *p = &d->partial;
	uint64_t lines = 0, bytes = 0;
	size_t n = 0;
	for (; n < p->journal.n_notes; n++) {
		uint64_t l, b;
		if (sscanf(p->journal.notes[n], "input %" SCNu64 " %" SCNu64, &l, &b) != 2 ||
		    l > p->lines - lines || b > p->bytes - bytes)
			break;
		lines += l;
		bytes += b;
	}
	tj_journal_cut(&p->journal, n);
	d->n_noted = n;
	d->input_lines = p->lines - lines;
	d->input_bytes = p->bytes - bytes;
}

/* --- An output for each input --------------------------------------------------------- */

static int open_partial(struct tj_delivery *d, char *final, const char *identity,
                        enum tj_start start)
{
	/* Parts are written uncompressed; tj_join compresses. Compressed n-best lists get no
	 * "member" notes, because a member may end in the middle of the list of one line. So such
	 * an output is started again instead of resumed. */
	int numbered = d->to->output == TRUJAMAN_OUTPUT_N_BEST;
	enum tj_packing packing = is_shard(d) ? TJ_PACK_NONE : (enum tj_packing)d->to->packing;
	enum tj_content content = packing != TJ_PACK_NONE ? TJ_CONTENT_PACKED
	                          : numbered              ? TJ_CONTENT_NUMBERED
	                                                  : TJ_CONTENT_LINES;
	int status = tj_partial_open(&d->partial, final, identity, start, content);
	if (status != TJ_EXIT_DONE)
		return status;
	d->lines = d->partial.lines;
	d->unended = d->has_stretch = 0;
	if (is_shard(d))
		take_notes(d);
	struct tj_journal *journal = numbered ? NULL : &d->partial.journal;
	if (tj_outlet_open(&d->outlet, d->partial.fd, d->partial.path, packing, journal, d->lines,
	                   d->partial.bytes) == TRUJAMAN_OK)
		return status;
	tj_partial_leave(&d->partial, d->lines);
	return TJ_EXIT_FAILED;
}

/* Whether an earlier run has left a journal of this output. */
static int has_journal(const char *final)
{
	char *path = tj_journal_path(final);
	int has = path != NULL && access(path, F_OK) == 0;
	free(path);
	return has;
}

static int open_output_of(struct tj_delivery *d, size_t input, enum tj_start start)
{
	char *identity = NULL, *final = tj_folder_output(d->to, d->inputs, input);
	int status = final != NULL ? tj_make_folders(final) : TJ_EXIT_FAILED;
	int resumes = status == TJ_EXIT_DONE && start == TJ_START_RESUME && has_journal(final);
	if (status == TJ_EXIT_DONE && (resumes || is_shard(d))) {
		identity = tj_run_identity_with_inputs(d->run, d->inputs, input, 1);
		status = identity != NULL ? TJ_EXIT_DONE : TJ_EXIT_FAILED;
	}
	if (status == TJ_EXIT_DONE)
		status = open_partial(d, final, identity,
		                      resumes ? TJ_START_RESUME : TJ_START_AGAIN);
	else
		free(final);
	free(identity);
	return status;
}

static int begin_own(void *context, size_t input)
{
	struct tj_delivery *d = context;
	d->input = input;
	/* tj_delivery_open has opened the output of the first input already. A new run
	 * has also checked there that no other output exists yet. Only the first output can be
	 * resumed, so all others start anew. */
	if (d->partial.path != NULL)
		return 0;
	d->input_lines = d->input_bytes = 0;
	return refuse(d, open_output_of(d, input, TJ_START_AGAIN));
}

static int end_own(void *context, size_t input)
{
	struct tj_delivery *d = context;
	if (is_shard(d) &&
	    (note_input(d) != 0 || refuse(d, tj_journal_note(&d->partial.journal, "done")) != 0))
		return 1;
	if (tj_outlet_finish(&d->outlet) != TRUJAMAN_OK)
		return refuse(d, TJ_EXIT_FAILED);
	if (refuse(d, tj_partial_commit(&d->partial, is_shard(d))) != 0)
		return 1;
	return refuse(d, tj_journal_note(&d->directory, "done %s", d->inputs->names[input]));
}

/* --- Opening -------------------------------------------------------------------------- */

static int open_directory(struct tj_delivery *d, struct tj_inputs *inputs, uint64_t *skip,
                          int *done)
{
	int status = tj_folder_name_journal(d->to, &d->directory);
	int resumes = d->to->start == TJ_START_RESUME && status == TJ_EXIT_DONE &&
	              access(d->directory.path, F_OK) == 0;
	if (resumes) {
		status = tj_journal_read(&d->directory, d->run);
		if (status == TJ_EXIT_DONE)
			status = tj_folder_drop_done(d->to, &d->directory, inputs);
	} else if (status == TJ_EXIT_DONE && d->to->start != TJ_START_AGAIN) {
		status = tj_folder_check_absent(d->to, d->inputs);
	}
	if (status == TJ_EXIT_DONE)
		status = tj_journal_begin(&d->directory, d->run);
	*done = status == TJ_EXIT_DONE && inputs->n == 0;
	if (status == TJ_EXIT_DONE && !*done)
		status = open_output_of(d, 0, resumes ? TJ_START_RESUME : TJ_START_AGAIN);
	*skip = d->lines;
	return status;
}

/* Whether the part is complete already and belongs to this very run. */
static int is_done(const char *final, const char *identity)
{
	struct tj_journal j = { .fd = -1 };
	char *path = tj_journal_path(final);
	int done = path != NULL && access(final, F_OK) == 0 && access(path, F_OK) == 0 &&
	           tj_journal_name(&j, path) == TJ_EXIT_DONE &&
	           tj_journal_read(&j, identity) == TJ_EXIT_DONE && j.n_notes > 0 &&
	           strcmp(j.notes[j.n_notes - 1], "done") == 0;
	tj_journal_close(&j, 0);
	free(path);
	return done;
}

static int open_file(struct tj_delivery *d, char *final, uint64_t *skip, int *done)
{
	char *identity = tj_run_identity_with_inputs(d->run, d->inputs, 0, d->inputs->n);
	int status = TJ_EXIT_FAILED;
	if (identity != NULL && d->to->start == TJ_START_RESUME && is_shard(d) &&
	    is_done(final, identity)) {
		*done = 1;
		status = TJ_EXIT_DONE;
		free(final);
	} else if (identity != NULL) {
		status = open_partial(d, final, identity, d->to->start);
	} else {
		free(final);
	}
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
	return tj_outlet_open(&d->outlet, direct.fd, direct.name, packing, NULL, 0, 0) ==
	               TRUJAMAN_OK
	           ? TJ_EXIT_DONE
	           : TJ_EXIT_FAILED;
}

int tj_delivery_open(struct tj_delivery *d, const struct tj_destination *to,
                     struct tj_inputs *inputs, const char *run, uint64_t *skip, int *done)
{
	*d = (struct tj_delivery){ .to = to,
		                   .inputs = inputs,
		                   .run = run,
		                   .partial = { .fd = -1 },
		                   .directory = { .fd = -1 },
		                   .direct_fd = -1 };
	*skip = 0;
	*done = 0;
	int status = to->folder != NULL ? open_directory(d, inputs, skip, done)
	                                : open_joined(d, skip, done);
	if (status != TJ_EXIT_DONE)
		tj_journal_close(&d->directory, 0);
	return status;
}

trujaman_sink tj_delivery_sink(struct tj_delivery *d)
{
	int own = d->to->folder != NULL;
	return (trujaman_sink){ .context = d,
		                .joined = !own && !is_shard(d),
		                .begin = own ? begin_own : begin_joined,
		                .write = write_stretch,
		                .end = own ? end_own : end_joined };
}

int tj_delivery_finish(struct tj_delivery *d)
{
	if (d->to->folder != NULL) {
		/* Keep the directory journal of a shard: until the parts are joined, a run may need
		 * it again. */
		tj_journal_close(&d->directory, !is_shard(d));
		return TJ_EXIT_DONE;
	}
	/* A reader that has closed the output is not a failure to report: tj_cli_fail ends the
	 * process by SIGPIPE. */
	trujaman_status written = tj_outlet_finish(&d->outlet);
	if (written == TRUJAMAN_ERROR_CLOSED)
		return tj_cli_fail(written, "");
	int status = written == TRUJAMAN_OK ? TJ_EXIT_DONE : TJ_EXIT_FAILED;
	if (d->partial.path == NULL)
		return status == TJ_EXIT_DONE && d->direct_fd >= 0
		           ? tj_output_publish(d->direct_fd, NULL, NULL, d->name)
		           : status;
	if (status == TJ_EXIT_DONE && is_shard(d))
		status = tj_journal_note(&d->partial.journal, "done");
	if (status == TJ_EXIT_DONE)
		return tj_partial_commit(&d->partial, is_shard(d));
	tj_partial_leave(&d->partial, d->lines);
	return status;
}

void tj_delivery_leave(struct tj_delivery *d)
{
	tj_outlet_abandon(&d->outlet);
	/* Without a journal no run could resume. */
	if (d->partial.path != NULL && d->partial.journal.fd < 0)
		(void)begin_journal(d);
	if (d->partial.path != NULL)
		tj_partial_leave(&d->partial, d->lines);
	else if (d->direct_fd >= 0 && d->direct_fd != STDOUT_FILENO)
		(void)close(d->direct_fd);
	tj_journal_close(&d->directory, 0);
}
