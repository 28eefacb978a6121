/* SPDX-License-Identifier: MIT */
/* Records failures and formats their messages. */
#include "src/base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A long name must not hide the reason behind it, so what is left out is the middle. */
static void shorten(char *text, size_t n_bytes, const char *whole, size_t n)
{
	static const char gap[] = " … ";
	size_t n_before = (n_bytes - sizeof gap) / 2, n_after = n_bytes - sizeof gap - n_before;
	memcpy(text, whole, n_before);
	memcpy(text + n_before, gap, sizeof gap - 1);
	memcpy(text + n_before + sizeof gap - 1, whole + n - n_after, n_after + 1);
}

__attribute__((format(printf, 4, 0))) static trujaman_status record(struct tj_error *err,
                                                                    trujaman_status status,
                                                                    int code, const char *format,
                                                                    va_list args)
{
	va_list again;
	if (err->status != TRUJAMAN_OK)
		return err->status;
	va_copy(again, args);
	int n = vsnprintf(err->text, sizeof err->text, format, args);
	char *whole = n >= (int)sizeof err->text ? malloc((size_t)n + 1) : NULL;
	if (whole != NULL && vsnprintf(whole, (size_t)n + 1, format, again) == n)
		shorten(err->text, sizeof err->text, whole, (size_t)n);
	free(whole);
	va_end(again);
	err->status = status;
	err->code = code;
	return status;
}

trujaman_status tj_fail(struct tj_error *err, trujaman_status status, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	status = record(err, status, 0, format, args);
	va_end(args);
	return status;
}

trujaman_status tj_fail_as(struct tj_error *err, int code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	trujaman_status status = record(err, TRUJAMAN_ERROR_IO, code, format, args);
	va_end(args);
	return status;
}

trujaman_status tj_fail_errno(struct tj_error *err, int code, const char *what, const char *name)
{
	char reason[128];
	/* strerror_r (the POSIX one) is safe with several threads, unlike strerror. */
	if (strerror_r(code, reason, sizeof reason) != 0)
		snprintf(reason, sizeof reason, "error %d", code);
	if (err->status != TRUJAMAN_OK)
		return err->status;
	tj_fail(err, code == ENOMEM ? TRUJAMAN_ERROR_MEMORY : TRUJAMAN_ERROR_IO, "cannot %s %s: %s",
	        what, name, reason);
	err->code = code;
	return err->status;
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
	err->code = 0;
}

static void flatten(char *text)
{
	for (char *c = text; *c; c++)
		if (*c == '\n' || *c == '\r')
			*c = '?';
}

trujaman_status tj_error_tell(const struct tj_error *err, char *text, size_t n_bytes)
{
	if (n_bytes > 0) {
		snprintf(text, n_bytes, "%s", err->text);
		flatten(text);
	}
	return err->status;
}

char *tj_error_copy(const struct tj_error *err)
{
	char *text = strdup(err->text);
	if (text != NULL)
		flatten(text);
	return text;
}
