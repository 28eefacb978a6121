/* SPDX-License-Identifier: MIT */
/* What a plot shows of the logs: panels, one above the other, each with its curves. */
#ifndef TJ_CLI_PLOT_PANELS_H
#define TJ_CLI_PLOT_PANELS_H

#include "src/cli/plot/log.h"

enum tj_curve_style {
	TJ_CURVE_BAND, /* the values of every update, drawn faintly */
	TJ_CURVE_MEAN, /* of updates: the running mean, or a value that needs no mean */
	TJ_CURVE_DEV   /* of validations */
};

struct tj_curve {
	enum tj_curve_style style;
	size_t log; /* index of the log that the curve is from */
	size_t n;
	double *x, *y; /* [n]; x holds increasing updates; y may be NAN */
};

struct tj_panel {
	const char *title;
	double height;    /* pixels */
	int is_log;       /* the vertical axis is logarithmic */
	int is_whole;     /* 1: show all values, from 0; 0: leave out early and extreme values */
	double low, high; /* of the vertical axis */
	size_t n_curves, capacity;
	struct tj_curve *curves;
};

enum { TJ_MAX_PANELS = 5 };

struct tj_panels {
	size_t n; /* panels that have anything to show */
	struct tj_panel panels[TJ_MAX_PANELS];
	double last_update; /* of all logs; at least 1 */
};

/* Makes the panels from n logs. Returns 0 if out of memory. Call tj_panels_free in any case. */
int tj_panels_make(struct tj_panels *p, const struct tj_plot_log *logs, size_t n);
void tj_panels_free(struct tj_panels *p);

#endif
