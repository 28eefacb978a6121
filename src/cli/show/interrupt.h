/* SPDX-License-Identifier: MIT */
/* Stopping cleanly on a signal. */
#ifndef TJ_CLI_SHOW_INTERRUPT_H
#define TJ_CLI_SHOW_INTERRUPT_H

#include "trujaman.h"

/* From now on the first SIGINT, SIGTERM, SIGHUP or SIGXCPU only stores its number in the int that
 * this function returns. A second SIGINT, SIGTERM or SIGHUP ends the
 * process at once, as it would have done before this call. Signals within a tenth of a second of
 * the first count as the same request, because timeout(1) sends a signal twice. On a terminal the
 * first signal prints what a second one will do. A signal that the parent has set to be ignored
 * (nohup) stays ignored.
 *
 * A second signal runs the handler that was set before this call (such as the handler of
 * tj_output_open, which removes a partial file). So call this function after setting those. */
const volatile int *tj_interrupt_catch(void);

/* From now on the first such signal stops `t`, too; if it has come already, this does. NULL:
 * nobody.
 */
void tj_interrupt_stops(trujaman_translator *t);

/* Returns the signal received; 0: none so far. After signal N the exit status is 128 + N. */
int tj_interrupt_signal(void);

/* Returns the name, such as "SIGINT", or "a signal" for a signal that is not caught here. */
const char *tj_interrupt_name(int signal_number);

#endif
