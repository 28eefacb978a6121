/* SPDX-License-Identifier: MIT */
/* SVG for plots: axes with round ticks, numbers, text, lines thinned to the pixel. */
#ifndef TJ_CLI_PLOT_SVG_H
#define TJ_CLI_PLOT_SVG_H

#include <stddef.h>
#include <stdio.h>

/* Values low to high lie at the pixels from and to. low < high; a logarithmic axis has
 * only values above 0. */
struct tj_axis {
	double low, high, from, to;
	int is_log;
};

double tj_axis_at(const struct tj_axis *a, double value);

/* Whether the axis has the value; never for NAN. */
int tj_axis_has(const struct tj_axis *a, double value);

enum { TJ_MAX_TICKS = 32, TJ_NUMBER_BYTES = 48, TJ_MAX_PIXELS = 1024 };

struct tj_ticks {
	size_t n;
	double at[TJ_MAX_TICKS];
	double step; /* between them; 0: not evenly spaced */
};

/* About n round values that the axis has. */
struct tj_ticks tj_axis_ticks(const struct tj_axis *a, double n);

/* A tick's label: as many decimals as `step` needs (0: as few as the value needs),
 * thousands set apart. */
void tj_format_tick(double value, double step, char text[TJ_NUMBER_BYTES]);

/* The same of a whole number. */
void tj_format_count(double value, char text[TJ_NUMBER_BYTES]);

/* Text with what XML or a terminal would take for something else escaped. */
void tj_svg_text(FILE *f, const char *text);

/* The path data of a line through n points in order of x: at most one point a pixel, and
 * gaps where y is not finite or, on a logarithmic axis, not above 0. */
void tj_svg_line(FILE *f, size_t n, const double *x, const double *y, const struct tj_axis *ax,
                 const struct tj_axis *ay);

/* The path data of the area between the lowest and the highest y of each pixel, of which
 * there may be TJ_MAX_PIXELS. */
void tj_svg_band(FILE *f, size_t n, const double *x, const double *y, const struct tj_axis *ax,
                 const struct tj_axis *ay);

#endif
