/* SPDX-License-Identifier: MIT */
/* Standard error where it is a terminal: its last row may hold a status line, which the next
 * one covers and which goes away before anything else is printed.
 *
 * Thread rule: one thread at a time; tj_terminal_tell also in a signal handler.
 */
#ifndef TJ_CLI_SHOW_TERMINAL_H
#define TJ_CLI_SHOW_TERMINAL_H

/* Whether standard error is a terminal on which a line can be replaced. */
int tj_terminal_is_there(void);

/* Show `line` (UTF-8, no newline) in place of the one that is there, cut to the width of the
 * terminal. Does nothing while this process is in the background. */
void tj_terminal_show(const char *line);

/* Remove the line that is shown. Nothing happens where there is none. */
void tj_terminal_clear(void);

/* As clear, then "trujaman: ", `text` and a newline, on a terminal or not. */
void tj_terminal_tell(const char *text);

#endif
