/* SPDX-License-Identifier: MIT */
/* Runs `trujaman translate`: opens the inputs, the model and the outputs, then translates. */
#include "src/cli/translation.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/attention.h"
#include "src/cli/checks.h"
#include "src/cli/explain.h"
#include "src/cli/formats_check.h"
#include "src/cli/news.h"
#include "src/cli/run_facts.h"
#include "src/cli/show/interrupt.h"
#include "src/cli/show/progress.h"
#include "src/cli/show/stats.h"
#include "src/delivery/clash.h"
#include "src/delivery/delivery.h"
#include "src/delivery/formats.h"
#include "src/delivery/others.h"

/* What a run shows, and what it collects. */
struct course {
	struct tj_progress progress; /* the context of the sink: must be first */
	trujaman_report report;
	struct tj_failures failures; /* inputs that could not be read */
	struct tj_translation *run;
	const struct tj_inputs *inputs;
	trujaman_translator *t;
	struct tj_attention_file attention;
	int has_warned; /* of the language of an input */
};

_Static_assert(offsetof(struct course, progress) == 0, "meet_foreign gets a course");

/* "; did you mean -m es-en?" where the model en-es got what it should have made. */
static void suggest_model(char *hint, size_t n, const struct course *c, const char *found)
{
	const char *model = c->run->models.names[0];
	const char *source = trujaman_model_metadata(c->run->models.opened[0], "source_language");
	const char *target = trujaman_model_metadata(c->run->models.opened[0], "target_language");
	size_t n_source = source != NULL ? strlen(source) : 0;
	*hint = '\0';
	if (n_source > 0 && target != NULL && strcmp(target, found) == 0 &&
	    strncmp(model, source, n_source) == 0 && model[n_source] == '-' &&
	    strcmp(model + n_source + 1, target) == 0)
		snprintf(hint, n, "; did you mean -m %s-%s?", target, source);
}

/* A sink's function: warn at once, and once only. The others are counted at the end. */
static void meet_foreign(void *context, size_t input, const char *found)
{
	struct course *c = context;
	char hint[128];
	if (c->has_warned)
		return;
	c->has_warned = 1;
	suggest_model(hint, sizeof hint, c, found);
	tj_warn_of_language(&c->run->talk, c->run->models.opened[0], c->run->models.names[0],
	                    &c->inputs->items[input], found, 0, hint);
}

static void warn_of_prefixes(const struct course *c)
{
	uint64_t n = c->report.without_prefix;
	if (n > 0)
		tj_cli_warn(&c->run->talk,
		            "%" PRIu64 " translation%s not begin with the prefix; the first is "
		            "line %" PRIu64 " of %s",
		            n, n == 1 ? " does" : "s do", c->report.without_prefix_line,
		            tj_input_label(&c->inputs->items[c->report.without_prefix_input]));
}

/* JSON Lines without any of the values that were asked for: the option is probably wrong. */
static void warn_of_fields(const struct course *c)
{
	const trujaman_report *r = &c->report;
	for (size_t i = 0; i < c->inputs->n; i++)
		if (c->inputs->items[i].format == NULL ||
		    strcmp(c->inputs->items[i].format, "jsonl") != 0)
			return;
	if (r->short_rows > 0 && r->short_rows + r->blank == r->lines)
		tj_cli_warn(&c->run->talk, "no line has a string at --field %s",
		            trujaman_options_get(c->run->options, "field"));
}

static void warn_of_others(const struct course *c)
{
	uint64_t n = c->report.foreign;
	const char *expected = trujaman_model_metadata(c->run->models.opened[0], "source_language");
	if (n > 1)
		tj_cli_warn(&c->run->talk,
		            "in all, %" PRIu64 " of %zu files look like other languages than %s", n,
		            c->inputs->n, trujaman_language_name(expected));
}

/* Prints an error, if there is one. Returns the exit status for it. */
static int failed(const struct tj_error *err)
{
	return tj_news_failed("translate", err);
}

/* What has ended a run: a failed write, of results or of what the network looked at, or the
 * library's own failure. Returns an exit status. */
static int tell_end(const struct tj_delivery *d, const struct course *c, trujaman_status status,
                    const char *error)
{
	const struct tj_error *attention = &c->attention.failed;
	trujaman_options *options = c->run->options;
	if (status == TRUJAMAN_OK)
		return TJ_EXIT_DONE;
	if (attention->status != TRUJAMAN_OK)
		return tj_run_failed(attention->status, attention->text, options);
	if (d->failed.status != TRUJAMAN_OK)
		return failed(&d->failed);
	return tj_run_failed(status, error, options);
}

/* Gives the results their names, or leaves them for another run. Returns an exit status. */
static int end_delivery(struct tj_delivery *d, int exit_status, int stopped)
{
	struct tj_error err = { 0 };
	if (exit_status == TJ_EXIT_DONE && !stopped) {
		if (tj_delivery_finish(d, &err) == TRUJAMAN_OK)
			return TJ_EXIT_DONE;
		exit_status = failed(&err);
	}
	tj_delivery_leave(d);
	return exit_status == TJ_EXIT_DONE ? 128 + tj_interrupt_signal() : exit_status;
}

