/* SPDX-License-Identifier: MIT */
/* Reads the log of a training. */
#include "src/cli/plot/log.h"

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/memory.h"
#include "src/cli/show/message.h"

/* No training gives larger numbers, and no axis can show them. */
#define LARGEST 1e100

struct log_parser {
	struct tj_plot_log *log;
	size_t line; /* from 1 */
	double at;   /* update of the previous line */
};

/* Report what is wrong with the line. Returns 0. */
static int wrong(const struct log_parser *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static int wrong(const struct log_parser *r, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	tj_cli_say("%s:%zu: %s", r->log->name, r->line, text);
	return 0;
}

static int no_memory(const struct log_parser *r)
{
	tj_cli_say("out of memory for the log %s", r->log->name);
	return 0;
}

struct log_key {
	const char *name;
	double *value;
};

/* Read the values of n keys from a line. A missing key or null gives NAN. */
static int read_keys(const struct log_parser *r, const json_t *line, size_t n,
                     const struct log_key *keys)
{
	for (size_t i = 0; i < n; i++) {
		const json_t *value = json_object_get(line, keys[i].name);
		*keys[i].value = NAN;
		if (json_is_number(value))
			*keys[i].value = json_number_value(value);
		else if (value != NULL && !json_is_null(value))
			return wrong(r, "\"%s\" is no number", keys[i].name);
		if (fabs(*keys[i].value) > LARGEST)
			return wrong(r, "\"%s\" is out of range", keys[i].name);
	}
	return 1;
}

/* Updates must increase from line to line. Only a validation may have the update of the previous
 * line. */
static int check_update(struct log_parser *r, double update, int is_update)
{
	if (isnan(update))
		return wrong(r, "there is no \"update\": this is not the log of a training");
	if (update < 0 || update < r->at || (is_update && update == r->at))
		return wrong(r, "update %.0f comes after update %.0f", update, r->at);
	r->at = update;
	return 1;
}

static int add_validation(struct log_parser *r, const json_t *line)
{
	struct tj_plot_log *l = r->log;
	struct tj_plot_validation v = { .best = json_is_true(json_object_get(line, "best")) };
	const struct log_key keys[] = { { "update", &v.update },
		                        { "dev_nll", &v.nll },
		                        { "dev_bleu", &v.bleu },
		                        { "seconds", &v.seconds } };
	if (!read_keys(r, line, sizeof keys / sizeof *keys, keys) || !check_update(r, v.update, 0))
		return 0;
	if (!tj_reserve(&l->validations, &l->validation_capacity, l->n_validations + 1, sizeof v))
		return no_memory(r);
	l->validations[l->n_validations++] = v;
	return 1;
}

static int add_update(struct log_parser *r, const json_t *line)
{
	struct tj_plot_log *l = r->log;
	struct tj_plot_update u = { 0 };
	const struct log_key keys[] = {
		{ "update", &u.update },
		{ "epoch", &u.epoch },
		{ "loss", &u.loss },
		{ "nll", &u.nll },
		{ "pieces", &u.pieces },
		{ "learning_rate", &u.learning_rate },
		{ "gradient_norm", &u.gradient_norm },
		{ "seconds", &u.seconds },
	};
	if (!read_keys(r, line, sizeof keys / sizeof *keys, keys) || !check_update(r, u.update, 1))
		return 0;
	if (!tj_reserve(&l->updates, &l->update_capacity, l->n_updates + 1, sizeof u))
		return no_memory(r);
	l->updates[l->n_updates++] = u;
	return 1;
}

/* Returns 0 on an error, which has already been reported. */
static int read_line(struct log_parser *r, const char *text, size_t n)
{
	json_error_t error;
	json_t *line = json_loadb(text, n, 0, &error);
	int ok;
	if (line == NULL && text[n - 1] != '\n')
		return 1;
	if (line == NULL)
		ok = wrong(r, "no JSON: %s", error.text);
	else if (!json_is_object(line))
		ok = wrong(r, "no JSON object");
	else if (json_object_get(line, "chosen"))
		ok = 1; /* values of options, not figures */
	else if (json_object_get(line, "dev_nll") || json_object_get(line, "dev_bleu"))
		ok = add_validation(r, line);
	else
		ok = add_update(r, line);
	json_decref(line);
	return ok;
}

static const struct tj_plot_validation *find_best(const struct tj_plot_log *l)
{
	for (size_t i = l->n_validations; i > 0; i--)
		if (l->validations[i - 1].best)
			return &l->validations[i - 1];
	return NULL;
}

static int read_lines(struct tj_plot_log *l, const struct tj_string *text)
{
	struct log_parser r = { l, 0, -1 };
	int ok = 1;
	for (size_t from = 0, n; ok && from < text->n; from += n) {
		const char *line = text->data + from;
		const char *newline = memchr(line, '\n', text->n - from);
		n = newline != NULL ? (size_t)(newline - line) + 1 : text->n - from;
		r.line++;
		ok = read_line(&r, line, n);
	}
	return ok;
}

int tj_plot_log_read(struct tj_plot_log *l, const char *name, const struct tj_string *text)
{
	*l = (struct tj_plot_log){ .name = name };
	int ok = read_lines(l, text);
	l->best = find_best(l);
	if (ok && l->n_updates == 0 && l->n_validations == 0) {
		tj_cli_say("%s has no update and no validation yet", l->name);
		ok = 0;
	}
	return ok ? TJ_EXIT_DONE : TJ_EXIT_FAILED;
}

void tj_plot_log_free(struct tj_plot_log *l)
{
	free(l->updates);
	free(l->validations);
}

double tj_plot_log_last_update(const struct tj_plot_log *l)
{
	double a = l->n_updates > 0 ? l->updates[l->n_updates - 1].update : 0;
	double b = l->n_validations > 0 ? l->validations[l->n_validations - 1].update : 0;
	return a > b ? a : b;
}

double tj_plot_log_seconds(const struct tj_plot_log *l)
{
	double seconds = 0;
	if (l->n_updates > 0)
		seconds = fmax(seconds, l->updates[l->n_updates - 1].seconds);
	if (l->n_validations > 0)
		seconds = fmax(seconds, l->validations[l->n_validations - 1].seconds);
	return seconds;
}
