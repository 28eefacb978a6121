/* SPDX-License-Identifier: MIT */
/* The formats of the inputs: as an option says, or their names. */
#ifndef TJ_DELIVERY_FORMATS_H
#define TJ_DELIVERY_FORMATS_H

#include "src/delivery/inputs.h"

/* Sets the format of each input: `format`, or NULL: as its name says. Of files that were found in a
 * directory, those of which it says that they are something else become the others; files that
 * are named by themselves are text then. */
trujaman_status tj_inputs_take_formats(struct tj_inputs *inputs, const char *format,
                                       struct tj_error *err);

/* Whether an input is a document whose output has no line for each of its lines. */
int tj_is_document(const trujaman_input *input);

/* Whether an input is of a format with tags, which the option plain would lose. */
int tj_has_tags(const trujaman_input *input);

#endif
