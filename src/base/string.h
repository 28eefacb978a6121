/* SPDX-License-Identifier: MIT */
/* A growing run of bytes. */
#ifndef TJ_BASE_STRING_H
#define TJ_BASE_STRING_H

#include <stddef.h>

struct tj_string { /* zero it before first use; free data with free; not NUL-terminated */
	char *data;
	size_t n, capacity;
};

/* Append n bytes; 0 when there is no memory: nothing has changed then. */
int tj_string_append(struct tj_string *s, const void *bytes, size_t n);

#endif
