/* SPDX-License-Identifier: MIT */
/* Draws the figure: a title, a summary of each log, then the panels, which share the axis of
 * updates. */
#include "src/cli/plot/figure.h"

#include <math.h>
#include <stddef.h>

#include "src/cli/plot/svg.h"

enum {
	WIDTH = 960,
	LEFT = 72,
	RIGHT = 36,
	MARGIN = 24,
	TITLE_HEIGHT = 26,
	ROW_HEIGHT = 20,
	PANEL_GAP = 38,   /* between panels; it holds the title of the lower one */
	TIME_HEIGHT = 24, /* the time scale above the first panel */
	FOOT_HEIGHT = 52, /* the update scale below the last panel */
	/* A curve of validations, or of updates, gets dots if it has no more points than this. */
	MAX_DEV_DOTS = 150,
	MAX_DOTS = 60
};

/* The colours of Okabe and Ito, which colour-blind people can tell apart; yellow is left out. */
static const char *const colours[] = { "#0072b2", "#d55e00", "#009e73", "#cc79a7",
	                               "#56b4e9", "#e69f00", "#555555" };

static const char *colour_of(size_t log)
{
	return colours[log % (sizeof colours / sizeof *colours)];
}

struct figure {
	FILE *f;
	const struct tj_plot_log *logs;
	size_t n_logs;
	struct tj_axis updates;
	double top, height; /* of the panel being drawn */
	double time_height; /* of the time scale; 0: there is none */
};

/* If there is a single log, its dev set has a colour of its own. */
static const char *colour_of_curve(const struct figure *g, const struct tj_curve *c)
{
	return colour_of(g->n_logs == 1 && c->style == TJ_CURVE_DEV ? 1 : c->log);
}

/* --- Axes ------------------------------------------------------------------ */

static void draw_values(const struct figure *g, const struct tj_axis *values)
{
	struct tj_ticks ticks = tj_axis_ticks(values, fmax(3, g->height / 32));
	char label[TJ_NUMBER_BYTES];
	for (size_t i = 0; i < ticks.n; i++) {
		double y = tj_axis_at(values, ticks.at[i]);
		tj_format_tick(ticks.at[i], ticks.step, label);
		fprintf(g->f, "<path class=\"grid\" d=\"M%d,%.1fH%d\"/>", LEFT, y, WIDTH - RIGHT);
		fprintf(g->f, "<text class=\"value\" x=\"%d\" y=\"%.1f\">%s</text>\n", LEFT - 8,
		        y + 4, label);
	}
}

static void draw_updates(const struct figure *g, int is_last)
{
	struct tj_ticks ticks = tj_axis_ticks(&g->updates, fmin(9, g->updates.high));
	double bottom = g->top + g->height;
	char label[TJ_NUMBER_BYTES];
	for (size_t i = 0; i < ticks.n; i++) {
		double x = tj_axis_at(&g->updates, ticks.at[i]);
		fprintf(g->f, "<path class=\"grid\" d=\"M%.1f,%.1fV%.1f\"/>\n", x, g->top, bottom);
		if (!is_last)
			continue;
		tj_format_tick(ticks.at[i], ticks.step, label);
		fprintf(g->f, "<text class=\"update\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", x,
		        bottom + 18, label);
	}
	if (is_last)
		fprintf(g->f, "<text class=\"update\" x=\"%d\" y=\"%.1f\">update</text>\n",
		        (LEFT + WIDTH - RIGHT) / 2, bottom + 38);
}

/* Returns the update at a time, interpolated between two updates of the log; NAN after the last. */
static double update_at(const struct tj_plot_log *l, double seconds)
{
	double last_time = 0, last_update = 0;
	for (size_t i = 0; i < l->n_updates; i++) {
		const struct tj_plot_update *u = &l->updates[i];
		if (!isfinite(u->seconds))
			continue;
		if (u->seconds >= seconds && u->seconds > last_time)
			return last_update + (u->update - last_update) * (seconds - last_time) /
			                         (u->seconds - last_time);
		last_time = u->seconds;
		last_update = u->update;
	}
	return NAN;
}

/* Draw the time scale in whole hours, minutes or seconds. Its ticks are not evenly spaced, because
 * the speed varies. */
