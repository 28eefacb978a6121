/* SPDX-License-Identifier: MIT */
/* Divides a text into lines. */
#include "src/text/file_lines.h"

#include <string.h>

#include "src/base/utf8.h"
#include "src/text/spans_scan.h"

void tj_file_lines_begin(struct tj_file_lines *l, const char *name, const char *data, size_t n)
{
	*l = (struct tj_file_lines){
		.name = name, .data = data, .n = n, .at = tj_utf8_mark(data, n)
	};
}

trujaman_status tj_file_lines_fail(const struct tj_file_lines *l, struct tj_error *err,
                                   const char *what)
{
	return tj_fail(err, TRUJAMAN_ERROR_INPUT, "%s: line %zu: %s", l->name, l->number, what);
}

/* Whether valid UTF-8 holds nothing but white space, and no tab, which would part two fields. */
static int is_blank(const char *text, size_t n)
{
	struct tj_scan s = { (const uint8_t *)text, n };
	for (size_t at = 0; at < n;) {
		int32_t c = tj_scan_next(&s, &at);
		if (c == '\t' || !tj_is_white(c))
			return 0;
	}
	return 1;
}

int tj_file_lines_next(struct tj_file_lines *l, struct tj_error *err)
{
	while (l->at < l->n) {
		const char *first = l->data + l->at, *newline = memchr(first, '\n', l->n - l->at);
		size_t n = newline != NULL ? (size_t)(newline - first) : l->n - l->at;
		l->at += n + 1;
		l->number++;
		if (n > 0 && first[n - 1] == '\r')
			n--;
		l->line = first;
		l->n_line = n;
		if (tj_utf8_valid_prefix(first, n) < n) {
			tj_file_lines_fail(l, err, "not valid UTF-8");
			return -1;
		}
		if (!is_blank(first, n))
			return 1;
	}
	return 0;
}
