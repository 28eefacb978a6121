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

#include "src/base/escape.h"
#include "src/cli/show/terminal.h"

/* What is shown of a message for which there is no memory. */
enum { SHORT_MESSAGE_BYTES = 1024 };

void tj_cli_escape(FILE *f, const char *text)
{
	char escaped[TJ_ESCAPED_BYTES];
	for (size_t n = strlen(text), n_escaped; n > 0;) {
		size_t shown = tj_escape_next(text, n, escaped, &n_escaped);
		if (shown > 0)
			fwrite(text, 1, shown, f);
		else
			fwrite(escaped, 1, n_escaped, f);
		text += shown > 0 ? shown : 1;
		n -= shown > 0 ? shown : 1;
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
