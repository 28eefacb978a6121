/* SPDX-License-Identifier: MIT */
/* The sink of `trujaman translate`: writes translations, and begins and ends each output. */
#include "src/cli/delivery/sink.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/delivery/folder.h"
#include "src/cli/delivery/formats.h"
#include "src/cli/delivery/output.h"
#include "src/cli/delivery/run_identity.h"
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
int tj_sink_begin_journal(struct tj_delivery *d)
{
	char *identity = tj_run_identity_with_inputs(d->run, d->inputs, d->input, 1);
	/* A file that has vanished since it was opened is still translated to its end. */
	d->no_journal = identity == NULL;
	int status = identity != NULL ? tj_partial_begin_journal(&d->partial, identity)
	                              : TJ_EXIT_DONE;
	free(identity);
	/* Without a journal (its name is too long) the output cannot be resumed, but it can be
	 * made. */
	d->no_journal |= status == TJ_FAILED_ALONE;
	return d->no_journal ? TJ_EXIT_DONE : status;
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
	return refuse(d, tj_journal_note(&d->partial.journal, "member %" PRIu64 " %" PRIu64,
	                                 d->output_bytes, d->lines));
}

static int write_stretch(void *context, const trujaman_stretch *s)
{
	struct tj_delivery *d = context;
	if (d->discards)
		return 0;
	if (d->partial.path != NULL && d->partial.journal.fd < 0 && d->has_stretch &&
	    !d->no_journal && refuse(d, tj_sink_begin_journal(d)) != 0)
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
	if (refuse(d, tj_journal_note(&d->partial.journal, "input %" PRIu64 " %" PRIu64 " %d",
	                              d->input_lines, d->input_bytes + (uint64_t)added, added)) !=
	    0)
		return 1;
	/* That holds after a power loss, too. */
	if (added && refuse(d, tj_journal_sync(&d->partial.journal)) != 0)
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
	return d->outlet.packer != NULL ? d->outlet.kept : d->lines;
}

/* Restore the counters of the current input from what the notes of the others leave. */
static void restore_counters(struct tj_delivery *d)
{
	const struct tj_partial *p = &d->partial;
	d->n_noted = p->journal.n_notes;
	d->input_lines = p->lines - p->noted_lines;
	d->input_bytes = p->bytes - p->noted_bytes;
}

/* --- An output for each input --------------------------------------------------------- */

int tj_sink_open_partial(struct tj_delivery *d, char *final, const char *identity,
                         enum tj_start start)
{
	/* Parts are written uncompressed; tj_join compresses. Compressed n-best lists get no
	 * "member" notes, because a member may end in the middle of the list of one line; so do
	 * compressed documents. So such an output is started again instead of resumed. */
	int numbered = d->to->output == TRUJAMAN_OUTPUT_N_BEST ||
	               (d->inputs->n > 0 && is_document(d));
	enum tj_packing packing = is_shard(d) ? TJ_PACK_NONE : (enum tj_packing)d->to->packing;
	int status = tj_partial_open(&d->partial, final, identity, start,
	                             tj_folder_content(d->to, d->inputs, d->input));
	if (status != TJ_EXIT_DONE)
		return status;
	d->lines = d->partial.lines;
	d->noted = d->lines;
	d->noted_at = d->output_bytes = d->partial.bytes;
	d->unended = d->has_stretch = 0;
	if (is_shard(d))
		restore_counters(d);
	struct tj_journal *journal = numbered ? NULL : &d->partial.journal;
	if (tj_outlet_open(&d->outlet, d->partial.fd, d->partial.path, packing, journal, d->lines,
	                   d->partial.bytes) == TRUJAMAN_OK)
		return status;
	tj_partial_leave(&d->partial, d->lines, 1);
	return TJ_EXIT_FAILED;
}

