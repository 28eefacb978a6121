/* SPDX-License-Identifier: MIT */
/* The status line in the last row of the terminal. */
#include "src/cli/show/terminal.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "src/cli/show/figures.h"

#define CLEAR "\r\033[K"

/* Whether the last row holds a status line. It is global because there is only one standard error,
 * and because a signal handler that prints must know. */
static atomic_int line_is_shown;

int tj_terminal_is_there(void)
{
	const char *kind = getenv("TERM");
	return isatty(STDERR_FILENO) && !(kind != NULL && strcmp(kind, "dumb") == 0);
}

/* Use one write, so that a signal handler prints before or after it but never in between. A failure
 * has nowhere to be reported. */
static void print(const char *text, size_t n)
{
	while (n > 0) {
		ssize_t written = write(STDERR_FILENO, text, n);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return;
		text += written;
		n -= (size_t)written;
	}
}

static size_t columns(void)
{
	struct winsize size;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

/* If there is no controlling terminal to ask, the process counts as being in the foreground. */
static int is_in_background(void)
{
	pid_t group = tcgetpgrp(STDERR_FILENO);
	return group > 0 && group != getpgrp();
}

void tj_terminal_show(const char *line)
{
	char row[1024];
	if (is_in_background())
		return;
	/* Leave the last column free: after it some terminals move to the next row. */
	size_t n = tj_cut_to_columns(line, columns() - 1), n_clear = strlen(CLEAR);
	if (n + n_clear > sizeof row)
		n = sizeof row - n_clear;
	memcpy(row, CLEAR, n_clear);
	memcpy(row + n_clear, line, n);
	fflush(stderr);
	atomic_store(&line_is_shown, 1);
	print(row, n_clear + n);
}

void tj_terminal_clear(void)
{
	if (atomic_exchange(&line_is_shown, 0))
		print(CLEAR, strlen(CLEAR));
}

void tj_terminal_tell(const char *text)
{
	char row[512] = "";
	struct tj_figures f = { .n = 0 };
	tj_put_text(&f, text);
	if (atomic_exchange(&line_is_shown, 0))
		strcpy(row, CLEAR);
	strcat(row, "trujaman: ");
	strcat(row, f.text);
	strcat(row, "\n");
	print(row, strlen(row));
}
