/* SPDX-License-Identifier: MIT */
/* What the program says: messages on standard error, results on standard output, and the exit
 * status.
 *
 * Thread rule of src/cli: one thread at a time, that of main() or the one that calls a sink.
 */
#ifndef TJ_CLI_SHOW_MESSAGE_H
#define TJ_CLI_SHOW_MESSAGE_H

#include <stdio.h>

#include "trujaman.h"

/* Status of the process. TJ_GO_ON is none: what a parser of arguments returns
 * when there is still work to do. */
enum tj_exit { TJ_GO_ON = -1, TJ_EXIT_DONE = 0, TJ_EXIT_FAILED = 1, TJ_EXIT_USAGE = 2 };

/* "trujaman: …" and a newline on stderr, where a status line goes away before. Control
 * characters, which a file name or a stranger's model may hold, are escaped. */
void tj_cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What a person wants to hear beside errors, which are always told. */
enum tj_progress_mode { TJ_PROGRESS_AUTO, TJ_PROGRESS_ALWAYS, TJ_PROGRESS_NEVER };
struct tj_talk {
	enum tj_progress_mode progress;
	int quiet;   /* neither warnings nor progress */
	int verbose; /* remarks, and sums at the end; not with quiet */
};

/* tj_cli_say "warning: …", unless `talk` is quiet. */
void tj_cli_warn(const struct tj_talk *talk, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* tj_cli_say, where `talk` is verbose. */
void tj_cli_remark(const struct tj_talk *talk, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* As tj_cli_say, with a pointer to the --help of `command` (NULL: the top's);
 * returns TJ_EXIT_USAGE. */
int tj_cli_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Says what failed and returns the exit status that belongs to `status`. For
 * TRUJAMAN_ERROR_CLOSED it says nothing and ends the process as SIGPIPE does. */
int tj_cli_fail(trujaman_status status, const char *text);

/* `text` with control characters, line and direction marks, ill-formed UTF-8
 * and backslashes as \n, \t, \xNN, \\. */
void tj_cli_escape(FILE *f, const char *text);

/* All text to stdout, then tj_cli_close_stdout. */
int tj_cli_print(const char *text);

/* Closes stdout; an exit status, failure having been told. */
int tj_cli_close_stdout(void);

int tj_cli_print_version(void);

#endif
