/* SPDX-License-Identifier: MIT */
/* Formats numbers for status lines; safe in signal handlers. */
#include "src/cli/show/figures.h"

#include <string.h>

static void put_character(struct tj_figures *f, char c)
{
	if (f->n + 1 >= sizeof f->text)
		return;
	f->text[f->n++] = c;
	f->text[f->n] = '\0';
}

void tj_put_text(struct tj_figures *f, const char *text)
{
	for (; *text; text++)
		put_character(f, *text);
}

void tj_put_number(struct tj_figures *f, uint64_t number)
{
	char digits[20];
	int n = 0;
	do {
		digits[n++] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	while (n > 0)
		put_character(f, digits[--n]);
}

/* Round to a whole number. Negative numbers and NaN become 0; numbers above 1e18 become 1e18. */
static uint64_t whole(double number)
{
	static const double largest = 1e18;
	if (!(number > 0))
		return 0;
	return (uint64_t)((number < largest ? number : largest) + 0.5);
}

static void put_tenths(struct tj_figures *f, uint64_t tenths)
{
	tj_put_number(f, tenths / 10);
	put_character(f, '.');
	put_character(f, (char)('0' + tenths % 10));
}

void tj_put_decimal(struct tj_figures *f, double number)
{
	put_tenths(f, whole(number * 10));
}

void tj_put_time(struct tj_figures *f, double seconds)
{
	if (seconds < 99.5) {
		tj_put_number(f, whole(seconds));
		tj_put_text(f, " s");
	} else if (seconds < 99.5 * 60) {
		tj_put_number(f, whole(seconds / 60));
		tj_put_text(f, " min");
	} else {
		tj_put_decimal(f, seconds / 3600);
		tj_put_text(f, " h");
	}
}

void tj_put_count(struct tj_figures *f, uint64_t number, const char *one)
{
	tj_put_number(f, number);
	put_character(f, ' ');
	tj_put_text(f, one);
	if (number != 1)
		put_character(f, 's');
}

void tj_put_speed(struct tj_figures *f, double n, double seconds, const char *one)
{
	tj_put_text(f, ", ");
	tj_put_count(f, whole(n / seconds), one);
	tj_put_text(f, "/s");
}

void tj_put_time_left(struct tj_figures *f, double seconds)
{
	tj_put_text(f, ", ");
	tj_put_time(f, seconds);
	tj_put_text(f, " left");
}

static void put_scaled(struct tj_figures *f, uint64_t n_bytes, uint64_t unit)
{
	/* Round down, so that "3.4 of 3.4 GB" really means everything. */
	if (unit == 1)
		tj_put_number(f, n_bytes);
	else
		put_tenths(f, n_bytes / (unit / 10));
}

void tj_put_bytes(struct tj_figures *f, uint64_t n_bytes, uint64_t total)
{
	static const char *const names[] = { " bytes", " kB", " MB", " GB", " TB", " PB" };
	uint64_t largest = total > n_bytes ? total : n_bytes, unit = 1;
	size_t i = 0;
	for (; i + 1 < sizeof names / sizeof *names && largest / unit >= 1000; i++)
		unit *= 1000;
	put_scaled(f, n_bytes, unit);
	if (total > 0) {
		tj_put_text(f, " of ");
		put_scaled(f, total, unit);
	}
	tj_put_text(f, largest == 1 ? " byte" : names[i]);
}

size_t tj_cut_to_columns(const char *line, size_t columns)
{
	size_t n = 0, comma = 0;
	for (size_t used = 0; line[n]; n++) {
		/* UTF-8 continuation bytes take no column. */
		used += ((unsigned char)line[n] & 0xc0) != 0x80;
		if (used > columns)
			break;
		if (line[n] == ',')
			comma = n;
	}
	/* Cut at a comma, because a truncated number would read as a different number. The comma
	 * itself may be the first character that does not fit. */
	if (line[n] == '\0' || line[n] == ',' || comma == 0)
		return n;
	return comma;
}
