/* SPDX-License-Identifier: MIT */
/* Collects the failures of a run, and prints them at its end. */
#define _GNU_SOURCE /* vasprintf */
#include "src/cli/show/failures.h"

#include <stdarg.h>
#include <stdlib.h>

#include "src/cli/show/message.h"

void tj_failures_add(struct tj_failures *f, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	va_start(args, format);
	if (f->n_kept < TJ_FAILURES_TOLD)
		f->texts[f->n_kept] = vasprintf(&text, format, args) >= 0 ? text : NULL;
	va_end(args);
	f->n_kept++;
	f->n++;
}

void tj_failures_count(struct tj_failures *f)
{
	f->n++;
}

void tj_failures_tell(const struct tj_failures *f, size_t n_inputs, const char *advice)
{
	if (f->n == 0)
		return;
	for (size_t i = 0; i < f->n_kept && i < TJ_FAILURES_TOLD; i++)
		tj_cli_say("%s", f->texts[i] != NULL ? f->texts[i]
		                                     : "a file failed; there was no memory to keep "
		                                       "the reason");
	if (f->n_kept > TJ_FAILURES_TOLD)
		tj_cli_say("… and %zu more", f->n_kept - TJ_FAILURES_TOLD);
	tj_cli_say("%zu of %zu input%s failed%s%s%s", f->n, n_inputs, tj_plural(n_inputs),
	           advice != NULL ? "; " : "", advice != NULL ? advice : "",
	           advice == NULL ? ""
	           : f->n == 1    ? " it again"
	                          : " them again");
}

void tj_failures_free(struct tj_failures *f)
{
	for (size_t i = 0; i < TJ_FAILURES_TOLD; i++)
		free(f->texts[i]);
	*f = (struct tj_failures){ .n = 0 };
}
