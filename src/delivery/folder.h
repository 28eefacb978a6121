/* SPDX-License-Identifier: MIT */
/* The output folder: which output each input has there, and which of them are complete. */
#ifndef TJ_DELIVERY_FOLDER_H
#define TJ_DELIVERY_FOLDER_H

#include "src/delivery/destination.h"

/* Returns the path of an input's output, or for a shard the path of its part. The caller frees it.
 * NULL: out of memory. */
char *tj_folder_output(const struct tj_destination *to, const struct tj_inputs *inputs,
                       size_t input, struct tj_error *err);

/* Creates the folders above a file. `path` is modified during the call and then restored. Where
 * other files may have their folders, that one fails alone (output.h). */
trujaman_status tj_make_folders(char *path, struct tj_error *err);

/* Creates the folder, and stores in *j the name of its journal, which lists complete outputs. */
trujaman_status tj_folder_name_journal(const struct tj_destination *to, struct tj_journal *j,
                                       struct tj_error *err);

/* What the output of an input consists of; without a folder, that of all inputs. */
enum tj_content tj_folder_content(const struct tj_destination *to, const struct tj_inputs *inputs,
                                  size_t input);

/* Returns the note of the folder's journal that the output of this input is complete. The caller
 * frees it. NULL: out of memory. */
char *tj_folder_done_note(const struct tj_inputs *inputs, size_t input, struct tj_error *err);

/* Adds the note that this run replaces files that exist, so that a run which goes on with it does
 * so too. */
trujaman_status tj_folder_note_replaces(struct tj_journal *j, struct tj_error *err);

/* What a run that goes on has to do. The caller sets the members above n_sorted. */
struct tj_folder_plan {
	const struct tj_destination *to;
	struct tj_inputs *inputs;
	struct tj_journal *journal; /* of the folder, and read if had_journal */
	int had_journal;            /* an interrupted run has left it */
	const char *run, *model;    /* the run's identity; the path of its model */
	struct tj_failures *failures;
	struct tj_error *err;
	size_t n_sorted; /* notes that the interrupted run has left; these are sorted */
	size_t n_done;
};

/* Drops the inputs whose outputs are complete, and notes them in the journal (in memory). Outputs
 * that exist and are not complete, or not of their inputs as these are now, are failures; their
 * inputs are dropped too. Sets what is to be skipped of the inputs whose outputs have been begun.
 */
trujaman_status tj_folder_plan(struct tj_folder_plan *p);

/* Fails if an output or a partial output already exists: existing data is never overwritten unless
 * the user asked for it. */
trujaman_status tj_folder_check_absent(const struct tj_destination *to,
                                       const struct tj_inputs *inputs, struct tj_error *err);

/* Drops the inputs where a file that is no journal lies in the place of one: they are failures. */
trujaman_status tj_folder_check_journals(const struct tj_destination *to, struct tj_inputs *inputs,
                                         struct tj_failures *failures, struct tj_error *err);

#endif
