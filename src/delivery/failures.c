/* SPDX-License-Identifier: MIT */
/* Collects the failures of a run. */
#define _GNU_SOURCE /* vasprintf */
#include "src/delivery/failures.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void tj_failures_add(struct tj_failures *f, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	va_start(args, format);
	if (f->n_untold < TJ_FAILURES_KEPT)
		f->texts[f->n_untold] = vasprintf(&text, format, args) >= 0 ? text : NULL;
	va_end(args);
	f->n_untold++;
	f->n++;
}

void tj_failures_count(struct tj_failures *f)
{
	f->n++;
}

void tj_failures_free(struct tj_failures *f)
{
	for (size_t i = 0; i < TJ_FAILURES_KEPT; i++)
		free(f->texts[i]);
	*f = (struct tj_failures){ .n = 0 };
}
