/* SPDX-License-Identifier: MIT */
/* The --help text of `trujaman train`, and the parser of its arguments. */
#include "src/cli/train_options.h"

#include "src/cli/options.h"

const char tj_train_help[] =
    "Usage: trujaman train --source FILE --target FILE -m MODEL [OPTION]...\n"
    "\n"
    "Learn to translate from two text files, line i of one the translation of line i\n"
    "of the other, and write a model. OPTIONs have defaults that do well; the manual\n"
    "page trujaman-train(1) says more about each.\n"
    "\n"
    "Text and model:\n"
    "      --source FILE         text to learn from, UTF-8, a sentence a line; -:\n"
    "                            standard input; compressed files are unpacked\n"
    "      --target FILE         its translation\n"
    "      --dev-source FILE     text to judge the model by while it learns\n"
    "      --dev-target FILE     its translation; without: 1 pair in 100 is held out\n"
    "  -m, --model MODEL         the file to write; MODEL.checkpoint lies beside it\n"
    "      --init MODEL          start from this model: fine-tuning\n"
    "      --name TEXT           what the model is called; this and the next four go\n"
    "                            into its metadata as they are\n"
    "      --source-language TEXT\n"
    "      --target-language TEXT\n"
    "      --license TEXT\n"
    "      --attribution TEXT\n"
    "\n"
    "Vocabulary:\n"
    "      --vocab-size N        pieces of each vocabulary, 1000 to 8000 *\n"
    "      --vocab-type TYPE     unigram (default) or bpe\n"
    "      --shared-vocab        one vocabulary for both sides\n"
    "      --byte-fallback BOOL  unknown characters become bytes; default true\n"
    "      --source-vocab FILE   use this SentencePiece model instead\n"
    "      --target-vocab FILE   likewise\n"
    "      --character-coverage X\n"
    "                            of the text by pieces of single characters; default\n"
    "                            1: all, and ASCII and Latin letters besides\n"
    "      --placeables N        pieces for numbers, addresses and the like, which\n"
    "                            must not change: 16 to 64; default 0: none\n"
    "      --extend-vocab BOOL   with --init: give its vocabularies the characters that\n"
    "                            they lack, and --placeables; default false\n"
    "\n"
    "Text as it is learnt:\n"
    "      --normalization BOOL  one form of quotes, dashes, spaces; default true\n"
    "      --placeables-raw X    share of pairs without placeables; default 0.1\n"
    "      --subword-sampling A  split words of both sides anew in each epoch;\n"
    "                            default 0: do not\n"
    "      --case-augmentation X share of pairs in capitals, lower or title case;\n"
    "                            default 0\n"
    "      --punctuation-augmentation X\n"
    "                            share of pairs without their final mark; default 0\n"
    "      --copy-target X       share of targets to learn as their own sources\n"
    "                            besides; default 0\n"
    "\n"
    "Architecture:\n"
    "      --cell CELL           lstm (default) or gru\n"
    "      --embedding-size N    128 to 256 *\n"
    "      --hidden-size N       256 to 512 *\n"
    "      --encoder-layers N    1 or 2 *\n"
    "      --decoder-layers N    1 or 2 *\n"
    "      --bidirectional BOOL  the encoder reads both ways; default true\n"
    "      --attention KIND      none, dot, cosine, general (default) or additive\n"
    "      --attention-size N    of additive; default the hidden size\n"
    "      --attention-activation KIND\n"
    "                            of additive: tanh (default), sigmoid or relu\n"
    "      --attention-query STATE\n"
    "                            current (default) or previous\n"
    "      --attention-scale BOOL\n"
    "                            scores have a learnt factor; default false\n"
    "      --input-feeding BOOL  default false\n"
    "      --readout-size N      0: no readout layer; default the embedding size\n"
    "      --readout-activation KIND\n"
    "                            tanh (default) or none\n"
    "      --residual-from N     layers from the Nth on add their input, N >= 2;\n"
    "                            default 0: none does\n"
    "      --layer-norm BOOL     normalise the sums of the gates; default false\n"
    "      --attention-heads N   heads that attend each for itself; default 1\n"
    "      --context-to-all BOOL every decoder layer reads the context vector, with\n"
    "                            --attention-query previous; default false\n"
    "      --source-eos BOOL     default true\n"
    "      --decoder-start WORD  bos (default) or eos\n"
    "      --tied-output BOOL    the output layer is the target embedding; default\n"
    "                            true where the sizes agree\n"
    "      --tied-embeddings BOOL\n"
    "                            both sides have one embedding; default false\n"
    "\n"
    "Learning:\n"
    "      --optimizer NAME      adam (default) or sgd\n"
    "      --learning-rate X     default 0.002\n"
    "      --schedule NAME       constant, inverse-sqrt (default) or plateau\n"
    "      --warmup N            updates until the full rate, 100 to 1000 *\n"
    "      --batch-tokens N      target pieces of a batch, 500 to 2500 *\n"
    "      --max-pieces N        leave out pairs with a longer side; default 128\n"
    "      --clip X              largest norm of the gradient; default 1; 0: any\n"
    "      --dropout P           default 0.2\n"
    "      --recurrent-dropout P default 0\n"
    "      --attention-dropout P default 0\n"
    "      --label-smoothing P   default 0.1\n"
    "      --ema X               decay of the weights' average; default 0.999; 0: no\n"
    "      --seed N              default 1\n"
    "\n"
    "Running:\n"
    "      --updates N           stop after N updates; default 0: no limit\n"
    "      --epochs N            stop after N epochs; default 40; 0: no limit\n"
    "      --minutes X           stop after X minutes; default 0: no limit\n"
    "      --patience N          stop after N validations without a new best;\n"
    "                            default 10; 0: never\n"
    "      --validate-every N    updates; about an epoch, 100 to 1000 *\n"
    "      --checkpoint-every X  minutes; default 5\n"
    "      --resume              go on from the checkpoint, or begin without one\n"
    "      --force               begin anew, and replace MODEL and its checkpoint\n"
    "      --force-text          read even what is no text in UTF-8 by its beginning\n"
    "      --log FILE            write a line of JSON for each update; -: standard\n"
    "                            output\n"
    "  -t, --threads N           threads; default one for each core it may use\n"
    "  -h, --help                show this and exit\n"
    "  -V, --version             show the version and exit\n"
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

