/* SPDX-License-Identifier: MIT */
/* Names the outputs in an output folder, and finds out which of them are complete. */
#define _GNU_SOURCE /* asprintf */
#include "src/delivery/folder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/delivery/complete.h"
#include "src/delivery/formats.h"
#include "src/delivery/output.h"
#include "src/delivery/run_identity.h"
#include "src/io/names.h"

static trujaman_status out_of_memory(struct tj_error *err)
{
	return tj_fail(err, TRUJAMAN_ERROR_MEMORY, "out of memory for a file name");
}

char *tj_folder_output(const struct tj_destination *to, const struct tj_inputs *inputs,
                       size_t input, struct tj_error *err)
{
	char *path, *part;
	if (asprintf(&path, "%s/%s", to->folder, inputs->names[input]) < 0) {
		out_of_memory(err);
		return NULL;
	}
	if (to->shard.n == 0)
		return path;
	part = tj_shard_path(path, &to->shard, err);
	free(path);
	return part;
}

trujaman_status tj_make_folders(char *path, struct tj_error *err)
{
	trujaman_status status = TRUJAMAN_OK;
	for (char *slash = strchr(path + 1, '/'); slash != NULL && status == TRUJAMAN_OK;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0777) != 0 && errno != EEXIST)
			status = tj_fail_errno(err, errno, "make the folder", path);
		*slash = '/';
	}
	return status;
}

