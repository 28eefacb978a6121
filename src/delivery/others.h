/* SPDX-License-Identifier: MIT */
/* Files in a folder that are no text: they are listed, or copied beside the translations. */
#ifndef TJ_DELIVERY_OTHERS_H
#define TJ_DELIVERY_OTHERS_H

#include "src/delivery/destination.h"
#include "src/delivery/inputs.h"

/* Tells the listener which files are left out, unless they are copied. */
void tj_others_tell(const struct tj_destination *to, const struct tj_inputs *inputs);

/* Without --resume and --force: fails if a copy would replace a file. In any case if it would
 * replace what it is a copy of. */
trujaman_status tj_others_check(const struct tj_destination *to, const struct tj_inputs *inputs,
                                struct tj_error *err);

/* Copies the files, in a shard those that are its own; with --resume, those that are not there yet.
 * What cannot be copied is added to `failures`. */
trujaman_status tj_others_copy(const struct tj_destination *to, const struct tj_inputs *inputs,
                               struct tj_failures *failures, struct tj_error *err);

#endif
