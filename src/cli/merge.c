/* SPDX-License-Identifier: MIT */
/* `trujaman merge`: joins the parts that `trujaman translate --shard` has written. */
#include "src/cli/news.h"
#include "src/cli/options.h"
#include "src/delivery/join.h"
#include "src/io/packing.h"

static const char usage[] =
    "Usage: trujaman merge [OPTION]... OUT...\n"
    "\n"
    "Join the parts OUT.1-of-N, OUT.2-of-N ... that 'trujaman translate --shard' has\n"
    "written into OUT, which is then the same as without shards, byte for byte. All\n"
    "parts must be there, complete and of one run. They are removed afterwards.\n"
    "\n";

static const char notes[] = "\n"
			    "Exit status: 0 done, 1 the work failed, 2 wrong usage.\n"
			    "\n"
			    "Examples:\n"
			    "  trujaman translate --shard 1/2 -o book.es book.en\n"
			    "  trujaman translate --shard 2/2 -o book.es book.en\n"
			    "  trujaman merge book.es\n";

enum { ID_KEEP = TJ_ID_OWN, ID_FORCE, ID_COMPRESS };

static const struct tj_cli_option options[] = {
	{ 0, "keep", NULL, "leave the parts and their journals", ID_KEEP },
	{ 0, "force", NULL, "replace an OUT that exists", ID_FORCE },
	{ 0, "compress", TJ_PACKING_NAMES, "compress the output; default by OUT's name",
	  ID_COMPRESS },
	TJ_OPTIONS_OF_ALL,
	TJ_OPTIONS_END,
};

static int take_option(void *context, int id, const char *value)
{
	struct tj_joining *how = context;
	if (id == ID_COMPRESS)
		return tj_cli_packing(&tj_command_merge, value, &how->packing);
	*(id == ID_KEEP ? &how->keep : &how->force) = 1;
	return TJ_GO_ON;
}

static int run(int argc, char **argv)
{
	struct tj_talk talk = { .quiet = 0 };
	const struct tj_listener listener = tj_news_listener(&talk);
	struct tj_joining how = { .packing = -1, .listener = &listener };
	const struct tj_cli_parser parser = { &tj_command_merge, &how, NULL, take_option, NULL };
	int status = tj_cli_parse(&parser, argc, argv);
	if (status != TJ_GO_ON)
		return status;
	if (optind == argc)
		return tj_cli_usage(tj_command_merge.name, "which output's parts? Name it");
	struct tj_error err = { 0 };
	for (int i = optind; i < argc && err.status == TRUJAMAN_OK; i++)
		tj_join(argv[i], &how, &err);
	return tj_news_failed(tj_command_merge.name, &err);
}

const struct tj_command tj_command_merge = { .name = "merge",
	                                     .summary = "join the parts of a translation",
	                                     .usage = usage,
	                                     .column = 26,
	                                     .options = options,
	                                     .notes = notes,
	                                     .run = run,
	                                     .busy = "merging" };
