/* SPDX-License-Identifier: MIT */
/* The sink of `trujaman translate`: writes translations, and begins and ends each output. */
#include "src/delivery/sink.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/delivery/folder.h"
#include "src/delivery/formats.h"
#include "src/delivery/output.h"
#include "src/io/replace.h"

enum { NOTE_BYTES = 1 << 20 };

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
	d->output_bytes += n;
	return tj_outlet_write(&d->outlet, bytes, n, &d->failed) != TRUJAMAN_OK;
}

/* Tell the listener of a failure that does not end the run. */
static void tell(const struct tj_delivery *d, const struct tj_error *err)
{
	tj_tell(d->to->listener, TJ_NEWS_FAILURE, "%s", err->text);
}

/* What this error fails: this output alone, which the listener is told and which is counted, or the
 * run. Returns the value of a sink's function. */
static int settle(struct tj_delivery *d, const struct tj_error *err)
{
	if (err->status == TRUJAMAN_OK)
		return 0;
	if (!tj_output_fails_alone(err)) {
		d->failed = *err;
		return 1;
	}
	tell(d, err);
	tj_failures_count(d->failures);
	return 0;
}

/* Called only before the second stretch of an output. A small file is complete after its first
 * stretch, and a journal would cost as much as the file itself. */
trujaman_status tj_sink_begin_journal(struct tj_delivery *d, struct tj_error *err)
{
	struct tj_error of_journal = { 0 };
	char *identity = tj_run_identity_with_inputs(d->run, d->inputs, d->input, 1, &of_journal);
	/* A file that has vanished since it was opened is still translated to its end. */
	d->no_journal = identity == NULL;
	if (identity != NULL)
		tj_partial_begin_journal(&d->partial, identity, &of_journal);
	free(identity);
	/* Without a journal (its name is too long) the output cannot be resumed, but it can be
	 * made. */
	d->no_journal |= tj_output_fails_alone(&of_journal);
	if (d->no_journal)
		tell(d, &of_journal);
	else if (of_journal.status != TRUJAMAN_OK)
		*err = of_journal;
	return err->status;
}

static int is_document(const struct tj_delivery *d)
{
	return tj_is_document(&d->inputs->items[d->input]);
}

/* The lines of a document's output do not tell how far it has come: note that now and then. */
static int note_segments(struct tj_delivery *d)
{
	if (!is_document(d) || d->outlet.packer != NULL || is_shard(d) || d->partial.path == NULL ||
	    d->partial.journal.fd < 0 || d->output_bytes - d->noted_at < NOTE_BYTES)
		return 0;
	d->noted_at = d->output_bytes;
	d->noted = d->lines;
	return tj_journal_note(&d->partial.journal, &d->failed, "member %" PRIu64 " %" PRIu64,
	                       d->output_bytes, d->lines) != TRUJAMAN_OK;
}