/* A link to nothing counts too. */
static int is_there(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

/* Never overwrite existing data unless the user asked for it. */
trujaman_status tj_folder_check_absent(const struct tj_destination *to,
                                       const struct tj_inputs *inputs, struct tj_error *err)
{
	for (size_t i = 0; i < inputs->n && err->status == TRUJAMAN_OK; i++) {
		char *final = tj_folder_output(to, inputs, i, err),
		     *partial = final ? tj_partial_path(final, err) : NULL;
		const char *there = NULL;
		if (partial != NULL && is_there(final))
			there = final;
		else if (partial != NULL && is_there(partial))
			there = partial;
		if (there != NULL)
			tj_fail(err, TRUJAMAN_ERROR_INPUT,
			        "%s exists; --force replaces it, --resume does only what is not "
			        "done yet",
			        there);
		free(final);
		free(partial);
	}
	return err->status;
}

static trujaman_status check_journal(const struct tj_destination *to,
                                     const struct tj_inputs *inputs, size_t input,
                                     struct tj_error *err)
{
	char *final = tj_folder_output(to, inputs, input, err);
	char *journal = final != NULL ? tj_journal_path(final, err) : NULL;
	if (journal != NULL)
		tj_journal_check_place(journal, err);
	free(final);
	free(journal);
	return err->status;
}

trujaman_status tj_folder_check_journals(const struct tj_destination *to, struct tj_inputs *inputs,
                                         struct tj_failures *failures, struct tj_error *err)
{
	char *drop = calloc(inputs->n + 1, 1);
	trujaman_status status = drop != NULL ? TRUJAMAN_OK : out_of_memory(err);
	for (size_t i = 0; i < inputs->n && status == TRUJAMAN_OK; i++) {
		struct tj_error of_one = { 0 };
		drop[i] = check_journal(to, inputs, i, &of_one) != TRUJAMAN_OK;
		if (drop[i] && tj_output_fails_alone(&of_one)) {
			tj_tell(to->listener, TJ_NEWS_FAILURE, "%s", of_one.text);
			tj_failures_count(failures);
		} else if (drop[i]) {
			*err = of_one;
			status = err->status;
		}
	}
	if (status == TRUJAMAN_OK)
		tj_inputs_drop(inputs, drop);
	free(drop);
	return status;
}

enum tj_content tj_folder_content(const struct tj_destination *to, const struct tj_inputs *inputs,
                                  size_t input)
{
	int is_document = input < inputs->n && tj_is_document(&inputs->items[input]);
	if (is_document)
		return to->shard.n > 0 ? TJ_CONTENT_WHOLE_PART : TJ_CONTENT_PACKED;
	/* Parts are written uncompressed; tj_join compresses. */
	if (to->shard.n > 0)
		return TJ_CONTENT_PART;
	if (to->packing != TJ_PACK_NONE)
		return TJ_CONTENT_PACKED;
	return to->output == TRUJAMAN_OUTPUT_N_BEST ? TJ_CONTENT_NUMBERED : TJ_CONTENT_LINES;
}

/* --- What a run that goes on has to do ------------------------------------------------ */

/* A note of the folder's journal: the run that began it was to replace files that exist. */
static const char replaces[] = "replaces";

char *tj_folder_done_note(const struct tj_inputs *inputs, size_t input, struct tj_error *err)
{
	return tj_journal_escaped_note("done", inputs->names[input], err);
}

trujaman_status tj_folder_note_replaces(struct tj_journal *j, struct tj_error *err)
{
	return tj_journal_take(j, replaces, err);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int is_noted(const struct tj_folder_plan *p, const char *note)
{
	return p->n_sorted > 0 &&
	       bsearch(&note, p->journal->notes, p->n_sorted, sizeof note, compare_texts) != NULL;
}

enum verdict { TO_DO, DONE, FAILED_ALONE, FAILED };

/* An output that exists, and nothing incomplete beside it. */
static enum verdict judge_existing(struct tj_folder_plan *p, size_t input, const char *final,
                                   const char *note)
{
	const char *culprit = p->inputs->items[input].path;
	enum tj_complete is = TJ_COMPLETE;
	if (is_noted(p, note)) {
		if (!tj_is_stdin(culprit) && !tj_complete_is_newer(final, culprit))
			is = TJ_COMPLETE_OLDER;
	} else if (is_noted(p, replaces)) {
		return TO_DO;
	} else {
		is = tj_complete_judge(final, p->to, p->inputs, input, 1, p->model, &culprit);
	}
	switch (is) {
	case TJ_COMPLETE:
		if (is_noted(p, note))
			return DONE;
		tj_partial_tidy(final, p->to->listener);
		return tj_journal_take(p->journal, note, p->err) == TRUJAMAN_OK ? DONE : FAILED;
	case TJ_COMPLETE_OLDER:
		tj_failures_add(p->failures,
		                "%s is older than %s; remove it, and --resume translates anew",
		                final, culprit);
		return FAILED_ALONE;
	case TJ_COMPLETE_DIFFERS:
		tj_failures_add(p->failures,
		                "%s exists, but is no translation of %s with these options, line "
		                "for line; remove it, and --resume translates anew",
		                final, tj_inputs_name(p->inputs, input));
		return FAILED_ALONE;
	default:
		tj_failures_add(p->failures,
		                "%s exists, and whether it is complete cannot be told from %s; "
		                "remove it, and --resume translates anew",
		                final, tj_input_label(&(trujaman_input){ .path = culprit }));
		return FAILED_ALONE;
	}
}

/* Whether what belongs to `final`, but not to this run and the input as it is now, is of this run
 * and an earlier version of the input. */
static int has_changed(const struct tj_folder_plan *p, size_t input, const char *final)
{
	char *journal = tj_journal_path(final, p->err);
	int has = journal != NULL && tj_journal_is_of_run(journal, p->run);
	free(journal);
	if (has)
		tj_tell(p->to->listener, TJ_NEWS_WARNING,
		        "%s has changed since; its translation begins anew",
		        tj_inputs_name(p->inputs, input));
	return has;
}

/* A part keeps its journal, which says everything. It is not yet a result, so a change of its input
 * needs no leave to replace it. */
static enum verdict judge_part(struct tj_folder_plan *p, size_t input, const char *final,
                               const char *identity)
{
	struct tj_error differs = { 0 };
	int done = tj_partial_is_done(final, identity, &differs);
	if (done >= 0 || has_changed(p, input, final))
		return done == 1 ? DONE : TO_DO;
	tj_failures_add(p->failures,
	                "%s is of another run; remove it, and --resume translates anew", final);
	return FAILED_ALONE;
}

/* Whether there is no part because `trujaman merge` has taken it. */
static int is_merged(const struct tj_folder_plan *p, size_t input)
{
	struct tj_destination whole = *p->to;
	const char *culprit;
	whole.shard.n = 0;
	char *path = tj_folder_output(&whole, p->inputs, input, p->err);
	int is = path != NULL && access(path, F_OK) == 0 &&
	         tj_complete_judge(path, &whole, p->inputs, input, 1, p->model, &culprit) ==
	             TJ_COMPLETE;
	free(path);
	return is;
}

/* An output that is incomplete or does not exist. */
static enum verdict judge_left(struct tj_folder_plan *p, size_t input, const char *final,
                               const char *identity, enum tj_left left)
{
	if (left == TJ_LEFT_UNKNOWN)
		return FAILED;
	if (left == TJ_LEFT_NOTHING || left == TJ_LEFT_OF_RUN ||
	    (left == TJ_LEFT_ALONE && p->had_journal) ||
	    (left == TJ_LEFT_OF_OTHER && has_changed(p, input, final)))
		return TO_DO;
	if (left == TJ_LEFT_OF_OTHER) { /* tell what differs */
		struct tj_journal j = { .fd = -1 };
		char *path = tj_journal_path(final, p->err);
		if (path != NULL && tj_journal_name(&j, path, p->err) == TRUJAMAN_OK &&
		    tj_journal_read(&j, identity, p->err) == TRUJAMAN_OK)
			tj_fail(p->err, TRUJAMAN_ERROR_INPUT, "%s has changed since; try again",
			        path);
		tj_journal_close(&j);
		free(path);
		return FAILED;
	}
	tj_fail(p->err, TRUJAMAN_ERROR_INPUT,
	        "%s" TJ_NAME_PARTIAL
	        " exists, and %s/ has nothing of an interrupted run; --force replaces it",
	        final, p->to->folder);
	return FAILED;
}

static enum verdict judge(struct tj_folder_plan *p, size_t input, const char *final,
                          const char *note)
{
	int is_part = p->to->shard.n > 0, exists = access(final, F_OK) == 0;
	enum tj_content content = tj_folder_content(p->to, p->inputs, input);
	uint64_t skip = 0;
	enum tj_left left = tj_partial_look(final, NULL, content, &skip, p->err);
	char *identity = NULL;
	enum verdict v = TO_DO;
	if ((exists && is_part) || left == TJ_LEFT_OF_OTHER) {
		struct tj_error unread = { 0 };
		identity = tj_run_identity_with_inputs(p->run, p->inputs, input, 1, &unread);
		if (identity == NULL) {
			/* The input cannot be read, so translating it fails too. */
			tj_tell(p->to->listener, TJ_NEWS_FAILURE, "%s", unread.text);
			return TO_DO;
		}
		left = tj_partial_look(final, identity, content, &skip, p->err);
	}
	if (exists && is_part)
		v = judge_part(p, input, final, identity);
	else if (is_part && left == TJ_LEFT_NOTHING && is_merged(p, input))
		v = DONE;
	else if (exists && left == TJ_LEFT_NOTHING)
		v = judge_existing(p, input, final, note);
	if (v == TO_DO)
		v = judge_left(p, input, final, identity, left);
	if (v == TO_DO)
		p->inputs->items[input].skip = skip;
	free(identity);
	return v;
}

trujaman_status tj_folder_plan(struct tj_folder_plan *p)
{
	char *drop = calloc(p->inputs->n + 1, 1);
	trujaman_status status = drop != NULL ? TRUJAMAN_OK : out_of_memory(p->err);
	p->n_sorted = p->journal->n_notes;
	if (p->n_sorted > 0)
		qsort(p->journal->notes, p->n_sorted, sizeof *p->journal->notes, compare_texts);
	for (size_t i = 0; i < p->inputs->n && status == TRUJAMAN_OK; i++) {
		char *final = tj_folder_output(p->to, p->inputs, i, p->err);
		char *note = final != NULL ? tj_folder_done_note(p->inputs, i, p->err) : NULL;
		enum verdict v = FAILED;
		if (note != NULL)
			v = judge(p, i, final, note);
		drop[i] = v == DONE || v == FAILED_ALONE;
		p->n_done += v == DONE;
		status = p->err->status;
		free(final);
		free(note);
	}
	if (status == TRUJAMAN_OK)
		tj_inputs_drop(p->inputs, drop);
	free(drop);
	return status;
}

trujaman_status tj_folder_name_journal(const struct tj_destination *to, struct tj_journal *j,
                                       struct tj_error *err)
{
	char *path, *part = NULL;
	if (asprintf(&path, "%s/" TJ_NAME_FOLDER_JOURNAL, to->folder) < 0)
		return out_of_memory(err);
	trujaman_status status = tj_make_folders(path, err);
	if (status == TRUJAMAN_OK && to->shard.n > 0 &&
	    (part = tj_shard_path(path, &to->shard, err)) == NULL)
		status = err->status;
	if (status == TRUJAMAN_OK)
		status = tj_journal_name(j, part != NULL ? part : path, err);
	free(path);
	free(part);
	return status;
}
