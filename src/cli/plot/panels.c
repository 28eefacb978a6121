/* SPDX-License-Identifier: MIT */
/* Makes the panels of a plot: their curves, running means and ranges of values. */
#include "src/cli/plot/panels.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "src/base/memory.h"

enum { LOSS, PERPLEXITY, BLEU, LEARNING_RATE, GRADIENT_NORM };

static const struct tj_panel kinds[TJ_MAX_PANELS] = {
	[LOSS] = { .title = "Training loss, nats per piece", .height = 165 },
	[PERPLEXITY] = { .title = "Perplexity per piece", .height = 165, .is_log = 1 },
	[BLEU] = { .title = "BLEU of the dev set", .height = 165 },
	[LEARNING_RATE] = { .title = "Learning rate", .height = 75, .is_whole = 1 },
	[GRADIENT_NORM] = { .title = "Gradient norm, before clipping", .height = 75, .is_log = 1 },
};

static double *add_curve(struct tj_panel *p, struct tj_curve curve)
{
	curve.x = calloc(curve.n + 1, sizeof *curve.x);
	curve.y = calloc(curve.n + 1, sizeof *curve.y);
	if (curve.x == NULL || curve.y == NULL ||
	    !tj_reserve(&p->curves, &p->capacity, p->n_curves + 1, sizeof curve)) {
		free(curve.x);
		free(curve.y);
		return NULL;
	}
	p->curves[p->n_curves++] = curve;
	return curve.y;
}

/* Returns the member at `offset` of an update or a validation, which must be a double. */
static double value_at(const void *item, size_t offset)
{
	return *(const double *)((const char *)item + offset);
}

/* Add a curve with the member at `offset` of every update. */
static int add_updates(struct tj_panel *p, const struct tj_plot_log *l, size_t log, size_t offset,
                       enum tj_curve_style style)
{
	struct tj_curve curve = { .style = style, .log = log, .n = l->n_updates };
	double *y = add_curve(p, curve);
	if (y == NULL)
		return 0;
	const struct tj_curve *c = &p->curves[p->n_curves - 1];
	for (size_t i = 0; i < l->n_updates; i++) {
		c->x[i] = l->updates[i].update;
		c->y[i] = value_at(&l->updates[i], offset);
	}
	return 1;
}

/* Compute for each update the mean over the hundredth of all updates around it, weighted by their
 * pieces. Near the beginning, where curves are steep, the window shrinks so that it has as many
 * updates before as after. `sums` and `weights` have room for n + 1; `mean` may be y. */
static void running_mean(size_t n, const double *y, const struct tj_plot_update *updates,
                         double *sums, double *weights, double *mean)
{
	sums[0] = weights[0] = 0;
	for (size_t i = 0; i < n; i++) {
		double weight = updates[i].pieces > 0 ? updates[i].pieces : 1;
		int is_known = isfinite(y[i]);
		sums[i + 1] = sums[i] + (is_known ? y[i] * weight : 0);
		weights[i + 1] = weights[i] + (is_known ? weight : 0);
	}
	for (size_t i = 0; i < n; i++) {
		size_t reach = i < n / 200 ? i : n / 200;
		size_t from = i - reach, to = i + reach < n ? i + reach + 1 : n;
		double weight = weights[to] - weights[from];
		mean[i] = weight > 0 ? (sums[to] - sums[from]) / weight : NAN;
	}
}

/* Add a curve with the running mean of the member at `offset`, or the exponential of that mean. */
static int add_mean(struct tj_panel *p, const struct tj_plot_log *l, size_t log, size_t offset,
                    int exponential)
{
	size_t n = l->n_updates;
	if (!add_updates(p, l, log, offset, TJ_CURVE_MEAN))
		return 0;
	double *y = p->curves[p->n_curves - 1].y;
	double *sums = calloc(n + 1, sizeof *sums), *weights = calloc(n + 1, sizeof *weights);
	int ok = sums != NULL && weights != NULL;
	if (ok)
		running_mean(n, y, l->updates, sums, weights, y);
	for (size_t i = 0; ok && exponential && i < n; i++)
		y[i] = exp(y[i]);
	free(sums);
	free(weights);
	return ok;
}

static int add_validations(struct tj_panel *p, const struct tj_plot_log *l, size_t log,
                           size_t offset, int exponential)
{
	struct tj_curve curve = { .style = TJ_CURVE_DEV, .log = log, .n = l->n_validations };
	if (add_curve(p, curve) == NULL)
		return 0;
	const struct tj_curve *c = &p->curves[p->n_curves - 1];
	for (size_t i = 0; i < l->n_validations; i++) {
		double value = value_at(&l->validations[i], offset);
		c->x[i] = l->validations[i].update;
		c->y[i] = exponential ? exp(value) : value;
	}
	return 1;
}

