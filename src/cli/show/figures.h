/* SPDX-License-Identifier: MIT */
/* Figures as people read them, put together by arithmetic alone: every function here may be
 * called in a signal handler. */
#ifndef TJ_CLI_SHOW_FIGURES_H
#define TJ_CLI_SHOW_FIGURES_H

#include <stddef.h>
#include <stdint.h>

/* A line of text that grows; zero is an empty one. What does not fit is left out. */
struct tj_figures {
	char text[256]; /* NUL-terminated */
	size_t n;
};

void tj_put_text(struct tj_figures *f, const char *text);
void tj_put_number(struct tj_figures *f, uint64_t number);

/* ", 1234 lines/s": n in so many seconds, more than 0; `unit` is " lines/s". */
void tj_put_speed(struct tj_figures *f, double n, double seconds, const char *unit);

/* ", 5 min left". */
void tj_put_time_left(struct tj_figures *f, double seconds);

/* With one decimal; at least 0. */
void tj_put_decimal(struct tj_figures *f, double number);

/* "12 s", "34 min", "5.6 h". */
void tj_put_time(struct tj_figures *f, double seconds);

/* "1.2 GB"; with `total` above 0 "1.2 of 3.4 GB". */
void tj_put_bytes(struct tj_figures *f, uint64_t n_bytes, uint64_t total);

/* How many bytes of a line of UTF-8, a character a column, may be shown in so many columns:
 * all, or what stands before a comma, or, where there is none, whole characters. */
size_t tj_cut_to_columns(const char *line, size_t columns);

#endif
