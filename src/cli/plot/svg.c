/* SPDX-License-Identifier: MIT */
/* Axes, ticks, number formats and path data for SVG plots. */
#include "src/cli/plot/svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/number.h"
#include "src/cli/show/message.h"

static double place(const struct tj_axis *a, double value)
{
	return a->is_log ? log(value) : value;
}

double tj_axis_at(const struct tj_axis *a, double value)
{
	double low = place(a, a->low), high = place(a, a->high);
	return a->from + (a->to - a->from) * (place(a, value) - low) / (high - low);
}

int tj_axis_has(const struct tj_axis *a, double value)
{
	double slack = (a->high - a->low) * 1e-9;
	return value >= a->low - (a->is_log ? 0 : slack) && value <= a->high + slack;
}

/* Returns the number nearest to x that is 1, 2 or 5 times a power of ten. */
static double round_step(double x)
{
	double power = pow(10, floor(log10(x)));
	double digits = x / power;
	return power * (digits < 1.41 ? 1 : digits < 3.16 ? 2 : digits < 7.07 ? 5 : 10);
}

static struct tj_ticks even_ticks(const struct tj_axis *a, double n)
{
	struct tj_ticks t = { .step = round_step((a->high - a->low) / n) };
	double first = ceil(a->low / t.step - 1e-9);
	for (double i = first; t.n < TJ_MAX_TICKS && tj_axis_has(a, i * t.step); i++)
		t.at[t.n++] = i * t.step;
	return t;
}

/* Powers of ten and, if the axis has few of them, also 2 and 5 times those. */
static struct tj_ticks log_ticks(const struct tj_axis *a, double n)
{
	static const double factors[] = { 1, 2, 5 };
	struct tj_ticks t = { 0 };
	double decades = log10(a->high / a->low);
	double every = ceil(decades / n);
	size_t n_factors = decades < n / 2 ? 3 : 1;
	for (double power = floor(log10(a->low)); power <= log10(a->high); power += every)
		for (size_t i = 0; i < n_factors; i++) {
			double value = factors[i] * pow(10, power);
			if (t.n < TJ_MAX_TICKS && tj_axis_has(a, value))
				t.at[t.n++] = value;
		}
	return t;
}

struct tj_ticks tj_axis_ticks(const struct tj_axis *a, double n)
{
	if (a->is_log && log10(a->high / a->low) > 1)
		return log_ticks(a, n);
	return even_ticks(a, n);
}

/* Insert a comma between groups of three digits of the whole part. */
static void separate_thousands(char text[TJ_NUMBER_BYTES])
{
	size_t sign = text[0] == '-', n_digits = strspn(text + sign, "0123456789");
	if (strchr(text, 'e') != NULL)
		return;
	for (size_t left = n_digits; left > 3 && strlen(text) + 2 < TJ_NUMBER_BYTES;) {
		left -= 3;
		memmove(text + sign + left + 1, text + sign + left, strlen(text + sign + left) + 1);
		text[sign + left] = ',';
	}
}

void tj_format_tick(double value, double step, char text[TJ_NUMBER_BYTES])
{
	int decimals = step > 0 ? (int)fmax(0, -floor(log10(step) + 1e-9)) : 0;
	if (value == 0)
		snprintf(text, TJ_NUMBER_BYTES, "0");
	else if (step == 0 || decimals > 5 || fabs(value) >= 1e12)
		tj_number_print(text, TJ_NUMBER_BYTES, "%.6g", value);
	else
		tj_number_print(text, TJ_NUMBER_BYTES, "%.*f", decimals, value);
	separate_thousands(text);
}

void tj_format_count(double value, char text[TJ_NUMBER_BYTES])
{
	tj_format_tick(value, 1, text);
}

static void write_xml(FILE *f, const char *text)
{
	for (; *text; text++) {
		if (*text == '&')
			fputs("&amp;", f);
		else if (*text == '<')
			fputs("&lt;", f);
		else if (*text == '>')
			fputs("&gt;", f);
		else if (*text == '"')
			fputs("&quot;", f);
		else
			putc(*text, f);
	}
}

void tj_svg_text(FILE *f, const char *text)
{
	char *escaped = NULL;
	size_t n;
	FILE *memory = open_memstream(&escaped, &n);
	if (memory == NULL)
		return; /* out of memory: the picture lacks this text */
	tj_cli_escape(memory, text);
	if (fclose(memory) == 0)
		write_xml(f, escaped);
	free(escaped);
}

static int is_drawn(const struct tj_axis *a, double y)
{
	return isfinite(y) && (!a->is_log || y > 0);
}

/* Clamp y to the vicinity of the picture, because viewers cannot draw huge coordinates. */
static void write_point(FILE *f, char command, double x, double y)
{
	fprintf(f, "%c%.1f,%.1f", command, x, fmin(fmax(y, -1e4), 1e4));
}

void tj_svg_line(FILE *f, size_t n, const double *x, const double *y, const struct tj_axis *ax,
                 const struct tj_axis *ay)
{
	char command = 'M';
	for (size_t i = 0; i < n; i++) {
		double at = tj_axis_at(ax, x[i]);
		if (!is_drawn(ay, y[i])) {
			command = 'M';
			continue;
		}
		/* Of several points in one pixel column, keep the last. */
		if (command == 'L' && i + 1 < n && is_drawn(ay, y[i + 1]) &&
		    floor(tj_axis_at(ax, x[i + 1])) == floor(at))
			continue;
		write_point(f, command, at, tj_axis_at(ay, y[i]));
		command = 'L';
	}
}

struct extent {
	double at, low, high; /* pixel column; range of values, empty if low > high */
};

/* Store the range of the values in the pixel column of point i. Returns the first point after that
 * column. */
static size_t extent_of_pixel(size_t n, const double *x, const double *y, size_t i,
                              const struct tj_axis *ax, const struct tj_axis *ay, struct extent *e)
{
	double pixel = floor(tj_axis_at(ax, x[i]));
	*e = (struct extent){ pixel + 0.5, INFINITY, -INFINITY };
	for (; i < n && floor(tj_axis_at(ax, x[i])) == pixel; i++) {
		if (!is_drawn(ay, y[i]))
			continue;
		e->low = fmin(e->low, y[i]);
		e->high = fmax(e->high, y[i]);
	}
	return i;
}

void tj_svg_band(FILE *f, size_t n, const double *x, const double *y, const struct tj_axis *ax,
                 const struct tj_axis *ay)
{
	struct extent extents[TJ_MAX_PIXELS];
	size_t n_extents = 0;
	for (size_t i = 0; i < n && n_extents < TJ_MAX_PIXELS;) {
		i = extent_of_pixel(n, x, y, i, ax, ay, &extents[n_extents]);
		n_extents += extents[n_extents].low <= extents[n_extents].high;
	}
	if (n_extents == 0)
		return;
	for (size_t i = 0; i < n_extents; i++)
		write_point(f, i == 0 ? 'M' : 'L', extents[i].at, tj_axis_at(ay, extents[i].high));
	for (size_t i = n_extents; i > 0; i--)
		write_point(f, 'L', extents[i - 1].at, tj_axis_at(ay, extents[i - 1].low));
	putc('Z', f);
}
