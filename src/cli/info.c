/* SPDX-License-Identifier: MIT */
/* `trujaman info`: prints what a model is, or with --machine what of the machine a run uses. */
#include <inttypes.h>
#include <string.h>

#include "src/cli/options.h"
#include "src/cli/show/machine.h"

enum { KEY_WIDTH = 22 };

static const char usage[] =
    "Usage: trujaman info [OPTION]... [MODEL]\n"
    "       trujaman info --list\n"
    "\n"
    "Describe a model: one key and its value a line. Without MODEL, the default\n"
    "one (" TJ_DEFAULT_MODEL "). With --machine, draw what of this machine a run would use\n"
    "instead.\n"
    "\n";

static const char notes[] =
    "\n"
    "Keys come in this order: what the model is (name, source_language,\n"
    "target_language, license, attribution; - where it does not say), how it is\n"
    "built, its sizes (source_words, target_words, parameters, precision, file,\n"
    "file_bytes), what would run it here (kernels, products, threads), and what\n"
    "else the file says of itself, as metadata.KEY. Control characters show as\n"
    "\\xNN.\n"
    "\n"
    "Environment: TRUJAMAN_MODEL_PATH, folders with models, separated by colons;\n"
    "TRUJAMAN_ISA, the kernels to use; --version lists them. HWLOC_SYNTHETIC or\n"
    "HWLOC_XMLFILE (see hwloc(7)) describe another machine to --machine.\n"
    "\n"
    "Exit status: 0 done, 1 the work failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  trujaman info\n"
    "  trujaman info --list\n"
    "  trujaman info my.safetensors | grep '^license '\n"
    "  trujaman info --machine --threads 8\n";

static const char *const about_keys[] = { "name",    "source_language", "target_language",
	                                  "license", "attribution",     NULL };

static const char *const shape_keys[] = { "format",
	                                  "features",
	                                  "cell",
	                                  "embedding_size",
	                                  "hidden_size",
	                                  "encoder_layers",
	                                  "decoder_layers",
	                                  "bidirectional",
	                                  "attention",
	                                  "attention_size",
	                                  "attention_activation",
	                                  "attention_query",
	                                  "input_feeding",
	                                  "readout_size",
	                                  "readout_activation",
	                                  "residual_from",
	                                  "layer_norm",
	                                  "attention_heads",
	                                  "context_to_all",
	                                  "source_eos",
	                                  "decoder_start",
	                                  NULL };

struct info_args {
	const char *model;
	trujaman_options *options;
	int machine, list;
};

enum { ID_MODEL = TJ_ID_OWN, ID_LIST, ID_MACHINE };

static const struct tj_cli_option options[] = {
	{ 'm', "model", "MODEL",
	  "the same as the argument MODEL: a file, or a name that is looked up in the folders of "
	  "TRUJAMAN_MODEL_PATH and among the installed models",
	  ID_MODEL },
	{ 0, "list", NULL,
	  "list the models that can be given by name: name, languages and file of each, a line a "
	  "model",
	  ID_LIST },
	{ 0, "machine", NULL,
	  "draw the NUMA nodes, cores and CPUs that it may use, and which of them threads take; say "
	  "what the CPU quota is, and the size of a copy of the weights: every node with threads "
	  "gets one",
	  ID_MACHINE },
	TJ_OPTION_WITH_HELP('t', "threads",
	                    "suppose so many threads; default what a run would use"),
	TJ_OPTION_WITH_HELP(0, "smt", "suppose that threads may take all CPUs of a core"),
	TJ_OPTION_WITH_HELP(0, "precision", "suppose products in float32 or int8"),
	TJ_OPTIONS_OF_ALL,
	TJ_OPTIONS_END,
};

static int take_option(void *context, int id, const char *value)
{
	struct info_args *args = context;
	if (id == ID_MODEL)
		args->model = value;
	else if (id == ID_LIST)
		args->list = 1;
	else
		args->machine = 1;
	return TJ_GO_ON;
}

static int set_option(void *context, const char *name, const char *value)
{
	struct info_args *args = context;
	return tj_cli_set(&tj_command_info, args->options, name, value);
}

static int parse(int argc, char **argv, struct info_args *args)
{
	const struct tj_cli_parser parser = { &tj_command_info, args, set_option, take_option,
		                              NULL };
	const char *name = tj_command_info.name;
	int status = tj_cli_parse(&parser, argc, argv);
	if (status != TJ_GO_ON)
		return status;
	int n_models = argc - optind + (args->model != NULL);
	if (args->list && (n_models > 0 || args->machine))
		return tj_cli_usage(name, "--list goes with neither a model nor --machine");
	if (n_models > 1)
		return tj_cli_usage(name, "takes one model, not %d", n_models);
	if (optind < argc)
		args->model = argv[optind];
	if (args->model == NULL)
		args->model = TJ_DEFAULT_MODEL;
	return TJ_GO_ON;
}

static void print_text(const char *key, const char *value)
{
	printf("%-*s ", KEY_WIDTH, key);
	tj_cli_escape(stdout, value);
	putchar('\n');
}

