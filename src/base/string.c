/* SPDX-License-Identifier: MIT */
/* A growable byte string; comparing letters of ASCII. */
#include "src/base/string.h"

#include <stdint.h>
#include <string.h>

#include "src/base/memory.h"

int tj_same_letters(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!tj_same_letter(a[i], b[i]))
			return 0;
		if (a[i] == '\0')
			break;
	}
	return 1;
}

int tj_string_append(struct tj_string *s, const void *bytes, size_t n)
{
	if (n == 0)
		return 1;
	if (n > SIZE_MAX - s->n || !tj_reserve(&s->data, &s->capacity, s->n + n, 1))
		return 0;
	memcpy(s->data + s->n, bytes, n);
	s->n += n;
	return 1;
}
