/* SPDX-License-Identifier: MIT */
/* Finds front matter. */
#include "src/document/markdown_front.h"

#include <string.h>

#include "src/document/lines.h"

/* Whether a line is a mark of front matter. */
static int is_mark(const struct tj_document *d, struct tj_document_range line, const char *mark)
{
	size_t first = line.first;
	line = tj_document_trim(d, line);
	return line.first == first && line.end - line.first == 3 &&
	       memcmp(d->bytes + first, mark, 3) == 0;
}

size_t tj_markdown_front_matter(const struct tj_document *d, size_t at)
{
	static const char *const marks[] = { "---", "+++", "..." };
	struct tj_document_line line = { { at, at }, at };
	if (at < d->n)
		line = tj_document_line(d, at);
	size_t kind = SIZE_MAX;
	for (size_t i = 0; i < 2; i++)
		if (is_mark(d, line.range, marks[i]))
			kind = i;
	if (kind == SIZE_MAX)
		return at;
	for (size_t next = line.next; next < d->n; next = line.next) {
		int is_first = next == line.next && line.range.first == at;
		line = tj_document_line(d, next);
		struct tj_document_range text = tj_document_trim(d, line.range);
		if (is_first && text.first == text.end)
			return at; /* a rule */
		if (is_mark(d, line.range, marks[kind]) ||
		    (kind == 0 && is_mark(d, line.range, marks[2])))
			return line.next;
	}
	return at;
}
