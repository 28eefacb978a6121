/* SPDX-License-Identifier: MIT */
/* The output folder: which output each input has there, and which of them are complete. All
 * functions that return int return an exit status; a failure has already been reported. */
#ifndef TJ_CLI_DELIVERY_FOLDER_H
#define TJ_CLI_DELIVERY_FOLDER_H

#include "src/cli/delivery/destination.h"

/* Returns the path of an input's output, or for a shard the path of its part. The caller frees it.
 * NULL: out of memory, which has already been reported. */
char *tj_folder_output(const struct tj_destination *to, const struct tj_inputs *inputs,
                       size_t input);

/* Creates the folders above a file. `path` is modified during the call and then restored. */
int tj_make_folders(char *path);

/* Creates the folder, and stores in *j the name of its journal, which lists complete outputs. */
int tj_folder_name_journal(const struct tj_destination *to, struct tj_journal *j);

/* Drops the inputs at the beginning whose outputs exist and are noted as done in the journal. Sorts
 * the notes. */
int tj_folder_drop_done(const struct tj_destination *to, struct tj_journal *j,
                        struct tj_inputs *inputs);

/* Fails if an output or a partial output already exists: existing data is never overwritten unless
 * the user asked for it. */
int tj_folder_check_absent(const struct tj_destination *to, const struct tj_inputs *inputs);

#endif
