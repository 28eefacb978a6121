/* SPDX-License-Identifier: MIT */
/* What `trujaman translate --explain` prints. */
#ifndef TJ_CLI_EXPLAIN_H
#define TJ_CLI_EXPLAIN_H

#include "src/delivery/inputs.h"
#include "trujaman.h"

/* The function explain of trujaman_options; its context is the struct tj_inputs of the run. Prints
 * the records on standard error, each behind NAME:LINE and a tab; standard input is "-". Returns 0,
 * or 1 if standard error takes no more. */
int tj_explain_print(void *inputs, const trujaman_explanation *e);

#endif