static int open_output_of(struct tj_delivery *d, size_t input)
{
	uint64_t skip = d->inputs->items[input].skip;
	int resumes = skip > 0;
	char *identity = NULL, *final = tj_folder_output(d->to, d->inputs, input);
	int status = final != NULL ? tj_make_folders(final) : TJ_EXIT_FAILED;
	d->discards = d->no_journal = 0;
	if (status == TJ_EXIT_DONE && (resumes || is_shard(d))) {
		identity = tj_run_identity_with_inputs(d->run, d->inputs, input, 1);
		d->discards = identity == NULL;
	}
	if (d->discards)
		tj_failures_add(d->failures, "%s has vanished while it was being translated",
		                tj_inputs_name(d->inputs, input));
	if (status == TJ_EXIT_DONE && !d->discards)
		status = tj_sink_open_partial(d, final, identity,
		                              resumes ? TJ_START_RESUME : TJ_START_AGAIN);
	else
		free(final);
	free(identity);
	if (status == TJ_EXIT_DONE && !d->discards && d->lines != skip) {
		tj_cli_say("%s has changed since this run began; try again", d->partial.path);
		status = TJ_EXIT_FAILED;
	}
	return status;
}

static int begin_own(void *context, size_t input)
{
	struct tj_delivery *d = context;
	d->input = input;
	d->input_lines = d->input_bytes = 0;
	int status = open_output_of(d, input);
	if (status == TJ_FAILED_ALONE) {
		tj_failures_count(d->failures);
		d->discards = 1;
		status = TJ_EXIT_DONE;
	}
	return refuse(d, status);
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
	    refuse(d, tj_sink_begin_journal(d)) != 0)
		return 1;
	tj_partial_leave(&d->partial, kept, 0);
	return 0;
}

int tj_sink_sync_folder(struct tj_delivery *d, const char *next)
{
	const char *slash = next != NULL ? strrchr(next, '/') : NULL;
	int status = TJ_EXIT_DONE;
	if (d->unsynced == NULL)
		return status;
	size_t n = (size_t)(strrchr(d->unsynced, '/') - d->unsynced); /* in an output folder */
	int is_same = slash != NULL && (size_t)(slash - next) == n &&
	              memcmp(next, d->unsynced, n) == 0;
	if (!is_same && !tj_folder_sync(d->unsynced)) {
		tj_cli_say("cannot write the folder of %s: %s", d->unsynced, strerror(errno));
		status = TJ_EXIT_FAILED;
	}
	free(d->unsynced);
	d->unsynced = NULL;
	return status;
}

static int end_own(void *context, size_t input)
{
	struct tj_delivery *d = context;
	if (d->discards) {
		d->discards = 0;
		return 0;
	}
	/* A run that was killed here may have noted the input already. */
	if (is_shard(d) && ((d->n_noted == 0 && note_input(d) != 0) ||
	                    refuse(d, tj_journal_note(&d->partial.journal, "done")) != 0))
		return 1;
	if (tj_outlet_finish(&d->outlet) != TRUJAMAN_OK)
		return refuse(d, TJ_EXIT_FAILED);
	/* The new name need not last yet: what is noted here and not there is made again. */
	char *final = strdup(d->partial.final);
	int status = final == NULL ? tj_cli_fail(TRUJAMAN_ERROR_MEMORY, "out of memory for a name")
	                           : tj_sink_sync_folder(d, final);
	if (status == TJ_EXIT_DONE)
		status = tj_partial_commit(&d->partial, is_shard(d), 0);
	if (status == TJ_EXIT_DONE)
		d->unsynced = final;
	else
		free(final);
	if (status == TJ_FAILED_ALONE) {
		tj_failures_count(d->failures);
		return 0;
	}
	if (refuse(d, status) != 0)
		return 1;
	char *note = tj_folder_done_note(d->inputs, input);
	status = note != NULL ? tj_journal_note(&d->directory, "%s", note) : TJ_EXIT_FAILED;
	free(note);
	return refuse(d, status);
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
