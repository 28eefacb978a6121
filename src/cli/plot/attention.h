/* SPDX-License-Identifier: MIT */
/* The page of `trujaman plot` for what --attention of translate and score has written. */
#ifndef TJ_CLI_PLOT_ATTENTION_H
#define TJ_CLI_PLOT_ATTENTION_H

#include <stdio.h>

#include "src/base/string.h"

/* Writes the beginning of a page, the lines of a text, which messages call `name`, and the end.
 * tj_plot_attention returns an exit status; a failure has already been reported. */
void tj_plot_attention_begin(FILE *f, const char *title);
int tj_plot_attention(FILE *f, const char *name, const struct tj_string *text);
void tj_plot_attention_end(FILE *f);

#endif
