/* SPDX-License-Identifier: MIT */
/* Runs the target that $FUZZ_TARGET names under libFuzzer. tests/fuzz/run.sh is how to start it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/targets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static fuzz_function *find_target(void)
{
	const char *name = getenv("FUZZ_TARGET");
	for (const struct fuzz_target *t = fuzz_targets; name != NULL && t->name != NULL; t++)
		if (strcmp(t->name, name) == 0)
			return t->run;
	fprintf(stderr, "fuzz: set FUZZ_TARGET to the name of a folder in tests/fuzz/corpus\n");
	exit(2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static fuzz_function *run;
	if (run == NULL)
		run = find_target();
	run(data, n);
	return 0;
}
