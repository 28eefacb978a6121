/* SPDX-License-Identifier: MIT */
/* --log of `trujaman train`: one line with a JSON object for what was chosen from the text, and for
 * each update and each validation. */
#ifndef TJ_CLI_SHOW_TRAIN_LOG_H
#define TJ_CLI_SHOW_TRAIN_LOG_H

#include "src/cli/show/message.h"

struct tj_train_log {
	const char
	    *path; /* NULL: there is no log, and all calls do nothing; "-": standard output */
	int fd;
	int is_closed;          /* it is a pipe that nobody reads any more; this is not reported */
	uint64_t n_bytes, hash; /* of everything written so far; both go into the checkpoint */
};

/* Opens or creates the file; its content stays for now. Returns an exit status; a failure has
 * already been reported. `path` may be NULL and must outlive the log. */
int tj_train_log_open(struct tj_train_log *l, const char *path);

/* The functions below return an exit status; a failure has been reported unless l->is_closed. */

/* Refuses a file that the training would not replace, before the training begins: one that is not
 * empty is replaced only if the options have `force`, or if they have `resume` and it is what a
 * training leaves that has no checkpoint yet. Whether it belongs to a checkpoint,
 * tj_train_log_start finds out. */
int tj_train_log_check(const struct tj_train_log *l, const trujaman_train_options *o,
                       int has_checkpoint);

/* Empties the file for a new training, or cuts it back to its length at the checkpoint. */
int tj_train_log_start(struct tj_train_log *l, const trujaman_train_options *o,
                       const trujaman_train_start *start);
int tj_train_log_update(struct tj_train_log *l, const trujaman_train_update *update);
int tj_train_log_validation(struct tj_train_log *l, const trujaman_train_validation *validation);
/* Flushes the file to disk, and records its length and hash in the checkpoint. */
int tj_train_log_checkpoint(struct tj_train_log *l, trujaman_train_checkpoint *checkpoint);
int tj_train_log_close(struct tj_train_log *l);

#endif
