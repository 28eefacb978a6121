/* SPDX-License-Identifier: MIT */
/* Draws a machine as text. */
#ifndef TJ_CLI_SHOW_MACHINE_H
#define TJ_CLI_SHOW_MACHINE_H

#include "trujaman.h"

/* Prints to stdout the totals of the machine, then each node and its cores. */
void tj_machine_print(const trujaman_machine *m, uint64_t copy_bytes);

#endif
