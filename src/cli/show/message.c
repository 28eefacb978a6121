/* SPDX-License-Identifier: MIT */
/* Messages, escaping of untrusted text, and the ways in which the program ends. */
#define _GNU_SOURCE /* vasprintf */
#include "src/cli/show/message.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/cli/show/terminal.h"

/* What is shown of a message for which there is no memory. */
enum { SHORT_MESSAGE_BYTES = 1024 };

/* Direction marks and line separators could make a terminal show something other than the actual
 * text. */
static int is_harmless(uint32_t c)
{
	return c >= 0xa0 && !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2066 && c <= 0x2069);
}

/* Returns the length in bytes of the character at s if it may be printed as it is; 0: escape the
 * byte at s. */
static int printable_bytes(const unsigned char *s)
{
	if (s[0] < 0x80)
		return s[0] >= 0x20 && s[0] != 0x7f && s[0] != '\\';
	static const struct {
		unsigned char first, last, bits;
		uint32_t low, high;
	} forms[] = {
		{ 0xc2, 0xdf, 0x1f, 0x80, 0x7ff },
		{ 0xe0, 0xef, 0x0f, 0x800, 0xffff },
		{ 0xf0, 0xf4, 0x07, 0x10000, 0x10ffff },
	};
	for (int f = 0; f < 3; f++) {
		if (s[0] < forms[f].first || s[0] > forms[f].last)
			continue;
		uint32_t c = s[0] & forms[f].bits;
		/* The final NUL is not a continuation byte, so the loop never reads past it. */
		for (int i = 1; i < f + 2; i++) {
			if ((s[i] & 0xc0) != 0x80)
				return 0;
			c = c << 6 | (s[i] & 0x3fu);
		}
		int exists = c >= forms[f].low && c <= forms[f].high &&
		             !(c >= 0xd800 && c <= 0xdfff);
		return exists && is_harmless(c) ? f + 2 : 0;
	}
	return 0;
}

void tj_cli_escape(FILE *f, const char *text)
{
	for (const unsigned char *s = (const unsigned char *)text; *s;) {
		int n = printable_bytes(s);
		if (n > 0)
			fwrite(s, 1, (size_t)n, f);
		else if (*s == '\n')
			fputs("\\n", f);
		else if (*s == '\t')
			fputs("\\t", f);
		else if (*s == '\\')
			fputs("\\\\", f);
		else
			fprintf(f, "\\x%02x", *s);
		s += n > 0 ? n : 1;
	}
}

static void say(const char *before, const char *format, va_list args, const char *after)
{
	char beginning[SHORT_MESSAGE_BYTES], *whole = NULL;
	va_list again;
	va_copy(again, args);
	if (vasprintf(&whole, format, args) < 0) {
		whole = NULL;
		vsnprintf(beginning, sizeof beginning, format, again);
	}
	va_end(again);
	tj_terminal_clear();
	fprintf(stderr, "trujaman: %s", before);
	tj_cli_escape(stderr, whole != NULL ? whole : beginning);
	fputs(after, stderr);
	fputc('\n', stderr);
	free(whole);
}

void tj_cli_say(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	say("", format, args, "");
	va_end(args);
}

void tj_cli_warn(const struct tj_talk *talk, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (!talk->quiet)
		say("warning: ", format, args, "");
	va_end(args);
}

void tj_cli_remark(const struct tj_talk *talk, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	if (talk->verbose)
		say("", format, args, "");
	va_end(args);
}

int tj_cli_usage(const char *command, const char *format, ...)
{
	char pointer[64];
	snprintf(pointer, sizeof pointer, "; see 'trujaman %s%s--help'", command ? command : "",
	         command ? " " : "");
	va_list args;
	va_start(args, format);
	say("", format, args, pointer);
	va_end(args);
	return TJ_EXIT_USAGE;
}

/* A reader such as `head` that stops early is not a failure to report. End the process by SIGPIPE
 * instead, so that the waiting parent sees it even if it had SIGPIPE ignored or blocked. */
static void end_as_sigpipe_would(void)
{
	sigset_t pipe_only;
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_UNBLOCK, &pipe_only, NULL);
	raise(SIGPIPE);
}

/* Whether `fd` is a pipe or a socket that nobody reads any more. */
static int reader_has_gone(int fd)
{
	struct pollfd there = { .fd = fd, .events = POLLOUT };
	return poll(&there, 1, 0) > 0 && (there.revents & (POLLERR | POLLHUP)) != 0;
}

int tj_cli_fail(trujaman_status status, const char *text)
{
	if (status == TRUJAMAN_OK)
		return TJ_EXIT_DONE;
	if (status == TRUJAMAN_ERROR_CLOSED)
		end_as_sigpipe_would();
	tj_cli_say("%s", text);
	return status == TRUJAMAN_ERROR_USAGE ? TJ_EXIT_USAGE : TJ_EXIT_FAILED;
}

int tj_cli_close_stdout(void)
{
	/* ferror also finds an earlier write that failed, whose errno is lost. */
	errno = 0;
	int failed = ferror(stdout) | fflush(stdout);
	int code = errno;
	if (failed && code == 0 && reader_has_gone(STDOUT_FILENO))
		code = EPIPE;
	if (fclose(stdout) != 0 && !failed) {
		failed = 1;
		code = errno;
	}
	if (!failed)
		return TJ_EXIT_DONE;
	if (code == EPIPE)
		end_as_sigpipe_would();
	tj_cli_say("cannot write standard output: %s", code ? strerror(code) : "an earlier error");
	return TJ_EXIT_FAILED;
}

int tj_cli_print(const char *text)
{
	fputs(text, stdout);
	return tj_cli_close_stdout();
}

int tj_cli_print_version(void)
{
	printf("trujaman %s\nLicence: MIT. Kernels for this machine, best first:",
	       trujaman_version());
	for (const char *const *isa = trujaman_isas(); *isa; isa++)
		printf(" %s", *isa);
	putchar('\n');
	return tj_cli_close_stdout();
}