/* Translate the remaining lines into the outputs that are already open. */
static int deliver(struct tj_delivery *d, const struct tj_translation *x,
                   const struct tj_inputs *inputs, uint64_t skip, struct course *c)
{
	char error[1024];
	trujaman_sink sink = tj_delivery_sink(d);
	sink.skip = skip;
	trujaman_sink watched = tj_progress_watch(&c->progress, &sink, inputs->n, inputs->items);
	c->inputs = inputs;
	watched.foreign = meet_foreign;
	trujaman_status status = trujaman_translate_to(c->t, inputs->n, inputs->items, &watched,
	                                               x->to.output, &c->report, error,
	                                               sizeof error);
	if (status != TRUJAMAN_OK)
		tj_progress_close(&c->progress);
	/* What is wrong with the output is told first, and warnings to nobody who has gone. */
	int closed = d->failed.status == TRUJAMAN_ERROR_CLOSED;
	int is_ours = status != TRUJAMAN_OK && d->failed.status != TRUJAMAN_OK &&
	              c->attention.failed.status == TRUJAMAN_OK;
	int exit_status = is_ours ? tell_end(d, c, status, error) : TJ_EXIT_DONE;
	if (!closed) {
		tj_warn_of_invalid(&x->talk, inputs->n, inputs->items, &c->report);
		warn_of_others(c);
		warn_of_prefixes(c);
		warn_of_fields(c);
	}
	if (!is_ours)
		exit_status = tell_end(d, c, status, error);
	return end_delivery(d, exit_status, c->report.stopped);
}

/* Say where a run with --resume goes on. */
static void tell_resumed(const struct tj_translation *x, const struct tj_inputs *inputs,
                         size_t n_before, uint64_t skip)
{
	char rest[64] = "";
	int several = inputs->n > 1;
	if (x->to.start != TJ_START_RESUME || x->talk.quiet || inputs->n == 0)
		return;
	/* In a folder every input has its own part that is done. */
	if (x->to.folder != NULL)
		skip = inputs->items[0].skip;
	const char *name = tj_inputs_name(inputs, 0);
	if (x->to.folder != NULL && several)
		snprintf(rest, sizeof rest, "; %zu more file%s", inputs->n - 1,
		         inputs->n == 2 ? " follows" : "s follow");
	if (skip > 0 && several && x->to.folder == NULL)
		tj_cli_say("resuming after line %" PRIu64 " of the %zu inputs together", skip,
		           inputs->n);
	else if (skip > 0)
		tj_cli_say("resuming after line %" PRIu64 " of %s%s", skip, name, rest);
	else if (inputs->n < n_before)
		tj_cli_say("resuming with %s%s", name, rest);
	else
		tj_cli_say("nothing to resume from; starting from the beginning");
}

static int run_opened(const struct tj_translation *x, struct tj_inputs *inputs, struct course *c)
{
	uint64_t skip = 0;
	size_t n_before = inputs->n;
	int done = 0, is_open = 0, status;
	struct tj_error err = { 0 };
	struct tj_delivery d = { .to = &x->to,
		                 .model = tj_models_newest(&x->models),
		                 .failures = &c->failures };
	struct tj_fact *facts = tj_run_facts(&x->to, &x->models, x->options, &d.n_facts);
	d.facts = facts;
	if (facts == NULL)
		tj_fail(&err, TRUJAMAN_ERROR_MEMORY, "out of memory for the identity of a run");
	else if (tj_delivery_open(&d, inputs, &skip, &done, &err) == TRUJAMAN_OK) {
		is_open = 1;
		if (!done && x->to.shard.n > 0)
			tj_shard_cut(&x->to.shard, inputs, &err);
	}
	status = failed(&err);
	if (status == TJ_EXIT_DONE && !done)
		tell_resumed(x, inputs, n_before, skip);
	if (status == TJ_EXIT_DONE && !done)
		status = deliver(&d, x, inputs, skip, c);
	else if (is_open)
		status = end_delivery(&d, status, 0);
	tj_run_facts_free(facts, d.n_facts);
	free(d.run);
	return status;
}

/* Nothing may be written before this. */
static int check_outputs(const struct tj_translation *x, struct tj_inputs *inputs,
                         const struct tj_models *m)
{
	int status = TJ_EXIT_DONE;
	if (x->to.folder == NULL)
		status = tj_check_output("translate", x->to.out, inputs->n, inputs->items, m->n,
		                         m->paths);
	struct tj_error err = { 0 };
	if (status != TJ_EXIT_DONE)
		return status;
	for (size_t i = 0; i < m->n && err.status == TRUJAMAN_OK; i++)
		tj_clash_check(&x->to, inputs, m->paths[i], "--stats", x->stats, &err);
	for (size_t i = 0; x->attention != NULL && i < m->n && err.status == TRUJAMAN_OK; i++)
		tj_clash_check(&x->to, inputs, m->paths[i], "--attention", x->attention, &err);
	return failed(&err);
}

