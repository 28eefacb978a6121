/* SPDX-License-Identifier: MIT */
/* Formats what a listener hears. */
#define _GNU_SOURCE /* vasprintf */
#include "src/delivery/listener.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

void tj_tell(const struct tj_listener *l, enum tj_news kind, const char *format, ...)
{
	char beginning[1024], *whole = NULL;
	va_list args, again;
	if (l == NULL)
		return;
	va_start(args, format);
	va_copy(again, args);
	if (vasprintf(&whole, format, args) < 0) {
		whole = NULL;
		vsnprintf(beginning, sizeof beginning, format, again);
	}
	va_end(again);
	va_end(args);
	l->hear(l->context, kind, whole != NULL ? whole : beginning);
	free(whole);
}
