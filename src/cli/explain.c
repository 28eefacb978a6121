/* SPDX-License-Identifier: MIT */
/* Standard error has no buffer: the records of a line are written at once. */
#include "src/cli/explain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/escape.h"
#include "src/cli/show/terminal.h"

static int compose(struct tj_string *s, const char *name, const trujaman_explanation *e)
{
	char number[32];
	int n_number = snprintf(number, sizeof number, ":%" PRIu64 "\t", e->line);
	for (size_t from = 0, to; from < e->len; from = to) {
		const char *newline = memchr(e->text + from, '\n', e->len - from);
		to = newline != NULL ? (size_t)(newline - e->text) + 1 : e->len;
		if (!tj_escape_append(s, name, strlen(name)) ||
		    !tj_string_append(s, number, (size_t)n_number) ||
		    !tj_string_append(s, e->text + from, to - from))
			return 0;
	}
	return 1;
}

int tj_explain_print(void *inputs, const trujaman_explanation *e)
{
	struct tj_string s = { NULL, 0, 0 };
	const char *path = tj_inputs_path(inputs, e->input);
	int good = compose(&s, tj_is_stdin(path) ? "-" : path, e);
	tj_terminal_clear();
	good = good && (s.n == 0 || fwrite(s.data, 1, s.n, stderr) == s.n);
	free(s.data);
	return !good;
}
