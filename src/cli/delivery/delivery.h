/* SPDX-License-Identifier: MIT */
/* Opens and finishes the outputs of `trujaman translate`, and leaves them when a run ends early. */
#ifndef TJ_CLI_DELIVERY_DELIVERY_H
#define TJ_CLI_DELIVERY_DELIVERY_H

#include "src/cli/delivery/sink.h"

/* Opens what can be opened before translation begins. If the output is a directory, inputs that an
 * earlier run has completed are dropped from `inputs`, and the others have what to skip of each. If
 * not, *skip is the number of input lines that are already translated. *done is set if nothing is
 * to be done. Returns an exit status; a failure has already
 * been reported and leaves nothing open. */
int tj_delivery_open(struct tj_delivery *d, struct tj_inputs *inputs, uint64_t *skip, int *done);

/* Call when everything is written: gives the outputs their final names. Returns an exit status; a
 * failure has already been reported. */
int tj_delivery_finish(struct tj_delivery *d);

/* Call if the run ends early: leaves the partial output for another run, and prints a message that
 * says so. */
void tj_delivery_leave(struct tj_delivery *d);

#endif
