/* SPDX-License-Identifier: MIT */
/* The options of translating and scoring: one table gives each option's name, type, range, default
 * and help. A new option is a field of struct trujaman_options and a line of the table. */
#ifndef TJ_API_OPTIONS_H
#define TJ_API_OPTIONS_H

#include "src/base/status.h"

/* The length of the pieces that the repeat guard counts. */
enum { TJ_REPEAT_NGRAM = 4 };

/* See trujaman_options_check. It also sets what follows from other options. */
trujaman_status tj_options_check(trujaman_options *o, struct tj_error *err);

#endif
