/* SPDX-License-Identifier: MIT */
/* Ending well on a signal. */
#ifndef TJ_CLI_SHOW_INTERRUPT_H
#define TJ_CLI_SHOW_INTERRUPT_H

/* From now on the first SIGINT, SIGTERM, SIGHUP or SIGXCPU only sets the int that is
 * returned (for trujaman_options.stop) to its number; another SIGINT, SIGTERM or SIGHUP ends
 * the process at once, as it would have without this. What comes within a tenth of a second
 * of the first is the same request: timeout(1) sends a signal twice. On a terminal the first
 * one says what a second one would do. What the parent has ignored (nohup) stays ignored.
 *
 * Handlers of these signals that were set before (tj_output_open's, which removes a partial
 * file) are what a second signal runs: call this after them. */
const volatile int *tj_interrupt_catch(void);

/* Which it was; 0: none so far. The exit status is then 128 + that. */
int tj_interrupt_signal(void);

/* "SIGINT"; "a signal" for one that is not caught here. */
const char *tj_interrupt_name(int signal_number);

#endif