static void close_translator(struct course *c)
{
	tj_interrupt_stops(NULL);
	trujaman_translator_free(c->t);
	tj_models_close(&c->run->models);
}

static int run_planned(struct tj_translation *x, struct tj_inputs *inputs, struct course *c)
{
	size_t n_inputs = inputs->n + c->failures.n;
	tj_progress_open(&c->progress, &x->talk, 0, 0);
	int status = tj_models_open(&x->models, x->options, &c->t), is_open = c->t != NULL;
	if (is_open) {
		tj_interrupt_stops(c->t);
		status = check_outputs(x, inputs, &x->models);
	}
	if (is_open && status == TJ_EXIT_DONE)
		status = tj_attention_open(&c->attention);
	int refused = is_open && status != TJ_EXIT_DONE;
	if (status == TJ_EXIT_DONE && (inputs->n > 0 || n_inputs == 0))
		status = run_opened(x, inputs, c);
	status = tj_attention_end(&c->attention, status);
	struct tj_error err = { 0 };
	if (status == TJ_EXIT_DONE &&
	    tj_others_copy(&x->to, inputs, &c->failures, &err) != TRUJAMAN_OK)
		status = failed(&err);
	if (status == TJ_EXIT_DONE || status > 128)
		tj_progress_done(&c->progress, &c->report);
	if (!refused)
		tj_news_failures(&c->failures, n_inputs,
		                 status == TJ_EXIT_DONE ? "the same command with --resume tries"
		                                        : NULL);
	if (status == TJ_EXIT_DONE && c->failures.n > 0)
		status = TJ_EXIT_FAILED;
	struct tj_stats stats = { .command = "translate",
		                  .seconds = tj_progress_seconds(&c->progress),
		                  .n_models = x->models.n,
		                  .infos = is_open ? x->models.infos : NULL,
		                  .threads = is_open ? trujaman_translator_threads(c->t) : 0,
		                  .models = x->models.names,
		                  .options = x->options,
		                  .report = &c->report,
		                  .n_inputs = inputs->n,
		                  .inputs = inputs->items,
		                  .exit_status = status };
	tj_progress_close(&c->progress);
	if (!refused) /* the statistics may be what an input must not be replaced by */
		status = tj_stats_write(x->stats, &stats);
	close_translator(c);
	return status;
}

/* Find the inputs, their formats, and what else is to be copied. */
static int find_inputs(struct tj_translation *x, struct tj_inputs *inputs,
                       struct tj_failures *failures)
{
	struct tj_error err = { 0 };
	tj_inputs_find(inputs, (size_t)x->n_arguments, (const char *const *)x->arguments,
	               x->to.folder, x->to.suffix, (enum tj_packing)x->to.packing, failures, &err);
	if (err.status == TRUJAMAN_OK)
		tj_inputs_take_formats(inputs, x->to.format, &err);
	int status = failed(&err);
	if (status == TJ_EXIT_DONE)
		status = tj_check_formats(x, inputs);
	if (status == TJ_EXIT_DONE) {
		tj_others_check(&x->to, inputs, &err);
		status = failed(&err);
	}
	if (status == TJ_EXIT_DONE)
		tj_others_tell(&x->to, inputs);
	return status;
}

/* In a folder, an input that is no text fails when its turn comes, and the others go on. */
static int check_texts(const struct tj_translation *x, struct tj_inputs *inputs)
{
	if (x->to.folder != NULL && !x->force_text)
		return TJ_EXIT_DONE;
	return tj_check_texts(inputs->n, inputs->items, x->force_text);
}

int tj_translation_run(struct tj_translation *x)
{
	struct tj_inputs inputs;
	struct course c = { .run = x, .report = { .size = sizeof c.report } };
	int status = tj_stats_check(x->stats);
	if (status != TJ_EXIT_DONE)
		return status;
	const struct tj_listener listener = tj_news_listener(&x->talk);
	x->to.listener = &listener;
	status = find_inputs(x, &inputs, &c.failures);
	if (x->explain)
		trujaman_options_explain(x->options, tj_explain_print, &inputs);
	tj_attention_ask(&c.attention, x->attention, x->options);
	if (status == TJ_EXIT_DONE)
		status = check_texts(x, &inputs);
	if (status == TJ_EXIT_DONE && x->stats != NULL)
		status = tj_check_output("translate", x->stats, inputs.n, inputs.items, x->models.n,
		                         x->models.names);
	if (status == TJ_EXIT_DONE && inputs.n_own > 0)
		tj_cli_remark(&x->talk, "left out %zu file%s that trujaman has made", inputs.n_own,
		              tj_plural(inputs.n_own));
	if (status == TJ_EXIT_DONE && c.failures.n > 0 && inputs.n > 0)
		tj_cli_warn(&x->talk, "going on without %zu of %zu inputs, told at the end",
		            c.failures.n, inputs.n + c.failures.n);
	if (status == TJ_EXIT_DONE)
		status = run_planned(x, &inputs, &c);
	tj_failures_free(&c.failures);
	tj_inputs_close(&inputs);
	return status;
}
