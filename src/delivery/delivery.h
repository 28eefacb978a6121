/* SPDX-License-Identifier: MIT */
/* Opens and finishes the outputs of a translation, and leaves them when a run ends early. */
#ifndef TJ_DELIVERY_DELIVERY_H
#define TJ_DELIVERY_DELIVERY_H

#include "src/delivery/sink.h"

/* Opens what can be opened before translation begins. If the output is a directory, inputs that an
 * earlier run has completed are dropped from `inputs`, and the others have what to skip of each. If
 * not, *skip is the number of input lines that are already translated. *done is set if nothing is
 * to be done. Wrong names are TRUJAMAN_ERROR_USAGE. A failure leaves nothing open. */
trujaman_status tj_delivery_open(struct tj_delivery *d, struct tj_inputs *inputs, uint64_t *skip,
                                 int *done, struct tj_error *err);

/* Call when everything is written: gives the outputs their final names. After a failure call
 * tj_delivery_leave. */
trujaman_status tj_delivery_finish(struct tj_delivery *d, struct tj_error *err);

/* Call if the run ends early: leaves the partial output for another run, and tells the listener
 * so. */
void tj_delivery_leave(struct tj_delivery *d);

#endif