static void draw_time(const struct figure *g)
{
	const struct tj_plot_log *l = &g->logs[0];
	double total = tj_plot_log_seconds(l);
	double unit = total >= 7200 ? 3600 : total >= 120 ? 60 : 1;
	struct tj_axis axis = { .low = 0, .high = total / unit };
	struct tj_ticks ticks = tj_axis_ticks(&axis, 10);
	char label[TJ_NUMBER_BYTES];
	for (size_t i = 0; i < ticks.n; i++) {
		double update = update_at(l, ticks.at[i] * unit);
		if (!tj_axis_has(&g->updates, update))
			continue;
		double x = tj_axis_at(&g->updates, update);
		tj_format_tick(ticks.at[i], ticks.step, label);
		fprintf(g->f, "<path class=\"tick\" d=\"M%.1f,%.1fv-5\"/>", x, g->top);
		fprintf(g->f, "<text class=\"update\" x=\"%.1f\" y=\"%.1f\">%s%s</text>\n", x,
		        g->top - 9, label,
		        unit == 3600 ? " h"
		        : unit == 60 ? " min"
		                     : " s");
	}
}

/* --- Curves ---------------------------------------------------------------- */

static void draw_curve(const struct figure *g, const struct tj_curve *c,
                       const struct tj_axis *values)
{
	static const char *const classes[] = {
		[TJ_CURVE_BAND] = "band", [TJ_CURVE_MEAN] = "mean", [TJ_CURVE_DEV] = "dev"
	};
	const char *colour = colour_of_curve(g, c);
	fprintf(g->f, "<path class=\"%s\" stroke=\"%s\" fill=\"%s\" d=\"", classes[c->style],
	        colour, c->style == TJ_CURVE_BAND ? colour : "none");
	if (c->style == TJ_CURVE_BAND)
		tj_svg_band(g->f, c->n, c->x, c->y, &g->updates, values);
	else
		tj_svg_line(g->f, c->n, c->x, c->y, &g->updates, values);
	fputs("\"/>\n", g->f);
}

static void draw_dots(const struct figure *g, const struct tj_curve *c,
                      const struct tj_axis *values)
{
	char update[TJ_NUMBER_BYTES];
	if (c->style == TJ_CURVE_BAND ||
	    c->n > (c->style == TJ_CURVE_DEV ? MAX_DEV_DOTS : MAX_DOTS))
		return;
	for (size_t i = 0; i < c->n; i++) {
		if (!tj_axis_has(values, c->y[i]))
			continue;
		tj_format_count(c->x[i], update);
		fprintf(g->f, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\">",
		        tj_axis_at(&g->updates, c->x[i]), tj_axis_at(values, c->y[i]),
		        colour_of_curve(g, c));
		fprintf(g->f, "<title>%.6g at update %s</title></circle>\n", c->y[i], update);
	}
}

/* Draw a ring around the best validation, and its value. */
static void draw_best(const struct figure *g, const struct tj_curve *c,
                      const struct tj_axis *values)
{
	const struct tj_plot_log *l = &g->logs[c->log];
	if (c->style != TJ_CURVE_DEV || l->best == NULL)
		return;
	size_t i = (size_t)(l->best - l->validations);
	if (!tj_axis_has(values, c->y[i]))
		return;
	double x = tj_axis_at(&g->updates, c->x[i]), y = tj_axis_at(values, c->y[i]);
	const char *colour = colour_of_curve(g, c);
	fprintf(g->f,
	        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5.5\" fill=\"none\" stroke=\"%s\" "
	        "stroke-width=\"2\"/>\n",
	        x, y, colour);
	/* Put the value where there is more room: below a point in the upper half, above one in the
	 * lower half. */
	int is_high = y < g->top + g->height / 2;
	const char *anchor = x > WIDTH - RIGHT - 30 ? "end" : x < LEFT + 30 ? "start" : "middle";
	fprintf(g->f,
	        "<text class=\"best\" x=\"%.1f\" y=\"%.1f\" style=\"fill:%s\" text-anchor=\"%s\">"
	        "%.2f</text>\n",
	        x, is_high ? y + 22 : y - 12, colour, anchor, c->y[i]);
}

/* Draw a dashed line at the update of the best model. */
static void draw_best_update(const struct figure *g)
{
	if (g->n_logs > 1 || g->logs[0].best == NULL)
		return;
	fprintf(g->f, "<path class=\"at-best\" d=\"M%.1f,%.1fv%.1f\"/>\n",
	        tj_axis_at(&g->updates, g->logs[0].best->update), g->top, g->height);
}