static int write_stretch(void *context, const trujaman_stretch *s)
{
	struct tj_delivery *d = context;
	if (d->discards)
		return 0;
	if (d->partial.path != NULL && d->partial.journal.fd < 0 && d->has_stretch &&
	    !d->no_journal && tj_sink_begin_journal(d, &d->failed) != TRUJAMAN_OK)
		return 1;
	d->has_stretch = 1;
	d->lines += s->lines;
	d->input_lines += s->lines;
	return put(d, s->bytes, s->n_bytes) != 0 || note_segments(d) != 0;
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
 * input. Note the input in the journal, and add the newline if it is missing. The note comes first:
 * one that counts a newline that is not there is dropped when the part is resumed, but a newline
 * without a note could not be told from the input's own. */
static int note_input(struct tj_delivery *d)
{
	int added = d->unended && d->input_bytes > 0;
	if (tj_journal_note(&d->partial.journal, &d->failed, "input %" PRIu64 " %" PRIu64 " %d",
	                    d->input_lines, d->input_bytes + (uint64_t)added, added) != TRUJAMAN_OK)
		return 1;
	/* That holds after a power loss, too. */
	if (added && tj_journal_sync(&d->partial.journal, &d->failed) != TRUJAMAN_OK)
		return 1;
	return added ? put(d, "\n", 1) : 0;
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

/* The lines of the current output that a run could go on after. */
uint64_t tj_sink_lines_kept(const struct tj_delivery *d)
{
	if (d->inputs->n > 0 && is_document(d))
		return d->noted;
	return d->outlet.packs ? d->outlet.kept : d->lines;
}

/* Restore the counters of the current input from what the notes of the others leave. */
static void restore_counters(struct tj_delivery *d)
{
	const struct tj_partial *p = &d->partial;
	d->n_noted = p->journal.n_notes;
	d->input_lines = p->has.lines - p->has.noted_lines;
	d->input_bytes = p->has.bytes - p->has.noted_bytes;
}

/* --- An output for each input --------------------------------------------------------- */

trujaman_status tj_sink_open_partial(struct tj_delivery *d, char *final, const char *identity,
                                     enum tj_start start, struct tj_error *err)
{
	/* Parts are written uncompressed; tj_join compresses. Compressed n-best lists get no
	 * "member" notes, because a member may end in the middle of the list of one line; so do
	 * compressed documents. So such an output is started again instead of resumed. */
	int numbered = d->to->output == TRUJAMAN_OUTPUT_N_BEST ||
	               (d->inputs->n > 0 && is_document(d));
	enum tj_packing packing = is_shard(d) ? TJ_PACK_NONE : (enum tj_packing)d->to->packing;
	trujaman_status status = tj_partial_open(&d->partial, final, identity, start,
	                                         tj_folder_content(d->to, d->inputs, d->input),
	                                         err);
	if (status != TRUJAMAN_OK)
		return status;
	d->lines = d->partial.has.lines;
	d->noted = d->lines;
	d->noted_at = d->output_bytes = d->partial.has.bytes;
	d->unended = d->has_stretch = 0;
	if (is_shard(d))
		restore_counters(d);
	struct tj_journal *journal = numbered ? NULL : &d->partial.journal;
	status = tj_outlet_open(&d->outlet, d->partial.fd, d->partial.path, packing, journal,
	                        d->lines, d->partial.has.bytes, err);
	if (status != TRUJAMAN_OK)
		tj_partial_leave(&d->partial, d->lines, 1, d->to->listener);
	return status;
}

/* Opens the output of an input that has vanished, or not: then d->discards is set. */
static trujaman_status open_output_of(struct tj_delivery *d, size_t input, struct tj_error *err)
{
	uint64_t skip = d->inputs->items[input].skip;
	int resumes = skip > 0;
	struct tj_error unread = { 0 };
	char *identity = NULL, *final = tj_folder_output(d->to, d->inputs, input, err);
	d->discards = d->no_journal = 0;
	if (final == NULL || tj_make_folders(final, err) != TRUJAMAN_OK) {
		free(final);
		return err->status;
	}
	if (resumes || is_shard(d)) {
		identity = tj_run_identity_with_inputs(d->run, d->inputs, input, 1, &unread);
		d->discards = identity == NULL;
	}
	if (d->discards) {
		tell(d, &unread);
		tj_failures_add(d->failures, "%s has vanished while it was being translated",
		                tj_inputs_name(d->inputs, input));
		free(final);
		return TRUJAMAN_OK;
	}
	trujaman_status status = tj_sink_open_partial(d, final, identity,
	                                              resumes ? TJ_START_RESUME : TJ_START_AGAIN,
	                                              err);
	free(identity);
	if (status == TRUJAMAN_OK && d->lines != skip)
		status = tj_fail(err, TRUJAMAN_ERROR_INPUT,
		                 "%s has changed since this run began; try again", d->partial.path);
	return status;
}

static int begin_own(void *context, size_t input)
{
	struct tj_delivery *d = context;
	struct tj_error err = { 0 };
	d->input = input;
	d->input_lines = d->input_bytes = 0;
	if (open_output_of(d, input, &err) != TRUJAMAN_OK)
		d->discards = 1;
	return settle(d, &err);
}

/* The input cannot be read to its end. What it has given so far is kept for a run that resumes. */
static int failed_own(void *context, size_t input, const char *message)
{
	struct tj_delivery *d = context;
	(void)input;
	if (!d->discards)
		tj_failures_add(d->failures, "%s", message);
	d->discards = 0;
	if (d->partial.path == NULL)
		return 0;
	uint64_t kept = tj_sink_lines_kept(d);
	tj_outlet_abandon(&d->outlet);
	if (d->has_stretch && d->partial.journal.fd < 0 && !d->no_journal &&
	    tj_sink_begin_journal(d, &d->failed) != TRUJAMAN_OK)
		return 1;
	tj_partial_leave(&d->partial, kept, 0, d->to->listener);
	return 0;
}

trujaman_status tj_sink_sync_folder(struct tj_delivery *d, const char *next, struct tj_error *err)
{
	const char *slash = next != NULL ? strrchr(next, '/') : NULL;
	trujaman_status status = TRUJAMAN_OK;
	if (d->unsynced == NULL)
		return status;
	size_t n = (size_t)(strrchr(d->unsynced, '/') - d->unsynced); /* in an output folder */
	int is_same = slash != NULL && (size_t)(slash - next) == n &&
	              memcmp(next, d->unsynced, n) == 0;
	if (!is_same && !tj_folder_sync(d->unsynced))
		status = tj_fail_errno(err, errno, "write the folder of", d->unsynced);
	free(d->unsynced);
	d->unsynced = NULL;
	return status;
}

/* Gives the current output its name. The new name need not last yet: what is noted here and not
 * there is made again. */
static trujaman_status commit_own(struct tj_delivery *d, struct tj_error *err)
{
	char *final = strdup(d->partial.final);
	if (final == NULL)
		return tj_fail(err, TRUJAMAN_ERROR_MEMORY, "out of memory for a name");
	trujaman_status status = tj_sink_sync_folder(d, final, err);
	if (status == TRUJAMAN_OK)
		status = tj_partial_commit(&d->partial,
		                           is_shard(d) ? TJ_JOURNAL_STAYS : TJ_JOURNAL_GOES, 0,
		                           d->to->listener, err);
	if (status == TRUJAMAN_OK)
		d->unsynced = final;
	else
		free(final);
	return status;
}

static int end_own(void *context, size_t input)
{
	struct tj_delivery *d = context;
	struct tj_error err = { 0 };
	if (d->discards) {
		d->discards = 0;
		return 0;
	}
	/* A run that was killed here may have noted the input already. */
	if (is_shard(d) &&
	    ((d->n_noted == 0 && note_input(d) != 0) ||
	     tj_journal_note(&d->partial.journal, &d->failed, "done") != TRUJAMAN_OK))
		return 1;
	if (tj_outlet_finish(&d->outlet, &d->failed) != TRUJAMAN_OK)
		return 1;
	if (commit_own(d, &err) != TRUJAMAN_OK)
		return settle(d, &err);
	char *note = tj_folder_done_note(d->inputs, input, &d->failed);
	if (note != NULL)
		tj_journal_note(&d->directory, &d->failed, "%s", note);
	free(note);
	return d->failed.status != TRUJAMAN_OK;
}

trujaman_sink tj_delivery_sink(struct tj_delivery *d)
{
	int own = d->to->folder != NULL;
	return (trujaman_sink){ .size = sizeof(trujaman_sink),
		                .context = d,
		                .joined = !own && !is_shard(d),
		                .begin = own ? begin_own : begin_joined,
		                .write = write_stretch,
		                .end = own ? end_own : end_joined,
		                .failed = own ? failed_own : NULL };
}
