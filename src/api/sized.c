/* SPDX-License-Identifier: MIT */
/* Copies as many members as both sides have. */
#include "src/api/sized.h"

#include <stdlib.h>
#include <string.h>

static size_t size_of(const void *sized)
{
	size_t n;
	memcpy(&n, sized, sizeof n);
	return n;
}

trujaman_status tj_sized_take(void *to, size_t n_bytes, const void *from, const char *what,
                              struct tj_error *err)
{
	size_t n = size_of(from);
	if (n < sizeof n)
		return tj_fail(err, TRUJAMAN_ERROR_USAGE, "%s: its size is not set", what);
	memset(to, 0, n_bytes);
	memcpy(to, from, n < n_bytes ? n : n_bytes);
	memcpy(to, &n_bytes, sizeof n_bytes);
	return TRUJAMAN_OK;
}

void tj_sized_give(void *to, const void *from, size_t n_bytes)
{
	size_t n = size_of(to) < n_bytes ? size_of(to) : n_bytes;
	memcpy((char *)to + sizeof n, (const char *)from + sizeof n, n - sizeof n);
}

trujaman_input *tj_inputs_take(size_t n, const trujaman_input *inputs, struct tj_error *err)
{
	const char *from = (const char *)inputs;
	trujaman_input *copy = calloc(n + 1, sizeof *copy);
	if (copy == NULL) {
		tj_fail_memory(err, "the inputs", n * sizeof *copy);
		return NULL;
	}
	for (size_t i = 0; i < n; i++, from += size_of(inputs))
		if (tj_sized_take(&copy[i], sizeof *copy, from, "an input", err) != TRUJAMAN_OK) {
			free(copy);
			return NULL;
		}
	return copy;
}