static void print_count(const char *key, uint64_t n)
{
	printf("%-*s %" PRIu64 "\n", KEY_WIDTH, key, n);
}

static int is_among(const char *key, const char *const *keys)
{
	for (; *keys; keys++)
		if (strcmp(*keys, key) == 0)
			return 1;
	return 0;
}

/* The prefix keeps an arbitrary key of the file from looking like one of the keys above. */
static void print_other_metadata(const trujaman_model_info *info)
{
	for (size_t i = 0; i < info->n_metadata; i++) {
		if (is_among(info->keys[i], about_keys) || is_among(info->keys[i], shape_keys))
			continue;
		fputs("metadata.", stdout);
		tj_cli_escape(stdout, info->keys[i]);
		for (size_t n = strlen("metadata.") + strlen(info->keys[i]); n < KEY_WIDTH; n++)
			putchar(' ');
		putchar(' ');
		tj_cli_escape(stdout, info->values[i]);
		putchar('\n');
	}
}

static void print_info(const trujaman_model *m, const trujaman_translator *t)
{
	const trujaman_model_info *info = trujaman_model_describe(m);
	for (const char *const *key = about_keys; *key; key++) {
		const char *value = trujaman_model_metadata(m, *key);
		print_text(*key, value ? value : "-");
	}
	for (const char *const *key = shape_keys; *key; key++) {
		const char *value = trujaman_model_metadata(m, *key);
		if (value)
			print_text(*key, value);
	}
	print_count("source_words", info->source_words);
	print_count("target_words", info->target_words);
	print_count("parameters", info->parameters);
	print_text("precision", info->precision);
	print_text("file", info->path);
	print_count("file_bytes", info->file_bytes);
	print_text("kernels", info->isa);
	print_text("products", info->products);
	print_count("threads", trujaman_translator_threads(t));
	print_other_metadata(info);
}

static size_t widest(size_t n, const char *text)
{
	size_t n_text = text != NULL ? strlen(text) : 1;
	return n > n_text ? n : n_text;
}

static void print_column(const char *text, size_t width)
{
	size_t n = widest(0, text);
	tj_cli_escape(stdout, text != NULL ? text : "-");
	printf("%*s", (int)(width > n ? width - n : 0) + 2, "");
}

static int list_models(void)
{
	char text[1024];
	trujaman_named_model **list;
	size_t n, name = 0, source = 0, target = 0;
	trujaman_status status = trujaman_list_models(&n, &list, text, sizeof text);
	if (status != TRUJAMAN_OK)
		return tj_cli_fail(status, text);
	for (size_t i = 0; i < n; i++) {
		name = widest(name, list[i]->name);
		source = widest(source, list[i]->source_language);
		target = widest(target, list[i]->target_language);
	}
	for (size_t i = 0; i < n; i++) {
		print_column(list[i]->name, name);
		print_column(list[i]->source_language, source);
		print_column(list[i]->target_language, target);
		tj_cli_escape(stdout, list[i]->path);
		putchar('\n');
	}
	trujaman_list_free(n, list);
	if (n > 0)
		return tj_cli_close_stdout();
	tj_cli_say("there is no model in any of these folders: %s; TRUJAMAN_MODEL_PATH names more",
	           text);
	return TJ_EXIT_FAILED;
}

static int describe(const struct info_args *args, trujaman_model *m)
{
	char error[1024];
	trujaman_translator *t;
	trujaman_status status = trujaman_translator_new(m, args->options, &t, error, sizeof error);
	if (status != TRUJAMAN_OK)
		return tj_cli_fail(status, error);
	const trujaman_machine *machine = args->machine ? trujaman_translator_machine(t) : NULL;
	int exit_status = TJ_EXIT_FAILED;
	if (args->machine && machine == NULL) {
		tj_cli_say("out of memory for the machine");
	} else {
		if (args->machine)
			tj_machine_print(machine, trujaman_model_describe(m)->copy_bytes);
		else
			print_info(m, t);
		exit_status = tj_cli_close_stdout();
	}
	trujaman_translator_free(t);
	return exit_status;
}

static int run_parsed(const struct info_args *args)
{
	char error[1024];
	trujaman_model *m;
	if (args->list)
		return list_models();
	trujaman_status status = trujaman_model_open(args->model, args->options, &m, error,
	                                             sizeof error);
	if (status != TRUJAMAN_OK)
		return tj_cli_fail(status, error);
	int exit_status = describe(args, m);
	trujaman_model_close(m);
	return exit_status;
}

static int run(int argc, char **argv)
{
	struct info_args args = { .options = tj_cli_options_new() };
	if (args.options == NULL)
		return TJ_EXIT_FAILED;
	int exit_status = parse(argc, argv, &args);
	if (exit_status == TJ_GO_ON)
		exit_status = run_parsed(&args);
	trujaman_options_free(args.options);
	return exit_status;
}

const struct tj_command tj_command_info = { .name = "info",
	                                    .summary = "describe a model",
	                                    .usage = usage,
	                                    .column = 26,
	                                    .options = options,
	                                    .notes = notes,
	                                    .library = trujaman_option_at,
	                                    .run = run,
	                                    .busy = NULL };
