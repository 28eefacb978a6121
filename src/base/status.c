/* SPDX-License-Identifier: MIT */
/* Records failures and formats their messages. */
#include "src/base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

trujaman_status tj_fail(struct tj_error *err, trujaman_status status, const char *format, ...)
{
	if (err->status != TRUJAMAN_OK)
		return err->status;
	va_list args;
	va_start(args, format);
	vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	/* Keep the text on one line even if a file name contains line breaks. */
	for (char *c = err->text; *c; c++)
		if (*c == '\n' || *c == '\r')
			*c = '?';
	err->status = status;
	return status;
}

trujaman_status tj_fail_errno(struct tj_error *err, int code, const char *what, const char *name)
{
	char reason[128];
	/* strerror_r (the POSIX one) is safe with several threads, unlike strerror. */
	if (strerror_r(code, reason, sizeof reason) != 0)
		snprintf(reason, sizeof reason, "error %d", code);
	return tj_fail(err, code == ENOMEM ? TRUJAMAN_ERROR_MEMORY : TRUJAMAN_ERROR_IO,
	               "cannot %s %s: %s", what, name, reason);
}

trujaman_status tj_fail_memory(struct tj_error *err, const char *what, size_t n_bytes)
{
	return tj_fail(err, TRUJAMAN_ERROR_MEMORY, "out of memory for %s (%zu bytes)", what,
	               n_bytes);
}

void tj_error_clear(struct tj_error *err)
{
	err->status = TRUJAMAN_OK;
	err->text[0] = '\0';
}

trujaman_status tj_error_tell(const struct tj_error *err, char *text, size_t n_bytes)
{
	if (n_bytes > 0)
		snprintf(text, n_bytes, "%s", err->text);
	return err->status;
}
