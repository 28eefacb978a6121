/* SPDX-License-Identifier: MIT */
/* --log of `trujaman train`: a JSON object a line, for each update and validation. */
#ifndef TJ_CLI_SHOW_TRAIN_LOG_H
#define TJ_CLI_SHOW_TRAIN_LOG_H

#include "src/cli/show/message.h"

struct tj_train_log {
	const char *path; /* NULL: there is no log, and all calls do nothing */
	int fd;
	uint64_t n_bytes, hash; /* written so far; both go into the checkpoint */
};

/* Open or create the file; what it holds stays for now. Exit status, TJ_EXIT_DONE or
 * told. `path` may be NULL and must outlive the log. */
int tj_train_log_open(struct tj_train_log *l, const char *path);

/* The rest return 0, or 1 after telling why they cannot. */

/* Empty it for a new training, or cut it back to where the checkpoint was made. */
int tj_train_log_start(struct tj_train_log *l, const trujaman_train_start *start);
int tj_train_log_update(struct tj_train_log *l, const trujaman_train_update *update);
int tj_train_log_validation(struct tj_train_log *l, const trujaman_train_validation *validation);
/* Bring it to the disk and note how long it is. */
int tj_train_log_checkpoint(struct tj_train_log *l, trujaman_train_checkpoint *checkpoint);
int tj_train_log_close(struct tj_train_log *l);

#endif
