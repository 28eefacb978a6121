/* SPDX-License-Identifier: MIT */
/* Refuses runs that would write to a file that they read. */
#ifndef TJ_DELIVERY_CLASH_H
#define TJ_DELIVERY_CLASH_H

#include "src/delivery/destination.h"

/* Checks every file that the run would write against every file that it reads and against the
 * others that it writes: outputs, what lies beside them while they are not complete, and `extra`
 * (NULL: none), a file that is called `option` in messages, against inputs and `model`. Files are
 * compared by identity (device and inode), so the spelling of a path, links and folders that are
 * links do not matter. Links to nothing stand for what they lead to. What is written must not exist
 * as anything but a regular file.
 *
 * If an input that was found in a folder is the output of another input, it comes from an earlier
 * run. It is dropped from `inputs`, or refused if the run would replace it.
 *
 * Nothing is written. Refused names are TRUJAMAN_ERROR_USAGE. */
trujaman_status tj_clash_check(const struct tj_destination *to, struct tj_inputs *inputs,
                               const char *model, const char *option, const char *extra,
                               struct tj_error *err);

#endif
