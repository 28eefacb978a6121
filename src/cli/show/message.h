/* SPDX-License-Identifier: MIT */
/* Everything that the program prints: messages on standard error and results on standard output;
 * also its exit status.
 *
 * Thread rule of src/cli: one thread at a time, either the main thread or the thread that calls a
 * sink.
 */
#ifndef TJ_CLI_SHOW_MESSAGE_H
#define TJ_CLI_SHOW_MESSAGE_H

#include <stdint.h>
#include <stdio.h>

#include "src/base/string.h"
#include "trujaman.h"

/* Exit status of the process. TJ_GO_ON is not an exit status: an argument parser returns it if
 * there is still work to do. */
enum tj_exit { TJ_GO_ON = -1, TJ_EXIT_DONE = 0, TJ_EXIT_FAILED = 1, TJ_EXIT_USAGE = 2 };

/* Prints "trujaman: …" and a newline on stderr, after removing a status line if one is shown.
 * Control characters, which may come from a file name or an untrusted model, are escaped. */
void tj_cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What the user wants to see besides errors, which are always reported. */
enum tj_progress_mode { TJ_PROGRESS_AUTO, TJ_PROGRESS_ALWAYS, TJ_PROGRESS_NEVER };
struct tj_talk {
	enum tj_progress_mode progress;
	int quiet;   /* neither warnings nor progress */
	int verbose; /* remarks, and totals at the end; never set together with quiet */
};

/* Same as tj_cli_say with "warning: …", unless `talk` is quiet. */
void tj_cli_warn(const struct tj_talk *talk, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Same as tj_cli_say, but only if `talk` is verbose. */
void tj_cli_remark(const struct tj_talk *talk, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Same as tj_cli_say, followed by a hint at the --help of `command` (NULL: of the program itself).
 * Returns TJ_EXIT_USAGE. */
int tj_cli_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints `text`, which says what failed, and returns the exit status for `status`. TRUJAMAN_OK
 * prints nothing. TRUJAMAN_ERROR_CLOSED ends the process by SIGPIPE without a message. */
int tj_cli_fail(trujaman_status status, const char *text);

/* Writes `text` to f with control characters, line and direction marks, ill-formed UTF-8 and
 * backslashes escaped as \n, \t, \xNN or \\. */
void tj_cli_escape(FILE *f, const char *text);

/* Writes all of `text` to stdout, then calls tj_cli_close_stdout. */
int tj_cli_print(const char *text);

/* Closes stdout. Returns an exit status; a failure has already been reported. */
int tj_cli_close_stdout(void);

int tj_cli_print_version(void);

#endif
