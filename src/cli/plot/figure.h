/* SPDX-License-Identifier: MIT */
/* The figure of `trujaman plot`. */
#ifndef TJ_CLI_PLOT_FIGURE_H
#define TJ_CLI_PLOT_FIGURE_H

#include <stdio.h>

#include "src/cli/plot/log.h"
#include "src/cli/plot/panels.h"

/* Writes the SVG of n logs and of the panels made from them. */
void tj_plot_figure(FILE *f, const char *title, const struct tj_plot_log *logs, size_t n,
                    const struct tj_panels *panels);

#endif
