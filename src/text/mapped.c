/* SPDX-License-Identifier: MIT */
/* A text with the origin of each byte. */
#include "src/text/mapped.h"

#include <stdint.h>
#include <stdlib.h>

#include "src/base/memory.h"

int tj_mapped_append(struct tj_mapped *m, const void *bytes, size_t n, size_t first, size_t end)
{
	size_t at = m->text.n;
	if (n >= SIZE_MAX - at ||
	    !tj_reserve(&m->from, &m->capacity, at + n + 1, sizeof *m->from) ||
	    !tj_string_append(&m->text, bytes, n))
		return 0;
	int one_to_one = end - first == n;
	for (size_t i = 0; i < n; i++)
		m->from[at + i] = one_to_one ? first + i : first;
	m->from[at + n] = end;
	return 1;
}

void tj_mapped_clear(struct tj_mapped *m)
{
	m->text.n = 0;
	if (m->from != NULL)
		m->from[0] = 0;
}

void tj_mapped_release(struct tj_mapped *m)
{
	free(m->text.data);
	free(m->from);
	*m = (struct tj_mapped){ .from = NULL };
}
