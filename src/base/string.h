/* SPDX-License-Identifier: MIT */
/* A growable byte string. */
#ifndef TJ_BASE_STRING_H
#define TJ_BASE_STRING_H

#include <stddef.h>

struct tj_string { /* zero it before first use; release data with free; not NUL-terminated */
	char *data;
	size_t n, capacity;
};

/* Appends n bytes. Returns 1, or 0 if out of memory; nothing has changed then. */
int tj_string_append(struct tj_string *s, const void *bytes, size_t n);

#endif
