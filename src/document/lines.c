/* SPDX-License-Identifier: MIT */
/* Lines of documents. */
#include "src/document/lines.h"

#include "src/base/utf8.h"

struct tj_document_line tj_document_line(const struct tj_document *d, size_t at)
{
	struct tj_document_line line = { { at, at }, at };
	while (line.next < d->n && d->bytes[line.next] != '\n' && d->bytes[line.next] != '\r')
		line.next++;
	line.range.end = line.next;
	if (line.next < d->n && d->bytes[line.next++] == '\r' && line.next < d->n &&
	    d->bytes[line.next] == '\n')
		line.next++;
	return line;
}

struct tj_document_range tj_document_trim(const struct tj_document *d, struct tj_document_range r)
{
	while (r.first < r.end && tj_is_space(d->bytes[r.first]))
		r.first++;
	while (r.first < r.end && tj_is_space(d->bytes[r.end - 1]))
		r.end--;
	return r;
}
