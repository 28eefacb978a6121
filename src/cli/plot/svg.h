/* SPDX-License-Identifier: MIT */
/* SVG for plots: axes with round tick values, numbers, text, and lines with at most one point per
 * pixel column. */
#ifndef TJ_CLI_PLOT_SVG_H
#define TJ_CLI_PLOT_SVG_H

#include <stddef.h>
#include <stdio.h>

/* Maps the values [low, high] to the pixels [from, to]. low < high. A logarithmic axis has only
 * values above 0. */
struct tj_axis {
	double low, high, from, to;
	int is_log;
};

double tj_axis_at(const struct tj_axis *a, double value);

/* Returns whether the value lies on the axis; NAN never does. */
int tj_axis_has(const struct tj_axis *a, double value);

enum { TJ_MAX_TICKS = 32, TJ_NUMBER_BYTES = 48, TJ_MAX_PIXELS = 1024 };

struct tj_ticks {
	size_t n;
	double at[TJ_MAX_TICKS];
	double step; /* between ticks; 0: not evenly spaced */
};

/* Returns about n round values on the axis. */
struct tj_ticks tj_axis_ticks(const struct tj_axis *a, double n);

/* Formats the label of a tick, with commas between thousands and as many decimals as `step` needs
 * (step 0: as few as the value needs). */
void tj_format_tick(double value, double step, char text[TJ_NUMBER_BYTES]);

/* Formats a whole number the same way. */
void tj_format_count(double value, char text[TJ_NUMBER_BYTES]);

/* Writes text with the characters escaped that are special in XML or to a terminal. */
void tj_svg_text(FILE *f, const char *text);

/* Writes the path data of a line through n points in order of x. It has at most one point per pixel
 * column, and gaps where y is not finite or, on a logarithmic axis, not above 0. */
void tj_svg_line(FILE *f, size_t n, const double *x, const double *y, const struct tj_axis *ax,
                 const struct tj_axis *ay);

/* Writes the path data of the area between the lowest and the highest y of each pixel column. There
 * may be at most TJ_MAX_PIXELS columns; any further ones are dropped. */
void tj_svg_band(FILE *f, size_t n, const double *x, const double *y, const struct tj_axis *ax,
                 const struct tj_axis *ay);

#endif