/* --- Panels ---------------------------------------------------------------- */

static int has_style(const struct tj_panel *p, enum tj_curve_style style)
{
	for (size_t i = 0; i < p->n_curves; i++)
		if (p->curves[i].style == style && p->curves[i].n > 0)
			return 1;
	return 0;
}

static void draw_key(const struct figure *g, double *right, double y, const char *class,
                     const char *colour, const char *text, double width)
{
	*right -= width;
	fprintf(g->f, "<path class=\"%s\" stroke=\"%s\" fill=\"none\" d=\"M%.1f,%.1fh18\"/>", class,
	        colour, *right, y - 4);
	fprintf(g->f, "<text class=\"key\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", *right + 24, y,
	        text);
}

/* Draw the key to the styles of curves above the panel's right end. */
static void draw_keys(const struct figure *g, const struct tj_panel *p, double y)
{
	int band = has_style(p, TJ_CURVE_BAND), mean = has_style(p, TJ_CURVE_MEAN);
	int dev = has_style(p, TJ_CURVE_DEV), one = g->n_logs == 1;
	double right = WIDTH - RIGHT;
	if (dev && mean)
		draw_key(g, &right, y, "dev", one ? colours[1] : "#333333", "dev set", 80);
	if (mean && (band || dev))
		draw_key(g, &right, y, "mean", one ? colours[0] : "#333333",
		         "training, running mean", 178);
	if (band)
		draw_key(g, &right, y, "band-key", one ? colours[0] : "#333333", "every update",
		         115);
}

static void draw_panel(const struct figure *g, const struct tj_panel *p, int is_first, int is_last)
{
	struct tj_axis values = { .low = p->low,
		                  .high = p->high,
		                  .from = g->top + g->height,
		                  .to = g->top,
		                  .is_log = p->is_log };
	double title = g->top - 10 - (is_first ? g->time_height : 0);
	fprintf(g->f, "<text class=\"panel\" x=\"%d\" y=\"%.1f\">%s</text>\n", LEFT, title,
	        p->title);
	draw_keys(g, p, title);
	draw_updates(g, is_last);
	draw_values(g, &values);
	if (is_first && g->time_height > 0)
		draw_time(g);
	draw_best_update(g);
	/* An inner svg element clips the curves to its frame. */
	fprintf(g->f,
	        "<svg x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" "
	        "viewBox=\"%d %.1f %d %.1f\">\n",
	        LEFT, g->top, WIDTH - LEFT - RIGHT, g->height, LEFT, g->top, WIDTH - LEFT - RIGHT,
	        g->height);
	for (int style = TJ_CURVE_BAND; style <= TJ_CURVE_DEV; style++)
		for (size_t i = 0; i < p->n_curves; i++)
			if (p->curves[i].style == (enum tj_curve_style)style)
				draw_curve(g, &p->curves[i], &values);
	fputs("</svg>\n", g->f);
	for (size_t i = 0; i < p->n_curves; i++)
		draw_dots(g, &p->curves[i], &values);
	for (size_t i = 0; i < p->n_curves; i++)
		draw_best(g, &p->curves[i], &values);
	fprintf(g->f, "<rect class=\"frame\" x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\"/>\n",
	        LEFT, g->top, WIDTH - LEFT - RIGHT, g->height);
}

/* --- The whole figure ------------------------------------------------------ */

static void write_duration(FILE *f, double seconds)
{
	if (seconds >= 7200)
		fprintf(f, "%.1f hours", seconds / 3600);
	else if (seconds >= 120)
		fprintf(f, "%.0f minutes", seconds / 60);
	else
		fprintf(f, "%.1f seconds", seconds);
}

