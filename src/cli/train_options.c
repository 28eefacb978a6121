/* SPDX-License-Identifier: MIT */
/* The options of `trujaman train`, and the parser of its arguments. */
#include "src/cli/train_options.h"

#include "src/cli/options.h"

const char tj_train_usage[] =
    "Usage: trujaman train --source FILE --target FILE -m MODEL [OPTION]...\n"
    "       trujaman train --corpora FILE -m MODEL [OPTION]...\n"
    "\n"
    "Learn to translate from two text files, line i of one the translation of line i\n"
    "of the other, and write a model. OPTIONs have defaults that do well; the manual\n"
    "page trujaman-train(1) says more about each.\n"
    "\n";

const char tj_train_notes[] =
    "\n"
    "* If it is not set, it is chosen from the size of the text and told.\n"
    "\n"
    "BOOL is true or false. SIGINT and SIGTERM write a checkpoint and end the run; a\n"
    "second one ends it at once.\n"
    "\n"
    "Environment: TRUJAMAN_MODEL_PATH, folders with models for --init, separated by\n"
    "colons; TRUJAMAN_ISA, the kernels to use (man trujaman lists them). Neither\n"
    "kernels nor threads change a byte of the model.\n"
    "\n"
    "Exit status: 0 done, 1 the work failed, 2 wrong usage, 128 + the signal when\n"
    "interrupted.\n"
    "\n"
    "Examples:\n"
    "  trujaman train --source book.en --target book.es -m my.safetensors\n"
    "  trujaman train --source book.en --target book.es -m my.safetensors --resume\n";