#define UPDATE(member) offsetof(struct tj_plot_update, member)
#define VALIDATION(member) offsetof(struct tj_plot_validation, member)

static int add_log(struct tj_panel *panels, const struct tj_plot_log *l, size_t i)
{
	struct tj_panel *norm = &panels[GRADIENT_NORM];
	return add_updates(&panels[LOSS], l, i, UPDATE(loss), TJ_CURVE_BAND) &&
	       add_mean(&panels[LOSS], l, i, UPDATE(loss), 0) &&
	       add_mean(&panels[PERPLEXITY], l, i, UPDATE(nll), 1) &&
	       add_validations(&panels[PERPLEXITY], l, i, VALIDATION(nll), 1) &&
	       add_validations(&panels[BLEU], l, i, VALIDATION(bleu), 0) &&
	       add_updates(&panels[LEARNING_RATE], l, i, UPDATE(learning_rate), TJ_CURVE_MEAN) &&
	       add_updates(norm, l, i, UPDATE(gradient_norm), TJ_CURVE_BAND) &&
	       add_mean(norm, l, i, UPDATE(gradient_norm), 0);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Widen [low, high] to the values of a curve. Unless the panel is whole, ignore the first twentieth
 * of the training and the half per cent of the values at each end; otherwise all other values would
 * lie flat at the bottom. Returns 0 if out of memory. */
static int widen(struct tj_panel *p, const struct tj_curve *c, double last_update)
{
	double *values = calloc(c->n + 1, sizeof *values);
	size_t n = 0;
	if (values == NULL)
		return 0;
	double from = p->is_whole || c->n < 3 ? 0 : last_update / 20;
	for (size_t i = 0; i < c->n; i++)
		if (isfinite(c->y[i]) && (!p->is_log || c->y[i] > 0) && c->x[i] >= from)
			values[n++] = c->y[i];
	if (n > 0) {
		qsort(values, n, sizeof *values, compare_doubles);
		size_t cut = p->is_whole ? 0 : n / 200;
		p->low = fmin(p->low, values[cut]);
		p->high = fmax(p->high, values[n - 1 - cut]);
	}
	free(values);
	return 1;
}

/* Add some room above and below. A single value lies in the middle. */
static void make_room(struct tj_panel *p)
{
	if (p->is_whole)
		p->low = fmin(p->low, 0);
	if (p->is_log) {
		double factor = p->high > p->low ? pow(p->high / p->low, 0.06) : 1.5;
		p->low /= factor;
		p->high *= factor;
	} else {
		double room = p->high > p->low ? 0.06 * (p->high - p->low) : 1;
		p->low -= p->low == 0 ? 0 : room;
		p->high += room;
	}
}

static int set_range(struct tj_panel *p, double last_update)
{
	p->low = INFINITY;
	p->high = -INFINITY;
	for (size_t i = 0; i < p->n_curves; i++)
		if (!widen(p, &p->curves[i], last_update))
			return 0;
	if (p->low <= p->high)
		make_room(p);
	return 1;
}

static void free_panel(struct tj_panel *p)
{
	for (size_t i = 0; i < p->n_curves; i++) {
		free(p->curves[i].x);
		free(p->curves[i].y);
	}
	free(p->curves);
}

int tj_panels_make(struct tj_panels *p, const struct tj_plot_log *logs, size_t n)
{
	*p = (struct tj_panels){ .n = TJ_MAX_PANELS, .last_update = 1 };
	int ok = 1;
	for (size_t i = 0; i < TJ_MAX_PANELS; i++)
		p->panels[i] = kinds[i];
	for (size_t i = 0; ok && i < n; i++) {
		p->last_update = fmax(p->last_update, tj_plot_log_last_update(&logs[i]));
		ok = add_log(p->panels, &logs[i], i);
	}
	for (size_t i = 0; ok && i < TJ_MAX_PANELS; i++)
		ok = set_range(&p->panels[i], p->last_update);
	size_t n_shown = 0;
	for (size_t i = 0; ok && i < TJ_MAX_PANELS; i++) {
		struct tj_panel panel = p->panels[i];
		if (panel.low <= panel.high)
			p->panels[n_shown++] = panel;
		else
			free_panel(&panel);
	}
	p->n = ok ? n_shown : TJ_MAX_PANELS;
	return ok;
}

void tj_panels_free(struct tj_panels *p)
{
	for (size_t i = 0; i < p->n; i++)
		free_panel(&p->panels[i]);
}
