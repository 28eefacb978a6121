/* SPDX-License-Identifier: MIT */
/* Formats numbers in a form that is easy to read. The functions use arithmetic only, so that a
 * signal handler may call every one of them. */
#ifndef TJ_CLI_SHOW_FIGURES_H
#define TJ_CLI_SHOW_FIGURES_H

#include <stddef.h>
#include <stdint.h>

/* A line of text that grows. All zeros is an empty line. Text that does not fit is dropped. */
struct tj_figures {
	char text[384]; /* NUL-terminated */
	size_t n;
};

void tj_put_text(struct tj_figures *f, const char *text);
void tj_put_number(struct tj_figures *f, uint64_t number);

/* Appends "1 line" or "2 lines"; `one` is "line". */
void tj_put_count(struct tj_figures *f, uint64_t number, const char *one);

/* Appends ", 1234 lines/s": the rate of n units in `seconds`, which must be above 0. `one` is
 * "line". */
void tj_put_speed(struct tj_figures *f, double n, double seconds, const char *one);

/* Appends ", 5 min left". */
void tj_put_time_left(struct tj_figures *f, double seconds);

/* Appends the number with one decimal. A negative number is shown as 0. */
void tj_put_decimal(struct tj_figures *f, double number);

/* Appends "12 s", "34 min" or "5.6 h". */
void tj_put_time(struct tj_figures *f, double seconds);

/* Appends "1.2 GB", or "1.2 of 3.4 GB" if `total` is above 0. */
void tj_put_bytes(struct tj_figures *f, uint64_t n_bytes, uint64_t total);

/* Returns how many bytes of a UTF-8 line fit into so many columns, at one column per character.
 * A line that is too long is cut before a comma or, if it has none, between characters. */
size_t tj_cut_to_columns(const char *line, size_t columns);

#endif