/* All but the log are options of the library (trujaman_train_set). */
const struct tj_cli_option tj_train_command_options[] = {
	TJ_OPTIONS_HEADING("Text and model:"),
	TJ_OPTION_OF_LIBRARY("source"),
	TJ_OPTION_OF_LIBRARY("target"),
	TJ_OPTION_OF_LIBRARY("dev-source"),
	TJ_OPTION_OF_LIBRARY("dev-target"),
	TJ_OPTION_OF_LIBRARY("corpora"),
	TJ_OPTION_WITH_LETTER('m', "model"),
	TJ_OPTION_OF_LIBRARY("init"),
	TJ_OPTION_OF_LIBRARY("name"),
	TJ_OPTION_OF_LIBRARY("source-language"),
	TJ_OPTION_OF_LIBRARY("target-language"),
	TJ_OPTION_OF_LIBRARY("license"),
	TJ_OPTION_OF_LIBRARY("attribution"),
	TJ_OPTIONS_HEADING("Vocabulary:"),
	TJ_OPTION_OF_LIBRARY("vocab-size"),
	TJ_OPTION_OF_LIBRARY("vocab-type"),
	TJ_OPTION_OF_LIBRARY("shared-vocab"),
	TJ_OPTION_OF_LIBRARY("byte-fallback"),
	TJ_OPTION_OF_LIBRARY("source-vocab"),
	TJ_OPTION_OF_LIBRARY("target-vocab"),
	TJ_OPTION_OF_LIBRARY("character-coverage"),
	TJ_OPTION_OF_LIBRARY("placeables"),
	TJ_OPTION_OF_LIBRARY("extend-vocab"),
	TJ_OPTIONS_HEADING("Text as it is learnt:"),
	TJ_OPTION_OF_LIBRARY("normalization"),
	TJ_OPTION_OF_LIBRARY("placeables-raw"),
	TJ_OPTION_OF_LIBRARY("subword-sampling"),
	TJ_OPTION_OF_LIBRARY("case-augmentation"),
	TJ_OPTION_OF_LIBRARY("punctuation-augmentation"),
	TJ_OPTION_OF_LIBRARY("copy-target"),
	TJ_OPTIONS_HEADING("Architecture:"),
	TJ_OPTION_OF_LIBRARY("cell"),
	TJ_OPTION_OF_LIBRARY("embedding-size"),
	TJ_OPTION_OF_LIBRARY("hidden-size"),
	TJ_OPTION_OF_LIBRARY("encoder-layers"),
	TJ_OPTION_OF_LIBRARY("decoder-layers"),
	TJ_OPTION_OF_LIBRARY("bidirectional"),
	TJ_OPTION_OF_LIBRARY("attention"),
	TJ_OPTION_OF_LIBRARY("attention-size"),
	TJ_OPTION_OF_LIBRARY("attention-activation"),
	TJ_OPTION_OF_LIBRARY("attention-query"),
	TJ_OPTION_OF_LIBRARY("attention-scale"),
	TJ_OPTION_OF_LIBRARY("input-feeding"),
	TJ_OPTION_OF_LIBRARY("readout-size"),
	TJ_OPTION_OF_LIBRARY("readout-activation"),
	TJ_OPTION_OF_LIBRARY("residual-from"),
	TJ_OPTION_OF_LIBRARY("layer-norm"),
	TJ_OPTION_OF_LIBRARY("attention-heads"),
	TJ_OPTION_OF_LIBRARY("context-to-all"),
	TJ_OPTION_OF_LIBRARY("source-eos"),
	TJ_OPTION_OF_LIBRARY("decoder-start"),
	TJ_OPTION_OF_LIBRARY("tied-output"),
	TJ_OPTION_OF_LIBRARY("tied-embeddings"),
	TJ_OPTIONS_HEADING("Learning:"),
	TJ_OPTION_OF_LIBRARY("optimizer"),
	TJ_OPTION_OF_LIBRARY("learning-rate"),
	TJ_OPTION_OF_LIBRARY("schedule"),
	TJ_OPTION_OF_LIBRARY("warmup"),
	TJ_OPTION_OF_LIBRARY("batch-tokens"),
	TJ_OPTION_OF_LIBRARY("max-pieces"),
	TJ_OPTION_OF_LIBRARY("clip"),
	TJ_OPTION_OF_LIBRARY("dropout"),
	TJ_OPTION_OF_LIBRARY("recurrent-dropout"),
	TJ_OPTION_OF_LIBRARY("attention-dropout"),
	TJ_OPTION_OF_LIBRARY("label-smoothing"),
	TJ_OPTION_OF_LIBRARY("ema"),
	TJ_OPTION_OF_LIBRARY("average-checkpoints"),
	TJ_OPTION_OF_LIBRARY("guided-alignment"),
	TJ_OPTION_OF_LIBRARY("guided-alignment-weight"),
	TJ_OPTION_OF_LIBRARY("seed"),
	TJ_OPTIONS_HEADING("Running:"),
	TJ_OPTION_OF_LIBRARY("updates"),
	TJ_OPTION_OF_LIBRARY("epochs"),
	TJ_OPTION_OF_LIBRARY("minutes"),
	TJ_OPTION_OF_LIBRARY("patience"),
	TJ_OPTION_OF_LIBRARY("validate-every"),
	TJ_OPTION_OF_LIBRARY("checkpoint-every"),
	TJ_OPTION_OF_LIBRARY("resume"),
	TJ_OPTION_OF_LIBRARY("force"),
	TJ_OPTION_OF_LIBRARY("force-text"),
	{ 0, "log", "FILE", "write a line of JSON for each update; -: standard output", TJ_ID_OWN },
	TJ_OPTION_WITH_LETTER('t', "threads"),
	TJ_OPTIONS_OF_ALL,
	TJ_OPTIONS_END,
};

static int take_log(void *context, int id, const char *value)
{
	struct tj_train_args *args = context;
	(void)id;
	args->log = value;
	return TJ_GO_ON;
}

static int set_option(void *context, const char *name, const char *value)
{
	struct tj_train_args *args = context;
	char error[1024];
	if (trujaman_train_set(&args->options, name, value, error, sizeof error) == TRUJAMAN_OK)
		return TJ_GO_ON;
	return tj_cli_usage(tj_command_train.name, "%s", error);
}

int tj_train_parse(int argc, char **argv, struct tj_train_args *args)
{
	const struct tj_cli_parser parser = { &tj_command_train, args, set_option, take_log, NULL };
	args->options.size = sizeof args->options;
	trujaman_train_options_default(&args->options);
	args->log = NULL;
	int status = tj_cli_parse(&parser, argc, argv);
	if (status == TJ_GO_ON && optind < argc)
		return tj_cli_usage(tj_command_train.name,
		                    "takes no argument like '%s'; files are named by --source "
		                    "and --target",
		                    argv[optind]);
	return status;
}
