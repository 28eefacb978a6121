/* SPDX-License-Identifier: MIT */
/* Writes leaves of Markdown: lightly escaped if that holds, else with more backslashes. */
#include "src/document/markdown_write.h"

#include <string.h>

#include "src/document/markdown_check.h"
#include "src/document/markdown_compose.h"

/* Appends what was composed, with the marks of the blocks around it at each line's beginning.
 * `row`: which line's end stands where lines are wrapped. */
static int expand(const struct tj_markdown_leaf_text *x, size_t row, struct tj_string *out)
{
	size_t next = 0;
	for (size_t at = 0;;) {
		const char *newline = memchr(x->out.data + at, '\n', x->out.n - at);
		size_t end = newline != NULL ? (size_t)(newline - x->out.data) : x->out.n;
		if (!tj_string_append(out, x->out.data + at, end - at))
			return 0;
		if (newline == NULL)
			return 1;
		size_t own = row;
		if (next < x->n_newlines && x->newlines[next].at == end)
			own = x->newlines[next++].row;
		struct tj_document_range gap = { x->rows[own].end, x->rows[own + 1].first };
		if (!tj_document_copy(x->d, gap, out))
			return 0;
		at = end + 1;
	}
}

/* Composes until the leaf holds, and appends it. Returns 1; 0: memory is short; -1: none holds. */
static int write_leaf(struct tj_markdown_leaf_text *x, struct tj_string *out)
{
	for (x->is_heavy = 0; x->is_heavy < 2; x->is_heavy++) {
		size_t row;
		if (!tj_markdown_compose(x) || !tj_markdown_wrap(x, &row))
			return 0;
		int holds = tj_markdown_holds(x);
		if (holds != 0)
			return holds > 0 && expand(x, row, out);
	}
	return -1;
}

int tj_markdown_write(const struct tj_document *d, size_t segment, struct tj_string *out)
{
	struct tj_markdown_leaf_text x = { .d = d };
	int good = tj_markdown_leaf_open(&x, d, segment);
	size_t is_new = 0;
	for (size_t i = x.first; good && i <= segment; i++)
		is_new += (size_t)tj_document_is_new(d, i);
	if (good == 1 && is_new > 0)
		good = write_leaf(&x, out);
	else if (good == 1)
		good = -1;
	if (good < 0)
		good = tj_document_copy(d, d->segments[segment].range, out);
	tj_markdown_leaf_close(&x);
	return good;
}
