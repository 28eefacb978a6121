/* SPDX-License-Identifier: MIT */
/* A machine drawn as text. */
#ifndef TJ_CLI_SHOW_MACHINE_H
#define TJ_CLI_SHOW_MACHINE_H

#include "trujaman.h"

/* To stdout: what there is of it, then each node and its cores. */
void tj_machine_print(const trujaman_machine *m);

#endif