/* Options that take a value. The library (trujaman_train_set) knows each by the same name. */
static const char *const with_value[] = {
	"source",
	"target",
	"dev-source",
	"dev-target",
	"init",
	"name",
	"source-language",
	"target-language",
	"license",
	"attribution",
	"vocab-size",
	"vocab-type",
	"byte-fallback",
	"source-vocab",
	"target-vocab",
	"character-coverage",
	"placeables",
	"extend-vocab",
	"normalization",
	"placeables-raw",
	"subword-sampling",
	"case-augmentation",
	"punctuation-augmentation",
	"copy-target",
	"cell",
	"embedding-size",
	"hidden-size",
	"encoder-layers",
	"decoder-layers",
	"bidirectional",
	"attention",
	"attention-size",
	"attention-activation",
	"attention-query",
	"attention-scale",
	"input-feeding",
	"readout-size",
	"readout-activation",
	"residual-from",
	"layer-norm",
	"attention-heads",
	"context-to-all",
	"source-eos",
	"decoder-start",
	"tied-output",
	"tied-embeddings",
	"optimizer",
	"learning-rate",
	"schedule",
	"warmup",
	"batch-tokens",
	"max-pieces",
	"clip",
	"dropout",
	"recurrent-dropout",
	"attention-dropout",
	"label-smoothing",
	"ema",
	"seed",
	"updates",
	"epochs",
	"minutes",
	"patience",
	"validate-every",
	"checkpoint-every",
};
static const char *const flags[] = { "shared-vocab", "resume", "force", "force-text" };

enum {
	N_WITH_VALUE = sizeof with_value / sizeof *with_value,
	N_FLAGS = sizeof flags / sizeof *flags,
	FIRST_WITH_VALUE = 1024, /* above all values of enum tj_option */
	FIRST_FLAG = FIRST_WITH_VALUE + N_WITH_VALUE,
	N_OTHERS = 6 /* help, version, model, threads, log, and the end of the list */
};

static void list_options(struct option longs[N_WITH_VALUE + N_FLAGS + N_OTHERS])
{
	const struct option others[N_OTHERS] = {
		TJ_OPTIONS_OF_ALL,
		TJ_OPTION_OF_THREADS,
		{ "model", required_argument, NULL, 'm' },
		{ "log", required_argument, NULL, 'l' },
		{ NULL, 0, NULL, 0 },
	};
	for (int i = 0; i < N_WITH_VALUE; i++)
		*longs++ = (struct option){ with_value[i], required_argument, NULL,
			                    FIRST_WITH_VALUE + i };
	for (int i = 0; i < N_FLAGS; i++)
		*longs++ = (struct option){ flags[i], no_argument, NULL, FIRST_FLAG + i };
	for (int i = 0; i < N_OTHERS; i++)
		*longs++ = others[i];
}

static int set(struct tj_train_args *args, const char *name, const char *value)
{
	char error[1024];
	if (trujaman_train_set(&args->options, name, value, error, sizeof error) == TRUJAMAN_OK)
		return TJ_GO_ON;
	return tj_cli_usage(tj_command_train.name, "%s", error);
}

static int take_option(int option, struct tj_train_args *args)
{
	if (option >= FIRST_FLAG)
		return set(args, flags[option - FIRST_FLAG], "true");
	if (option >= FIRST_WITH_VALUE)
		return set(args, with_value[option - FIRST_WITH_VALUE], optarg);
	switch (option) {
	case 'm':
		return set(args, "model", optarg);
	case 't':
		return set(args, "threads", optarg);
	case 'l':
		args->log = optarg;
		return TJ_GO_ON;
	default:
		return tj_cli_common_option(&tj_command_train, option, NULL);
	}
}

int tj_train_parse(int argc, char **argv, struct tj_train_args *args)
{
	struct option longs[N_WITH_VALUE + N_FLAGS + N_OTHERS];
	const char *name = tj_command_train.name;
	int option;
	list_options(longs);
	args->options = trujaman_train_options_default();
	args->log = NULL;
	while ((option = tj_cli_option(name, argc, argv, ":m:t:hV", longs)) != -1) {
		int status = take_option(option, args);
		if (status != TJ_GO_ON)
			return status;
	}
	if (optind < argc)
		return tj_cli_usage(name,
		                    "takes no argument like '%s'; files are named by --source "
		                    "and --target",
		                    argv[optind]);
	return TJ_GO_ON;
}
