/* SPDX-License-Identifier: MIT */
/* Standard error as a terminal. Its last row may hold a status line. The next status line replaces
 * it, and it is removed before anything else is printed.
 *
 * Thread rule: one thread at a time; a signal handler may also call tj_terminal_tell.
 */
#ifndef TJ_CLI_SHOW_TERMINAL_H
#define TJ_CLI_SHOW_TERMINAL_H

/* Whether standard error is a terminal on which a line can be replaced. */
int tj_terminal_is_there(void);

/* Shows `line` (UTF-8, no newline) in place of the current status line, cut to the width of the
 * terminal. Does nothing while this process is in the background. */
void tj_terminal_show(const char *line);

/* Removes the status line, if one is shown. */
void tj_terminal_clear(void);

/* Removes the status line, then prints "trujaman: ", `text` and a newline. Standard error need not
 * be a terminal. */
void tj_terminal_tell(const char *text);

#endif
