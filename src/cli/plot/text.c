/* SPDX-License-Identifier: MIT */
/* Reads a file to its end. */
#include "src/cli/plot/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/cli/show/message.h"

static int read_all(struct tj_plot_text *t, FILE *f)
{
	char block[1 << 14];
	size_t n;
	errno = 0;
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		if (!tj_string_append(&t->bytes, block, n)) {
			tj_cli_say("out of memory for %s", t->name);
			return 0;
		}
	if (ferror(f)) {
		tj_cli_say("cannot read %s: %s", t->name, strerror(errno));
		return 0;
	}
	return 1;
}

int tj_plot_text_read(struct tj_plot_text *t, const char *path)
{
	int is_stdin = strcmp(path, "-") == 0;
	*t = (struct tj_plot_text){ .name = is_stdin ? "standard input" : path };
	FILE *f = is_stdin ? stdin : fopen(path, "r");
	if (f == NULL) {
		tj_cli_say("cannot read %s: %s", path, strerror(errno));
		return TJ_EXIT_FAILED;
	}
	int good = read_all(t, f);
	if (!is_stdin)
		fclose(f);
	return good ? TJ_EXIT_DONE : TJ_EXIT_FAILED;
}

void tj_plot_text_free(struct tj_plot_text *t)
{
	free(t->bytes.data);
}