/* Write how far a training went, and the scores of its best model. */
static void write_summary(FILE *f, const struct tj_plot_log *l)
{
	char updates[TJ_NUMBER_BYTES];
	double epoch = l->n_updates > 0 ? l->updates[l->n_updates - 1].epoch : NAN;
	double seconds = tj_plot_log_seconds(l);
	double last = tj_plot_log_last_update(l);
	tj_format_count(last, updates);
	fprintf(f, "%s update%s", updates, last == 1 ? "" : "s");
	if (isfinite(epoch))
		fprintf(f, ", epoch %.0f", epoch);
	if (seconds > 0) {
		fputs(", ", f);
		write_duration(f, seconds);
	}
	if (l->best == NULL)
		return;
	tj_format_count(l->best->update, updates);
	fprintf(f, "; best at update %s:", updates);
	if (isfinite(l->best->bleu))
		fprintf(f, " BLEU %.2f", l->best->bleu);
	if (isfinite(l->best->nll))
		fprintf(f, "%s perplexity %.2f", isfinite(l->best->bleu) ? "," : "",
		        exp(l->best->nll));
}

static double draw_head(const struct figure *g, const char *title)
{
	double y = MARGIN + 12;
	fprintf(g->f, "<text class=\"title\" x=\"%d\" y=\"%.1f\">", LEFT, y);
	tj_svg_text(g->f, title);
	fputs("</text>\n", g->f);
	y += TITLE_HEIGHT - ROW_HEIGHT;
	for (size_t i = 0; i < g->n_logs; i++) {
		y += ROW_HEIGHT;
		double x = LEFT;
		if (g->n_logs > 1) {
			fprintf(g->f, "<path class=\"dev\" stroke=\"%s\" d=\"M%.1f,%.1fh24\"/>",
			        colour_of(i), x, y - 4);
			x += 32;
		}
		fprintf(g->f, "<text class=\"summary\" x=\"%.1f\" y=\"%.1f\">", x, y);
		if (g->n_logs > 1) {
			fputs("<tspan font-weight=\"bold\">", g->f);
			tj_svg_text(g->f, g->logs[i].name);
			fputs("</tspan>: ", g->f);
		}
		write_summary(g->f, &g->logs[i]);
		fputs("</text>\n", g->f);
	}
	return y;
}

static const char style[] =
    "<style>"
    "text{font-family:'DejaVu Sans',Verdana,Arial,sans-serif;font-size:12px;fill:#333333}"
    ".title{font-size:18px;font-weight:bold}.panel{font-size:13px;font-weight:bold}"
    ".value{text-anchor:end}.update{text-anchor:middle}.best{font-weight:bold;"
    "paint-order:stroke;stroke:#ffffff;stroke-width:3px}"
    ".grid{stroke:#e4e4e4;fill:none}.tick{stroke:#888888;fill:none}"
    ".frame{stroke:#888888;fill:none}"
    ".at-best{stroke:#888888;stroke-dasharray:3 4;fill:none}"
    ".band{opacity:0.22;stroke-width:1}.band-key{opacity:0.22;stroke-width:8}"
    ".mean{stroke-width:1.4}.dev{stroke-width:2}"
    ".mean,.dev,.band{stroke-linejoin:round}"
    "</style>\n";

void tj_plot_figure(FILE *f, const char *title, const struct tj_plot_log *logs, size_t n,
                    const struct tj_panels *panels)
{
	struct figure g = { .f = f, .logs = logs, .n_logs = n };
	g.updates = (struct tj_axis){
		.low = 0, .high = panels->last_update, .from = LEFT, .to = WIDTH - RIGHT
	};
	double seconds = tj_plot_log_seconds(&logs[0]);
	if (n == 1 && logs[0].n_updates > 0 && seconds > 0 && isfinite(seconds))
		g.time_height = TIME_HEIGHT;
	double head = MARGIN + 12 + TITLE_HEIGHT + ROW_HEIGHT * ((double)n - 1);
	double height = head + g.time_height + FOOT_HEIGHT;
	for (size_t i = 0; i < panels->n; i++)
		height += PANEL_GAP + panels->panels[i].height;
	fprintf(f,
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" "
	        "viewBox=\"0 0 %d %.0f\" role=\"img\">\n<title>",
	        WIDTH, height, WIDTH, height);
	tj_svg_text(f, title);
	fprintf(f, "</title>\n%s<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
	        style);
	g.top = draw_head(&g, title) + g.time_height;
	for (size_t i = 0; i < panels->n; i++) {
		g.top += PANEL_GAP;
		g.height = panels->panels[i].height;
		draw_panel(&g, &panels->panels[i], i == 0, i + 1 == panels->n);
		g.top += g.height;
	}
	fputs("</svg>\n", f);
}
