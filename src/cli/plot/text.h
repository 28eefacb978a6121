/* SPDX-License-Identifier: MIT */
/* A file of `trujaman plot`, read as a whole: what it is shows by its first line. */
#ifndef TJ_CLI_PLOT_TEXT_H
#define TJ_CLI_PLOT_TEXT_H

#include "src/base/string.h"

struct tj_plot_text {
	const char *name; /* the path, or "standard input" */
	struct tj_string bytes;
};

/* Reads the file `path` ("-": standard input), which must outlive the text. Returns an exit status;
 * a failure has already been reported. Call tj_plot_text_free in any case. */
int tj_plot_text_read(struct tj_plot_text *t, const char *path);
void tj_plot_text_free(struct tj_plot_text *t);

#endif
