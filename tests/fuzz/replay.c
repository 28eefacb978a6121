/* SPDX-License-Identifier: MIT */
/* Runs every fuzzed function on its kept inputs, tests/fuzz/corpus/NAME/, and on an empty one; and
 * on inputs that are cut in the middle. So what the fuzzer once found is tried in every `make
 * check`, with every compiler. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/targets.h"

static uint8_t *read_file(const char *path, size_t *n)
{
	enum { MOST = 1 << 20 };
	uint8_t *data = malloc(MOST);
	FILE *f = fopen(path, "rb");
	fuzz_expect(f != NULL && data != NULL, path);
	*n = fread(data, 1, MOST, f);
	fuzz_expect(!ferror(f) && *n < MOST, path);
	fclose(f);
	return data;
}

/* In an allocation of its exact size, so that a sanitizer sees what is read behind it. */
static void run_exactly(const struct fuzz_target *t, const uint8_t *data, size_t n)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);
	fuzz_expect(copy != NULL, "memory");
	if (n > 0)
		memcpy(copy, data, n);
	t->run(copy, n);
	free(copy);
}

static int run_folder(const struct fuzz_target *t)
{
	char folder[PATH_MAX], path[PATH_MAX + 300];
	int n_files = 0;
	snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus/%s", fuzz_source(), t->name);
	DIR *dir = opendir(folder);
	fuzz_expect(dir != NULL, folder);
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		size_t n;
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
		printf("%s\n", path);
		fflush(stdout);
		uint8_t *data = read_file(path, &n);
		run_exactly(t, data, n);
		run_exactly(t, data, n / 2);
		run_exactly(t, data + n / 3, n - n / 3);
		free(data);
		n_files++;
	}
	closedir(dir);
	run_exactly(t, NULL, 0);
	return n_files;
}

int main(void)
{
	for (const struct fuzz_target *t = fuzz_targets; t->name != NULL; t++) {
		int n = run_folder(t);
		printf("%s: %d kept inputs\n", t->name, n);
		fuzz_expect(n > 0, "every target has a kept input");
	}
	return 0;
}
