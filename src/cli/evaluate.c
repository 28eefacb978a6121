/* SPDX-License-Identifier: MIT */
/* `trujaman evaluate`: BLEU and chrF2 of translations against references. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/checks.h"
#include "src/cli/options.h"
#include "src/cli/show/json.h"

struct evaluate_args {
	int json, force_text;
	trujaman_input hypotheses, references;
};

static const char usage[] =
    "Usage: trujaman evaluate [OPTION]... HYPOTHESIS REFERENCE\n"
    "\n"
    "Tell how near the translations in HYPOTHESIS are to those in REFERENCE, line by\n"
    "line: BLEU and chrF2, both from 0 to 100, as sacreBLEU reckons them by default\n"
    "(one reference; BLEU|case:mixed|eff:no|tok:13a|smooth:exp and\n"
    "chrF2|case:mixed|eff:yes|nc:6|nw:0|space:no). One of the two may be -, standard\n"
    "input. Files of unequal length are an error, and so is invalid UTF-8.\n"
    "\n";

static const char notes[] =
    "\n"
    "Printed, a key and its value a line: bleu, chrf, then what BLEU is made of:\n"
    "precisions (of n-grams of 1 to 4 words, in percent), brevity_penalty,\n"
    "hypothesis_words and reference_words; and lines.\n"
    "\n"
    "Exit status: 0 done, 1 the work failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  trujaman translate book.en | trujaman evaluate - book.es\n"
    "  trujaman evaluate --json out.es book.es\n";

enum { ID_JSON = TJ_ID_OWN, ID_FORCE_TEXT };

static const struct tj_cli_option options[] = {
	{ 0, "json", NULL, "print one JSON object", ID_JSON },
	{ 0, "force-text", NULL, "evaluate even what is no text in UTF-8 by its beginning",
	  ID_FORCE_TEXT },
	TJ_OPTIONS_OF_ALL,
	TJ_OPTIONS_END,
};

static int take_option(void *context, int id, const char *value)
{
	struct evaluate_args *args = context;
	(void)value;
	*(id == ID_JSON ? &args->json : &args->force_text) = 1;
	return TJ_GO_ON;
}

static int parse(int argc, char **argv, struct evaluate_args *args)
{
	const struct tj_cli_parser parser = { &tj_command_evaluate, args, NULL, take_option, NULL };
	const char *name = tj_command_evaluate.name;
	int status = tj_cli_parse(&parser, argc, argv);
	if (status != TJ_GO_ON)
		return status;
	if (argc - optind != 2)
		return tj_cli_usage(name, "needs two files, HYPOTHESIS and REFERENCE, not %d",
		                    argc - optind);
	argv += optind;
	if (strcmp(argv[0], "-") == 0 && strcmp(argv[1], "-") == 0)
		return tj_cli_usage(name, "HYPOTHESIS and REFERENCE cannot both be standard input");
	args->hypotheses = tj_input_named(argv[0]);
	args->references = tj_input_named(argv[1]);
	args->hypotheses.force_text = args->references.force_text = args->force_text;
	return TJ_GO_ON;
}

static void print_text(const trujaman_evaluation *e)
{
	printf("bleu             %.2f\n", e->bleu);
	printf("chrf             %.2f\n", e->chrf);
	printf("precisions       %.1f %.1f %.1f %.1f\n", e->precisions[0], e->precisions[1],
	       e->precisions[2], e->precisions[3]);
	printf("brevity_penalty  %.3f\n", e->brevity_penalty);
	printf("hypothesis_words %" PRIu64 "\n", e->hypothesis_words);
	printf("reference_words  %" PRIu64 "\n", e->reference_words);
	printf("lines            %" PRIu64 "\n", e->lines);
}

static json_t *counts(const uint64_t n[4])
{
	return json_pack("[I, I, I, I]", (json_int_t)n[0], (json_int_t)n[1], (json_int_t)n[2],
	                 (json_int_t)n[3]);
}

static json_t *shares(const double x[4])
{
	return json_pack("[o, o, o, o]", tj_json_number(x[0]), tj_json_number(x[1]),
	                 tj_json_number(x[2]), tj_json_number(x[3]));
}

/* Returns an exit status; a failure has already been reported. */
static int print_json(const trujaman_evaluation *e)
{
	json_t *object = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:I}", "bleu",
	                           tj_json_number(e->bleu), "chrf", tj_json_number(e->chrf),
	                           "precisions", shares(e->precisions), "correct",
	                           counts(e->correct), "total", counts(e->total), "brevity_penalty",
	                           tj_json_number(e->brevity_penalty), "hypothesis_words",
	                           (json_int_t)e->hypothesis_words, "reference_words",
	                           (json_int_t)e->reference_words, "lines", (json_int_t)e->lines);
	char *text = object != NULL ? json_dumps(object, JSON_REAL_PRECISION(15)) : NULL;
	json_decref(object);
	if (text == NULL)
		return tj_cli_fail(TRUJAMAN_ERROR_MEMORY, "out of memory for the evaluation");
	puts(text);
	free(text);
	return TJ_EXIT_DONE;
}

static int run(int argc, char **argv)
{
	struct evaluate_args args = { 0 };
	int exit_status = parse(argc, argv, &args);
	if (exit_status != TJ_GO_ON)
		return exit_status;
	trujaman_evaluation e = { .size = sizeof e };
	char error[1024];
	trujaman_status status = trujaman_evaluate(&args.hypotheses, &args.references, &e, error,
	                                           sizeof error);
	if (status != TRUJAMAN_OK)
		return tj_cli_fail(status, error);
	if (args.json)
		exit_status = print_json(&e);
	else
		print_text(&e);
	if (exit_status > TJ_EXIT_DONE)
		return exit_status;
	return tj_cli_close_stdout();
}

const struct tj_command tj_command_evaluate = {
	.name = "evaluate",
	.summary = "tell how near translations are to given ones",
	.usage = usage,
	.column = 20,
	.options = options,
	.notes = notes,
	.run = run,
	.busy = "comparing"
};
