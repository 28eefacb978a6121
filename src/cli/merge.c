/* SPDX-License-Identifier: MIT */
/* `trujaman merge`: joins the parts that `trujaman translate --shard` has written. */
#include "src/cli/delivery/join.h"
#include "src/cli/options.h"

static const char help[] =
    "Usage: trujaman merge [OPTION]... OUT...\n"
    "\n"
    "Join the parts OUT.1-of-N, OUT.2-of-N ... that 'trujaman translate --shard' has\n"
    "written into OUT, which is then the same as without shards, byte for byte. All\n"
    "parts must be there, complete and of one run. They are removed afterwards.\n"
    "\n"
    "      --keep              leave the parts and their journals\n"
    "      --force             replace an OUT that exists\n"
    "      --compress HOW      none, gzip, bzip2, xz or zstd; default by OUT's name\n"
    "  -h, --help              show this and exit\n"
    "  -V, --version           show the version and exit\n"
    "\n"
    "Exit status: 0 done, 1 the work failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  trujaman translate --shard 1/2 -o book.es book.en\n"
    "  trujaman translate --shard 2/2 -o book.es book.en\n"
    "  trujaman merge book.es\n";

enum { OPTION_KEEP = 512, OPTION_FORCE, OPTION_COMPRESS };

static int run(int argc, char **argv)
{
	static const struct option longs[] = {
		TJ_OPTIONS_OF_ALL,
		{ "keep", no_argument, NULL, OPTION_KEEP },
		{ "force", no_argument, NULL, OPTION_FORCE },
		{ "compress", required_argument, NULL, OPTION_COMPRESS },
		{ NULL, 0, NULL, 0 },
	};
	const char *name = tj_command_merge.name;
	int option, keep = 0, force = 0, packing = -1, status = TJ_EXIT_DONE;
	while ((option = tj_cli_option(name, argc, argv, ":hV", longs)) != -1) {
		if (option == OPTION_COMPRESS)
			status = tj_cli_packing(name, &packing);
		else if (option != OPTION_KEEP && option != OPTION_FORCE)
			return tj_cli_common_option(&tj_command_merge, option, NULL);
		if (status != TJ_EXIT_DONE)
			return status;
		keep |= option == OPTION_KEEP;
		force |= option == OPTION_FORCE;
	}
	if (optind == argc)
		return tj_cli_usage(name, "which output's parts? Name it");
	for (int i = optind; i < argc && status == TJ_EXIT_DONE; i++)
		status = tj_join(argv[i], keep, force, packing);
	return status;
}

const struct tj_command tj_command_merge = { "merge", "join the parts of a translation", help, run,
	                                     "merging" };
