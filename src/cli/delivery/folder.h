/* SPDX-License-Identifier: MIT */
/* An output folder: which output each input has there, and which of them are done. Exit
 * statuses; failures have been told. */
#ifndef TJ_CLI_DELIVERY_FOLDER_H
#define TJ_CLI_DELIVERY_FOLDER_H

#include "src/cli/delivery/destination.h"

/* The path of an input's output, of a shard that of its part: malloc's; NULL: no memory, told. */
char *tj_folder_output(const struct tj_destination *to, const struct tj_inputs *inputs,
                       size_t input);

/* Make the folders above a file. `path` is changed on the way and restored. */
int tj_make_folders(char *path);

/* Name the folder's journal, which notes what is done, and make the folder. */
int tj_folder_name_journal(const struct tj_destination *to, struct tj_journal *j);

/* Drop the inputs at the beginning whose outputs the journal notes as done and that are there.
 * The notes are sorted. */
int tj_folder_drop_done(const struct tj_destination *to, struct tj_journal *j,
                        struct tj_inputs *inputs);

/* A failure where an output exists already, or a partial one: nothing may be lost unasked. */
int tj_folder_check_absent(const struct tj_destination *to, const struct tj_inputs *inputs);

#endif
