/* SPDX-License-Identifier: MIT */
/* The time that a job has taken, without the time in which it was suspended. */
#ifndef TJ_CLI_SHOW_CLOCK_H
#define TJ_CLI_SHOW_CLOCK_H

#include <stdint.h>

/* From now on the clock stands still while the process is stopped. SIGTSTP (Ctrl-Z) still stops it,
 * after a status line has been removed. SIGSTOP cannot be caught: then the clock stands still since
 * the last call of tj_clock_now. A second call does nothing. */
void tj_clock_open(void);

/* Nanoseconds. Never less than at an earlier call. Safe in a signal handler. */
uint64_t tj_clock_now(void);

#endif
